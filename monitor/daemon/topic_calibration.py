"""Weighs the running topics anew when more of what their outlets print is known, and ends their warming up.

Theory: a hundred pieces tell what an outlet prints, three hundred and a thousand tell it better; then once a day is
enough, in a moment without crawls. What would change more than a tenth of last week's matches is a person's decision:
a problem says so. A topic that warms up has told nobody anything yet, so nobody is asked.

It must not block the loop, nor learn seeds that nobody has learned yet.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from monitor.config.atomic_file import replace_file
from monitor.config.profiles import PROFILE, load_profile
from monitor.config.schema import TopicSection
from monitor.config.seed_folder import read_seeds
from monitor.errors import SeedError
from monitor.model.page import Rejection
from monitor.model.topic import Mark
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.recalibrate_topic import Recalibration, recalibrate_profile
from monitor.storage import Store
from monitor.topics.calibration_steps import STEPS, is_day_passed, is_step_reached
from monitor.topics.learning.archive_features import NEWEST
from monitor.topics.learning.seed_article import hash_seeds
from monitor.topics.profile_toml import dump_profile
from monitor.topics.topic import Topic, judge_topics

log = logging.getLogger(__name__)

KIND = "calibration"
_WEEK = timedelta(days=7)
_LONGEST = 300.0  # CPU seconds of one calibration; two thousand long pieces take some twenty


class _Material(NamedTuple):
    """What the store has for one calibration."""

    marks: list[Mark]
    pieces: list[tuple[str, str | None, str]]
    week: list[tuple[str, str | None, str, str]]


class TopicCalibration:
    """The calibrations of one running process; each step and day of a topic is tried once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tried: dict[str, tuple[str, int, str]] = {}  # by topic: the profile's hash, pieces reached, the day
        self._workers: Workers | None = None

    async def run_if_due(
        self, sections: Mapping[str, TopicSection], running: Iterable[Topic], now: datetime, *, busy: bool
    ) -> bool:
        """Weigh the first topic that is due, at most one a call; whether its profile.toml is another one now.

        `busy`: pages are being read, so that what can wait waits. What goes wrong is a problem, never an exception.
        """
        pieces = await self._store.read(self._store.archive.count_texts, NEWEST)
        for topic in running:
            section = sections.get(topic.name)
            if topic.profile is None or section is None or section.folder is None:
                continue
            step = is_step_reached(topic.profile, pieces)
            day = now.date().isoformat()
            if not step and (busy or not is_day_passed(topic.profile, pieces, day)):
                continue
            attempt = (topic.profile.hash, max(size for size in STEPS if size <= pieces), day)
            if self._tried.get(topic.name) == attempt:
                continue
            self._tried[topic.name] = attempt
            return await self._weigh(topic, section, section.folder, now)
        return False

    async def _weigh(self, topic: Topic, section: TopicSection, folder: Path, now: datetime) -> bool:
        try:
            seeds, present = read_seeds(folder), load_profile(folder)
        except SeedError as error:
            log.warning("event=not-calibrated topic=%s reason=%r", topic.name, str(error))  # a problem says so already
            return False
        if hash_seeds(seeds) != present.hash:
            return False  # the seeds have changed: `topic_upkeep` asks for a `learn`
        given = await self._store.read(_collect, self._store, topic.name, now)
        self._workers = Workers(1, _LONGEST, preload=("monitor.pipeline.learn_topic",))
        try:
            found = await self._workers.call(
                partial(recalibrate_profile, day=now.date().isoformat(), threshold=section.threshold),
                *(seeds, present, given.marks, given.pieces, given.week),
            )
        finally:
            self.stop()
        problems = self._store.problems
        cure = f"`seedwatch learn {topic.name}` weighs it anew, and shows what to expect"
        if isinstance(found, Rejection):
            why = f"it could not be weighed against the archive: {found.reason}"
            await self._store.do(problems.open, KIND, topic.name, why, cure, now)
            return False
        if not topic.is_warming_up and not found.is_small:
            await self._store.do(problems.open, KIND, topic.name, _describe(found, section.threshold), cure, now)
            return False
        text = dump_profile(found.profile)
        try:
            replace_file(folder / PROFILE, text.encode())
        except OSError as error:
            why = f"{folder / PROFILE} cannot be written: {error.strerror}"
            await self._store.do(problems.open, KIND, topic.name, why, "check the folder's permissions", now)
            return False
        log.info(
            "event=calibrated topic=%s pieces=%d threshold=%g", topic.name, len(given.pieces), found.profile.threshold
        )
        await self._store.do(self._record, topic.name, text, found, now)
        return True

    def _record(self, name: str, text: str, found: Recalibration, now: datetime) -> None:
        profile = found.profile
        pieces = 0 if profile.calibration is None else profile.calibration.pieces
        self._store.topics.add_version(
            name, pieces=pieces, threshold=profile.threshold, changes=found.changes, profile=text, now=now
        )
        self._store.problems.close(KIND, name, now)

    def stop(self) -> None:
        """End a calibration under way; it is made at the next start."""
        if self._workers is not None:
            self._workers.stop()


def _collect(store: Store, topic: str, now: datetime) -> _Material:
    return _Material(
        store.marks.pieces(topic),
        store.archive.list_newest_texts(NEWEST),
        store.archive.list_texts_since(now - _WEEK, NEWEST),
    )


def _describe(found: Recalibration, threshold: float | None) -> str:
    """What would change; `threshold` is the configuration's, which is kept."""
    kept = f"{found.profile.threshold:g}" if threshold is None else f"{threshold:g}, as configured"
    size = 0 if found.profile.calibration is None else found.profile.calibration.pieces
    return (
        f"weighed against {size} pieces, it would match {found.now} of last week's pieces instead of {found.before}, "
        f"{found.changed} of them other ones (threshold {kept}); the present profile stays"
    )


def end_warm_ups(store: Store, running: Iterable[Topic], now: datetime) -> int:
    """Let what topics that no longer warm up have held back be told, in the caller's transaction; how many alerts.

    A problem whose topic was learned again meanwhile, or is gone, is closed.
    Each piece is judged once more: what the weighed profile refuses is held for good. Of a topic that is gone, too.
    """
    topics = {topic.name: topic for topic in running}
    _close_settled(store, topics, now)
    told = 0
    for name in store.holds.list_warming():
        topic = topics.get(name)
        if topic is not None and topic.is_warming_up:
            continue
        accepted: list[str] = []
        refused: list[str] = []
        for number, article in store.holds.list_warm_ups(name):
            (accepted if topic is not None and _accepts(store, topic, article) else refused).append(number)
        store.holds.release(accepted, now)
        store.holds.hold_forever(refused, "weighed against what its outlets print, the topic does not accept it")
        told += len(accepted)
    return told


def _close_settled(store: Store, topics: Mapping[str, Topic], now: datetime) -> None:
    for problem in [problem for problem in store.problems.current() if problem.kind == KIND]:
        topic = topics.get(problem.subject)
        profile = None if topic is None else topic.profile
        pieces, day = store.archive.count_texts(NEWEST), now.date().isoformat()
        if profile is None or not (is_step_reached(profile, pieces) or is_day_passed(profile, pieces, day)):
            store.problems.close(KIND, problem.subject, now)


def _accepts(store: Store, topic: Topic, article: int) -> bool:
    piece = store.archive.find_piece(article)
    return piece is not None and any(found.matched for found in judge_topics(piece.article, piece.source, (topic,)))
