"""Settles when a piece was published, of all that say so; what cannot agree is kept beside, never mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import htmldate
from lxml.html import HtmlElement

from monitor.extraction.fields.metadata import Metadata, read_element_line
from monitor.model.moment import Moment
from monitor.model.page import Page
from monitor.text.times.dates import choose_date, find_conflicts, find_visible_date, has_known_time, parse_date
from monitor.text.times.numeric_dates import prove_day_order

# Where templates print "Date: 12.1.2021 14:00" beside the text (SOURCES.md, Milli Gazete).
_LABELLED_TAGS = ("div", "p", "span", "td", "li")


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

    Order: list API, what the page states in markup, feed, what it prints ("Date: …", `<time>`, Drupal's line),
    sitemap; htmldate's guess only where all of them are silent. `notes` are lines cut from the text, `day_first` the
    order of the outlet's numeric dates where that is known.
    """
    entry = page.entry.published if page.entry is not None else None
    carriers = [
        entry if entry is not None and entry.carrier == "api" else None,
        *(moment for moment in said.published if moment.carrier != "text"),
        entry if entry is not None and entry.carrier != "sitemap" else None,
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
        best = choose_date((seen, _guessed(tree, page.fetched_at)), page.fetched_at)
    return PublicationDate(
        published=best,
        conflicts=find_conflicts(best, carriers) if best is not None else (),
        day_first=_proof(numerics, best),
    )


def _labelled(tree: HtmlElement, notes: tuple[str, ...]) -> tuple[str, ...]:
    """What stands behind the word "Date" anywhere on the page."""
    lines = (*notes, *((element.text or "").strip() for element in tree.iter(*_LABELLED_TAGS)))
    parts = (line.partition(":") for line in lines)
    return tuple(value for label, _, value in parts if label.casefold() in ("date", "дата"))


def _proof(numerics: tuple[str, ...], best: Moment | None) -> bool | None:
    """What numeric dates prove of their order, by themselves or by a date that was not read from numbers."""
    known = best.at.date() if best is not None and best.carrier not in ("text", "htmldate") else None
    proven = (prove_day_order(text, known) for text in numerics)
    return next((first for first in proven if first is not None), None)


def _guessed(tree: HtmlElement, seen: datetime) -> Moment | None:
    """htmldate's reading of the page: a day at best, and never later than `seen`."""
    value = htmldate.find_date(tree, original_date=True, max_date=seen.strftime("%Y-%m-%d"))
    return None if value is None else parse_date(value, carrier="htmldate")
