"""What `explain SOURCE` prints for people, what is wrong first; it must not look anything up.

Addresses have no bound: each stands on a line of its own, below what is known of it. Everything is shown as inert text.
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
)
from monitor.storage.timestamps import parse_stamp

_Row = Mapping[str, Any]


def print_source(found: _Row, now: datetime) -> None:
    """Everything known of one source; parts of which nothing is known yet are left out."""
    console = open_console()
    _head(console, found, now)
    for problem in found["problems"]:
        console.print(
            Text("■ ", "red")
            + format_cell(f"{problem['kind']}, {format_age(problem['since'], now)}: {problem['detail']}")
        )
        console.print(indent_text(f"→ {problem['cure']}"))
    _endpoints(console, found["endpoints"], now)
    _completeness(console, found["completeness"])
    _gaps(console, found["gaps"], now)
    if found["shared_names"]:
        _heading(console, "addresses that several pieces of it claim, not believed any more")
        for shared in found["shared_names"]:
            console.print(indent_text(f"{shared['name']}: {shared['texts']} pieces"))
    _templates(console, found["templates"], now)
    _polls(console, found["polls"], now)


def _head(console: Console, found: _Row, now: datetime) -> None:
    state = "off" if not found["enabled"] else "paused" if found.get("paused_at") else found["state"]
    title = format_cell(f"{found['title']} ({found['name']}, spider {found['spider']})")
    title.stylize("bold")
    console.print(
        title
        + "  "
        + format_badge(state)
        + f"  every {format_duration(found['every'])}  "
        + format_cell(found["address"])
    )
    if found["reason"]:
        console.print(indent_text(found["reason"]))
    times = {"added": "added_at", "last good poll": "last_ok_at", "last new piece": "last_new_at"}
    if state not in ("off", "paused", "stopped"):
        times["next poll"] = "next_poll_at"
    told = [f"{name} {format_age(found[key], now)}" for name, key in times.items() if found.get(key)]
    if told:
        console.print(", ".join(told))
    if found["links"]:
        counts = ", ".join(f"{number:,} {state}" for state, number in sorted(found["links"].items()))
        console.print(f"links: {counts}")
    if (delay := found["delay"]) and delay["links"]:
        late = f"p50 {_late(delay['p50'])}, p95 {_late(delay['p95'])}"
        console.print(f"published → seen this week: {late}, {format_count(delay['links'], 'piece')}")
    if (absent := found["nonexistent"]) is not None:
        console.print("what it shows for an address that does not exist:")
        for name, value in absent.items():
            if value is not None:
                console.print(indent_text(f"{name} {value}"))


def _late(seconds: float | None) -> str:
    return "" if seconds is None else format_duration(seconds)


def _endpoints(console: Console, rows: Sequence[_Row], now: datetime) -> None:
    """A line of figures and one of the address for each; `first` is how often it was the first to tell this week."""
    if not rows:
        return
    _heading(console, format_count(len(rows), "endpoint"))
    for row in rows:
        status = row.get("last_status")
        told = [f"status {status}"] if status is not None else ["never asked"] if not row.get("last_at") else []
        if row.get("entries") is not None:
            told.append(format_count(row["entries"], "entry").replace("entrys", "entries"))
        times = [("asked", "last_at"), ("newest", "newest_at"), ("next", "next_at")]
        if row.get("last_ok_at") != row.get("last_at"):
            times.insert(0, ("good", "last_ok_at"))
        told += [f"{name} {format_age(row[key], now)}" for name, key in times if row.get(key)]
        if row.get("unchanged"):
            told.append(f"{row['unchanged']} × not modified")
        console.print(Text(f"  {row['kind']:<8}") + format_cell(", ".join(told)))
        console.print(indent_text(row.get("key") or row["url"]))
        if behind := row.get("delay"):
            late = f"p50 {_late(behind['p50'])}, p95 {_late(behind['p95'])} after the first"
            console.print(
                indent_text(
                    f"told of {format_count(behind['links'], 'piece')} this week, first of {behind['first']}; {late}"
                )
            )
        for name, key in (
            ("gone", "gone_at"),
            ("its word that nothing was modified is not believed; again", "distrusted_until"),
        ):
            if row.get(key):
                console.print(indent_text(f"▲ {name} {format_age(row[key], now)}"))
        if row.get("moved_to"):
            console.print(indent_text(f"▲ moved to {row['moved_to']} ({format_count(row['moved_times'], 'answer')})"))
        if row.get("dropped"):
            why = ", ".join(f"{number} × {reason}" for reason, number in row["dropped_because"].items())
            console.print(indent_text(f"▲ left out: {why}"))
        if row.get("last_error"):
            console.print(indent_text(f"▲ {row['last_error']}"))


def _completeness(console: Console, weeks: Sequence[_Row]) -> None:
    if not weeks:
        return
    _heading(console, "completeness by week")
    for week in weeks:
        score = week["score"]
        share = "not known" if score is None else f"{score:.1%} at most ({week['low']:.1%} to {week['high']:.1%})"
        console.print(Text(f"  {week['week']}  {format_count(week['seen'], 'piece')} seen, {share}"))
        for pair in week.get("pairs", ()):
            size = f"{pair['estimate']:g} in all ({pair['low']:g} to {pair['high']:g})"
            console.print(indent_text(f"{pair['lists']}, in both {pair['both']}: {size}"))
        if week["why"]:
            console.print(indent_text(week["why"]))


def _gaps(console: Console, rows: Sequence[_Row], now: datetime) -> None:
    if not rows:
        return
    _heading(console, "gaps, in which pieces may be missing until they are closed")
    for row in rows:
        console.print(
            Text(f"  {row['state']:<8}{_minute(row['from'])} – {_minute(row['to'])}  ") + format_cell(row["endpoint"])
        )
        console.print(indent_text(f"{row['reason']} (noticed {format_age(row['opened_at'], now)})"))
        done = [f"{row['found']} found"]
        if row["deeper_pages"]:
            done.append(f"{format_count(row['deeper_pages'], 'deeper page')} read")
        if row["tries"]:
            done.append(f"tried {row['tries']} ×")
        done += [
            f"{name} {format_age(row[key], now)}"
            for name, key in (("next try", "next_try_at"), ("closed", "closed_at"))
            if row.get(key)
        ]
        console.print(indent_text(", ".join(done)))
        if row.get("closed_by"):
            console.print(indent_text(f"closed by {row['closed_by']}"))
        if row.get("because"):
            console.print(indent_text(row["because"]))


def _minute(at: str) -> str:
    return parse_stamp(at).strftime("%Y-%m-%d %H:%MZ")


def _templates(console: Console, rows: Sequence[_Row], now: datetime) -> None:
    """Those in use with where the text stands; of the ended ones only how many there are."""
    live = [row for row in rows if row["ended_at"] is None]
    if not rows:
        return
    ended = len(rows) - len(live)
    _heading(
        console, f"{format_count(len(live), 'template')} learned from its pages" + (f", {ended} ended" if ended else "")
    )
    for row in live:
        pages = format_count(row["pages"], "page")
        known = f"learned {format_age(row['learned_at'], now)} from {pages}, used {row['used']} ×"
        console.print(Text(f"  {row['id']}  {row['state']}  ") + format_cell(row["container"]) + f"  {known}")
        facts = {"text": row["text"], "left out": row["left_out"], "title without": row["title_without"]}
        for name, value in facts.items():
            if value:
                console.print(indent_text(f"{name}: {', '.join(value)}"))
        if row["examples"]:
            console.print(indent_text(f"as in {row['examples'][0]}"))


def _polls(console: Console, rows: Sequence[_Row], now: datetime) -> None:
    if not rows:
        return
    _heading(console, "last polls")
    table = make_grid("  began", "outcome", "requests", "seen", "new", "stored", "reason")
    for row in rows:
        table.add_row(
            f"  {format_age(row['started_at'], now)}",
            format_cell(row["outcome"]),
            *(str(row[name]) for name in ("requests", "seen", "new_links", "stored")),
            format_cell(row["reason"]),
        )
    console.print(table)


def _heading(console: Console, words: str) -> None:
    console.print(f"\n{words}", style="bold")
