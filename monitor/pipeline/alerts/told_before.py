"""Whom a piece that copies another tells nothing new: the rules and channels that were told of its text."""

from __future__ import annotations

from monitor.identity.first_report import may_be_original
from monitor.storage import Store
from monitor.text.near_duplicates import compare_signatures


def find_told_before(store: Store, article_id: int, original: int) -> frozenset[tuple[str, str]]:
    """The (rule, channel) pairs with an alert of the text that an article has from `original`.

    None where it may be the original itself and says something that `original` does not: an altered copy that others
    put out before does not hold it back. The same words again tell nobody anything, whoever had them first.
    """
    told = store.articles.text_alerted(original)
    if not told or not _adds(store, article_id, original):
        return told
    before = store.lineage.list_told(original, besides=article_id)
    return frozenset() if may_be_original(store.lineage.load_appearance(article_id), before) else told


def _adds(store: Store, article_id: int, original: int) -> bool:
    """Whether a text has words in a row that the original's lacks; an exact copy has no signature of its own."""
    mine, its = store.fingerprints.get_signature(article_id), store.fingerprints.get_signature(original)
    return mine is not None and its is not None and compare_signatures(mine, its).added > 0
