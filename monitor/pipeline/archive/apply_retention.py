"""One step of letting go what the configuration does not keep; it must not touch what says that a piece is known."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from monitor.config.schema import StoreSection
from monitor.pipeline.archive.take_out_article import take_out_article
from monitor.storage import Store

log = logging.getLogger(__name__)


def apply_retention(store: Store, kept: StoreSection, now: datetime) -> None:
    """Let old rows, kept pages and – where `articles_age` asks for it – old articles go; give free room back.

    A step is small: called again and again, it keeps up with what comes in.
    """
    store.retention.prune(now - timedelta(seconds=kept.keep))
    if kept.articles_age is not None:
        _take_out_aged(store, kept.articles_age, now)
    store.retention.shrink()
    store.captures.prune(now - timedelta(seconds=kept.captures_age), kept.captures_size)


def _take_out_aged(store: Store, age: int, now: datetime) -> None:
    numbers = store.retention.list_aged(now - timedelta(seconds=age))
    stories = set()
    for number in numbers:
        piece = store.articles.load(str(number))
        assert piece is not None  # noqa: S101  it was just listed
        take_out_article(store, piece, f"older than {age // 86400} days ([store] articles_age)", now)
        stories.add(piece.story_id)
    for story in sorted(stories):
        if store.removals.is_story_empty(story):
            store.removals.forget_story(story)
    if numbers:
        log.info("event=articles-aged articles=%d", len(numbers))
