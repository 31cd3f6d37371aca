"""Takes an article out for good, on a legal request: its text, versions and every place that quotes them.

Its names, the hashes of its texts and the record of the removal stay, so that it does not come back.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from monitor.commands.reports.correct_story import rebuild_profile
from monitor.errors import DatabaseError, SeedwatchError
from monitor.identity.story_terms import choose_story_words
from monitor.pipeline.archive.take_out_article import TakenOut, take_out_article
from monitor.storage import Store
from monitor.storage.articles.archive import StoredPiece
from monitor.storage.backup import list_backups
from monitor.storage.removals import REMOVED, Removal
from monitor.storage.timestamps import format_stamp

log = logging.getLogger(__name__)


def remove_article(store: Store, what: str, reason: str | None, now: datetime) -> dict[str, Any]:
    """Remove the article of a URL, key or number; what was done, and where else its words may stand.

    One that was removed before is swept again only. Raises SeedwatchError where none is stored, and for a seed, which
    is a file.
    """
    removals = store.removals
    piece = _find(store, what)
    if (before := removals.get(piece.id)) is not None:
        return _report(store, before, TakenOut(links=0, alerts=0, held=0, copies=()))
    with store.write():
        words = set(choose_story_words(piece.article).keys)
        done = take_out_article(store, piece, reason, now)
        _retell_story(store, piece.story_id, piece.id, words)
    record = removals.get(piece.id)
    assert record is not None  # noqa: S101  it was just written
    return _report(store, record, done)


def _report(store: Store, record: Removal, done: TakenOut) -> dict[str, Any]:
    backups = [path for _, path in list_backups(store.path)]
    backups += sorted(store.path.parent.glob(f"{store.path.name}.before-*"))
    return {
        "article": record.article_id,
        "url": record.url,
        "removed_at": format_stamp(record.removed_at),
        "versions": record.versions,
        "links": done.links,
        "alerts": done.alerts,
        "alerts_held": done.held,
        "copies": list(done.copies),
        "backups": list(map(str, backups)),
        "swept": _sweep(store),
    }


def _find(store: Store, what: str) -> StoredPiece:
    piece = store.articles.load(what)
    if piece is None:
        raise SeedwatchError(f"no article is stored of {what}: give the URL or number of a stored piece")
    if piece.source == "seeds":
        raise SeedwatchError(f"{what} is a seed: delete its file in the folder of seeds, and run `seedwatch learn`")
    return piece


def _retell_story(store: Store, story: int, number: int, words: set[str]) -> None:
    """Tell the story anew from the pieces that are left, or from none."""
    known = store.stories.profile(story)
    store.removals.forget_story_words(story, words, counted=known is not None)
    rest = store.lineage.list_original_reports(story, without=[number])
    rest = [report for report in rest if store.removals.get(report.id) is None]
    if not rest:
        store.stories.set_title(story, REMOVED)
        return
    profile, title = rebuild_profile(store, story, rest, apart=sorted(known.apart) if known else ())
    store.stories.save_profile(profile, rest[-1].id)
    store.stories.set_title(story, title)


def _sweep(store: Store) -> bool:
    """Clear the full-text index, in steps that let others write in between, the file and the WAL of what was deleted.

    False where that has to be tried again: somebody was in the way, or there is no room.
    """
    with store.write():
        store.removals.begin_sweep()
    while True:
        with store.write():
            more = store.removals.sweep_index()
        if not more:
            break
    try:
        return store.removals.rewrite_file(store.path)
    except DatabaseError as error:
        log.error("event=not-swept error=%r", str(error))
        return False
