"""What commands print for people on stdout; it must not look anything up.

Tables fit 80 columns: what has no bound (reasons, headlines, addresses) stands on lines of its own. Into a pipe
nothing is folded, so that it can be searched. Everything an outlet wrote is shown as inert text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor.commands.output.terminal import (
    format_age,
    format_badge,
    format_cell,
    format_count,
    format_duration,
    indent_text,
    make_grid,
    open_console,
    print_lines,
    print_texts,
    shorten_text,
)
from monitor.storage.timestamps import parse_stamp
from monitor.text.format_characters import clean_text

_MANY, _SHOWN = 200, 40  # sources that `status` shows all of, and how many of more, those that are not well first
_COMPLETE = 0.999  # completeness above this is not worth a line


def print_status(found: Mapping[str, Any]) -> None:
    """`status` for people, what is wrong first."""
    console, now = open_console(), parse_stamp(found["at"])
    state, day = found["state"], found["day"]
    running = f" (running as process {found['running']})" if found["running"] else ""
    console.print(Text(state["sentence"], "bold") + running)
    lines = []
    for fault in state["faults"]:
        mark = Text("■ ", "red") if fault["level"] == "bad" else Text("▲ ", "yellow")
        lines.append(mark + shorten_text(f"{fault['subject']}: {fault['said']}"))
        lines.append(indent_text(f"→ {fault['cure']}"))
    print_texts(console, lines)
    console.print(
        f"\nlast 24 h: {format_count(day['articles'], 'article')}, {day['copies']} of them copies, "
        f"{day['matched']} matched"
    )
    alerts = ", ".join(f"{number} {state}" for state, number in found["alerts"].items()) or "none"
    why = "; `seedwatch alerts list --state held` says why" if found["alerts"].get("held") else ""
    console.print(f"alerts: {alerts}{why}")
    size = {part: f"{found['database'][part] / 1e6:.1f} MB" for part in ("file", "wal", "free")}
    console.print(f"database: {size['file']}, {size['free']} of it free; {size['wal']} not yet brought into it")
    if found["topics"]:
        table = make_grid("state", "topic", "threshold", "terms", "matched", "last match")
        for row in found["topics"]:
            known = row["threshold"] is not None
            table.add_row(
                format_badge(row["state"]),
                format_cell(row["name"]),
                f"{row['threshold']:g}" if known else "",
                format_cell(row["terms"]),
                str(row["matched"]) if known else "",
                format_age(row["last_match_at"], now),
            )
        console.print("\n", table, sep="")
        _reasons(console, found["topics"])
        for row in found["topics"]:
            if (warming := row["warming_up"]) is not None:
                pieces = f"{warming['pieces']} of {warming['wanted']} pieces of its outlets are known, copies left out"
                console.print(indent_text(f"{row['name']}: warming up, {pieces}; {_waiting(warming['waiting'])}"))
    if not found["sources"]:
        console.print("\nno source was ever polled: `seedwatch run` or `seedwatch once` does it")
    else:
        console.print()
        shown = found["sources"]
        if len(shown) > _MANY:
            shown = sorted(shown, key=lambda row: row["state"] == "ok")[:_SHOWN]
        print_sources(shown, now)
        if left := len(found["sources"]) - len(shown):
            console.print(f"… and {format_count(left, 'source')} more: seedwatch sources list")
    if found["channels"]:
        table = make_grid("state", "channel", "kind")
        for row in found["channels"]:
            table.add_row(format_badge(row["state"]), format_cell(row["name"]), format_cell(row["kind"]))
        console.print("\n", table, sep="")
        _reasons(console, found["channels"])


def _waiting(alerts: int) -> str:
    return f"{format_count(alerts, 'alert')} {'waits' if alerts == 1 else 'wait'} for the rest"


def print_sources(rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Sources, one a line, and below them why some are not well."""
    console = open_console()
    columns = ("state", "source", "every", "links", "wait", "newest", "last good", "next")
    if len(rows) > _MANY:  # a table that fits its columns to a terminal takes a millisecond a row
        print_lines(columns, (_cells(row, now) for row in rows))
    else:
        table = make_grid(*columns)
        for row in rows:
            state, *cells = _cells(row, now)
            table.add_row(format_badge(state), *map(format_cell, cells))
        console.print(table)
    _reasons(console, rows)
    lines = []
    for row in rows:
        if row["gaps"]:
            missing = (
                f"{format_count(row['gaps'], 'gap')} in which pieces may be missing: seedwatch explain {row['name']}"
            )
            lines.append(indent_text(f"{row['name']}: {missing}"))
        if (score := row["completeness"]) is not None and score < _COMPLETE:
            lines.append(indent_text(f"{row['name']}: at most {score:.1%} of this week's pieces were seen"))
    print_texts(console, lines)


