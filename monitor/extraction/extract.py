"""One fetched page becomes an article or the reason why it is none; it must not fetch, store or match.

Parsed once; every reader of the page works on that tree. `Article.rungs` records which carrier gave each field.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lxml.html import HtmlElement

from monitor.extraction import css_rules
from monitor.extraction.body.generic_body import BodyReading, read_generic_body
from monitor.extraction.body.text_source import PageBody, read_body
from monitor.extraction.completeness import PieceCompleteness, find_article_frame, judge_completeness
from monitor.extraction.css_rules import SelectedContent, apply_selectors
from monitor.extraction.fields.headline import choose_headline, update_headline
from monitor.extraction.fields.lead import find_lead
from monitor.extraction.fields.metadata import Metadata, read_metadata
from monitor.extraction.fields.publication_date import PublicationDate, choose_publication
from monitor.extraction.fields.visible_titles import clean_title
from monitor.extraction.further_parts import read_further_parts
from monitor.extraction.html_tree import parse_page_tree
from monitor.extraction.rejections import reject_front_page, reject_shell, reject_text, reject_tree
from monitor.extraction.soft_404 import find_absence_reason
from monitor.extraction.templates.outlet_knowledge import UNKNOWN, Knowledge
from monitor.model.page import Article, Outcome, Page, Rejection
from monitor.model.source import Entry, Source
from monitor.model.template import Lesson
from monitor.text.boilerplate import begins_with_date, remove_boilerplate
from monitor.text.format_characters import strip_format_characters
from monitor.text.refused_answers import reject_answer
from monitor.text.repeated_lines import locate_paragraphs, sift_paragraphs
from monitor.text.times.dateline import (
    parse_attribution,
    parse_closing_credit,
    parse_credit,
    parse_dateline,
    resolve_dateline,
)
from monitor.text.times.dates import choose_date, precedes_date
from monitor.text.title_likeness import split_title_words
from monitor.text.urls import (
    build_canonical_address,
    find_outlet_id,
    is_article_url,
    is_web_url,
    parse_host,
    strip_tracking,
)
from monitor.text.words.languages.detect_language import detect_language
from monitor.text.words.word_count import count_words

_NAMELESS = 80  # words from which a text without a headline is a piece all the same
_CALLED = 200  # characters of a first sentence that stands in for a headline
_SENTENCE = re.compile(r".{20,}?[.!?…。！？؟।։](?=\s|$)|.{20,}?[。！？]")
_UNRULED = SelectedContent()  # an outlet of which the user says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Titles:
    """What the piece is called: by all that is known of it, and by its page alone; each with the carrier."""

    chosen: tuple[str, str]
    own: tuple[str, str] | None
    sites: tuple[str, ...]  # what the outlet calls itself

    @property
    def named(self) -> bool:
        """Whether anything names a headline: else the piece is called by its first sentence."""
        return self.chosen[1] != "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """The paragraphs of the piece without what is none of its text, and what went."""

    paragraphs: list[str]
    lead: str
    lead_rung: str
    background: frozenset[int]  # paragraphs that the outlet repeats; they stay
    notes: tuple[str, ...]
    credits: tuple[str, ...]  # metadata lines from the text, without the closing credit
    closing: str | None
    removed: tuple[str, ...]
    furniture: tuple[str, ...]

    @property
    def whole(self) -> str:
        return "\n\n".join(self.paragraphs)


def extract_article(page: Page, source: Source | None = None, known: Knowledge = UNKNOWN) -> Article | Rejection:
    """The article on `page`, or why there is none, as `read_page` reads it."""
    return read_page(page, source, known)[0]


def read_page(
    page: Page, source: Source | None = None, known: Knowledge = UNKNOWN
) -> tuple[Article | Rejection, Lesson | None]:
    """Read the article from `page` with the rules of `source`; and what the page teaches of its outlet's templates.

    `known` is what the outlet's earlier pages taught: lines it repeats leave the text, or are marked in it.
    Deterministic: the same page gives the same value. Raises nothing for what a page contains; what hangs or
    exhausts memory is stopped outside, by the workers.
    """
    if (refused := reject_answer(page)) is not None:
        return refused, None
    tree = parse_page_tree(page)
    if tree is None:
        return Rejection(outcome=Outcome.NO_TEXT, reason=f"{len(page.body)} bytes without readable HTML"), None
    if (refused := reject_tree(page, tree)) is not None:
        return refused, None
    zone = source.zone if source is not None else None
    said = read_metadata(tree, page.final_url, zone, day_first=known.day_first)
    if (refused := reject_front_page(page, said, source.title if source is not None else "")) is not None:
        return refused, None
    ruled = apply_selectors(tree, source.rules) if source is not None and source.rules is not None else _UNRULED
    if ruled.text is not None:
        found = PageBody(text=ruled.text, rung=css_rules.RUNG)
    else:
        found = read_body(tree, page.url, known, said.body, lambda: _text(tree, said, page))
    further = read_further_parts(page, said.headings, found, source, known)
    raw = found.text + "".join(f"\n{line}" for line in further.lines)
    sites = (*said.site_names, *said.home_names, *(found.used.site if found.used is not None else ()))
    if source is not None:
        sites = (*sites, source.title)
    titles = _titles(page, said, tree, raw, ruled, sites, known)
    if isinstance(titles, Rejection):
        return titles, None
    sifted = _sift(page, tree, said, raw, titles, found, source, known)
    if isinstance(sifted, Rejection):
        return sifted, None
    dated = choose_publication(tree, said, page, sifted.credits, zone, known.day_first)
    if (refused := _reject_absent(page, titles, sifted, dated, known)) is not None:
        return refused, None
    whole = judge_completeness(
        further.last if further.last is not None else tree,
        said,
        further.address,
        sifted.whole,
        parts=len(page.parts),
        untold=page.untold,
    )
    removed = (*ruled.removed, *found.left_out, *further.left_out, *sifted.removed)
    return _article(page, source, said, titles, sifted, dated, whole, found.rung, removed), found.lesson


def _titles(
    page: Page,
    said: Metadata,
    tree: HtmlElement,
    raw: str,
    ruled: SelectedContent,
    sites: tuple[str, ...],
    known: Knowledge,
) -> _Titles | Rejection:
    """What the piece with the text `raw` is called, or what gives it away; `sites` are names of its outlet."""
    if (refused := reject_shell(tree, said, raw)) is not None:
        return refused
    host, entry = parse_host(page.final_url), page.entry
    labels = (said.section,) if said.section is not None else ()
    own = choose_headline(said.headings, said.titles, sites, host, labels=labels, lower=said.lower_headings)
    if (refused := reject_text(page, said, own[0] if own is not None else None, raw)) is not None:
        return refused
    chosen = own
    if known.called is not None and own is not None:
        chosen = update_headline(known.called, own)
    elif entry is not None and entry.title:
        stated = (*said.titles, (_carrier(entry), clean_title(entry.title)))
        chosen = choose_headline(said.headings, stated, sites, host, labels=labels, lower=said.lower_headings)
    if ruled.title is not None:
        chosen = (ruled.title, css_rules.RUNG)
    if chosen is None and said.titles and count_words(raw) >= _NAMELESS:
        chosen = (_first_sentence(raw), "text")  # all that is stated is the outlet's name
    if chosen is None:
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="nothing on the page names a headline")
    return _Titles(chosen=(_clean(chosen[0]), chosen[1]), own=own, sites=sites)


def _sift(
    page: Page,
    tree: HtmlElement,
    said: Metadata,
    raw: str,
    titles: _Titles,
    found: PageBody,
    source: Source | None,
    known: Knowledge,
) -> _Text | Rejection:
    """The piece's own paragraphs of `raw`: without boilerplate, credits, its headline and what the outlet repeats."""
    title = titles.chosen[0]
    cleaned = remove_boilerplate(raw, cut=source.cut if source is not None else ())
    paragraphs = [_clean(line) for line in cleaned.text.split("\n") if line]
    removed = list(cleaned.removed)
    notes = cleaned.notes
    closing = parse_closing_credit(paragraphs[-1]) if len(paragraphs) > 1 else None
    if closing is not None:
        notes = (*notes, paragraphs.pop())
    if titles.named and paragraphs and split_title_words(paragraphs[0]) == split_title_words(title):
        removed.insert(0, paragraphs.pop(0))
    if begins_with_date(paragraphs):
        removed.insert(0, paragraphs.pop(0))
    if not _is_text(paragraphs, title if titles.named else "", titles.sites):
        reason = "no text is left on the page beside its boilerplate"
        if (frame := find_article_frame(tree, page.final_url)) is not None:
            reason = f"the article stands in a frame: {frame}"
        return Rejection(outcome=Outcome.NO_TEXT, reason=reason)
    repeated = known.repeated | (found.used.repeated if found.used is not None else frozenset())
    sifted = sift_paragraphs(paragraphs, title, repeated)
    paragraphs, marked = list(sifted.kept), sifted.background
    opening, lead_rung, joined = _lead(tree, said, page.entry, paragraphs)
    if joined:
        paragraphs.insert(0, opening)
        marked = frozenset(number + 1 for number in marked)
    return _Text(
        paragraphs=paragraphs,
        lead=opening,
        lead_rung=lead_rung,
        background=marked,
        notes=notes,
        credits=cleaned.notes,
        closing=closing,
        removed=(*removed, *sifted.removed),
        furniture=sifted.removed,
    )


