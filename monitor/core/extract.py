"""One fetched page becomes an article or the reason why it is none; it must not fetch, store or match.

The text is Trafilatura's; what it leaves to chance – headline, dates, lead, boilerplate – is settled here, and
`Article.rungs` records which carrier gave each field.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

import htmldate
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document
from trafilatura.utils import detect_encoding, load_html
from w3lib.encoding import html_to_unicode

from monitor.core import boilerplate, dateline, dates, headline, metadata, refusal, repetition, urls
from monitor.core.fingerprint import fold
from monitor.core.knowledge import UNKNOWN, Knowledge
from monitor.core.metadata import Metadata
from monitor.model import Article, Entry, Moment, Outcome, Page, Rejection, Source

# Under so many characters Trafilatura's precise mode may have lost the body: on 186 pages it went wrong on one,
# with 578 characters of 30,000. The default mode is then asked too, and believed where it finds twice as much.
_SHORT = 700
_LEAD_START = 60  # characters that identify a lead (SOURCES.md, TASS)
_LEAD_LENGTHS = range(10, 1001)  # shorter is a label ("Opinion"), longer a body; TASS has "No casualties"
_LEAD_TAGS = ("p", "div", "h2", "h3", "h4", "span", "strong", "b", "em", "section")
_ELSEWHERE = ("a", "nav", "aside", "footer", "head")  # in there it is a teaser of this or another piece


def extract(page: Page, source: Source | None = None, known: Knowledge = UNKNOWN) -> Article | Rejection:
    """Read the article from `page`, with the rules of `source` where the outlet is configured.

    `known` is what the outlet's earlier pages taught: lines it repeats leave the text, or are marked in it.
    Deterministic: the same page gives the same value. Raises nothing for what a page contains; what hangs or
    exhausts memory is stopped outside, by the workers.
    """
    if (refused := refusal.of_answer(page)) is not None:
        return refused
    tree = _tree(page)
    if tree is None:
        return Rejection(outcome=Outcome.NO_TEXT, reason=f"{len(page.body)} bytes without readable HTML")
    zone = source.zone if source is not None else None
    said = metadata.read(tree, page.final_url, zone)
    if (refused := refusal.of_front_page(page, said)) is not None:
        return refused
    entry = page.entry
    raw, text_rung = _text(tree, said, entry)
    host = urls.host(page.final_url)
    own = headline.choose(said.headings, said.titles, said.site_names, host)
    if (refused := refusal.of_text(page, said, own[0] if own is not None else None, raw)) is not None:
        return refused
    stated = said.titles if entry is None else (*said.titles, (_carrier(entry), entry.title or ""))
    chosen = headline.choose(said.headings, stated, said.site_names, host)
    if chosen is None:
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="nothing on the page names a headline")
    title = _nfc(chosen[0])
    cleaned = boilerplate.clean(raw, cut=source.cut if source is not None else ())
    paragraphs = [_nfc(line) for line in cleaned.text.split("\n") if line]
    removed = list(cleaned.removed)
    if paragraphs and headline.words(paragraphs[0]) == headline.words(title):
        removed.insert(0, paragraphs.pop(0))
    if not paragraphs:
        return Rejection(outcome=Outcome.NO_TEXT, reason="no text is left on the page beside its boilerplate")
    sifted = repetition.sift(paragraphs, title, known.repeated)
    paragraphs, marked = list(sifted.kept), sifted.background
    lead, lead_rung, joined = _lead(tree, said, entry, paragraphs)
    if joined:
        paragraphs.insert(0, lead)
        marked = frozenset(number + 1 for number in marked)
    text = "\n\n".join(paragraphs)
    published = _published(tree, said, page, cleaned.notes, zone)
    modified = dates.best((said.modified, entry.modified if entry is not None else None), page.fetched_at)
    line = dateline.read(text)
    address, identity = _names(page, said, source)
    rungs = {"title": chosen[1], "text": text_rung, "lead": lead_rung}
    rungs |= {name: moment.carrier for name, moment in (("published", published), ("modified", modified)) if moment}
    return Article(
        url=address,
        identity=identity,
        title=title,
        lead=lead,
        text=text,
        published=published,
        modified=modified,
        dateline=line,
        language=said.language or (source.language if source is not None else None),
        authors=said.authors,
        section=said.section,
        tags=said.tags,
        image=said.image,
        attribution=dateline.attribution(title),
        agency=(line.agency if line is not None else None) or dateline.credit(cleaned.notes),
        notes=cleaned.notes,
        rungs=rungs,
        removed=(*removed, *sifted.removed),
        furniture=sifted.removed,
        background=repetition.spans(paragraphs, marked),
    )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _carrier(entry: Entry) -> str:
    """Which kind of endpoint an entry's words come from, as its date tells it."""
    carrier = entry.published.carrier if entry.published is not None else "feed"
    return carrier if carrier in ("api", "sitemap") else "feed"  # a feed item may quote the node's RDFa date


def _tree(page: Page) -> HtmlElement | None:
    """The one parsed tree of the page, None where there is nothing to parse.

    Valid UTF-8 is UTF-8 whatever the page declares: many declare wrongly. Else BOM, header and meta element decide,
    and where none speaks, trafilatura's detector.
    """
    try:
        page.body.decode("utf-8")
    except UnicodeDecodeError:
        _, text = html_to_unicode(
            page.content_type, page.body, auto_detect_fun=lambda body: next(iter(detect_encoding(body)), None)
        )
        return load_html(text)
    return load_html(page.body)


