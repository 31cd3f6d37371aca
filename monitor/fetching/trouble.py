"""What kept endpoints from answering, in the one short line that a poll row and a person get; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST = 2000  # characters of a poll's reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why one endpoint gave no entries. `place` names it ("feed https://…"), `cause` may hold its `url`."""

    kind: str
    url: str
    cause: str
    weight: float = 0.0  # `failure_weight`


def summarize_troubles(troubles: Iterable[Trouble], *more: str | None) -> str | None:
    """`more` (faults of the crawl itself), then each cause once with how many endpoints have it; None for nothing."""
    groups: dict[str, list[Trouble]] = {}
    for trouble in troubles:
        groups.setdefault(trouble.cause.replace(trouble.url, "…"), []).append(trouble)
    lines = [line for line in more if line]
    for cause, [first, *others] in groups.items():
        if others:
            lines.append(f"{cause} ({len(others) + 1} endpoints)")
        elif "…" in cause:
            lines.append(cause.replace("…", first.url, 1))
        else:
            lines.append(f"{cause} ({first.kind} {first.url})")
    return "; ".join(lines)[:_LONGEST] or None
