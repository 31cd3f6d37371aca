"""Whom a piece that copies another tells nothing new: the rules and channels that were told of its text."""

from __future__ import annotations

from collections import defaultdict

from monitor.identity.first_report import may_be_original
from monitor.model.identity import ADDED, Signature, ToldText
from monitor.storage import Store
from monitor.storage.articles.provenance import ToldPiece
from monitor.text.near_duplicates import compare_signatures


def find_told_before(store: Store, article_id: int, original: int) -> dict[tuple[str, str], ToldText]:
    """By (rule, channel) that was told what an article says, of `original` or a copy of it: the likest that was told.

    Copies of one original need not be alike: of each the smaller text stands in the original, or in another copy. So
    only a told text counts that lacks no more than `ADDED` of the article's own. A pair is left out, too, where the
    article may be the original of all that the pair was told, and the words of none of that are its own: an altered
    copy that others put out before does not hold it back, whether the copy replaces words or only adds some. The same
    words again tell nobody anything, whoever had them first.
    """
    told: defaultdict[tuple[str, str], list[ToldPiece]] = defaultdict(list)
    for one in store.lineage.list_told(original, besides=article_id):
        told[one.pair].append(one)
    if not told:
        return {}
    piece = store.lineage.load_appearance(article_id)
    content_hash = store.lineage.get_content_hash(article_id)
    mine = _find_signature(store, article_id, original)
    found: dict[tuple[str, str], ToldText] = {}
    for pair, pieces in told.items():
        likeness = [_compare(store, content_hash, mine, one, original) for one in pieces]
        saying = [text for text, says, _ in likeness if says]
        first = may_be_original(piece, (one.appearance for one in pieces))
        if saying and (not first or any(same for *_, same in likeness)):
            found[pair] = max(saying, key=lambda text: (text.same, text.similarity or 0.0))
    return found


def _compare(
    store: Store, content_hash: str, mine: Signature | None, one: ToldPiece, original: int
) -> tuple[ToldText, bool, bool]:
    """A told text beside one's own, whether it says what that says, and whether no words in a row tell them apart.

    A text that is kept no more, or has no signature, is taken to say it: nothing could tell otherwise.
    """
    if one.content_hash == content_hash:
        return ToldText(url=one.url, similarity=1.0, same=True), True, True
    its = _find_signature(store, one.article_id, original)
    if not one.present:
        return ToldText(url=one.url, similarity=None), True, False
    if mine is None or its is None:
        return ToldText(url=one.url, similarity=None), True, True
    like = compare_signatures(mine, its)
    same = like.added == 0 and compare_signatures(its, mine).added == 0
    return ToldText(url=one.url, similarity=like.similarity), like.added <= ADDED, same


def _find_signature(store: Store, article_id: int, original: int) -> Signature | None:
    """The signature of an article's text; an exact copy has its original's."""
    return store.fingerprints.get_signature(article_id) or store.fingerprints.get_signature(original)
