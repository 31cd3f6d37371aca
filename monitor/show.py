"""What commands print for people on stdout; it must not look anything up.

Tables fit 80 columns: what has no bound (reasons, headlines, addresses) stands on lines of its own. Into a pipe
nothing is folded, so that it can be searched. Everything an outlet wrote is shown as inert text.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.channels.message import clean
from monitor.learn import Learned
from monitor.store.stamps import moment

# A shape, a colour and the word itself: none of the three alone says it.
_MARKS = {
    **dict.fromkeys(("ok", "delivered"), ("●", "green")),
    **dict.fromkeys(("warn", "unsteady", "held"), ("▲", "yellow")),
    **dict.fromkeys(("fail", "failing", "blocked", "dead", "disabled"), ("■", "red")),
    **dict.fromkeys(("new", "pending"), ("○", "")),
}
_LONG = 240  # characters of a reason in an overview; `explain` has all of it
_STATE = 11  # columns that "● delivered" takes
_PIPE = 10_000  # columns where no terminal limits them


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPE)


def _state(state: str) -> Text:
    mark, colour = _MARKS.get(state, ("·", ""))
    return Text(f"{mark} {state}", style=colour)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _cell(value: object) -> Text:
    """A value as inert text: hostile headlines must neither style nor steer a terminal."""
    return Text("" if value is None else clean(str(value)))


def _short(text: object) -> str:
    line = clean(str(text))
    return line if len(line) <= _LONG else line[: _LONG - 1].rstrip() + "…"


def _under(text: object) -> Text:
    """A line that belongs to the one above it."""
    return Text("    ") + Text(_short(text))


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _span(seconds: float) -> str:
    """A length of time in its largest unit: "40 s", "5 min", "3 h", "12 d"."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def _ago(at: str | None, now: datetime) -> str:
    """A stamp as seen from now: "5 min ago", "in 40 s"; an empty text for none."""
    if at is None:
        return ""
    passed = now - moment(at)
    return f"in {_span(-passed.total_seconds())}" if passed < timedelta(0) else f"{_span(passed.total_seconds())} ago"


def learned(found: Learned) -> None:
    """A learned profile: what changed, then terms, names, conjunctions, schema and what was cut."""
    console, profile = _console(), found.profile
    console.print(Text(profile.topic, "bold") + f": {len(found.articles)} seeds, threshold {profile.threshold:g}")
    console.print(Text(f"written to {found.path}"))
    if found.fresh:
        console.print("its first profile")
    elif not found.changes:
        console.print("nothing changed")
    else:
        console.print("\n[bold]Changed[/]")
        for change in found.changes:
            console.print(_under(change))
    table = _table("term", "weight", "kind", "seeds")
    for term in profile.terms:
        table.add_row(_cell(term.term), f"{term.weight:.3f}", _cell(term.kind), str(len(term.seeds)))
    console.print("\n[bold]Terms[/]", table, sep="\n")
    table = _table("name", "weight", "spellings", "seeds")
    for group in profile.groups:
        table.add_row(_cell(group.name), f"{group.weight:.3f}", _cell(", ".join(group.aliases)), str(len(group.seeds)))
    console.print("\n[bold]Names[/]", table, sep="\n")
    table = _table("together", "weight", "seeds")
    for both in profile.conjunctions:
        table.add_row(_cell(" + ".join(both.groups)), f"{both.weight:.3f}", str(len(both.seeds)))
    console.print("\n[bold]Conjunctions[/]", table, sep="\n")
    console.print("\n[bold]Baseline schema[/]")
    for name, count in profile.schema:
        console.print(Text(f"    {name}: {count} of {len(found.articles)}"))
    if profile.dropped:
        console.print("\n[bold]Cut[/]")
        for cut in profile.dropped:
            console.print(_under(f"{cut.seed}: {cut.reason}: {cut.line[:100]}"))


