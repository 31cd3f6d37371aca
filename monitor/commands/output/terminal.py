"""What printing for people is made of: states, tables, times, inert text; it must not know what is printed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.storage.timestamps import parse_stamp
from monitor.text.format_characters import clean_text

# A shape, a colour and the word itself: none of the three alone says it.
_MARKS = {
    **dict.fromkeys(("ok", "delivered"), ("●", "green")),
    **dict.fromkeys(("warn", "unsteady", "silent", "drifting", "held", "digested"), ("▲", "yellow")),
    **dict.fromkeys(("fail", "failing", "blocked", "stopped", "dead", "disabled"), ("■", "red")),
    **dict.fromkeys(("new", "pending", "paused"), ("○", "")),
}
_LONG = 240  # characters of a reason in an overview; `explain` has all of it
STATE_WIDTH = 11  # columns that "● delivered" takes
_PIPE = 10_000  # columns where no terminal limits them


def open_console() -> Console:
    """Stdout as it is: a terminal of its width, or a pipe in which nothing is folded."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPE)


def format_badge(state: str) -> Text:
    """A state as mark, colour and word."""
    mark, colour = _MARKS.get(state, ("·", ""))
    return Text(f"{mark} {state}", style=colour)


def make_grid(*columns: str) -> Table:
    """An empty table of these columns."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def print_lines(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table of thousands of rows in plain text, a state first: nothing is folded, coloured or fitted."""
    lines = [
        columns,
        *((f"{_MARKS.get(state, ('·', ''))[0]} {state}", *map(clean_text, rest)) for state, *rest in rows),
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n")


def print_texts(console: Console, lines: Sequence[Text]) -> None:
    """Lines at once: each by itself takes half a millisecond, which of a thousand is too long."""
    if lines:
        console.print(Text("\n").join(lines))


def format_cell(value: object) -> Text:
    """A value as inert text: hostile headlines must neither style nor steer a terminal."""
    return Text("" if value is None else clean_text(str(value)))


def shorten_text(text: object) -> str:
    """A text of any length as one line for an overview."""
    line = clean_text(str(text))
    return line if len(line) <= _LONG else line[: _LONG - 1].rstrip() + "…"


def indent_text(text: object) -> Text:
    """A line that belongs to the one above it."""
    return Text("    ") + Text(shorten_text(text))


def format_count(number: int, noun: str) -> str:
    """ "1 piece", "1,200 pieces"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_duration(seconds: float) -> str:
    """A length of time in its largest unit: "40 s", "5 min", "3 h", "12 d"."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def format_age(at: str | None, now: datetime) -> str:
    """A stamp as seen from now: "5 min ago", "in 40 s"; an empty text for none."""
    if at is None:
        return ""
    passed = now - parse_stamp(at)
    return (
        f"in {format_duration(-passed.total_seconds())}"
        if passed < timedelta(0)
        else f"{format_duration(passed.total_seconds())} ago"
    )
