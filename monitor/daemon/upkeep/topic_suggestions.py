"""Looks once a day what has come up beside each topic, for the topic's page; it must not block the loop or judge.

How a piece stands to a topic is taken from the verdict that it got when it came in. `seedwatch topics suggest` judges
the archive anew, further back, and shows what a term would add.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from monitor.model.page import Rejection
from monitor.pipeline.ingest.workers import Workers
from monitor.storage import Store
from monitor.storage.articles.archive import JudgedOpening
from monitor.topics.learning.emerging_terms import (
    OPENING,
    OTHER,
    ArchivePiece,
    EmergingReport,
    classify_match,
    count_recent,
    report_emerging_terms,
)
from monitor.topics.profile import Profile
from monitor.topics.topic import Topic

log = logging.getLogger(__name__)

DAYS = 30  # in which a term counts as new
_AGE = timedelta(days=1)  # after which a topic is looked at again
_PAUSE = timedelta(minutes=10)  # between two topics: many topics take their turns, at a few seconds of CPU each
_NEWEST = 5_000  # pieces looked at, of the last two months
_BACK = timedelta(days=2 * DAYS)
_PART = 500  # pieces read at a time: the writer's thread is wanted by others
_LONGEST = 120.0  # CPU seconds; five thousand openings take some ten


class TopicSuggestions:
    """The looks of one running process, at most one topic at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._next_at: datetime | None = None
        self._workers: Workers | None = None
        self._stopped = False

    @property
    def idle(self) -> bool:
        """Whether no look is under way."""
        return self._workers is None

    async def run_if_due(self, running: Iterable[Topic], now: datetime, *, busy: bool) -> str | None:
        """Look at the topic that has waited longest, where one is due; its name.

        `busy`: pages are being read, so that this waits. A look that fails is logged, kept with its reason beside what
        was found before, and tried again the next day.
        """
        if busy or (self._next_at is not None and self._next_at - _PAUSE <= now < self._next_at):
            return None
        self._next_at = now + _PAUSE
        made = await self._store.read(self._store.topics.list_suggestion_times)
        due = [
            (made[topic.name], topic.name, topic.profile)
            for topic in running
            if topic.profile is not None and topic.name in made and _is_due(made[topic.name], now)
        ]
        if not due:
            return None
        _, name, profile = min(due, key=lambda one: (one[0] is not None, one[0] or now, one[1]))
        found = await self._look(name, profile, now)
        if self._stopped:
            return None
        if isinstance(found, Rejection):
            log.warning("event=not-suggested topic=%s reason=%r", name, found.reason)
            await self._store.do(self._store.topics.note_failed_look, name, found.reason, now)
        else:
            await self._store.do(self._store.topics.keep_suggestions, name, found, now)
        return name

    async def _look(self, name: str, profile: Profile, now: datetime) -> EmergingReport | Rejection:
        pieces = await self._collect(name, profile, (now - _BACK).date().isoformat())
        counted = count_recent(pieces, days=DAYS)
        if counted.reason is not None:  # no worker is begun for nothing
            return counted
        self._workers = Workers(1, _LONGEST, preload=("monitor.topics.learning.emerging_terms",))
        try:
            return await self._workers.call(partial(report_emerging_terms, days=DAYS), pieces, profile)
        finally:
            self._workers.stop()
            self._workers = None

    async def _collect(self, name: str, profile: Profile, oldest: str) -> list[ArchivePiece]:
        pieces: list[ArchivePiece] = []
        before: int | None = None
        while len(pieces) < _NEWEST:
            part = await self._store.read(self._store.archive.list_openings, name, before, _PART, OPENING)
            pieces += [_piece(one, profile) for one in part if one.day >= oldest]
            if len(part) < _PART or part[-1].day < oldest:
                break
            before = part[-1].id
        return pieces

    def stop(self) -> None:
        """End a look under way, of which nothing is kept: it is taken at the next start."""
        self._stopped = True
        if (workers := self._workers) is not None:
            workers.stop()


def _is_due(made_at: datetime | None, now: datetime) -> bool:
    return made_at is None or not timedelta(0) <= now - made_at < _AGE


def _piece(found: JudgedOpening, profile: Profile) -> ArchivePiece:
    return ArchivePiece(
        name=str(found.id).zfill(12),  # in text order, the later stored the later
        day=found.day,
        title=found.title,
        lead=found.lead,
        text=found.opening,
        standing=OTHER if found.match is None else classify_match(found.match, profile),
    )
