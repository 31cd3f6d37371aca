"""Every step that docs/design/ARCHITECTURE.md names exists, and the import contracts name every room."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs/design/ARCHITECTURE.md").read_text("utf-8")
STEPS = re.findall(r"`([\w/]+\.py):([\w.]+)`", TEXT)


def list_definitions(path: Path) -> set[str]:
    """Functions, classes and methods of a module, methods as `Class.method`."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{part.name}" for part in node.body if hasattr(part, "name")}
    return found


@pytest.mark.parametrize(("file", "name"), STEPS)
def test_a_step_exists(file: str, name: str) -> None:
    path = ROOT / file if file.startswith("spiders/") else ROOT / "monitor" / file
    assert path.is_file()
    assert name in list_definitions(path)


def test_each_of_the_four_ways_has_steps() -> None:
    assert len(STEPS) > 25
    assert [line for line in TEXT.splitlines() if line.startswith("## ")] == [
        "## The way of a page",
        "## The way of an alert",
        "## The way of a configuration value",
        "## The way of a seed",
    ]


def test_every_room_has_a_floor() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = " ".join(next(contract["layers"] for contract in contracts if contract["type"] == "layers"))
    named = set(re.findall(r"monitor\.(\w+)", layers))
    rooms = {path.parent.name for path in (ROOT / "monitor").glob("*/__init__.py")}
    files = {path.stem for path in (ROOT / "monitor").glob("*.py")} - {"__init__"}
    assert named == (rooms | files) - {"newsroom"}  # the newsroom has a contract of its own


# Their documents are rows of the database under their own names (docs/decisions.md).
ROW_DOCUMENTS = {f"commands/reports/{name}.py" for name in ("explain", "provenance", "source_coverage")}


def test_rows_are_read_in_storage_alone() -> None:
    readers = {
        path.relative_to(ROOT / "monitor").as_posix()
        for path in (ROOT / "monitor").rglob("*.py")
        if re.search(r"^from monitor\.storage\.connection import .*\bRow\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {file for file in readers if not file.startswith("storage/")} == ROW_DOCUMENTS
