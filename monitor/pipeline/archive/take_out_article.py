"""Takes an article's texts out of the database for good; it must not choose which, and leaves the story to the caller.

Its names, the hashes of its texts and the record of the removal stay, so that it does not come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.alerting.message.redact import redact_alert
from monitor.extraction.templates.page_sample import unpack_sample
from monitor.storage import Store
from monitor.storage.articles.archive import StoredPiece
from monitor.storage.removals import REMOVED


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOut:
    """What a removal did: links that stay without their words, alerts redacted, alerts that waited and are held.

    `copies` are addresses of other pieces that repeat the text.
    """

    links: int
    alerts: int
    held: int
    copies: tuple[str, ...]


def take_out_article(store: Store, piece: StoredPiece, reason: str | None, now: datetime) -> TakenOut:
    """Take out text, versions, kept pages, samples and what alerts quote; inside the caller's transaction."""
    removals, number = store.removals, piece.id
    names, copies = removals.list_names(number), removals.list_copies(number)
    alerts = _redact_alerts(store, number, names)
    removals.keep_out(number, reason, now)
    removals.erase_texts(number)
    links = removals.erase_links(number, names)
    held = removals.hold_alerts(number)
    for page in store.templates.samples(piece.source):
        if unpack_sample(page).url in names:
            removals.delete_sample(piece.source, page)
    return TakenOut(links=links, alerts=alerts, held=held, copies=copies)


def _redact_alerts(store: Store, number: int, names: tuple[str, ...]) -> int:
    changed = 0
    for alert, before in store.removals.list_alerts(number):
        after = redact_alert(before, names, REMOVED)
        if after != before:
            store.removals.replace_body(alert, after)
            changed += 1
    return changed