def status(found: Mapping[str, Any]) -> None:
    """`status` for people, what is wrong first."""
    console, now = _console(), moment(found["at"])
    problems, day = found["problems"], found["day"]
    running = f"running as process {found['running']}" if found["running"] else "not running"
    console.print(
        Text(f"{_many(len(problems), 'open problem') if problems else 'no open problems'}", "bold")
        + f", daemon {running}"
    )
    for problem in problems:
        console.print(Text("■ ", "red") + _short(f"{problem['kind']} {problem['subject']}: {problem['detail']}"))
        console.print(_under(f"→ {problem['cure']}"))
    console.print(
        f"\nlast 24 h: {_many(day['articles'], 'article')}, {day['copies']} of them copies, {day['matched']} matched"
    )
    console.print("alerts: " + (", ".join(f"{number} {state}" for state, number in found["alerts"].items()) or "none"))
    if not found["sources"]:
        console.print("\nno source was ever polled: `seedwatch run` or `seedwatch once` does it")
    else:
        table = _table("state", "source", "every", "links", "wait", "newest", "last good", "next")
        for row in found["sources"]:
            table.add_row(
                _state(row["state"] if row["enabled"] else "off"),
                _cell(row["name"]),
                _span(row["every"]),
                str(sum(row["links"].values())),
                str(row["links"].get("pending", "")),
                _ago(row["newest"], now),
                _ago(row["last_ok_at"], now),
                _ago(row["next_poll_at"], now) if row["enabled"] else "",
            )
        console.print("\n", table, sep="")
        _reasons(console, found["sources"])
    if found["channels"]:
        table = _table("state", "channel", "kind")
        for row in found["channels"]:
            table.add_row(_state(row["state"]), _cell(row["name"]), _cell(row["kind"]))
        console.print("\n", table, sep="")
        _reasons(console, found["channels"])


def _reasons(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        if row["reason"]:
            console.print(_under(f"{row['name']}: {row['reason']}"))


def alerts(rows: Sequence[Mapping[str, Any]]) -> None:
    """Alerts, newest first: a line of facts each, with its headline and reason below."""
    console = _console()
    for row in rows:
        state = _state(row["state"])
        state.pad_right(max(0, _STATE - len(state)))
        tries = "1 try" if row["attempts"] == 1 else f"{row['attempts']} tries"
        console.print(
            state + f"  {row['created_at']:%Y-%m-%dT%H:%MZ}  {clean(row['id'])}  {clean(row['channel'])}, {tries}"
        )
        kind = "" if row["event"] == "article.matched" else f"{row['event']}: "
        console.print(_under(f"{kind}{row['title'] or row['url'] or ''}"))
        if row["reason"]:
            console.print(_under(f"({row['reason']})"))


def checks(rows: Sequence[Mapping[str, Any]]) -> None:
    """What `doctor` found, a line each, with its cure below."""
    console = _console()
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        verdict = _state(row["verdict"])
        verdict.pad_right(max(0, 6 - len(verdict)))
        first, *rest = [clean(part) for part in str(row["detail"]).split("\n")]
        console.print(verdict + "  " + clean(row["name"]).ljust(width) + "  " + first)
        for part in (*rest, *((f"→ {row['cure']}",) if row["cure"] else ())):
            console.print(Text(" " * (width + 10)) + _cell(part))


def stages(found: Mapping[str, Any], indent: int = 0) -> None:
    """Nested facts as indented lines; what is not known is left out."""
    console = _console()
    pad = "  " * indent
    for key, value in found.items():
        name = Text(f"{pad}{key}:")
        if value is None or value in ("", [], {}, ()):
            continue
        if isinstance(value, Mapping):
            console.print(name)
            stages(value, indent + 1)
        elif isinstance(value, (list, tuple)) and isinstance(value[0], Mapping):
            console.print(name)
            for item in value:
                _item(console, item, indent + 1)
        elif isinstance(value, str) and "\n" in value.strip():
            console.print(name)
            for paragraph in filter(None, map(clean, value.split("\n"))):
                console.print(Text(f"{pad}  {paragraph}"))
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            console.print(name + " " + _cell(_yes(shown)))


def _item(console: Console, item: Mapping[str, Any], indent: int) -> None:
    """One fact of many: its plain values on one line, what is nested below it."""
    pad = "  " * indent
    if item.keys() >= {"term", "found", "part", "weight"}:  # evidence of a match
        spelt = clean(str(item["found"]))
        known = "" if spelt.casefold() == str(item["term"]).casefold() else f" ({clean(str(item['term']))})"
        console.print(Text(f"{pad}- {item['part']}: {spelt}{known} {item['weight']:.3f}"))
        return
    nested = {name: value for name, value in item.items() if isinstance(value, (Mapping, list, tuple)) and value}
    plain = {
        name: value
        for name, value in item.items()
        if name not in nested and value is not None and value not in ("", [], {}, ())
    }
    facts = "  ".join(f"{name}={clean(str(_yes(value)))}" for name, value in plain.items())
    console.print(Text(f"{pad}- {facts}"))
    stages(nested, indent + 1)


def _yes(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
