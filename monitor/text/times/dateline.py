"""Reads where, when and by whom a report was filed; it must not turn a dateline into a publication time.

`BAKU, April 8. /TASS/.` carries no year, and its day can differ from the day of publication (SOURCES.md).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from monitor.model.moment import Dateline
from monitor.text.boilerplate import fold_line

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan января", "february feb февраля", "march mar марта", "april apr апреля", "may мая",
            "june jun июня", "july jul июля", "august aug августа", "september sept sep сентября",
            "october oct октября", "november nov ноября", "december dec декабря",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

# News agencies of the world by their usual marks; a mark that is not here leaves the agency unknown.
_AGENCIES = {
    folded: name
    for name in (
        "TASS", "ITAR-TASS", "AFP", "AP", "Reuters", "Thomson Reuters Foundation", "Bloomberg",
        "UPI", "dpa", "KNA", "SID", "EFE", "ANSA", "Xinhua", "Kyodo", "Yonhap", "Interfax", "RIA Novosti", "Sputnik",
        "Anadolu", "AA", "IRNA", "PTI", "ANI", "APA", "Belga", "PAP", "CTK", "MTI", "BTA", "Ukrinform", "Unian",
        "Armenpress", "AZERTAC", "Trend", "Kazinform", "Belta", "WAM", "SPA", "Petra", "MENA", "NAN", "CNA", "Lusa",
        "Bernama", "Antara", "AAP", "Europa Press", "Agerpres", "Tanjug", "Hina", "STA", "TT", "NTB", "Ritzau",
    )
    for folded in (name.casefold(),)
} | {"тасс": "TASS", "итар-тасс": "ITAR-TASS", "риа новости": "RIA Novosti", "интерфакс": "Interfax"}  # fmt: skip

_WORD = r"[^\W\d_][\w.'’\-]*"
_PLACE = rf"(?P<place>{_WORD}(?:[ /]{_WORD}){{0,4}})"
_WHERE = r"(?:\s?,?\s?(?:/[^/\n]{2,40}/|\([^()\n]{2,40}\))|,\s[A-Z][\w .'’\-]{1,30}?)?"
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_DAY = (
    rf"(?:(?P<month>{_MONTH})\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s\d{{4}})?\b"
    rf"|(?P<day2>\d{{1,2}})\s(?P<month2>{_MONTH}))"
)
_END = r"(?:\s?[.:]?\s?[-–—]{1,2}\s?|[.,:]?\s?)"
_SLASHED = r"[.,]?\s?(?:/\s?(?P<slashed>[^/\n]{2,60}?)\.?\s?/\w*/?|(?P<bare>[\w-]{2,12})/)"
_BRACKETED = r"[.,]?\s?\((?P<bracketed>[^()\n]{2,40})\)"
_NAMED = r",\s(?P<named>[A-Z][A-Za-z]{2,12})(?=\.)"

_MARKED = re.compile(rf"/?{_PLACE}{_WHERE},?\s{_DAY}(?:{_SLASHED}|{_BRACKETED}|{_NAMED}){_END}", re.I)
_UNMARKED = re.compile(rf"{_PLACE}{_WHERE},\s{_DAY}\.\s", re.I)
_DATELESS = re.compile(rf"{_PLACE}{_WHERE}\s\((?P<bracketed>[^()\n]{{2,40}})\)\.?\s?[-–—]{{1,2}}\s?", re.I)
_PLACELESS = re.compile(r"(?P<bare>TASS)(?:[ -]FACTBOX)?\.\s?")
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_LINES = 5  # a lead and a byline may stand above the dateline
_REACH = 160  # characters looked at: the longest real TASS dateline has 62

_SAID = re.compile(r".*\S\s+(?P<dash>[—–-])\s+(?P<who>[^—–]{2,60})")
_CREDIT, _INITIALS = 40, 4  # characters of a closing credit, and of a service or of initials in it
_SOURCE_NOTE = re.compile(r"(?:sources?|источник)\s*:\s*(?P<who>.+?)[\s.]*", re.I)


def _agency(mark: str | None) -> str | None:
    """The agency a mark names: "TASS Correspondent X" is TASS, "efe-epa" EFE; None if unknown."""
    whole = (mark or "").casefold()
    words = whole.split()
    spelled = (" ".join(words[:length]) for length in (3, 2, 1))
    parts = re.split(r"[\s/–-]+", whole)
    return next((_AGENCIES[name] for name in (*spelled, *parts) if name in _AGENCIES), None)


def _read_line(line: str) -> Dateline | None:
    start = line[:_REACH]
    found = None
    # Most lines name no day, and need not be tried as one that does.
    if _DIGIT.search(start) is not None and not _MONTHS.keys().isdisjoint(_LETTERS.findall(start.lower())):
        found = _MARKED.match(start)
        if found is None and (found := _UNMARKED.match(start)) is not None and not found["place"].isupper():
            return None  # without an agency mark only capitals tell a dateline from a sentence
    if found is not None:
        parts = found.groupdict()
        mark = parts.get("slashed") or parts.get("bare") or parts.get("bracketed") or parts.get("named")
        month = _MONTHS[(parts["month"] or parts["month2"]).rstrip(".").lower()]
        day = int(parts["day"] or parts["day2"])
        if not 1 <= day <= 31:
            return None
        return Dateline(place=parts["place"], month=month, day=day, agency=_agency(mark), raw=found[0].rstrip())
    if "(" in start and (found := _DATELESS.match(start)) is not None:
        agency = _agency(found["bracketed"])
        if agency is not None or found["place"].isupper():
            return Dateline(place=found["place"], month=None, day=None, agency=agency, raw=found[0].rstrip())
    if (found := _PLACELESS.match(start)) is not None:
        return Dateline(place=None, month=None, day=None, agency=_agency(found["bare"]), raw=found[0].rstrip())
    return None


@lru_cache(maxsize=2)  # the text of one piece, which its fields, its hash and its signature ask for
def parse_dateline(text: str) -> Dateline | None:
    """The dateline at the start of one of the first five lines of `text`, None where there is none.

    Knows all forms of TASS (SOURCES.md) and those of AFP, Reuters, AP and their like: "PARIS (AFP) -",
    "BEIJING, Oct. 9 (Xinhua) --", "YEREVAN, OCTOBER 8, ARMENPRESS.", Russian months included.
    `raw` is the exact start of the line, so that it can be cut off.
    """
    lines = [stripped for line in text.split("\n", 40)[:40] if (stripped := line.strip())]
    for line in lines[:_LINES]:
        if (dateline := _read_line(line)) is not None:
            return dateline
    return None


def strip_dateline(text: str) -> str:
    """`text` without its dateline: the form in which copies of one report are equal."""
    dateline = parse_dateline(text)
    return text if dateline is None else text.replace(dateline.raw, "", 1)


def resolve_dateline(dateline: Dateline, near: datetime) -> date | None:
    """The dateline's day in the year that brings it nearest to `near`, None where it names no (real) day."""
    if dateline.month is None or dateline.day is None:
        return None
    days = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            days.append(date(year, dateline.month, dateline.day))
        except ValueError:  # February 29 of a common year, June 31
            continue
    return min(days, key=lambda day: abs((day - near.date()).days), default=None)


