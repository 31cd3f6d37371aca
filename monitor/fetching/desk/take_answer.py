"""Writes down what an endpoint answered, in the caller's transaction: links, validators, when it is due next."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.discovery.endpoint import EndpointAnswer
from monitor.discovery.poll_interval import REFUSED, UNREACHED, choose_sitemap_rest, failure_weight, next_open_hour
from monitor.discovery.retry import CUT_OFF_TIMES, POLL_CAP, schedule_poll
from monitor.fetching.desk.poll_books import PollBooks
from monitor.fetching.transport.guarded_download import NOT_ASKED
from monitor.fetching.trouble import Trouble
from monitor.model.page import Outcome
from monitor.model.source import DroppedItem, Endpoint, Validators
from monitor.pipeline.ingest.record_listed import FOREIGN_HINTS, record_listed
from monitor.pipeline.ingest.settle import Watch
from monitor.storage import Store
from monitor.storage.leases.poll_recall import AnswerRecall
from monitor.storage.sources.links import NOTHING_LISTED

# A sitemap reaches back years; what it dates earlier than this before the last good answer is archive.
ARCHIVE = timedelta(days=2)
_REASONS = 50  # for which items of one answer became no entries, that are kept


def _find_root(answer: EndpointAnswer) -> Endpoint:
    """Which endpoint an answer speaks for: a further page of a list API or a listing for the configured one, a sitemap
    part for itself."""
    return answer.endpoint if answer.endpoint.kind == "sitemap" else answer.root


def recall_answer(store: Store, poll: int, source: str, answer: EndpointAnswer, now: datetime) -> AnswerRecall:
    """What an answer is taken by."""
    root = _find_root(answer)
    problems = {"gone": f"{source} {root.url}", FOREIGN_HINTS: source}
    return store.recall.load_answer(poll, source, root.key, problems, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTaker:
    """Takes an answer into the books of its poll; `known` is what was read for it."""

    store: Store
    watch: Watch
    chance: random.Random
    books: PollBooks
    known: AnswerRecall

    def take(self, answer: EndpointAnswer, now: datetime) -> int:
        """One transaction: the links an answer lists and the validators that stand for exactly these links.

        How many alerts that queued.
        """
        store, books, known = self.store, self.books, self.known
        root = _find_root(answer)
        number = known.number
        if number is None:
            number = store.sources.add_endpoint(books.source.name, root)
        counted = books.note_taken(answer.endpoint)
        awaited = answer.cut_off and known.cut_offs < CUT_OFF_TIMES  # else it never comes whole
        if awaited and not counted and answer.endpoint == root:
            books.cut_off[answer.root.key] = min(known.cut_offs + 1, books.cut_off.get(answer.root.key, CUT_OFF_TIMES))
        problem = answer.rejection.reason if answer.rejection else answer.error
        if problem is not None:
            if counted:
                return 0
            weight = UNREACHED if awaited else failure_weight(answer.status)
            books.troubles.append(Trouble(kind=root.kind, url=root.url, cause=problem, weight=weight))
            if answer.error is None or not answer.error.startswith(
                NOT_ASKED
            ):  # else nobody was asked, so nothing is known anew
                self._stumbled(answer, root, number, problem, weight, now)
            if answer.cut_off and answer.endpoint == root:
                store.endpoints.note_cut_off(number, problem)
            return 0
        books.answered = True
        books.good += not counted
        listing = answer.listing
        entries = listing.entries if listing else ()
        before = store.gaps.load_last_listing(number) if listing is not None else None
        # The further pages of a first answer were there before anybody asked as much as its first.
        if known.opening:
            books.first.add(number)
        announced, queued = NOTHING_LISTED, 0
        if entries or known.paces or FOREIGN_HINTS in known.problems:
            # A new part of a sitemap never answered before; what its source listed at its last good poll is known.
            last_ok = known.last_ok or known.source_ok or now
            announced, queued = record_listed(
                store,
                self.watch,
                books.source,
                number,
                entries,
                now,
                backlog_before=known.added_at if number in books.first else None,
                archived_before=last_ok - ARCHIVE if root.kind == "sitemap" else None,
            )
        conclusive = not answer.cut_off or (not awaited and bool(entries))
        books.gaps.record_listing(answer, root, number, announced, before, now, conclusive=conclusive)
        books.trust.record_listing(answer, root, number, announced)
        books.seen += 0 if counted else announced.seen
        books.new_links += announced.new
        dates = [when.at for entry in entries if (when := entry.published or entry.modified)]
        if listing is not None and answer.endpoint == root:
            lost = _count_reasons(listing.dropped)
            unread = answer.cut_off or any(item.unread for item in listing.dropped)
            store.endpoints.record_reading(number, lost, whole=not unread, opening=not awaited, now=now)
        if "gone" in known.problems:
            store.problems.close("gone", f"{books.source.name} {root.url}", now)
        first_page = answer.endpoint == root
        if first_page and (answer.moved is not None or known.moved):
            address = store.endpoints.record_redirect(number, answer.moved, now)
            if address is not None:
                store.problems.open("moved", f"{books.source.name} {root.url}", *_moved(root.url, address), now)
        validators = answer.validators if first_page and not answer.cut_off else None
        if validators is not None and root.kind == "sitemap" and listing is not None and listing.more:
            validators = Validators()  # an index may stay as it is while its parts change: it is asked for whole
        store.sources.record_success(
            number,
            status=answer.status,
            validators=validators,
            unchanged=answer.status == 304 if validators is not None and not counted else None,
            entries=len(entries) if listing else None,
            newest=max(dates, default=None) if conclusive else None,
            next_at=None if awaited else self._next_turn(answer, root, len(entries), now),
            cut_off=answer.cut_off,
            now=now,
        )
        if answer.cut_off:
            self._note_cut_off(answer, root, number, len(entries), counted=counted)
        return queued

    def _note_cut_off(
        self, answer: EndpointAnswer, root: Endpoint, number: int, entries: int, *, counted: bool
    ) -> None:
        """A list of which a part came: said like a failure, though what was read of it counts."""
        said = f"its answer was cut off after {entries} entr{'y' if entries == 1 else 'ies'}"
        if not counted:
            trouble = Trouble(kind=answer.endpoint.kind, url=answer.endpoint.url, cause=said, weight=UNREACHED)
            self.books.troubles.append(trouble)
        if answer.endpoint == root:
            self.store.endpoints.note_cut_off(number, said)

    def _next_turn(self, answer: EndpointAnswer, root: Endpoint, entries: int, now: datetime) -> datetime:
        source, listing = self.books.source, answer.listing
        pace = 0.0
        if root.kind == "sitemap":
            elsewhere = self.store.sources.breaks_news_elsewhere(source)
            pace = choose_sitemap_rest(entries, breaks_news_elsewhere=elsewhere)
        wish = float(listing.wait or 0) if listing else 0.0
        wait = max(pace, min(max(wish, answer.fresh or 0.0), POLL_CAP))
        # Its turn comes no sooner than its source's: if that falls into hours it wants for itself, after them.
        turn = now + timedelta(seconds=max(wait, source.every))
        opens = next_open_hour(turn, listing.closed if listing else frozenset())
        return opens if opens > turn else now + timedelta(seconds=wait)

    def _stumbled(
        self, answer: EndpointAnswer, root: Endpoint, number: int, problem: str, weight: float, now: datetime
    ) -> None:
        books, store = self.books, self.store
        books.blocked |= answer.rejection is not None and answer.rejection.outcome is Outcome.BLOCKED
        books.answered |= answer.status is not None

        def next_at(failures: float) -> datetime | None:
            """Nobody answered, or the host rests: no fault of this endpoint's, so its source's turn is its own."""
            if weight < REFUSED:
                return None
            return schedule_poll(now, books.source.every, failures, None, self.chance.random())

        store.sources.record_failure(
            number, status=answer.status, error=problem, weight=weight, next_at=next_at, now=now
        )
        if self.known.moved:
            store.endpoints.clear_redirect(number)
        if answer.status == 410:
            store.endpoints.mark_gone(number, now)
            store.problems.open("gone", f"{books.source.name} {root.url}", *_gone(books.source.name, root.url), now)


def _count_reasons(dropped: Iterable[DroppedItem]) -> dict[str, int]:
    """How many items became no entry for which reason; reasons that name an address are as many as items."""
    reasons = Counter(item.reason for item in dropped).most_common()
    told, rest = dict(reasons[:_REASONS]), sum(number for _, number in reasons[_REASONS:])
    return {**told, "for other reasons": rest} if rest else told


def _moved(old: str, new: str) -> tuple[str, str]:
    """What a person is told of an endpoint that is asked elsewhere from now on, and what to do."""
    return f"it has moved for good to {new}, and is asked there from now on", f"write {new} for {old} into config.toml"


def _gone(source: str, url: str) -> tuple[str, str]:
    """What a person is told of an endpoint that is asked no more, and what to do."""
    return (
        "it answered 410, gone for good, and is asked no more",
        f"take {url} out of config.toml, or try again with: seedwatch sources resume {source}",
    )
