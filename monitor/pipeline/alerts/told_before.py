"""Whom a piece that copies another tells nothing new: the rules and channels that were told of its text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from monitor.identity.first_report import may_be_original
from monitor.model.identity import Signature
from monitor.storage import Store
from monitor.storage.articles.provenance import ToldPiece
from monitor.text.near_duplicates import compare_signatures


def find_told_before(store: Store, article_id: int, original: int) -> frozenset[tuple[str, str]]:
    """The (rule, channel) pairs that were told of the text which an article has from `original`.

    A pair is left out where the article may be the original of all that the pair was told, and the words of none of
    that are its own: an altered copy that others put out before does not hold it back, whether the copy replaces
    words or only adds some. The same words again tell nobody anything, whoever had them first.
    """
    told: defaultdict[tuple[str, str], list[ToldPiece]] = defaultdict(list)
    for one in store.lineage.list_told(original, besides=article_id):
        told[one.pair].append(one)
    if not told:
        return frozenset()
    piece = store.lineage.load_appearance(article_id)
    return frozenset(
        pair
        for pair, before in told.items()
        if not may_be_original(piece, (one.appearance for one in before))
        or _has_words(store, article_id, before, original)
    )


def _has_words(store: Store, article_id: int, told: Sequence[ToldPiece], original: int) -> bool:
    """Whether a text was told word for word: no words in a row are in the one and not in the other."""
    content_hash = store.lineage.get_content_hash(article_id)
    if any(one.content_hash == content_hash for one in told):
        return True
    mine = _find_signature(store, article_id, original)
    return any(_are_same(mine, _find_signature(store, one.article_id, original)) for one in told if one.present)


def _find_signature(store: Store, article_id: int, original: int) -> Signature | None:
    """The signature of an article's text; an exact copy has its original's."""
    return store.fingerprints.get_signature(article_id) or store.fingerprints.get_signature(original)


def _are_same(one: Signature | None, other: Signature | None) -> bool:
    """Whether two texts have the same words in a row; so they do as long as a signature is missing that could tell."""
    if one is None or other is None:
        return True
    return compare_signatures(one, other).added == 0 and compare_signatures(other, one).added == 0
