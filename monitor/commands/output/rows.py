"""Rows one at a time on stdout: lines of JSON, a JSON list, CSV without formulas, or three lines for people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import click

from monitor.commands.output.terminal import format_cell, indent_text, open_console

# As the pages neutralise their CSV (OWASP, "CSV Injection").
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def write_rows(rows: Iterable[Mapping[str, Any]], form: str) -> int:
    """Write each row as it comes; `form` is "ndjson", "json" or "csv". How many there were."""
    count = 0
    writer = _CsvLines()
    for row in rows:
        if form == "csv":
            click.echo(writer.lines(row), nl=False)
        else:
            lead = "" if form == "ndjson" else "[\n" if count == 0 else ",\n"
            click.echo(lead + _json(row), nl=form == "ndjson")
        count += 1
    if form == "json":
        click.echo("\n]" if count else "[]")
    return count


def neutralise_cell(value: Any) -> str:
    """A value as a CSV cell: lists as JSON, and `'` before what a spreadsheet would take for a formula."""
    text = "" if value is None else value if isinstance(value, str) else _json(value)
    return "'" + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Half a surrogate pair has no UTF-8.
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


class _CsvLines:
    def __init__(self) -> None:
        self._begun = False

    def lines(self, row: Mapping[str, Any]) -> str:
        """A row, the first with its names above it."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        if not self._begun:
            writer.writerow(row)
            self._begun = True
        writer.writerow([neutralise_cell(value) for value in row.values()])
        return out.getvalue()


def print_pieces(rows: Iterable[Mapping[str, Any]]) -> int:
    """Matches or pieces found, three lines each; how many there were."""
    console, count = open_console(), 0
    for row in rows:
        count += 1
        score = f" · {row['topic']} {row['score']:.2f} of {row['threshold']:.2f}" if "score" in row else ""
        when = (row["published_at"] or row["first_seen_at"])[:16].replace("T", " ")
        console.print(format_cell(f"{when} · {row['outlet'] or row['source']}{score}"), style="bold")
        console.print(indent_text(row["title"]))
        about = ", ".join(row["evidence"][:8]) if "evidence" in row else row.get("passage", "")
        if about:
            console.print(indent_text(about))
        console.print(indent_text(row["url"]))
    return count
