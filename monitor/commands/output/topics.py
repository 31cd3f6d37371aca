"""What the commands about topics print for people on stdout; it must not look anything up."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor.commands.output.terminal import (
    format_badge,
    format_cell,
    format_count,
    indent_text,
    make_grid,
    open_console,
)
from monitor.pipeline.learn_topic import LearnResult, MarkEffect

_DAYS = 30  # days a back-test prints
_CHANGES = 12  # of a profile printed: weighed against an archive for the first time, nearly everything changes
_BESIDE = 2  # thresholds shown on either side of the present one


def print_learned(
    found: LearnResult,
    outlook: Mapping[str, Any],
    advice: Sequence[str] = (),
    *,
    scores: Sequence[Mapping[str, Any]] = (),
    cures: Sequence[str] = (),
) -> None:
    """A learned profile: what changed, what it sees and would match, what to do where it is wrong; then all of it."""
    console, profile = open_console(), found.profile
    threshold = f"threshold {outlook['threshold']:g}"
    if outlook["threshold"] != profile.threshold:
        threshold += f" of config.toml, {profile.threshold:g} by its profile"
    console.print(Text(profile.topic, "bold") + f": {len(found.articles)} seeds, {threshold}")
    console.print(Text(f"written to {found.path}"))
    if found.fresh:
        console.print("its first profile")
    elif not found.changes:
        console.print("nothing changed")
    elif found.weighed_first:
        console.print("its first profile that is weighed against stored pieces: before, it knew the seeds alone")
    else:
        console.print("\n[bold]Changed[/]")
        for change in found.changes[:_CHANGES]:
            console.print(indent_text(change))
        if len(found.changes) > _CHANGES:
            console.print(indent_text(f"and {len(found.changes) - _CHANGES} more; all its terms stand below"))
    if found.heeded is not None:
        _heeded(console, found.heeded)
    if advice:
        console.print("\n[bold]What it can see[/]")
    for line in advice:
        console.print(indent_text(line))
    _scores(console, scores)
    _outlook(console, profile.topic, outlook)
    if cures:
        console.print("\n[bold]Where it is wrong[/]")
    for line in cures:
        console.print(indent_text(line))
    table = make_grid("term", "weight", "kind", "seeds")
    for term in profile.terms:
        table.add_row(format_cell(term.term), f"{term.weight:.3f}", format_cell(term.kind), str(len(term.seeds)))
    console.print("\n[bold]Terms[/]", table, sep="\n")
    table = make_grid("name", "weight", "spellings", "seeds")
    for group in profile.groups:
        table.add_row(
            format_cell(group.name), f"{group.weight:.3f}", format_cell(", ".join(group.aliases)), str(len(group.seeds))
        )
    if profile.groups:
        console.print("\n[bold]Names[/]", table, sep="\n")
    if found.spellings:
        console.print("\n[bold]Probably one name[/]", format_cell("to confirm under [yours.names] in profile.toml:"))
        for pair in found.spellings:
            one, other = pair.spellings
            said = f"in {pair.group} already" if pair.known else f'"{pair.group or one}" = ["{other}"]'
            console.print(format_cell(f"  {one}, {other}: {said}"))
    table = make_grid("together", "weight", "seeds")
    for both in profile.conjunctions:
        table.add_row(format_cell(" + ".join(both.groups)), f"{both.weight:.3f}", str(len(both.seeds)))
    if profile.conjunctions:
        console.print("\n[bold]Conjunctions[/]", table, sep="\n")
    console.print("\n[bold]Baseline schema[/]")
    for name, count in profile.schema:
        console.print(Text(f"    {name}: {count} of {len(found.articles)}"))
    if profile.dropped:
        console.print("\n[bold]Cut[/]")
        for cut in profile.dropped:
            console.print(indent_text(f"{cut.seed}: {cut.reason}: {cut.line[:100]}"))


def _heeded(console: Console, found: MarkEffect) -> None:
    """What marked pieces changed, and how far the profile agrees with them now."""
    console.print(f"\n[bold]Marks[/]\n{found.relevant} relevant and {found.irrelevant} irrelevant pieces", end="")
    console.print(" changed nothing" if not found.changes else " changed:")
    for change in found.changes:
        console.print(indent_text(change))
    share = "" if found.precision is None else f", precision {found.precision:.3f}"
    console.print(
        f"it matches {found.matched} of them, {found.right} relevant{share}, and misses {found.missed} relevant"
    )
    if found.missed:
        console.print("put one that it misses into the seeds, or see what `seedwatch topics suggest` proposes")


def _scores(console: Console, scores: Sequence[Mapping[str, Any]]) -> None:
    """How the seeds score, the weakest first."""
    if not scores:
        return
    table = make_grid("seed", "score", "of the others", "headline")
    for row in scores:
        share = "" if row["share"] is None else f"{row['share']:.0%}"
        note = "" if row["matched"] else " (does not match)"
        table.add_row(format_cell(row["seed"]), f"{row['score']:.2f}", share, format_cell(row["title"] + note))
    console.print("\n[bold]How the seeds score[/]", table, sep="\n")


def _outlook(console: Console, topic: str, found: Mapping[str, Any]) -> None:
    """The threshold as a trade-off: what it and its neighbours would have sent of the archive."""
    console.print("\n[bold]What to expect[/]")
    if not found["articles"]:
        console.print("nothing is stored yet: `seedwatch once` reads what your outlets have now and alerts nothing;")
        console.print("then learn again: it is weighed against that, and shown what would have matched")
        return
    rows = found["thresholds"]
    at = next(number for number, row in enumerate(rows) if row["threshold"] == found["threshold"])
    pieces = _name_read(found["articles"], found["articles"], found["stored"], "stored piece")
    console.print(f"of the newest {pieces}, of {format_count(found['days'], 'day')}:")
    table = make_grid("threshold", "matched", "alerts a day", "")
    for row in rows[max(at - _BESIDE, 0) : at + _BESIDE + 1]:
        here = "as it is" if row["threshold"] == found["threshold"] else ""
        table.add_row(f"{row['threshold']:g}", str(row["matched"]), f"{row['alerts_per_day']:g}", here)
    console.print(table)
    for piece in found["matches"]:
        why = ", ".join(piece["because"])
        console.print(Text("  ") + format_cell(f"{piece['proposed']:.2f} {piece['title']} ({why})"))
    if any(row["matched"] for row in rows):
        console.print(format_cell(f"what has come up since then: `seedwatch topics suggest {topic}`"))


def print_readings(read: Mapping[tuple[str, str], str]) -> None:
    """What each rule, by its topic and name, is read as."""
    table = make_grid("topic", "rule", "read as")
    for (topic, rule), reading in read.items():
        table.add_row(format_cell(topic), format_cell(rule), format_cell(reading))
    open_console().print(table)


def print_trials(rows: Sequence[Mapping[str, Any]]) -> None:
    """Examples of rules and how they came out, the last line a count."""
    table = make_grid("", "topic", "rule", "wanted", "example", "because")
    for row in rows:
        wanted = "match" if row["must"] else "no match"
        because = ", ".join(row["found"]) if row["matched"] else row["lacking"]
        state = format_badge("ok" if row["ok"] else "fail")
        table.add_row(state, *(format_cell(v) for v in (row["topic"], row["rule"], wanted, row["example"], because)))
    failed = sum(not row["ok"] for row in rows)
    console = open_console()
    console.print(table)
    console.print(f"{len(rows)} examples, {failed or 'none'} failed")


def _name_read(count: int, read: int, stored: int, noun: str) -> str:
    """A count of what was judged, with what was read of how many where that was not all."""
    return format_count(count, noun) + ("" if read >= stored else f" (read: the newest {read:,} of {stored:,})")


def print_backtest(found: Mapping[str, Any]) -> None:
    """A back-test: what changes, day by day, by example, and what each threshold would have sent."""
    console = open_console()
    pieces = _name_read(found["articles"], found["articles"], found["stored"], "article")
    console.print(format_cell(f"{found['topic']}: {pieces} of {found['days']} days"))
    table = make_grid("", "threshold", "matched", "alerts", "alerts a day", "marked relevant", "marked irrelevant")
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
            console.print(Text("  ") + format_cell(f"{change} {piece['day']} {scores} {piece['title']} ({why})"))
    changed = [day for day in found["per_day"] if day["gained"] or day["lost"]]
    if changed:
        table = make_grid("day", "articles", "present", "proposed", "gained", "lost", "kept")
        for day in changed[-_DAYS:]:
            table.add_row(*(str(value) for value in day.values()))
        console.print("\n[bold]Days that change[/]", table, sep="\n")
        if len(changed) > _DAYS:
            console.print(f"and {len(changed) - _DAYS} earlier days: --json has all")
    table = make_grid("threshold", "matched", "alerts", "alerts a day", "")
    for row in found["thresholds"]:
        here = "proposed" if row["threshold"] == found["proposed"]["threshold"] else ""
        table.add_row(*(f"{value:g}" for value in row.values()), here)
    console.print("\n[bold]What each threshold would have sent[/]", table, sep="\n")


def print_mark(found: Mapping[str, Any]) -> None:
    """A mark as it was kept, and how far each topic agrees with the marks."""
    console = open_console()
    verdict = "matched" if found["matched"] else "did not match"
    console.print(format_cell(f"{found['verdict']} to {found['topic']}, which {verdict} it: {found['title']}"))
    table = make_grid("topic", "marked", "relevant", "matched", "right", "missed", "precision")
    for row in found["precision"]:
        share = "–" if row["precision"] is None else f"{row['precision']:.3f}"
        names = ("topic", "marked", "relevant", "matched", "right", "missed")
        table.add_row(*(format_cell(row[name]) for name in names), share)
    console.print(table)


def print_suggestions(found: Mapping[str, Any]) -> None:
    """Terms to add, each with where it stands and what it would add, and the command that takes them."""
    console = open_console()
    name = format_cell(found["topic"])
    if found["until"] is None:
        console.print(name + ": nothing is stored yet")
        return
    pieces = _name_read(found["articles"], found["read"], found["stored"], "stored piece")
    console.print(
        name + f": {pieces}; from {found['since']} to {found['until']} "
        f"{found['matched']} match and {found['named']} name it"
    )
    if found["reason"] is not None:
        console.print(format_cell(f"{found['reason']}; `{found['further']}` looks further back"))
        return
    if not found["rising"]:
        console.print("nothing has come up that its profile does not know")
        return
    table = make_grid("term", "matched", "named", "others", "before", "would add", "a day")
    for term in found["rising"]:
        counts = (term[key] for key in ("matched", "named", "other", "before"))
        adds = term["adds"]
        table.add_row(format_cell(term["term"]), *map(str, counts), str(adds["matched"]), f"{adds['alerts_per_day']:g}")
    console.print("", table, sep="\n")
    for term in found["rising"]:
        console.print("\n", format_cell(term["term"]), sep="")
        for piece in term["pieces"]:
            console.print(indent_text(f"{piece['day']} {piece['title']}"))
        for piece in term["adds"]["pieces"]:
            console.print(indent_text(f"would add: {piece['day']} {piece['title']}"))
    together = found["together"]
    console.print(
        f"\nall of them would add {format_count(together['matched'], 'piece')}, {together['alerts_per_day']:g} a day; "
        "to take what convinces you:\n"
    )
    terms = [term["term"] for term in found["rising"]]
    console.print(format_cell(shlex.join(["seedwatch", "topics", "add", found["topic"], *terms])))
