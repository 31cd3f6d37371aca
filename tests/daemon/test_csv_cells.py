"""What a spreadsheet would take for a formula is text in every CSV of the pages; asked of the plugin itself."""

from __future__ import annotations

import csv
import importlib.util
import io
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.row("S10")

PLUGIN = Path(__file__).resolve().parents[2] / "db" / "plugins" / "seedwatch.py"


@pytest.fixture(scope="module")
def plugin() -> ModuleType:
    spec = importlib.util.spec_from_file_location("seedwatch_plugin", PLUGIN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(*cells: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_begins_like_a_formula_gets_a_quote(plugin: ModuleType, first: str) -> None:
    cell = f"{first}cmd|' /C calc'!A0"
    found = list(csv.reader(io.StringIO(plugin.neutral(rows(cell, "plain", f"plain{first}")), newline="")))
    assert found == [[f"'{cell}", "plain", f"plain{first}"]]


@pytest.mark.parametrize("cell", ["-5", "+2.5", "1e3", "-1.5E-3", ""])
def test_numbers_and_nothing_stay(plugin: ModuleType, cell: str) -> None:
    assert plugin.neutral(rows("a", cell)) == rows("a", cell)
