"""Gaps inside a crawl: finds them as endpoints answer, says what to ask in order to fill them, closes or leaves them.

It decides by `monitor.discovery.gap_detection` and must not fetch: the requests are made by whoever asks for `wanted`.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.discovery.endpoint import EndpointAnswer
from monitor.discovery.gap_detection import (
    detect_gap,
    find_closure,
    reaches_known_ground,
    schedule_gap_retry,
    sort_newest_first,
)
from monitor.model.gap import Closure, LastListing
from monitor.model.source import Endpoint, Source
from monitor.storage import Store
from monitor.storage.sources.links import ListedChanges

log = logging.getLogger(__name__)

# Pages that one gap may ask for in one crawl; the rest waits for its next try. 30 pages of TASS's list API are two
# and a half days of all sections together, at two seconds a page a minute of the host's time.
PAGES = 30
# An endpoint asked less than this, or than its source's own interval, ago is not asked again on behalf of a gap.
_ASKED_LATELY = timedelta(minutes=10)
# A person is told of a gap for so long; then its row alone speaks of it, for nothing will close it any more.
TOLD = timedelta(days=7)


@dataclass(slots=True, kw_only=True)
class _Fill:
    """One gap while a crawl looks for what is in it; `then` is the deeper page to ask for next."""

    gap: int
    endpoint: int
    root: Endpoint
    since: datetime
    until: datetime
    anchors: frozenset[int]
    then: Endpoint | None
    pages: int = 0
    closed: bool = False

    def concerns(self, answer: EndpointAnswer, root: Endpoint) -> bool:
        """Whether an answer is a further page of the broken endpoint; the parts of a sitemap follow each other."""
        if self.root.kind == "sitemap":
            return answer.endpoint == self.then
        return root.key == self.root.key and answer.endpoint != root


class GapFiller:
    """The gaps of one source during one crawl. `listed` and `settle` run inside the caller's transaction."""

    def __init__(self, store: Store, source: Source, began: datetime) -> None:
        """`began`: when the crawl did; what two undated answers leave open ends there."""
        self.store = store
        self.source = source
        self.began = began
        self._lately = min(_ASKED_LATELY, timedelta(seconds=source.every))
        self._asked: set[str] = set()
        self._met: set[str] = set()  # endpoints whose first page stands on known ground: no need to look deeper
        self._fills: list[_Fill] = []
        self._others: list[Endpoint] = []  # endpoints to be asked out of turn
        self._waiting: set[str] = set()  # those that were asked too lately to be asked on behalf of a gap
        self._parts: tuple[Endpoint, ...] = ()  # of a sitemap index, newest first
        self._parts_end = True  # whether the index named the last of them

    def begin(self, due: Iterable[Endpoint], now: datetime, *, any_open: bool) -> None:
        """Take up the gaps that are to be tried again; `due` are the endpoints that the crawl asks anyway.

        `any_open`: whether the source has a gap that is not closed.
        """
        self._asked.update(endpoint.key for endpoint in due)
        if not any_open:
            return
        roots = {endpoint.key: endpoint for endpoint in self.source.endpoints}
        for gap in self.store.gaps.due(self.source.name, now):
            self._fills.append(
                _Fill(
                    gap=gap.id,
                    endpoint=gap.endpoint_id,
                    root=roots.get(gap.key) or Endpoint(kind=gap.kind, url=gap.url),
                    since=gap.since,
                    until=gap.until,
                    anchors=gap.anchors,
                    then=gap.deeper,
                )
            )
            self._ask_others(gap.kind, now)
            if gap.kind == "sitemap":  # its parts are known by their index only
                self._ask("sitemap", now)

    def record_listing(
        self,
        answer: EndpointAnswer,
        root: Endpoint,
        number: int,
        announced: ListedChanges,
        before: LastListing | None,
        now: datetime,
        *,
        conclusive: bool = True,
    ) -> None:
        """Take note of a good answer with its links written; `before` is what the endpoint listed until then.

        One that is not `conclusive` broke off: what it does not list says nothing, and the next whole one is held
        against `before`.
        """
        if answer.listing is None:
            return
        if answer.root.kind == "sitemap" and answer.listing.more:
            self._parts, self._parts_end = answer.listing.more, conclusive
        for fill in self._fills:
            if not fill.closed:
                self._fill(fill, answer, root, announced, now, conclusive=conclusive)
        if answer.endpoint != root or not conclusive:
            return
        entries = sort_newest_first(announced.listed)
        found = detect_gap(before, announced.listed, self.began)
        if before is not None and found is None:
            self._met.add(root.key)
        self.store.gaps.save_listing(number, tuple(entry.link for entry in entries), now)
        if found is not None:
            then = self._after(answer)
            gap = self.store.gaps.open(self.source.name, number, found, then, now)
            self._fills.append(
                _Fill(
                    gap=gap,
                    endpoint=number,
                    root=root,
                    since=found.since,
                    until=found.until,
                    anchors=frozenset(found.anchors),
                    then=then,
                )
            )
            self._ask_others(root.kind, now)
            log.warning("event=gap source=%s endpoint=%s reason=%r", self.source.name, root.key, found.reason)

    def _fill(
        self,
        fill: _Fill,
        answer: EndpointAnswer,
        root: Endpoint,
        announced: ListedChanges,
        now: datetime,
        *,
        conclusive: bool,
    ) -> None:
        own = fill.concerns(answer, root)
        new = [entry for entry in announced.listed if entry.new]
        inside = [entry for entry in new if (own if entry.at is None else fill.since <= entry.at <= fill.until)]
        self.store.gaps.add_found_links(fill.gap, len(inside))
        if not own or not conclusive:  # a page that broke off is the next one to ask for still
            return
        fill.pages += 1
        fill.then = self._after(answer)
        self.store.gaps.record_page(fill.gap, fill.then)
        pages = f"{fill.pages} page{'' if fill.pages == 1 else 's'} deeper"
        if reaches_known_ground(fill.anchors, fill.since, announced.listed):
            self._close(fill, f"{pages} it lists what was known before", now)
        elif fill.then is None and (root.kind != "sitemap" or (answer.endpoint in self._parts and self._parts_end)):
            self._close(fill, f"it was read to its end, {pages}", now)

    def _close(self, fill: _Fill, because: str, now: datetime) -> None:
        fill.closed = True
        self.store.gaps.close(fill.gap, Closure(by=fill.endpoint, because=because), now)

    def _after(self, answer: EndpointAnswer) -> Endpoint | None:
        """The page, or the part of a sitemap index, that goes on where an answer ends."""
        if answer.endpoint.kind == "sitemap":
            older = self._parts[self._parts.index(answer.endpoint) + 1 :] if answer.endpoint in self._parts else ()
        else:
            older = answer.listing.more if answer.listing else ()
        return older[0] if older else None

    def _ask_others(self, kind: str, now: datetime) -> None:
        for other in sorted({endpoint.kind for endpoint in self.source.endpoints} - {kind}):
            self._ask(other, now)

    def _ask(self, kind: str, now: datetime) -> None:
        """Have the endpoints of a kind asked out of turn, unless they were asked just now."""
        resting = self.store.gaps.list_resting(self.source.name, now - self._lately, now)
        for endpoint in self.source.endpoints:
            if endpoint.kind != kind or endpoint.key in self._asked:
                continue
            if endpoint.key in resting:
                self._waiting.add(endpoint.key)
            else:
                self._asked.add(endpoint.key)
                self._others.append(endpoint)

    # — what to ask ———————————————————————————————————————————————————————————————————————————————————————————————

    def is_shallow(self, root: Endpoint) -> bool:
        """Whether a list stands on known ground, so that its own further pages are not worth asking for."""
        return root.key in self._met

    def note_asked(self, keys: Collection[str]) -> None:
        """These endpoints and pages were asked for without being wanted here."""
        self._asked.update(keys)
        self._others = [endpoint for endpoint in self._others if endpoint.key not in keys]

    def has_wanted(self) -> bool:
        """Whether `list_wanted` has something to ask."""
        return bool(self._others) or next(self._deeper(), None) is not None

    def list_wanted(self) -> list[tuple[Endpoint, Endpoint]]:
        """What to ask now in order to fill gaps, each with its root: endpoints out of turn, then deeper pages."""
        found = [(endpoint, endpoint) for endpoint in self._others]
        self._others.clear()
        for page, root in self._deeper():
            self._asked.add(page.key)
            found.append((page, root))
        return found

    def _deeper(self) -> Iterator[tuple[Endpoint, Endpoint]]:
        for fill in self._fills:
            if fill.closed or fill.then is None or fill.pages >= PAGES or fill.then.key in self._asked:
                continue
            if fill.root.kind == "sitemap" and fill.then not in self._parts:
                continue
            yield fill.then, fill.root

    # — at the end ————————————————————————————————————————————————————————————————————————————————————————————————

    def settle(self, now: datetime) -> None:
        """Close what other endpoints cover, leave the rest for another try, and have a person told of it.

        Of a source that has a gap which is not closed, or of which a person was told.
        """
        gaps, source = self.store.gaps, self.source
        asked = frozenset(endpoint.key for endpoint in source.endpoints)
        for gap in gaps.due(source.name, now):
            closure = find_closure(gap.since, gap.until, *gaps.witnesses(gap, asked, now))
            if closure is not None:
                gaps.close(gap.id, closure, now)
            else:
                gaps.postpone(gap.id, self._next_try(gap.attempts + 1, now))
        left = gaps.list_open(source.name, now - TOLD)
        if not left:
            self.store.problems.close("gap", source.name, now)
            return
        first, last = min(gap.since for gap in left), max(gap.until for gap in left)
        places = ", ".join(sorted({f"{gap.kind} {gap.url}" for gap in left}))
        ended = {gap.url for gap in left if gap.deeper is None and gap.kind in ("listing", "api")}
        if ended:
            places += f"; no further page is known at {', '.join(sorted(ended))}"
        self.store.problems.open(
            "gap",
            source.name,
            f"pieces listed between {first:%Y-%m-%d %H:%M} and {last:%Y-%m-%d %H:%M} UTC may be missing: two answers "
            f"do not meet at {places}",
            f"seedwatch explain {source.name}",
            now,
        )

    def _next_try(self, attempt: int, now: datetime) -> datetime | None:
        """By the ladder, or sooner: as soon as an endpoint that could close the gap may be asked again."""
        again = schedule_gap_retry(attempt, now)
        asked = self.store.gaps.last_asked(self.source.name, self._waiting, now)
        free = None if asked is None else asked + self._lately
        return again if again is None or free is None or free <= now else min(again, free)
