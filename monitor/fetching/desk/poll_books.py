"""The books of one poll while it runs: what its endpoints have said so far, its gaps and whom it believes."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.discovery import poll_interval
from monitor.fetching.desk.port import CrawlReport
from monitor.fetching.false_304 import TrustProbe
from monitor.fetching.gap_filling import GapFiller
from monitor.fetching.trouble import Trouble, summarize_troubles
from monitor.model.poll import PollLease
from monitor.model.source import Source


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
    first: set[int] = field(default_factory=set)  # endpoints whose first good answer came in this poll
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