def _reject_absent(
    page: Page, titles: _Titles, text: _Text, dated: PublicationDate, known: Knowledge
) -> Rejection | None:
    """A page that its outlet shows for addresses that do not exist."""
    if known.absence is None:
        return None
    shown = titles.own[0] if titles.own is not None else None
    expected = page.entry.title if page.entry is not None else None
    why = find_absence_reason(shown, text.whole, dated.published, expected, known.absence)
    return None if why is None else Rejection(outcome=Outcome.NOT_ARTICLE, reason=why)


def _article(
    page: Page,
    source: Source | None,
    said: Metadata,
    titles: _Titles,
    sifted: _Text,
    dated: PublicationDate,
    whole: PieceCompleteness,
    rung: str,
    removed: tuple[str, ...],
) -> Article:
    """The article of what was read; what its fields say of each other is settled here."""
    title, text, entry = titles.chosen[0], sifted.whole, page.entry
    published, conflicts = dated.published, dated.conflicts
    modified = choose_date((said.modified, entry.modified if entry is not None else None), page.fetched_at)
    if modified is not None and published is not None and precedes_date(modified, published):
        conflicts, modified = (*conflicts, modified), None
    line = parse_dateline(text)
    address, identity, by = _names(page, said, source)
    carriers = dict(said.carriers) | {"url": by}
    declared = said.language
    if declared is None and source is not None and (declared := source.language) is not None:
        carriers["language"] = "source"
    language = detect_language(f"{title}\n{text}", declared)
    if language is not None and language != declared:
        carriers["language"] = "text"
    agency = line.agency if line is not None else None
    if agency is not None:
        carriers["agency"] = "dateline"
    elif (agency := parse_credit(sifted.credits) or sifted.closing) is not None:
        carriers["agency"] = "note"
    rungs = carriers | {"title": titles.chosen[1], "text": rung, "lead": sifted.lead_rung}
    rungs |= {name: moment.carrier for name, moment in (("published", published), ("modified", modified)) if moment}
    return Article(
        url=address,
        identity=identity,
        title=title,
        lead=sifted.lead,
        text=text,
        headline=_clean(titles.own[0]) if titles.own is not None else None,
        published=published,
        conflicts=conflicts,
        day_first=dated.day_first,
        modified=modified,
        dateline=line,
        dateline_on=resolve_dateline(line, published.at if published is not None else page.fetched_at)
        if line
        else None,
        language=language,
        declared_language=declared,
        complete=whole.complete,
        complete_reason=whole.reason,
        more=whole.more,
        authors=said.authors,
        section=said.section,
        tags=said.tags,
        image=said.image,
        attribution=parse_attribution(title),
        agency=agency,
        notes=sifted.notes,
        rungs=rungs,
        removed=removed,
        furniture=sifted.furniture,
        background=locate_paragraphs(sifted.paragraphs, sifted.background),
    )


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", strip_format_characters(text)).strip()


