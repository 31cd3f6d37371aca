"""Public names are unique over the project and say what they do, so that a search for one finds one place."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Names that several modules share on purpose, and why.
INTERFACES = {
    "render": "a kind of channel makes its message of an alert document (monitor/alerting/channels/__init__.py)",
    "build_request": "a kind of channel makes a request of its message",
    "read_reply": "a kind of channel reads what an answer says beside its status",
}
BARE_SHARE = 0.25  # of public functions may have a name of one word


def list_public(path: Path) -> list[tuple[str, str]]:
    """(kind, name) of each public function and class at the level of a module."""
    return [
        ("class" if isinstance(node, ast.ClassDef) else "function", node.name)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]


def find_shared(folder: Path) -> dict[str, list[str]]:
    """Public names that several modules below a folder define, and where."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        for _, name in list_public(path):
            places[name].append(path.relative_to(folder).as_posix())
    return {name: found for name, found in places.items() if len(found) > 1}


def test_a_public_name_is_used_in_one_module() -> None:
    found = {**find_shared(ROOT / "monitor"), **find_shared(ROOT / "spiders")}
    assert {name: places for name, places in found.items() if name not in INTERFACES} == {}


def test_no_name_is_shared_by_the_two_packages() -> None:
    mine = {name for path in (ROOT / "monitor").rglob("*.py") for _, name in list_public(path)}
    theirs = {name for path in (ROOT / "spiders").rglob("*.py") for _, name in list_public(path)}
    assert mine & theirs == set()


def test_every_exception_is_needed() -> None:
    assert len(INTERFACES) <= 15
    assert set(INTERFACES) <= set(find_shared(ROOT / "monitor"))


def test_two_places_are_named(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("def read_page(): ...\n")
    (tmp_path / "two.py").write_text("class read_page: ...\ndef _private(): ...\n")
    (tmp_path / "three.py").write_text("def _private(): ...\n")
    assert find_shared(tmp_path) == {"read_page": ["one.py", "two.py"]}


def test_few_functions_have_a_name_of_one_word() -> None:
    names = [
        name
        for package in ("monitor", "spiders")
        for path in (ROOT / package).rglob("*.py")
        for kind, name in list_public(path)
        if kind == "function"
    ]
    bare = [name for name in names if "_" not in name]
    assert len(bare) / len(names) < BARE_SHARE, sorted(bare)


@pytest.mark.parametrize(
    "folder",
    [ROOT / "monitor", *sorted((ROOT / "monitor").rglob("*/"))],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_room_has_more_files_than_a_person_reads(folder: Path) -> None:
    files = sorted(path.name for path in folder.glob("*.py"))
    assert len(files) <= (6 if folder.name == "monitor" else 14), files
