"""What commands print for people: tables on a terminal's stdout; it must not look anything up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from monitor.channels.message import clean
from monitor.learn import Learned

_MARKS = {"ok": "●", "warn": "▲", "fail": "■", "failing": "■", "blocked": "■", "unsteady": "▲", "new": "○"}
_DAYS = 30  # days a back-test prints
_COLOURS = {"ok": "green", "warn": "yellow", "unsteady": "yellow", "fail": "red", "failing": "red", "blocked": "red"}


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _state(state: str) -> Text:
    return Text(f"{_MARKS.get(state, '·')} {state}", style=_COLOURS.get(state, ""))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _cell(value: object) -> Text:
    """A value as inert text: hostile headlines must neither style nor steer a terminal."""
    return Text("" if value is None else clean(str(value)))


def learned(found: Learned) -> None:
    """A learned profile: terms, names, conjunctions, schema, what was cut and what changed."""
    console, profile = _console(), found.profile
    console.print(f"[bold]{escape(profile.topic)}[/]: {len(found.articles)} seeds, threshold {profile.threshold:g}")
    console.print(f"written to {escape(str(found.path))}\n")
    table = _table("term", "weight", "kind", "seeds")
    for term in profile.terms:
        table.add_row(_cell(term.term), f"{term.weight:.3f}", _cell(term.kind), str(len(term.seeds)))
    console.print(table)
    table = _table("name", "weight", "spellings", "seeds")
    for group in profile.groups:
        table.add_row(_cell(group.name), f"{group.weight:.3f}", _cell(", ".join(group.aliases)), str(len(group.seeds)))
    console.print("\n[bold]Names[/]", table, sep="\n")
    if found.spellings:
        console.print("\n[bold]Probably one name[/]", _cell("to confirm under [yours.names] in profile.toml:"))
        for pair in found.spellings:
            one, other = pair.spellings
            said = f"in {pair.group} already" if pair.known else f'"{pair.group or one}" = ["{other}"]'
            console.print(_cell(f"  {one}, {other}: {said}"))
    table = _table("together", "weight", "seeds")
    for both in profile.conjunctions:
        table.add_row(_cell(" + ".join(both.groups)), f"{both.weight:.3f}", str(len(both.seeds)))
    console.print("\n[bold]Conjunctions[/]", table, sep="\n")
    console.print("\n[bold]Baseline schema[/]")
    for name, count in profile.schema:
        console.print(f"  {escape(name)}: {count} of {len(found.articles)}")
    if profile.dropped:
        console.print("\n[bold]Cut[/]")
        for cut in profile.dropped:
            console.print(_cell(f"  {cut.seed}: {cut.reason}: {cut.line[:100]}"))
    if found.changes:
        console.print("\n[bold]Changed[/]")
        for change in found.changes:
            console.print(_cell(f"  {change}"))


def status(found: Mapping[str, Any]) -> None:
    """`status` as tables, what is wrong first."""
    console = _console()
    problems = found["problems"]
    day, alerts = found["day"], found["alerts"]
    running = f"running as process {found['running']}" if found["running"] else "not running"
    console.print(f"[bold]{len(problems) or 'no'} open problem{'' if len(problems) == 1 else 's'}[/], daemon {running}")
    for problem in problems:
        console.print(_cell(f"  ■ {problem['kind']} {problem['subject']}: {problem['detail']}  → {problem['cure']}"))
    console.print(f"\nlast 24 h: {day['articles']} articles, {day['copies']} of them copies, {day['matched']} matched")
    console.print("alerts: " + (", ".join(f"{number} {state}" for state, number in alerts.items()) or "none"))
    table = _table("state", "source", "every", "links", "newest article", "last good", "next poll", "reason")
    for row in found["sources"]:
        links = ", ".join(f"{number} {state}" for state, number in row["links"].items())
        table.add_row(
            _state(row["state"] if row["enabled"] else "off"),
            _cell(row["name"]),
            f"{row['every']} s",
            links,
            _cell(row["newest"]),
            _cell(row["last_ok_at"]),
            _cell(row["next_poll_at"] if row["enabled"] else None),
            _cell(row["reason"]),
        )
    console.print("\n", table, sep="")
    if found["channels"]:
        table = _table("state", "channel", "kind", "reason")
        for row in found["channels"]:
            table.add_row(_state(row["state"]), _cell(row["name"]), _cell(row["kind"]), _cell(row["reason"]))
        console.print("\n", table, sep="")


def alerts(rows: Sequence[Mapping[str, Any]]) -> None:
    """Alerts, newest first."""
    table = _table("state", "id", "channel", "event", "tries", "title", "reason")
    for row in rows:
        table.add_row(
            *(_cell(row[name]) for name in ("state", "id", "channel", "event", "attempts", "title", "reason"))
        )
    _console().print(table)


def trials(rows: Sequence[Mapping[str, Any]]) -> None:
    """Examples of rules and how they came out, the last line a count."""
    table = _table("", "topic", "rule", "wanted", "example", "because")
    for row in rows:
        wanted = "match" if row["must"] else "no match"
        because = ", ".join(row["found"]) if row["matched"] else row["lacking"]
        state = _state("ok" if row["ok"] else "fail")
        table.add_row(state, *(_cell(v) for v in (row["topic"], row["rule"], wanted, row["example"], because)))
    failed = sum(not row["ok"] for row in rows)
    console = _console()
    console.print(table)
    console.print(f"{len(rows)} examples, {failed or 'none'} failed")


def backtest(found: Mapping[str, Any]) -> None:
    """A back-test: what changes, day by day, by example, and what each threshold would have sent."""
    console = _console()
    console.print(_cell(f"{found['topic']}: {found['articles']} articles of {found['days']} days"))
    table = _table("", "threshold", "matched", "alerts", "alerts a day", "marked relevant", "marked irrelevant")
    for name in ("present", "proposed"):
        side = found[name]
        counts = (
            *(side[key] for key in ("threshold", "matched", "alerts", "alerts_per_day")),
            *side["marked"].values(),
        )
        table.add_row(name, *(f"{count:g}" for count in counts))
    console.print(table)
    console.print(f"\n{found['gained']} gained, {found['lost']} lost, {found['kept']} kept")
    for change in ("gained", "lost"):
        for piece in found["examples"][change]:
            why = ", ".join(piece["because"])
            scores = f"{piece['present']:.2f} → {piece['proposed']:.2f}"
            console.print(Text("  ") + _cell(f"{change} {piece['day']} {scores} {piece['title']} ({why})"))
    changed = [day for day in found["per_day"] if day["gained"] or day["lost"]]
    if changed:
        table = _table("day", "articles", "present", "proposed", "gained", "lost", "kept")
        for day in changed[-_DAYS:]:
            table.add_row(*(str(value) for value in day.values()))
        console.print("\n[bold]Days that change[/]", table, sep="\n")
        if len(changed) > _DAYS:
            console.print(f"and {len(changed) - _DAYS} earlier days: --json has all")
    table = _table("threshold", "matched", "alerts", "alerts a day")
    for row in found["thresholds"]:
        table.add_row(*(f"{value:g}" for value in row.values()))
    console.print("\n[bold]What each threshold would have sent[/]", table, sep="\n")


def marked(found: Mapping[str, Any]) -> None:
    """A mark as it was kept, and how far each topic agrees with the marks."""
    console = _console()
    verdict = "matched" if found["matched"] else "did not match"
    console.print(_cell(f"{found['verdict']} to {found['topic']}, which {verdict} it: {found['title']}"))
    table = _table("topic", "marked", "relevant", "matched", "right", "missed", "precision")
    for row in found["precision"]:
        share = "–" if row["precision"] is None else f"{row['precision']:.3f}"
        names = ("topic", "marked", "relevant", "matched", "right", "missed")
        table.add_row(*(_cell(row[name]) for name in names), share)
    console.print(table)


def checks(rows: Sequence[Mapping[str, Any]]) -> None:
    """What `doctor` found, a line each, with its cure."""
    table = _table("", "check", "found", "cure")
    for row in rows:
        table.add_row(_state(row["verdict"]), _cell(row["name"]), _cell(row["detail"]), _cell(row["cure"]))
    _console().print(table)


def stages(found: Mapping[str, Any], indent: int = 0) -> None:
    """Nested facts as indented lines."""
    console = _console()
    pad = "  " * indent
    for key, value in found.items():
        if isinstance(value, Mapping):
            console.print(_cell(f"{pad}{key}:"))
            stages(value, indent + 1)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            console.print(_cell(f"{pad}{key}:"))
            for item in value:
                line = "  ".join(f"{name}={item[name]}" for name in item if item[name] is not None)
                console.print(Text(f"{pad}  - ") + _cell(line))
        elif key == "text" and isinstance(value, str):
            console.print(_cell(f"{pad}text:"))
            for paragraph in value.split("\n"):
                console.print(Text(f"{pad}  ") + _cell(paragraph))
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            console.print(Text(f"{pad}{key}: ") + _cell(shown))
