"""What the commands about alerts print for people on stdout; it must not look anything up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.channels.message import clean
from monitor.terminal import STATE_WIDTH, badge, grid, screen, under

_DAYS = 30  # days a preview prints


def alerts(rows: Sequence[Mapping[str, Any]]) -> None:
    """Alerts, newest first: a line of facts each, with its headline and reason below."""
    console = screen()
    for row in rows:
        state = badge(row["state"])
        state.pad_right(max(0, STATE_WIDTH - len(state)))
        tries = "1 try" if row["attempts"] == 1 else f"{row['attempts']} tries"
        console.print(
            state + f"  {row['created_at']:%Y-%m-%dT%H:%MZ}  {clean(row['id'])}  {clean(row['channel'])}, {tries}"
        )
        kind = "" if row["event"] == "article.matched" else f"{row['event']}: "
        console.print(under(f"{kind}{row['title'] or row['url'] or ''}"))
        if row["reason"]:
            console.print(under(f"({row['reason']}{_told(row)})"))


def _told(row: Mapping[str, Any]) -> str:
    """When or by what an alert that was held back is told."""
    if row["told_by"]:
        return f"; told by {row['told_by']}"
    return f"; told at {row['release_at']:%Y-%m-%dT%H:%MZ}" if row["state"] == "held" and row["release_at"] else ""


def previews(found: Sequence[Mapping[str, Any]]) -> None:
    """What each policy would have sent: the sum, the last days, and why what was held."""
    console = screen()
    for rule in found:
        days = rule["days"]
        console.print(
            f"[bold]{clean(rule['alert'])}[/]: {rule['matches']} matches and {rule['edits']} edits on {len(days)} days"
            f"; {rule['sent']} alerts, {rule['edited']} on edits, {rule['retracted']} on retractions, "
            f"{rule['grew']} on stories that grew, {rule['digests']} digests"
        )
        table = grid("day", "matches", "edits", "alerts", "edited", "retracted", "grew", "digests", "waited", "held")
        names = ("matches", "edits", "sent", "edited", "retracted", "grew", "digests")
        for day in days[-_DAYS:]:
            counts = [day[name] for name in names]
            table.add_row(day["day"], *map(str, counts), *(str(sum(day[name].values())) for name in ("waited", "held")))
        console.print(table)
        if len(days) > _DAYS:
            console.print(f"and {len(days) - _DAYS} earlier days: --json has all")
        for name, word in (("waited", "waited"), ("held", "held for good")):
            for reason, count in rule[name].items():
                console.print(under(f"{count} {word}: {reason}"))