def _first_sentence(text: str) -> str:
    """What a piece without a headline is called: its first sentence, cut at a word."""
    start = next(line for line in text.split("\n") if line.strip())[:_CALLED]
    sentence = _SENTENCE.match(start)
    return sentence[0].strip() if sentence is not None else start.rsplit(" ", 1)[0]


def _is_text(paragraphs: list[str], title: str, sites: tuple[str, ...]) -> bool:
    """Whether anything stands there but the headline and the outlet's name."""
    said = {split_title_words(title), *(split_title_words(site) for site in sites), ()}
    return any(split_title_words(paragraph) not in said for paragraph in paragraphs)


def _carrier(entry: Entry) -> str:
    """Which kind of endpoint an entry's words come from, as its date tells it."""
    carrier = entry.published.carrier if entry.published is not None else "feed"
    return carrier if carrier in ("api", "sitemap") else "feed"  # a feed item may quote the node's RDFa date


def _text(tree: HtmlElement, said: Metadata, page: Page) -> BodyReading:
    """The raw text; what the endpoint carried whole, where that is twice as much."""
    found = read_generic_body(
        tree, page.final_url, said.body, headlines=len(said.headings), words=said.words, live=said.live
    )
    entry = page.entry
    if entry is not None and entry.text is not None and len(entry.text) > 2 * len(found.text):
        return BodyReading(text=entry.text, rung=_carrier(entry))
    return found


def _lead(tree: HtmlElement, said: Metadata, entry: Entry | None, paragraphs: list[str]) -> tuple[str, str, bool]:
    """The lead, the rung that gave it, and whether it must be joined to the text."""
    stated = [(rung, _clean(text)) for rung, text in said.leads]
    if entry is not None and entry.lead:
        stated.append((_carrier(entry), _clean(entry.lead)))
    if (found := find_lead(tree, tuple(stated), paragraphs)) is not None:
        return found
    return (*stated[-1][::-1], False) if entry is not None and entry.lead else (paragraphs[0], "text", False)


def _names(page: Page, said: Metadata, source: Source | None) -> tuple[str, str | None, str]:
    """The piece's address, the outlet's own id of it, and what gave the address ("rules", "canonical", "address").

    The id: by the outlet's rules, from the endpoint (its key where that is no address), or the content system's own
    number. The address: the outlet's one true form where its rules say so, else the page's canonical link, else
    where the fetch ended, without tracking parameters.
    """
    entry_key = page.entry.key if page.entry is not None and not is_web_url(page.entry.key) else None
    if source is not None:
        own = find_outlet_id(page.final_url, source) or find_outlet_id(page.url, source)
        if source.canonical is not None and is_article_url(page.final_url, source):
            return build_canonical_address(page.final_url, source), own or entry_key or said.identity, "rules"
        entry_key = own or entry_key
    if said.canonical is not None:
        return said.canonical, entry_key or said.identity, "canonical"
    return strip_tracking(page.final_url), entry_key or said.identity, "address"
