"""What is packed and pinned: a real wheel and a real source archive, built without a network."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from monitor import __version__
from monitor.config import starter
from monitor.config.starter import list_starter_files

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEVER = re.compile(r"\.(db|db-wal|db-shm|lock|secret|pyc)$|__pycache__|\.venv|\.git/")


def build(target: str, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_carries_the_starter_files_as_they_are(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {
            name.removeprefix("monitor/starter/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith("monitor/starter/")
        }
    assert packed == {str(path): content for path, content in list_starter_files() if str(path) != starter.SCHEMA}


def test_the_wheel_carries_every_file_of_both_packages_and_nothing_private(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = {
        str(path.relative_to(ROOT))
        for package in ("monitor", "spiders")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and not NEVER.search(str(path.relative_to(ROOT))) and "starter" not in path.parts
    }
    assert {name for name in names if not name.startswith(("monitor/starter/", "seedwatch-"))} == source
    assert [name for name in names if NEVER.search(name)] == []
    assert {name for name in names if name.startswith("seedwatch-")} >= {
        f"seedwatch-{__version__}.dist-info/entry_points.txt",
        f"seedwatch-{__version__}.dist-info/licenses/LICENSE",
    }


def test_init_works_from_an_unpacked_wheel(wheel: Path, tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "watch"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "from pathlib import Path\nfrom monitor.config import starter\n"
        f"print(starter.find_starter_root()); starter.write_files(Path({str(folder)!r}))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True, timeout=60, cwd=tmp_path)
    laid = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert done.stdout.decode().strip() == str(site / "monitor/starter")
    assert laid == {str(path) for path, _ in list_starter_files()}


def test_the_source_archive_is_enough_to_build_and_test_and_holds_nothing_private(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert [name for name in names if NEVER.search(name) and name != "requirements.lock"] == []
    assert names >= {
        *("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "config.toml", "scrapy.cfg"),
        *(
            "requirements.lock",
            ".ci/run",
            "db/metadata.yaml",
            "docs/data.md",
            "monitor/commands/cli.py",
            "spiders/tass.py",
        ),
        *("tests/conftest.py", "tests/test_packaging.py"),
    }


def pins() -> dict[str, Requirement]:
    lines = [line for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines() if line and line[0] != "#"]
    return {canonicalize_name(found.name): found for found in map(Requirement, lines)}


def test_the_lock_file_pins_every_dependency_within_its_range() -> None:
    declared = [Requirement(text) for text in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])]
    locked = pins()
    wrong = [
        str(wanted)
        for wanted in declared
        if (pin := locked.get(canonicalize_name(wanted.name))) is None
        or not wanted.specifier.contains(next(iter(pin.specifier)).version)
    ]
    assert wrong == []


def test_the_lock_file_pins_versions_and_names_no_address() -> None:
    assert [str(pin) for pin in pins().values() if [s.operator for s in pin.specifier] != ["=="]] == []
    assert not re.search(r"https?:|file:|@|--|seedwatch", re.sub(r"^#.*", "", (ROOT / "requirements.lock").read_text()))


def test_the_version_stands_in_one_piece() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert newest is not None
    assert (PROJECT["version"], newest[1]) == (__version__, __version__)


def test_no_module_has_grown_past_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for package in ("monitor", "spiders", "db/plugins", "docs", "tests")
        for path in (ROOT / package).rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}