def parse_attribution(title: str) -> str | None:
    """Whom a headline quotes: "Lavrov" in "… — Lavrov"; quotes come back straight.

    A long dash suffices; after a hyphen only one to three capitalised words are taken for a speaker.
    """
    found = _SAID.fullmatch(title.strip())
    if found is None:
        return None
    who = found["who"].strip().replace("’", "'").replace("‘", "'")
    words = who.split()
    short = found["dash"] != "-" or (len(words) <= 3 and all(word[0].isupper() for word in words))
    return who if short and len(words) <= 6 else None


def parse_closing_credit(line: str) -> str | None:
    """The agency that a text's last line credits and says nothing else: "(Reuters)", "dpa-AFX/ks/jha"; else None."""
    marks = [part for part in re.split(r"[\s/,|-]+", line.strip(" ()[].–—-/")) if part]
    if not marks or len(line) > _CREDIT:
        return None
    whole = _AGENCIES.get(fold_line(line.strip(" ()[].–—-/")))
    if whole is not None:
        return whole
    first = _AGENCIES.get(fold_line(marks[0]))
    # Behind the agency stand others, its services and the initials of who wrote and edited.
    signed = all(len(mark) <= _INITIALS or fold_line(mark) in _AGENCIES for mark in marks[1:])
    return first if signed and re.search(r"[/()|-]", line) else None


def parse_credit(notes: tuple[str, ...]) -> str | None:
    """The agency that a "source: …" line credits, without the label and the closing full stop."""
    for note in notes:
        if (found := _SOURCE_NOTE.fullmatch(note)) is not None:
            return _AGENCIES.get(fold_line(found["who"]), found["who"])
    return None
