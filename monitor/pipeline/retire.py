"""What leaves the configuration or is paused: its links, problems and waiting alerts; renamed sources and topics.

Runs in the transaction that brings the rows in line with the configuration, before and after sources are written.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import pairwise

from monitor.identity.ownership import Estate
from monitor.identity.renamed_sources import match_renamed
from monitor.model.source import Source
from monitor.pipeline.ingest.recall_piece import SHARED
from monitor.pipeline.ingest.record_listed import FOREIGN_HINTS, FOREIGN_SITE
from monitor.storage import Store
from monitor.topics.topic import Topic

log = logging.getLogger(__name__)

_OF_A_SOURCE = frozenset({"source", "silent", "drift", "template", "moved", "gone", "gap", "validators", "flood"})
_OF_A_SOURCE |= {SHARED, FOREIGN_SITE, FOREIGN_HINTS}
_OF_A_CHANNEL = frozenset({"channel-disabled", "dead-letter"})
_GIVEN_UP, _RENAMED, _CHANNEL_GONE, _TOPIC_LEFT = "given-up", "renamed", "channel-gone", "topic-left"


def find_renamed(store: Store, sources: Iterable[Source]) -> dict[str, str]:
    """Old name → new name of the sources that the configuration calls otherwise than the database."""
    wanted = {source.name: frozenset(endpoint.key for endpoint in source.endpoints) for source in sources}
    known = store.source_names.endpoint_keys()
    left = {name: keys for name, keys in known.items() if name not in wanted}
    new = {name: keys for name, keys in wanted.items() if name not in known}
    return match_renamed(left, new)


def rename_source(store: Store, old: str, new: str, now: datetime) -> None:
    """Keep everything of a source under its new name, and say so in the log and as a problem that has ended."""
    log.warning("event=source-renamed old=%s new=%s", old, new)
    retire(store, "source", old, now)
    store.source_names.rename(old, new)
    detail = f"{old} is called {new} in the configuration: its endpoints are the same, and all of it went along"
    store.problems.open(_RENAMED, new, detail, "nothing is to be done", now)
    store.problems.close(_RENAMED, new, now)


def follow_renamed_topics(store: Store, topics: Iterable[Topic], now: datetime) -> dict[str, str]:
    """Keep everything of a topic under the name that the configuration gives it now, and say so; old name → new name.

    A topic is known again by what it matches by, its seeds and its rules. Without its record every later edit of a
    piece that had been told would be a first match, and told again. Nothing is done beside a daemon that runs: it goes
    by the old name until it is told to reload, and follows then, though a command has noted the new name already.
    """
    if store.daemon() is not None:
        return {}
    renamed = _match_topics(store, {topic.name: topic.hash for topic in topics})
    for old, new in renamed.items():
        log.warning("event=topic-renamed old=%s new=%s", old, new)
        _close_of_topic(store, old, now)
        store.topics.rename(old, new)
        store.seed_rows.rename_topic(old, new)
        detail = (
            f"topic {old} is called {new} in the configuration: its seeds and rules are the same, all of it went along"
        )
        store.problems.open(_RENAMED, new, detail, "nothing is to be done", now)
        store.problems.close(_RENAMED, new, now)
    return renamed


def _match_topics(store: Store, wanted: Mapping[str, str]) -> dict[str, str]:
    """Old name → new name of topics, in the order in which they can be renamed; `wanted` is their hashes by name."""
    known = store.topics.list_hashes()
    moved = match_renamed(_list_others(known, wanted), _list_others(wanted, known))
    renamed: dict[str, str] = {}
    gone = [name for name in moved if name not in wanted]
    for name in gone:  # its new name may be one that another topic has left for a third
        path = [name]
        while path[-1] in moved:
            path.append(moved[path[-1]])
        if path[-1] not in known:
            renamed |= dict(list(pairwise(path))[::-1])
    # A command noted the new name beside a daemon. What has told of pieces is another topic, as for other languages.
    rest = {name: frozenset({its}) for name, its in known.items() if name not in wanted and name not in renamed}
    lost = {known[name] for name in rest}
    noted = {
        name: frozenset({its})
        for name, its in wanted.items()
        if its in lost and name not in renamed.values() and (known.get(name) != its or not store.topics.has_told(name))
    }
    return renamed | match_renamed(rest, noted)


def _list_others(hashes: Mapping[str, str], than: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {name: frozenset({its}) for name, its in hashes.items() if than.get(name) != its}


def retire_topics(store: Store, configured: Collection[str], topics: Iterable[Topic], now: datetime) -> None:
    """Follow topics that have another name now; remove what is kept of those that left the configuration, but for
    marks and alerts, and say so.

    Not beside a daemon that runs: it still matches by them, until it reloads.
    """
    follow_renamed_topics(store, topics, now)
    if store.daemon() is not None:
        return
    for name, matched in store.seed_rows.remove_topics_except(configured).items():
        log.warning("event=topic-left topic=%s matches=%d", name, matched)
        _close_of_topic(store, name, now)
        kept = "its alerts and marks are kept"
        detail = f"topic {name} left the configuration: its matches ({matched}) are removed, {kept}"
        cure = "nothing is to be done; a topic that only gets another name keeps all, as long as its seeds are the same"
        store.problems.open(_TOPIC_LEFT, name, detail, cure, now)
        store.problems.close(_TOPIC_LEFT, name, now)


def _close_of_topic(store: Store, name: str, now: datetime) -> None:
    for problem in store.problems.current():
        if problem.subject == name and "topic" in problem.kind:
            store.problems.close(problem.kind, name, now)


def retire_unasked(
    store: Store, configured: Mapping[str, Source], kinds: Mapping[str, str], estate: Estate, now: datetime
) -> None:
    """Retire whatever is asked or told no more; safe to repeat. `kinds` are the configured channels by name."""
    for name in store.source_names.unasked(configured):
        passed = store.links.owners.hand_over(name, now, estate.speaks_for)
        if passed:
            log.info("event=links-handed-over source=%s links=%d", name, passed)
        if name not in configured:
            retire(store, "source", name, now)
    store.retired_alerts.give_back(kinds, now)
    waiting = store.retired_alerts.hold(kinds)
    for channel in store.channels.all():
        if channel.name not in kinds:
            retire(store, "channel", channel.name, now)
    store.problems.close_except(_CHANNEL_GONE, waiting, now)
    for name, count in waiting.items():
        store.problems.open(
            _CHANNEL_GONE,
            name,
            f"{count} alerts wait for [channels.{name}], which left the configuration",
            f"put [channels.{name}] back and they go out; seedwatch alerts list --state held shows them",
            now,
        )


def retire(store: Store, what: str, name: str, now: datetime) -> None:
    """Close the problems of a source or channel ("source", "channel") that is no more."""
    kinds = _OF_A_SOURCE if what == "source" else _OF_A_CHANNEL
    for problem in store.problems.current():
        about = problem.kind in kinds and (problem.subject == name or problem.subject.startswith(f"{name} "))
        if not about and what == "source" and problem.kind == _GIVEN_UP:
            link = store.links.find(problem.subject)
            about = link is not None and link["source"] == name
        if about:
            store.problems.close(problem.kind, problem.subject, now)
