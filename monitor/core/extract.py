"""One fetched page becomes an article or the reason why it is none; it must not fetch, store or match.

Parsed once; every reader of the page works on that tree. `Article.rungs` records which carrier gave each field.
"""

from __future__ import annotations

import unicodedata

from lxml.html import HtmlElement

from monitor.core import (
    absence,
    body,
    boilerplate,
    dateline,
    dates,
    headline,
    lead,
    metadata,
    pagetree,
    publication,
    refusal,
    repetition,
    rung,
    selectors,
    urls,
)
from monitor.core.knowledge import UNKNOWN, Knowledge
from monitor.core.metadata import Metadata
from monitor.model import Article, Entry, Lesson, Outcome, Page, Rejection, Source

_UNRULED = selectors.Selected()  # an outlet of which the user says nothing


def extract(page: Page, source: Source | None = None, known: Knowledge = UNKNOWN) -> Article | Rejection:
    """The article on `page`, or why there is none, as `learned` reads it."""
    return learned(page, source, known)[0]


def learned(
    page: Page, source: Source | None = None, known: Knowledge = UNKNOWN
) -> tuple[Article | Rejection, Lesson | None]:
    """Read the article from `page` with the rules of `source`; and what the page teaches of its outlet's templates.

    `known` is what the outlet's earlier pages taught: lines it repeats leave the text, or are marked in it.
    Deterministic: the same page gives the same value. Raises nothing for what a page contains; what hangs or
    exhausts memory is stopped outside, by the workers.
    """
    if (refused := refusal.of_answer(page)) is not None:
        return refused, None
    tree = pagetree.parse(page)
    if tree is None:
        return Rejection(outcome=Outcome.NO_TEXT, reason=f"{len(page.body)} bytes without readable HTML"), None
    if (refused := refusal.of_tree(page, tree)) is not None:
        return refused, None
    zone = source.zone if source is not None else None
    said = metadata.read(tree, page.final_url, zone, day_first=known.day_first)
    if (refused := refusal.of_front_page(page, said)) is not None:
        return refused, None
    entry = page.entry
    ruled = selectors.read(tree, source.rules) if source is not None and source.rules is not None else _UNRULED
    if ruled.text is not None:
        found = rung.Body(text=ruled.text, rung=selectors.RUNG)
    else:
        found = rung.read(tree, page.url, known, said.body, lambda: _text(tree, said, page))
    raw = found.text
    if (refused := refusal.of_shell(tree, said, raw)) is not None:
        return refused, None
    host = urls.host(page.final_url)
    sites = (*said.site_names, *(found.used.site if found.used is not None else ()))
    own = headline.choose(said.headings, said.titles, sites, host)
    if (refused := refusal.of_text(page, said, own[0] if own is not None else None, raw)) is not None:
        return refused, None
    chosen = own
    if known.called is not None and own is not None:
        chosen = headline.still(known.called, own)
    elif entry is not None and entry.title:
        chosen = headline.choose(said.headings, (*said.titles, (_carrier(entry), entry.title)), sites, host)
    if ruled.title is not None:
        chosen = (ruled.title, selectors.RUNG)
    if chosen is None:
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="nothing on the page names a headline"), None
    title = _nfc(chosen[0])
    cleaned = boilerplate.clean(raw, cut=source.cut if source is not None else ())
    paragraphs = [_nfc(line) for line in cleaned.text.split("\n") if line]
    removed = list(cleaned.removed)
    if paragraphs and headline.words(paragraphs[0]) == headline.words(title):
        removed.insert(0, paragraphs.pop(0))
    if not paragraphs:
        return Rejection(outcome=Outcome.NO_TEXT, reason="no text is left on the page beside its boilerplate"), None
    repeated = known.repeated | (found.used.repeated if found.used is not None else frozenset())
    sifted = repetition.sift(paragraphs, title, repeated)
    paragraphs, marked = list(sifted.kept), sifted.background
    opening, lead_rung, joined = _lead(tree, said, entry, paragraphs)
    if joined:
        paragraphs.insert(0, opening)
        marked = frozenset(number + 1 for number in marked)
    text = "\n\n".join(paragraphs)
    dated = publication.settle(tree, said, page, cleaned.notes, zone, known.day_first)
    published = dated.published
    if known.absence is not None:
        shown, expected = own[0] if own is not None else None, entry.title if entry is not None else None
        if (why := absence.evidence(shown, text, published, expected, known.absence)) is not None:
            return Rejection(outcome=Outcome.NOT_ARTICLE, reason=why), None
    modified = dates.best((said.modified, entry.modified if entry is not None else None), page.fetched_at)
    line = dateline.read(text)
    address, identity, named = _names(page, said, source)
    language, agency = said.language, line.agency if line is not None else None
    carriers = dict(said.carriers) | {"url": named}
    if language is None and source is not None and (language := source.language) is not None:
        carriers["language"] = "source"
    if agency is not None:
        carriers["agency"] = "dateline"
    elif (agency := dateline.credit(cleaned.notes)) is not None:
        carriers["agency"] = "note"
    rungs = carriers | {"title": chosen[1], "text": found.rung, "lead": lead_rung}
    rungs |= {name: moment.carrier for name, moment in (("published", published), ("modified", modified)) if moment}
    article = Article(
        url=address,
        identity=identity,
        title=title,
        lead=opening,
        text=text,
        headline=_nfc(own[0]) if own is not None else None,
        published=published,
        conflicts=dated.conflicts,
        day_first=dated.day_first,
        modified=modified,
        dateline=line,
        dateline_on=dateline.dated(line, published.at if published is not None else page.fetched_at) if line else None,
        language=language,
        authors=said.authors,
        section=said.section,
        tags=said.tags,
        image=said.image,
        attribution=dateline.attribution(title),
        agency=agency,
        notes=cleaned.notes,
        rungs=rungs,
        removed=(*ruled.removed, *found.left_out, *removed, *sifted.removed),
        furniture=sifted.removed,
        background=repetition.spans(paragraphs, marked),
    )
    return article, found.lesson


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _carrier(entry: Entry) -> str:
    """Which kind of endpoint an entry's words come from, as its date tells it."""
    carrier = entry.published.carrier if entry.published is not None else "feed"
    return carrier if carrier in ("api", "sitemap") else "feed"  # a feed item may quote the node's RDFa date


