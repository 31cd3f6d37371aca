"""What the documents promise is there, and what is there is in the documents."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.model.page import Outcome
from monitor.storage.connection import connect_database

ROOT = Path(__file__).resolve().parent.parent
INTERNAL = re.compile(r"sqlite_.*|_sqlite_migrations|articles_fts.*")


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def metadata() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "db/metadata.yaml").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with closing(connect_database(tmp_path_factory.mktemp("docs") / "seedwatch.db")) as db:
        yield db


def described(metadata: dict[str, Any]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = metadata["databases"]["seedwatch"]["tables"]
    return {name: table for name, table in tables.items() if "columns" in table}


def test_every_table_and_column_is_described_and_no_other(metadata: dict[str, Any], schema: Any) -> None:
    names = [row[0] for row in schema.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
    real = {
        name: {row[0] for row in schema.execute("SELECT name FROM pragma_table_info(?)", (name,))}
        for name in names
        if not INTERNAL.fullmatch(name)
    }
    assert {name: set(table["columns"]) for name, table in described(metadata).items()} == real


def test_every_allowed_state_is_named_in_its_description(metadata: dict[str, Any], schema: Any) -> None:
    missing = []
    for name, sql in schema.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%CHECK%'"):
        for column, values in re.findall(r"CHECK \((\w+) IN \(([^)]*)\)", sql):
            meaning = described(metadata)[name]["columns"][column]
            missing += [f"{name}.{column}: {v}" for v in re.findall(r"'([^']+)'", values) if v not in meaning]
    assert missing == []


def test_sort_orders_facets_labels_and_units_name_real_columns(metadata: dict[str, Any]) -> None:
    wrong = []
    for name, table in described(metadata).items():
        used = [*table.get("facets", []), *table.get("units", {})]
        used += [table[key] for key in ("sort", "sort_desc", "label_column") if key in table]
        wrong += [f"{name}.{column}" for column in used if column not in table["columns"]]
    assert wrong == []


def test_the_page_of_the_data_links_to_every_question(metadata: dict[str, Any]) -> None:
    linked = re.findall(r'href="/seedwatch/(\w+)"', metadata["databases"]["seedwatch"]["description_html"])
    assert linked == list(metadata["databases"]["seedwatch"]["queries"])


def test_every_outcome_is_explained_once() -> None:
    text = (ROOT / "docs/data.md").read_text("utf-8")
    section = text.split("## Outcomes")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE) == [outcome.value for outcome in Outcome]


def test_the_generated_parts_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert (module(ROOT / "docs/generate.py").main(check=True), capsys.readouterr().err) == (0, "")


def test_the_readme_names_every_command() -> None:
    from monitor.commands.cli import main

    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in main.commands if f"seedwatch {name}" not in readme] == []


@pytest.mark.parametrize(
    "document", ["README.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in sorted((ROOT / "docs").glob("*.md")))]
)
def test_links_inside_the_repository_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_alert_in_the_readme_has_the_fields_of_a_real_one() -> None:
    def shape(value: Any) -> Any:
        return {key: shape(item) for key, item in value.items()} if isinstance(value, dict) else None

    shown = json.loads((ROOT / "README.md").read_text("utf-8").split("```json\n")[1].split("```")[0])
    real = json.loads(encode_alert(build_sample_alert("msg_test", datetime(2026, 3, 2, tzinfo=UTC))))
    assert shape(shown) == shape(real)


def test_every_row_that_must_hold_is_shown_by_something() -> None:
    """The rows are those of the two tables, and each has a test or a bench that names it; none names another one."""
    wanted = re.findall(r"^\| ([SR]\d+) \|", (ROOT / "docs/design/RELIABILITY.md").read_text("utf-8"), re.MULTILINE)
    rows = list(tomllib.loads((ROOT / "docs/rows.toml").read_text("utf-8")))
    assert rows == wanted
    shown = module(ROOT / "docs/generate.py").find_shown()
    assert [row for row in rows if not shown[row]] == []
    assert sorted(set(shown) - set(rows)) == []


def test_a_bench_of_a_row_prints_it_and_says_by_its_exit_code_whether_it_holds() -> None:
    silent = []
    for path in sorted((ROOT / "tests/bench").glob("*.py")):
        text = path.read_text("utf-8")
        if "runpy" in text:  # a command for the loop of tests, which judge it
            continue
        if "\nROW = " in text and not all(
            part in text for part in ('"row": ROW', '"held": ', 'if result["held"] else 1')
        ):
            silent.append(path.name)
    assert silent == []
