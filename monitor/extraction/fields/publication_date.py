"""Settles when a piece was published, of all that say so; what cannot agree is kept beside, never mended."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

import htmldate
from htmldate.extractors import get_external_parser
from lxml.html import HtmlElement

from monitor.extraction.fields.metadata import Metadata
from monitor.extraction.fields.page_elements import read_element_line
from monitor.model.moment import Moment
from monitor.model.page import Page
from monitor.text.times.dates import choose_date, find_conflicts, find_visible_date, has_known_time, parse_date
from monitor.text.times.numeric_dates import prove_day_order
from monitor.text.times.relative_dates import parse_relative_date
from monitor.text.words.languages.detect_language import LANGUAGES

# Where templates print "Date: 12.1.2021 14:00" beside the text (SOURCES.md, Milli Gazete).
_LABELLED_TAGS = ("div", "p", "span", "td", "li")
# A full date in an address: /2026/11/12/, /2026-11-12-, /20261112/.
_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<mark>[/._-]?)(?P<month>[01]\d)(?P=mark)(?P<day>[0-3]\d)(?!\d)"
)
_DATING = re.compile(r"date|time|ago|publi|posted|stamp|byline|meta", re.I)
_LABEL = 80  # characters of an element that prints when, and little else
_NO_DAY = "-01-01"  # what htmldate makes of a lone year
_BESIDE = ("footer", "aside", "nav")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationDate:
    """When a piece was published, None where nothing tells; other carriers' dates that contradict; and whether a
    numeric date on the page proves that this outlet puts the day first (None: it proves nothing)."""

    published: Moment | None
    conflicts: tuple[Moment, ...]
    day_first: bool | None


def choose_publication(
    tree: HtmlElement,
    said: Metadata,
    page: Page,
    notes: tuple[str, ...],
    zone: str | None,
    day_first: bool | None,
) -> PublicationDate:
    """The publication by the carrier trusted most that can be true.

    Order: list API, what the page states in markup, feed, the day in the address, what it prints ("Date: …",
    `<time>`, Drupal's line), sitemap; "3 hours ago" and htmldate's guess only where all of them are silent. `notes`
    are lines cut from the text, `day_first` the order of the outlet's numeric dates where that is known.
    """
    entry = page.entry.published if page.entry is not None else None
    carriers = [
        entry if entry is not None and entry.carrier == "api" else None,
        *(moment for moment in said.published if moment.carrier != "text"),
        entry if entry is not None and entry.carrier != "sitemap" else None,
        parse_address_date(page.url),
        *(moment for moment in said.published if moment.carrier == "text"),
    ]
    numerics = said.numeric
    best = choose_date(carriers, page.fetched_at)
    if best is None or not has_known_time(best):
        labelled = _labelled(tree, notes)
        numerics = (*labelled, *numerics)
        carriers += [parse_date(value, carrier="text", zone=zone, day_first=day_first) for value in labelled]
        best = choose_date((*carriers, entry), page.fetched_at)
    if best is None:
        seen = find_visible_date(read_element_line(tree), carrier="text", zone=zone)
        scope = _own_part(tree)
        best = choose_date((seen, _relative(scope, page.fetched_at)), page.fetched_at)
        if best is None:
            best = choose_date((_guessed(scope, page.fetched_at),), page.fetched_at)
    return PublicationDate(
        published=best,
        conflicts=find_conflicts(best, carriers) if best is not None else (),
        day_first=_proof(numerics, best),
    )


def _labelled(tree: HtmlElement, notes: tuple[str, ...]) -> tuple[str, ...]:
    """What stands behind the word "Date" anywhere on the page."""
    printed = (text.strip() for element in tree.iter(*_LABELLED_TAGS) if (text := element.text) and ":" in text)
    parts = (line.partition(":") for line in (*notes, *printed))
    return tuple(value for label, _, value in parts if label.casefold() in ("date", "дата"))


def _proof(numerics: tuple[str, ...], best: Moment | None) -> bool | None:
    """What numeric dates prove of their order, by themselves or by a date that was not read from numbers."""
    known = best.at.date() if best is not None and best.carrier not in ("text", "htmldate") else None
    proven = (prove_day_order(text, known) for text in numerics)
    return next((first for first in proven if first is not None), None)


def parse_address_date(address: str) -> Moment | None:
    """The day that stands whole in the path of an address, carrier "address"; None where none or no real one does."""
    for found in _ADDRESS.finditer(urlsplit(address).path):
        day = f"{found['year']}-{found['month']}-{found['day']}"
        if (moment := parse_date(day, carrier="address")) is not None:
            return moment
    return None


def _own_part(tree: HtmlElement) -> HtmlElement:
    """A copy of the page without what stands behind its article, and without asides: those have dates of their own."""
    part = copy(tree)
    heading = next(part.iter("h1"), None)
    holder = next(heading.iterancestors("article", "main"), None) if heading is not None else None
    while holder is not None and holder.tag != "body":
        for sibling in list(holder.itersiblings()):
            sibling.drop_tree()
        holder = holder.getparent()
    for element in list(part.iter(*_BESIDE)):
        element.drop_tree()
    return part


def _relative(part: HtmlElement, seen: datetime) -> Moment | None:
    """What an element that prints when says in hours or days before `seen`."""
    for element in part.iter("time", "span", "div", "p", "li", "small"):
        if element.tag != "time" and not _DATING.search(element.get("class", "")):
            continue
        text = read_element_line(element)
        if len(text) <= _LABEL and (found := parse_relative_date(text, seen)) is not None:
            return found
    return None


def _guessed(part: HtmlElement, seen: datetime) -> Moment | None:
    """htmldate's reading of the page: a day at best, never later than `seen`; a lone year is none."""
    _narrow_languages()
    value = htmldate.find_date(part, original_date=True, max_date=seen.strftime("%Y-%m-%d"))
    return None if value is None or value.endswith(_NO_DAY) else parse_date(value, carrier="htmldate")


@lru_cache(maxsize=1)
def _narrow_languages() -> None:
    """Have htmldate try a date in words in the languages of outlets alone.

    It tries all 205 of dateparser's: 4 s and 43 MB for a process that meets its first such date. These take half.
    """
    from dateparser.data.languages_info import language_order

    written = (*LANGUAGES, "nb")
    get_external_parser().languages = [code for code in language_order if code.partition("-")[0] in written]