def _text(tree: HtmlElement, said: Metadata, page: Page) -> tuple[str, str]:
    """The raw text and its rung; what the endpoint carried whole, where that is twice as much."""
    text, rung = body.read(tree, page.final_url, said.body)
    entry = page.entry
    if entry is not None and entry.text is not None and len(entry.text) > 2 * len(text):
        return entry.text, _carrier(entry)
    return text, rung


def _lead(tree: HtmlElement, said: Metadata, entry: Entry | None, paragraphs: list[str]) -> tuple[str, str, bool]:
    """The lead, the rung that gave it, and whether it must be joined to the text."""
    stated = [(rung, _nfc(text)) for rung, text in said.leads]
    if entry is not None and entry.lead:
        stated.append((_carrier(entry), _nfc(entry.lead)))
    if (found := lead.find(tree, tuple(stated), paragraphs)) is not None:
        return found
    return (*stated[-1][::-1], False) if entry is not None and entry.lead else (paragraphs[0], "text", False)


def _names(page: Page, said: Metadata, source: Source | None) -> tuple[str, str | None, str]:
    """The piece's address, the outlet's own id of it, and what gave the address ("rules", "canonical", "address").

    The id: by the outlet's rules, from the endpoint (its key where that is no address), or the content system's own
    number. The address: the outlet's one true form where its rules say so, else the page's canonical link, else
    where the fetch ended, without tracking parameters.
    """
    entry_key = page.entry.key if page.entry is not None and not urls.is_web(page.entry.key) else None
    if source is not None:
        own = urls.identity(page.final_url, source) or urls.identity(page.url, source)
        if source.canonical is not None and urls.is_article(page.final_url, source):
            return urls.address(page.final_url, source), own or entry_key or said.identity, "rules"
        entry_key = own or entry_key
    if said.canonical is not None:
        return said.canonical, entry_key or said.identity, "canonical"
    return urls.plain(page.final_url), entry_key or said.identity, "address"
