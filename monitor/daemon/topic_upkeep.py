"""What a person should know of the topics themselves, as problems that open and close; it must not learn.

Theory, of matches: see `topics/quiet_topic.py`. Of files: seeds, profile.toml and what runs can part ways – a seed is
added and never learned, a profile is learned and never loaded. Files are looked at again only when their time or size
changed, so that a round costs some stat calls. It will miss an edit that keeps a file's time and size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from os import getpid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor.config.profiles import PROFILE, has_changed_seeds, load_profile, load_topic_profile
from monitor.config.schema import TopicSection
from monitor.errors import SeedError
from monitor.storage import Store
from monitor.topics.quiet_topic import estimate_matches, is_quiet_topic

if TYPE_CHECKING:
    from monitor.topics.topic import Topic

KIND = "topic"  # of the problems that files give
QUIET = "quiet-topic"

_LISTEN = timedelta(hours=1)  # how often matches are counted: a few thousand rows
_RECENT, _BEFORE = timedelta(days=7), timedelta(days=28)

_State = tuple[tuple[str, int, int], ...]


class TopicMismatch(NamedTuple):
    """What no longer fits together, and the cure."""

    detail: str
    cure: str


def find_mismatch(name: str, folder: Path) -> TopicMismatch | None:
    """Whether a topic's seeds and its profile.toml have parted ways; None while they belong together."""
    try:
        differ = has_changed_seeds(folder, load_profile(folder))
    except SeedError as error:
        return TopicMismatch(str(error), f"mend what is named, then `seedwatch learn {name}`")
    if differ:
        return TopicMismatch("the seeds are no longer those it was learned from", f"run `seedwatch learn {name}`")
    return None


class TopicUpkeep:
    """The eye of one running process on its topics."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[_State, Topic]] = {}
        self._listen_at: datetime | None = None

    def check_topics(
        self, store: Store, sections: Mapping[str, TopicSection], running: Iterable[Topic], now: datetime
    ) -> None:
        """Open and close the problems of the topics, in the caller's transaction.

        `sections` are the topics as configured, `running` as they were loaded. Files are looked at every time,
        matches are counted once an hour.
        """
        topics = tuple(running)
        seen = dict(self._seen)
        for problem in store.problems.current():
            if problem.kind in (KIND, QUIET) and problem.subject not in sections:
                store.problems.close(problem.kind, problem.subject, now)
        listens = self._listen_at is None or now >= self._listen_at
        if listens:
            _listen(store, topics, now)
        for topic in topics:
            section = sections.get(topic.name)
            if section is None or section.folder is None:  # gone with a reload, or of rules only
                continue
            state = _state(section.folder)
            if seen.get(topic.name) == (state, topic):
                continue
            seen[topic.name] = (state, topic)
            found = find_mismatch(topic.name, section.folder) or _stale(topic, section.folder, section.threshold)
            if found is None:
                store.problems.close(KIND, topic.name, now)
            else:
                store.problems.open(KIND, topic.name, found.detail, found.cure, now)
        # Remembered last: where the writing above fails, it is done again at the next round.
        self._seen = seen
        if listens:
            self._listen_at = now + _LISTEN


def _listen(store: Store, topics: Iterable[Topic], now: datetime) -> None:
    """Open and close the problem of a profile that its subject has left behind.

    A profile that was loaded since is another one: it is heard from then on.
    """
    since = {problem.subject: problem.opened_at for problem in store.problems.current() if problem.kind == QUIET}
    for topic in topics:
        loaded = store.topics.loaded_at(topic.name)
        if topic.profile is None or loaded is None:
            continue
        if topic.name in since and loaded > since[topic.name]:
            store.problems.close(QUIET, topic.name, now)
            del since[topic.name]
        edge = now - _RECENT
        before = store.topics.count_pieces(topic.name, edge - _BEFORE, edge)
        recent = store.topics.count_pieces(topic.name, max(edge, loaded), now)
        if is_quiet_topic(before, recent, already=topic.name in since):
            store.problems.open(
                QUIET,
                topic.name,
                f"{recent.matched} matches in {_RECENT.days} days, though {recent.named} pieces name it; before, so "
                f"many gave {estimate_matches(before, recent):.0f}",
                f"`seedwatch topics suggest {topic.name}` shows what has come up; add a recent article to its seeds",
                now,
            )
        elif topic.name in since:
            store.problems.close(QUIET, topic.name, now)


def _stale(topic: Topic, folder: Path, threshold: float | None) -> TopicMismatch | None:
    """Whether the running profile is no longer the one that stands in the folder."""
    if load_topic_profile(topic.name, folder, threshold) == topic.profile:
        return None
    return TopicMismatch(
        "profile.toml is no longer the one that runs",
        f"have the daemon take it over: kill -HUP {getpid()}",
    )


def _state(folder: Path) -> _State:
    """Names, times and sizes of the files that a topic is made of."""
    found = []
    for path in sorted((*folder.glob("*.txt"), folder / PROFILE)):
        try:
            status = path.stat()
        except OSError:  # gone meanwhile, or never there: told by reading it
            continue
        found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)
