"""What the store knows of a piece that its site served: by the names that the site may state, and by its text.

It must not write an article. A name that another text claims is taken out of use here, and told as a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.identity.ownership import own_address
from monitor.identity.same_piece import is_same_piece
from monitor.model.identity import Recall, Signature
from monitor.model.page import Article, PageToSettle, PieceNames, Reading
from monitor.storage import Store
from monitor.text.near_duplicates import sign_text
from monitor.text.urls import is_web_url, strip_scheme, strip_tracking

SHARED = "shared-address"  # kind of the problem that pages of an outlet name one address for different texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A reading under a name of its own, all its names, and what is recalled of it."""

    reading: Reading
    names: PieceNames
    recall: Recall
    signature: Signature


def recall_piece(store: Store, page: PageToSettle, site_of: Callable[[str], str], now: datetime) -> Recalled:
    """Recall the piece that `page.served` answered.

    An address among `page.keys` names the piece in any of its spellings (scheme, port, `www.`), whatever its text has
    become. Without keys the article's own address and identity are taken for the names it was asked for by.
    """
    reading, source, served, asked = page.reading, page.source, page.served, page.asked
    article = own_address(reading.article, served or reading.article.url, site_of)
    site = site_of(served or article.url)
    said = list_names(article)
    strong = spell_alike(page.keys) or said
    stated = store.names.without_shared((name for name in said if name not in strong), site)
    recall = store.articles.recall(strong, reading.content_hash, names=stated, site=site)
    if recall.known is not None and not recall.addressed and not is_same_piece(reading, recall):
        claimed = store.names.share((*strong, *stated), site, recall.known.id, now)
        _tell(store, source, claimed, now)
        stated = tuple(name for name in stated if name not in claimed)
        recall = store.articles.recall((), reading.content_hash, site=site)
    lost = frozenset(said) - {*strong, *stated}
    signature = sign_text(reading.lines, store.fingerprints.repeated(source, reading.lines))
    if recall.known is None:
        near = store.articles.load_similar(store.fingerprints.candidates(signature))
        recall = replace(recall, signature=signature, near=near)
        hinted = _find_hinted(store, reading, recall, source, site)
        if hinted is not None and hinted.known is not None:
            store.names.put_address(hinted.known.id, article.url, asked=asked or article.url, source=source)
            recall = hinted
    if recall.known is None:
        article = _own_name(store, article, asked or served or article.url, lost)
        store.names.count_shared(lost, site, now)
    names = tuple(dict.fromkeys((*stated, *(name for name in list_names(article) if name not in lost))))
    return Recalled(
        reading=replace(reading, article=article),
        names=PieceNames(keys=strong, stated=names, site=site),
        recall=recall,
        signature=signature,
    )


def _find_hinted(store: Store, reading: Reading, recall: Recall, source: str, site: str) -> Recall | None:
    """The piece under another address of its site that only other sources have announced; None where there is none.

    Whoever lists an address with a parameter of its own (`/900?x=1`) brings the piece of `/900`, and no past of it.
    """
    for stored in (*recall.same_text, *(near.article for near in recall.near)):
        if stored.source == source and not stored.baseline and store.names.is_hinted(stored.id, source):
            found = store.articles.recall((strip_scheme(stored.url),), reading.content_hash, site=site)
            if found.known is not None and found.known.id == stored.id and is_same_piece(reading, found):
                return found
    return None


def list_names(article: Article) -> tuple[str, ...]:
    """What a page calls its piece: the outlet's id, its address, and what the spellings of the address share."""
    return tuple(dict.fromkeys(name for name in (article.identity, article.url, strip_scheme(article.url)) if name))


def spell_alike(keys: Iterable[str]) -> tuple[str, ...]:
    """The names under which a piece was asked for, and what the spellings of each address among them share."""
    names = tuple(keys)
    return tuple(dict.fromkeys((*names, *(strip_scheme(name) for name in names if is_web_url(name)))))


def _own_name(store: Store, article: Article, asked: str, lost: frozenset[str]) -> Article:
    """A new article without the names that are another's; its alerts are numbered by them."""
    identity, url = article.identity, article.url
    if identity is not None and (identity in lost or store.names.is_identity_taken(identity)):
        identity = None
    if url in lost or strip_scheme(url) in lost or (identity is None and store.names.is_address_taken(url)):
        url = strip_tracking(asked)
    if (identity, url) == (article.identity, article.url):
        return article
    rungs = article.rungs if url == article.url else {**article.rungs, "url": "address"}
    return replace(article, identity=identity, url=url, rungs=rungs)


def _tell(store: Store, source: str, claimed: tuple[str, ...], now: datetime) -> None:
    store.problems.open(
        SHARED,
        source,
        f"different pieces of it call themselves {', '.join(claimed)}; that name is not believed any more",
        f"nothing is lost: its pieces count by the addresses it lists; seedwatch explain {source} shows such names",
        now,
    )