def _text(tree: HtmlElement, said: Metadata, entry: Entry | None) -> tuple[str, str]:
    """The raw text and the rung that gave it: precise Trafilatura, unless another carrier has twice as much."""
    text, rung = _trafilatura(tree, precise=True), "trafilatura"
    if said.body is not None and len(said.body) > 2 * len(text):
        text, rung = said.body, "json-ld"
    if len(text) < _SHORT and len(wider := _trafilatura(tree, precise=False)) > 2 * len(text):
        text, rung = wider, "trafilatura-default"
    if entry is not None and entry.text is not None and len(entry.text) > 2 * len(text):
        text, rung = entry.text, _carrier(entry)
    return text, rung


def _trafilatura(tree: HtmlElement, *, precise: bool) -> str:
    # Its readability comparison doubles the cost, and what it rescues the default mode and JSON-LD rescue as well.
    found = bare_extraction(tree, favor_precision=precise, fast=precise, include_comments=False)
    return (found.text or "") if isinstance(found, Document) else ""


def _lead(tree: HtmlElement, said: Metadata, entry: Entry | None, paragraphs: list[str]) -> tuple[str, str, bool]:
    """The lead, the rung that gave it, and whether it must be joined to the text.

    A description counts as a lead only where readers see it: in the text, or in an element that the extractor left
    out (TASS prints it above the body). One that stands nowhere is written for search engines or for the whole site.
    """
    body = fold("\n".join(paragraphs))
    leads = [(rung, _nfc(text)) for rung, text in said.leads]
    if entry is not None and entry.lead:
        leads.append((_carrier(entry), _nfc(entry.lead)))
    tried: set[str] = set()
    for rung, text in leads:
        start = fold(text.rstrip(" .…"))[:_LEAD_START]
        if len(text) not in _LEAD_LENGTHS or start in tried:
            continue
        if start in body:
            return _whole(text, start, body, paragraphs), rung, False
        if (shown := _shown(tree, text.split(maxsplit=1)[0], start)) is not None:
            return _nfc(shown), rung, True
        tried.add(start)
    if entry is not None and entry.lead:
        return _nfc(entry.lead), _carrier(entry), False
    return paragraphs[0], "text", False


def _whole(lead: str, start: str, body: str, paragraphs: list[str]) -> str:
    """`lead`, or the paragraph it begins where the description was cut ("… about th", "lived …")."""
    _, _, after = body.partition(fold(lead))
    if not lead.rstrip().endswith(("…", "...")) and not after[:1].isalnum():
        return lead
    return next((paragraph for paragraph in paragraphs if fold(paragraph).startswith(start)), lead)


def _shown(tree: HtmlElement, word: str, start: str) -> str | None:
    """The visible element whose text begins with `start` (folded; its first word is `word`), outside of teasers."""
    for element in tree.iter(*_LEAD_TAGS):
        if (element.text or "").lstrip().startswith(word):
            text = metadata.line(element)
            elsewhere = next(element.iterancestors(*_ELSEWHERE), None) is not None
            if len(text) in _LEAD_LENGTHS and fold(text).startswith(start) and not elsewhere:
                return text
    return None


# Where templates print "Date: 12.1.2021 14:00" beside the text (SOURCES.md, Milli Gazete).
_LABELLED_TAGS = ("div", "p", "span", "td", "li")


def _published(
    tree: HtmlElement, said: Metadata, page: Page, notes: tuple[str, ...], zone: str | None
) -> Moment | None:
    """When the piece was published, by the carrier trusted most that can be true.

    Order: list API, what the page states in markup, feed, what it prints ("Date: …", `<time>`, Drupal's line),
    sitemap; htmldate's guess only where all of them are silent.
    """
    entry = page.entry.published if page.entry is not None else None
    printed: list[Moment | None] = [moment for moment in said.published if moment.carrier == "text"]
    labelled = [*notes, *((element.text or "").strip() for element in tree.iter(*_LABELLED_TAGS))]
    for line in labelled:
        label, _, value = line.partition(":")
        if label.casefold() in ("date", "дата"):
            printed.append(dates.parse(value, carrier="text", zone=zone))
    moments = [
        entry if entry is not None and entry.carrier == "api" else None,
        *(moment for moment in said.published if moment.carrier != "text"),
        entry if entry is not None and entry.carrier != "sitemap" else None,
        *printed,
        entry,
    ]
    best = dates.best(moments, page.fetched_at)
    if best is not None:
        return best
    seen = dates.find(metadata.line(tree), carrier="text", zone=zone)
    return dates.best((seen, _guessed(tree, page.fetched_at)), page.fetched_at)


def _guessed(tree: HtmlElement, seen: datetime) -> Moment | None:
    """htmldate's reading of the page: a day at best, and never later than `seen`."""
    value = htmldate.find_date(tree, original_date=True, max_date=seen.strftime("%Y-%m-%d"))
    return None if value is None else dates.parse(value, carrier="htmldate")


def _names(page: Page, said: Metadata, source: Source | None) -> tuple[str, str | None]:
    """The piece's address and the outlet's own id of it.

    The id: by the outlet's rules, from the endpoint (its key where that is no address), or the content system's own
    number. The address: the outlet's one true form where its rules say so, else the page's canonical link, else
    where the fetch ended, without tracking parameters.
    """
    entry_key = page.entry.key if page.entry is not None and not urls.is_web(page.entry.key) else None
    if source is not None:
        own = urls.identity(page.final_url, source) or urls.identity(page.url, source)
        if source.canonical is not None and urls.is_article(page.final_url, source):
            return urls.address(page.final_url, source), own or entry_key or said.identity
        entry_key = own or entry_key
    return said.canonical or urls.plain(page.final_url), entry_key or said.identity