def _cells(row: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """A source's line."""
    asked = row["enabled"] and not row["paused"] and row["state"] != "stopped"
    return (
        "off" if not row["enabled"] else "paused" if row["paused"] else row["state"],
        row["name"],
        format_duration(row["every"]),
        str(sum(row["links"].values())),
        str(row["links"].get("pending", "")),
        format_age(row["newest"], now),
        format_age(row["last_ok_at"], now),
        format_age(row["next_poll_at"], now) if asked else "",
    )


def _reasons(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    print_texts(console, [indent_text(f"{row['name']}: {row['reason']}") for row in rows if row["reason"]])


def print_checks(rows: Sequence[Mapping[str, Any]]) -> None:
    """What `doctor` found, a line each, with its cure below."""
    console = open_console()
    width = max((len(row["name"]) for row in rows), default=0)
    lines = []
    for row in rows:
        verdict = format_badge(row["verdict"])
        verdict.pad_right(max(0, 6 - len(verdict)))
        first, *rest = [clean_text(part) for part in str(row["detail"]).split("\n")]
        lines.append(verdict + "  " + clean_text(row["name"]).ljust(width) + "  " + first)
        for part in (*rest, *((f"→ {row['cure']}",) if row["cure"] else ())):
            lines.append(Text(" " * (width + 10)) + format_cell(part))
    print_texts(console, lines)


def print_stages(found: Mapping[str, Any], indent: int = 0) -> None:
    """Nested facts as indented lines; what is not known is left out."""
    console = open_console()
    pad = "  " * indent
    for key, value in found.items():
        name = Text(f"{pad}{key}:")
        if value is None or value in ("", [], {}, ()):
            continue
        if isinstance(value, Mapping):
            console.print(name)
            print_stages(value, indent + 1)
        elif isinstance(value, (list, tuple)) and isinstance(value[0], Mapping):
            console.print(name)
            for item in value:
                _item(console, item, indent + 1)
        elif isinstance(value, str) and "\n" in value.strip():
            console.print(name)
            for paragraph in filter(None, map(clean_text, value.split("\n"))):
                console.print(Text(f"{pad}  {paragraph}"))
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            console.print(name + " " + format_cell(_yes(shown)))


def _item(console: Console, item: Mapping[str, Any], indent: int) -> None:
    """One fact of many: its plain values on one line, what is nested below it."""
    pad = "  " * indent
    if item.keys() >= {"term", "found", "part", "weight"}:  # evidence of a match
        spelt = clean_text(str(item["found"]))
        known = "" if spelt.casefold() == str(item["term"]).casefold() else f" ({clean_text(str(item['term']))})"
        console.print(Text(f"{pad}- {item['part']}: {spelt}{known} {item['weight']:.3f}"))
        return
    nested = {name: value for name, value in item.items() if isinstance(value, (Mapping, list, tuple)) and value}
    plain = {
        name: value
        for name, value in item.items()
        if name not in nested and value is not None and value not in ("", [], {}, ())
    }
    facts = "  ".join(f"{name}={clean_text(str(_yes(value)))}" for name, value in plain.items())
    console.print(Text(f"{pad}- {facts}"))
    print_stages(nested, indent + 1)


def _yes(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
