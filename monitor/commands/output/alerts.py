"""What the commands about alerts print for people on stdout; it must not look anything up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.commands.output.terminal import STATE_WIDTH, format_badge, indent_text, make_grid, open_console
from monitor.text.format_characters import clean_text

_DAYS = 30  # days a preview prints


def print_alerts(rows: Sequence[Mapping[str, Any]]) -> None:
    """Alerts, newest first: a line of facts each, with its headline and reason below."""
    console = open_console()
    for row in rows:
        state = format_badge(row["state"])
        state.pad_right(max(0, STATE_WIDTH - len(state)))
        tries = "1 try" if row["attempts"] == 1 else f"{row['attempts']} tries"
        console.print(
            state
            + f"  {row['created_at']:%Y-%m-%dT%H:%MZ}  {clean_text(row['id'])}  {clean_text(row['channel'])}, {tries}"
        )
        kind = "" if row["event"] == "article.matched" else f"{row['event']}: "
        outlet = f"{row['outlet']}: " if row["outlet"] else ""
        console.print(indent_text(f"{kind}{outlet}{row['title'] or row['url'] or ''}"))
        if facts := _facts(row):
            console.print(indent_text(facts))
        if row["reason"]:
            console.print(indent_text(f"({row['reason']}{_told(row)})"))


def _facts(row: Mapping[str, Any]) -> str:
    """Topic, score and story of an alert, and when it is due."""
    score = "" if row["score"] is None else f" {row['score']:.2f}"
    due = [at for at in (row["next_attempt_at"], row["channel_next_at"]) if at is not None]
    return ", ".join(
        [
            *([f"{row['topic']}{score}"] if row["topic"] else []),
            *([f"story {row['story_id']}"] if row["story_id"] is not None else []),
            *([f"due {max(due):%Y-%m-%dT%H:%MZ}"] if row["state"] == "pending" and due else []),
        ]
    )


def _told(row: Mapping[str, Any]) -> str:
    """When or by what an alert that was held back is told."""
    if row["told_by"]:
        return f"; told by {row['told_by']}"
    return f"; told at {row['release_at']:%Y-%m-%dT%H:%MZ}" if row["state"] == "held" and row["release_at"] else ""


def print_previews(found: Sequence[Mapping[str, Any]]) -> None:
    """What each policy would have sent: the sum, the last days, and why what was held."""
    console = open_console()
    for rule in found:
        days = rule["days"]
        console.print(
            f"[bold]{clean_text(rule['alert'])}[/]: {rule['matches']} matches and {rule['edits']} edits on "
            f"{len(days)} days; {rule['sent']} alerts, {rule['edited']} on edits, {rule['retracted']} on retractions, "
            f"{rule['grew']} on stories that grew, {rule['digests']} digests, {rule['reports']} reports"
        )
        table = make_grid(
            "day", "matches", "edits", "alerts", "edited", "retracted", "grew", "digests", "reports", "waited", "held"
        )
        names = ("matches", "edits", "sent", "edited", "retracted", "grew", "digests", "reports")
        for day in days[-_DAYS:]:
            counts = [day[name] for name in names]
            table.add_row(day["day"], *map(str, counts), *(str(sum(day[name].values())) for name in ("waited", "held")))
        console.print(table)
        if len(days) > _DAYS:
            console.print(f"and {len(days) - _DAYS} earlier days: --json has all")
        for name, word in (("waited", "waited"), ("held", "held for good")):
            for reason, count in rule[name].items():
                console.print(indent_text(f"{count} {word}: {reason}"))
