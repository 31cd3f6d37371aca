"""The books of one poll while it runs: what its endpoints have said so far, its gaps and whom it believes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

from monitor.discovery import poll_interval
from monitor.fetching.desk.port import CrawlReport
from monitor.fetching.false_304 import TrustProbe
from monitor.fetching.gap_filling import GapFiller
from monitor.fetching.trouble import Trouble, summarize_troubles
from monitor.model.poll import PollLease
from monitor.model.source import Endpoint, Source

_TROUBLES = 200  # that outlast a restart; people are told of a few
_DIGEST = 6  # bytes: of a thousand parts of a sitemap two are alike in one poll of half a billion


@dataclass(slots=True, kw_only=True)
class PollBooks:
    """One per poll; `report` is the crawl's own, once it has ended."""

    lease: PollLease
    source: Source
    gaps: GapFiller
    trust: TrustProbe
    seen: int = 0
    new_links: int = 0
    good: int = 0  # endpoints that answered well
    troubles: list[Trouble] = field(default_factory=list)
    blocked: bool = False
    answered: bool = False  # whether any server answered at all
    cut_off: dict[str, int] = field(default_factory=dict)  # roots of answers that broke off: how often in a row
    # Of all sources of a process: what came last, and until when no silence follows from the time since.
    pauses: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    first: set[int] = field(default_factory=set)  # endpoints whose first good answer came in this poll
    outlasts: bool = False  # an agent's: the poll goes on where the desk starts anew, and its books with it
    taken: set[str] = field(default_factory=set)  # digests of endpoints whose answers were taken, where it outlasts
    taken_before: frozenset[str] = frozenset()  # those that another desk took, whose answer to that may have been lost
    report: CrawlReport = field(default_factory=CrawlReport)

    @property
    def reason(self) -> str | None:
        """All that went wrong, in one short line; None for nothing."""
        return summarize_troubles(self.troubles, self.report.fault)

    @property
    def outcome(self) -> str:
        """In a word: nothing can be said of a source after a fault of ours, or where no endpoint answered well."""
        if self.report.stopped:
            return "aborted"
        if self.report.fault is not None or (self.troubles and not self.good):
            return "failed"
        return "partial" if self.troubles else "ok"

    @property
    def weight(self) -> float:
        """What this poll weighs as a failure: its worst trouble; a fault of ours says little of the outlet."""
        return max((trouble.weight for trouble in self.troubles), default=poll_interval.UNREACHED)

    def note_taken(self, endpoint: Endpoint) -> bool:
        """An endpoint's answer is taken; whether another desk took it before, so that it must not count again.

        Only a desk that started anew does not know what it answered: otherwise a message's mark tells.
        """
        if not self.outlasts:
            return False
        digest = hashlib.blake2b(endpoint.key.encode(), digest_size=_DIGEST).hexdigest()
        self.taken.add(digest)
        return digest in self.taken_before

    def dump(self) -> str:
        """What was found so far, as JSON; gaps and trust stand in tables of their own."""
        told = self.troubles[:_TROUBLES]
        troubles = [(trouble.kind, trouble.url, trouble.cause, trouble.weight) for trouble in told]
        counts = {"seen": self.seen, "new_links": self.new_links, "good": self.good}
        said = {"blocked": self.blocked, "answered": self.answered}
        numbers = {"first": sorted(self.first), "taken": sorted(self.taken), "cut_off": self.cut_off}
        return json.dumps({**counts, **said, "troubles": troubles, **numbers}, ensure_ascii=False)

    def restore(self, kept: str) -> None:
        """Go on with what `dump` gave."""
        found = json.loads(kept)
        self.seen, self.new_links, self.good = found["seen"], found["new_links"], found["good"]
        self.blocked, self.answered, self.first = found["blocked"], found["answered"], set(found["first"])
        self.taken = set(found.get("taken", ()))  # books of an older version have none, nor of what broke off
        self.cut_off = dict(found.get("cut_off", {}))
        self.taken_before = frozenset(self.taken)
        self.troubles = [
            Trouble(kind=kind, url=url, cause=cause, weight=weight) for kind, url, cause, weight in found["troubles"]
        ]
