"""Whom a piece that copies another tells nothing new: the rules and channels that were told of its text."""

from __future__ import annotations

from monitor.identity.first_report import may_be_original
from monitor.storage import Store


def find_told_before(store: Store, article_id: int, original: int) -> frozenset[tuple[str, str]]:
    """The (rule, channel) pairs with an alert of the text that an article has from `original`.

    None where it may be the original itself: what others put out before it does not hold it back.
    """
    told = store.lineage.list_told(original, besides=article_id)
    if may_be_original(store.lineage.load_appearance(article_id), told):
        return frozenset()
    return store.articles.text_alerted(original)
