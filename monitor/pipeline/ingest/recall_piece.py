"""What the store knows of a piece that its site served: by the names that the site may state, and by its text.

It must not write an article. A name that another text claims is taken out of use here, and told as a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.identity.ownership import own_address
from monitor.identity.same_piece import is_same_piece
from monitor.model.identity import Recall, Signature, StoredArticle
from monitor.model.page import ANNOUNCED, Article, PageToSettle, PieceNames, Reading
from monitor.storage import Store
from monitor.text.near_duplicates import sign_text
from monitor.text.times.dates import has_known_time
from monitor.text.title_likeness import compare_titles
from monitor.text.urls import is_web_url, strip_scheme, strip_tracking

_ALIKE = 0.5  # share of the words of two headlines from which they are one, as in text/near_duplicates.py
SHARED = "shared-address"  # kind of the problem that pages of an outlet name one address for different texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A reading under a name of its own, all its names, and what is recalled of it.

    `variant`: the known piece of which somebody else lists this further address. `removed`: it was removed for good,
    and nothing else was looked for.
    """

    reading: Reading
    names: PieceNames
    recall: Recall
    signature: Signature
    variant: StoredArticle | None = None
    removed: bool = False


def recall_piece(store: Store, page: PageToSettle, site_of: Callable[[str], str], now: datetime) -> Recalled:
    """Recall the piece that `page.served` answered.

    An address among `page.keys` names the piece in any of its spellings (scheme, port, `www.`), whatever its text has
    become. Without keys the article's own address and identity are taken for the names it was asked for by.
    """
    reading, source, served, asked, hint = page.reading, page.source, page.served, page.asked, page.hint
    article = own_address(reading.article, served or reading.article.url, site_of)
    site = site_of(served or article.url)
    said = list_names(article)
    strong = spell_alike(page.keys) or said
    known = store.names.look_up((*strong, *said, *list_names(reading.article)), site, reading.content_hash)
    if known.removed:
        kept_out = PieceNames(keys=strong, site=site)
        return Recalled(reading=reading, names=kept_out, recall=Recall(), signature=sign_text(()), removed=True)
    stated = tuple(name for name in said if name not in strong and name not in known.shared)
    recall = store.articles.recall_named(known, strong, reading.content_hash, names=stated)
    if recall.known is not None and not recall.addressed and not is_same_piece(reading, recall):
        claimed = store.names.share((*strong, *stated), site, recall.known.id, now)
        _tell(store, source, claimed, now)
        stated = tuple(name for name in stated if name not in claimed)
        recall = store.articles.recall((), reading.content_hash, site=site)
    variant = None
    lost = frozenset(said) - {*strong, *stated}
    signature = sign_text(reading.lines, store.fingerprints.repeated(source, reading.lines))
    moved = recall.known is not None and asked is not None and strip_scheme(recall.known.url) != strip_scheme(asked)
    if recall.known is not None and asked is not None and moved and recall.addressed and not hint:
        store.names.replace_hinted_address(recall.known.id, strip_tracking(asked), source)
    if recall.known is None:
        near = store.articles.load_similar(store.fingerprints.candidates(signature))
        recall = replace(recall, signature=signature, near=near)
        like = _list_like(store, reading, recall, source) if known.printed or recall.near else ()
        hinted = _find_hinted(store, reading, like, source, site, asked or article.url)
        if hinted is not None and hinted.known is not None:
            claimed_by_two = lost & {article.url, strip_scheme(article.url)}
            url = strip_tracking(asked or article.url) if claimed_by_two else article.url
            store.names.put_address(hinted.known.id, url, asked=asked or article.url, source=source)
            recall = hinted
        elif hint:
            variant = _find_variant(store, reading, like, source, site)
    whole = recall.cut or recall.read_by[1] == ANNOUNCED
    if recall.known is not None and (whole or matches_newly(reading, recall)):  # it is judged as if it were new
        others = {id: its for id, its in store.fingerprints.candidates(signature).items() if id != recall.known.id}
        recall = replace(recall, signature=signature, near=store.articles.load_similar(others))
    if recall.known is None and variant is None:
        article = _own_name(store, article, asked or served or article.url, lost)
        store.names.count_shared(lost, site, now)
    names = tuple(dict.fromkeys((*stated, *(name for name in list_names(article) if name not in lost))))
    return Recalled(
        reading=reading if article is reading.article else replace(reading, article=article),
        names=PieceNames(keys=strong, stated=names, site=site),
        recall=recall,
        signature=signature,
        variant=variant,
    )


def matches_newly(reading: Reading, recall: Recall) -> bool:
    """Whether a topic accepts what a known piece says now that had not accepted it before."""
    return any(match.matched and match.topic not in recall.known_topics for match in reading.matches)


def _find_hinted(
    store: Store, reading: Reading, like: Iterable[StoredArticle], source: str, site: str, asked: str
) -> Recall | None:
    """The piece under another address than `asked` that only other sources have announced; None where there is none.

    Whoever lists an address with a parameter of its own (`/900?x=1`) brings the piece of `/900`, and no past of it.
    """
    for stored in like:
        if stored.source == source and not stored.baseline and store.names.is_hinted(stored.id, source, besides=asked):
            found = store.articles.recall((strip_scheme(stored.url),), reading.content_hash, site=site)
            if found.known is not None and found.known.id == stored.id and is_same_piece(reading, found):
                return found
    return None


def _find_variant(
    store: Store, reading: Reading, like: Iterable[StoredArticle], source: str, site: str
) -> StoredArticle | None:
    """The known piece of which a hint led to another address of its site; None where there is none.

    Whoever lists `/900?x=2`, `/900?x=3` … behind the owner's `/900` brings no second piece: headline and text are
    alike, and no date says otherwise. Without the owner's words the page may read a little otherwise. Nothing is
    learned from it, not even the address: should the owner announce that, it is read anew.
    """
    article = reading.article
    at = article.published.at if article.published and has_known_time(article.published) else None
    for stored in like:
        other_date = at is not None and stored.published_at is not None and at != stored.published_at
        if stored.source != source or stored.baseline or other_date:
            continue
        if compare_titles(stored.title, article.title) >= _ALIKE:
            found = store.articles.recall((strip_scheme(stored.url),), reading.content_hash, site=site)
            if found.known is not None and found.known.id == stored.id and is_same_piece(reading, found):
                return stored
    return None


def _list_like(store: Store, reading: Reading, recall: Recall, source: str) -> tuple[StoredArticle, ...]:
    """The articles of a source whose texts may be that of a reading, copies of other sources' among them."""
    originals = {near.original.id for near in recall.near} | {stored.id for stored in recall.same_text}
    like = store.articles.list_like(reading.content_hash, source, originals)
    return (*like, *(near.article for near in recall.near))


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
