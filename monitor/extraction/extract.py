"""One fetched page becomes an article or the reason why it is none; it must not fetch, store or match.

Parsed once; every reader of the page works on that tree. `Article.rungs` records which carrier gave each field.
"""

from __future__ import annotations

import re
import unicodedata

from lxml.html import HtmlElement

from monitor.extraction import css_rules
from monitor.extraction.body.generic_body import BodyReading, read_generic_body
from monitor.extraction.body.text_source import PageBody, read_body
from monitor.extraction.completeness import find_article_frame, judge_completeness
from monitor.extraction.css_rules import SelectedContent, apply_selectors
from monitor.extraction.fields.headline import choose_headline, update_headline
from monitor.extraction.fields.lead import find_lead
from monitor.extraction.fields.metadata import Metadata, read_metadata
from monitor.extraction.fields.publication_date import choose_publication
from monitor.extraction.fields.visible_titles import clean_title
from monitor.extraction.further_parts import read_further_parts
from monitor.extraction.html_tree import parse_page_tree
from monitor.extraction.rejections import reject_front_page, reject_shell, reject_text, reject_tree
from monitor.extraction.soft_404 import find_absence_reason
from monitor.extraction.templates.outlet_knowledge import UNKNOWN, Knowledge
from monitor.model.page import Article, Outcome, Page, Rejection
from monitor.model.source import Entry, Source
from monitor.model.template import Lesson
from monitor.text.boilerplate import remove_boilerplate
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


def extract_article(page: Page, source: Source | None = None, known: Knowledge = UNKNOWN) -> Article | Rejection:
    """The article on `page`, or why there is none, as `learned` reads it."""
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
    if (refused := reject_front_page(page, said)) is not None:
        return refused, None
    entry = page.entry
    ruled = apply_selectors(tree, source.rules) if source is not None and source.rules is not None else _UNRULED
    if ruled.text is not None:
        found = PageBody(text=ruled.text, rung=css_rules.RUNG)
    else:
        found = read_body(tree, page.url, known, said.body, lambda: _text(tree, said, page))
    further = read_further_parts(page, said.headings, found, source, known)
    raw = found.text + "".join(f"\n{line}" for line in further.lines)
    if (refused := reject_shell(tree, said, raw)) is not None:
        return refused, None
    host = parse_host(page.final_url)
    sites = (*said.site_names, *said.home_names, *(found.used.site if found.used is not None else ()))
    labels = (said.section,) if said.section is not None else ()
    own = choose_headline(said.headings, said.titles, sites, host, labels=labels, lower=said.lower_headings)
    if (refused := reject_text(page, said, own[0] if own is not None else None, raw)) is not None:
        return refused, None
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
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="nothing on the page names a headline"), None
    title = _clean(chosen[0])
    cleaned = remove_boilerplate(raw, cut=source.cut if source is not None else ())
    paragraphs = [_clean(line) for line in cleaned.text.split("\n") if line]
    removed = list(cleaned.removed)
    notes = cleaned.notes
    closing = parse_closing_credit(paragraphs[-1]) if len(paragraphs) > 1 else None
    if closing is not None:
        notes = (*notes, paragraphs.pop())
    named = chosen[1] != "text"
    if named and paragraphs and split_title_words(paragraphs[0]) == split_title_words(title):
        removed.insert(0, paragraphs.pop(0))
    if not _is_text(paragraphs, title if named else "", sites):
        reason = "no text is left on the page beside its boilerplate"
        if (frame := find_article_frame(tree, page.final_url)) is not None:
            reason = f"the article stands in a frame: {frame}"
        return Rejection(outcome=Outcome.NO_TEXT, reason=reason), None
    repeated = known.repeated | (found.used.repeated if found.used is not None else frozenset())
    sifted = sift_paragraphs(paragraphs, title, repeated)
    paragraphs, marked = list(sifted.kept), sifted.background
    opening, lead_rung, joined = _lead(tree, said, entry, paragraphs)
    if joined:
        paragraphs.insert(0, opening)
        marked = frozenset(number + 1 for number in marked)
    text = "\n\n".join(paragraphs)
    dated = choose_publication(tree, said, page, cleaned.notes, zone, known.day_first)
    published, conflicts = dated.published, dated.conflicts
    if known.absence is not None:
        shown, expected = own[0] if own is not None else None, entry.title if entry is not None else None
        if (why := find_absence_reason(shown, text, published, expected, known.absence)) is not None:
            return Rejection(outcome=Outcome.NOT_ARTICLE, reason=why), None
    modified = choose_date((said.modified, entry.modified if entry is not None else None), page.fetched_at)
    if modified is not None and published is not None and precedes_date(modified, published):
        conflicts, modified = (*conflicts, modified), None
    line = parse_dateline(text)
    address, identity, by = _names(page, said, source)
    agency = line.agency if line is not None else None
    carriers = dict(said.carriers) | {"url": by}
    declared = said.language
    if declared is None and source is not None and (declared := source.language) is not None:
        carriers["language"] = "source"
    language = detect_language(f"{title}\n{text}", declared)
    if language is not None and language != declared:
        carriers["language"] = "text"
    whole = judge_completeness(
        further.last if further.last is not None else tree,
        said,
        further.address,
        text,
        parts=len(page.parts),
        untold=page.untold,
    )
    if agency is not None:
        carriers["agency"] = "dateline"
    elif (agency := parse_credit(cleaned.notes) or closing) is not None:
        carriers["agency"] = "note"
    rungs = carriers | {"title": chosen[1], "text": found.rung, "lead": lead_rung}
    rungs |= {name: moment.carrier for name, moment in (("published", published), ("modified", modified)) if moment}
    article = Article(
        url=address,
        identity=identity,
        title=title,
        lead=opening,
        text=text,
        headline=_clean(own[0]) if own is not None else None,
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
        notes=notes,
        rungs=rungs,
        removed=(*ruled.removed, *found.left_out, *further.left_out, *removed, *sifted.removed),
        furniture=sifted.removed,
        background=locate_paragraphs(paragraphs, marked),
    )
    return article, found.lesson


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
