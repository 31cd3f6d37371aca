"""A turn at a source, how it ended, and what is kept of hosts: values without logic or IO."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLease:
    """A source whose time has come and whose host is ours until `until`.

    `whole` is a poll of its endpoints; else only links that wait for another try are fetched. `failures` is what the
    failed polls before it weigh, in a row (`failure_weight`). `crowded`: others that are due wait for room meanwhile.
    """

    source: str
    poll: int
    whole: bool
    failures: float
    crowded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """How a poll ended. `reason` is the poll's, `standing` that of the source's `state`.

    `failures` is what the failed polls weigh in a row now; `next_poll_at` None leaves the source due as it was.
    `others_at`: when the lists are due that did not break off, where those that did are asked before.
    """

    outcome: str
    requests: int
    seen: int
    new_links: int
    stored: int
    reason: str | None
    state: str
    standing: str | None
    failures: float
    next_poll_at: datetime | None
    others_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """A host's robots.txt as last fetched: `status` None when no answer came."""

    status: int | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReach:
    """How far we got at the last polls: sources `tried`, sources whose servers `answered`, one `reason` why not."""

    tried: int
    answered: int
    reason: str | None
