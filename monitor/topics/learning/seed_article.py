"""Reads one seed article as saved by a person into its parts; it must not touch files or learn anything.

A seed is plain text: a headline, perhaps a standfirst, a body, and whatever the page printed around them. What is
cut is kept with its reason, so that `seedwatch learn` can show it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from monitor.model.moment import Dateline, Moment, Precision
from monitor.text.boilerplate import fold_line, remove_boilerplate
from monitor.text.times.dateline import parse_dateline
from monitor.text.words.tokens import split_tokens

# Headings below which a saved page lists other stories, or its comment form (SOURCES.md: Commonspace, Jannah).
_OTHER_STORIES = frozenset(
    {
        "related articles", "related posts", "related stories", "related news", "popular", "most popular",
        "editor's choice", "trending", "leave a reply", "leave a comment", "more news",
        "you may also like",
    }
)  # fmt: skip
_STORY = 200  # characters of text that must stand above such a heading; higher up it is only a label

_RIGHTS = re.compile(
    r"(?:©\s*(?:\d{4}(?:\s*[-–]\s*\d{4})?)?\s*)?(?P<name>[A-Z][\w.]*(?:\s[A-Z][\w.]*){0,3}?)[\s.,]*"
    r"(?:P[a-z]+cation\s+)?(?:Group\s+)?All [Rr]ights [Rr]eserved"
)
_SOURCE = re.compile(r"source\s*:\s*(?P<name>[^,(]+?)(?:\s+with\s.*)?[\s.]*", re.I)
_DOMAIN = re.compile(r"\.(?:com|org|net|eu|info|[a-z]{2})$")
# Outlets whose dates state no zone, where the zone is a fact about them (SOURCES.md, Milli Gazete: UTC+3).
_ZONES = {"Milli Gazete": timezone(timedelta(hours=3))}

# Written out, since the calendar module speaks the machine's language.
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH = "|".join(MONTHS)
_NUMERIC = re.compile(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?:\s+(?P<h>\d{1,2}):(?P<min>\d{2}))?")
_ISO = re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:[T ](?P<h>\d{2}):(?P<min>\d{2}))?")
_WRITTEN = re.compile(
    rf"\b(?:(?P<d>\d{{1,2}})\s+(?P<m>{_MONTH})|(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}}),?)"
    r"\s+(?P<y>\d{4})\b",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutLine:
    """A line that was taken out of a seed, and why."""

    line: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """One seed article.

    `name` is the file's name and `digest` the hex SHA-256 of its bytes. `text` is the body with the lead in it,
    paragraphs parted by an empty line, dateline kept; `standfirst` says whether the lead stands above the
    dateline as the outlet's own summary. `published` is None where no year is stated; the dateline then still
    gives month and day.
    """

    name: str
    digest: str
    headline: str
    lead: str | None
    text: str
    standfirst: bool = False
    dateline: Dateline | None = None
    outlet: str | None = None
    published: Moment | None = None
    notes: tuple[str, ...] = ()
    cuts: tuple[CutLine, ...] = ()


def hash_seeds(seeds: Iterable[Seed]) -> str:
    """One hash for a set of seeds: whether a profile was learned from these very files."""
    rows = sorted(f"{seed.name} {seed.digest}" for seed in seeds)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _letters(line: str) -> str:
    return "".join(c for c in line.casefold() if c.isalnum())


def _split(text: str) -> tuple[str, str]:
    """The part above the first heading of other stories, and the rest from that heading on."""
    lines = text.split("\n")
    story = 0
    for number, line in enumerate(lines):
        if story >= _STORY and fold_line(line) in _OTHER_STORIES:
            return "\n".join(lines[:number]), "\n".join(lines[number:])
        story += len(line.strip())
    return text, ""


def _outlet(dateline: Dateline | None, notes: tuple[str, ...], removed: tuple[str, ...]) -> str | None:
    for note in notes:
        if found := _SOURCE.fullmatch(note):
            return _DOMAIN.sub("", found["name"].strip())
    for line in removed:
        if found := _RIGHTS.match(line.strip()):
            return found["name"]
    # An agency that files under its own dateline is the outlet, unless somebody else signed the page.
    return dateline.agency if dateline is not None and dateline.agency is not None else None


def _published(notes: tuple[str, ...], outlet: str | None) -> Moment | None:
    """The first full date that a metadata line states; numbers with dots are day first, as everywhere they are used."""
    zone = _ZONES.get(outlet or "")
    for note in notes:
        found = _NUMERIC.search(note) or _ISO.search(note) or _WRITTEN.search(note)
        if found is None:
            continue
        parts = found.groupdict()
        month = parts["m"] or parts["m2"]
        number = int(month) if month.isdigit() else MONTHS.index(month.lower()) + 1
        clock = parts.get("h") is not None
        try:
            local = datetime(
                int(parts["y"]), number, int(parts["d"] or parts["d2"]), int(parts.get("h") or 0),
                int(parts.get("min") or 0), tzinfo=zone if zone is not None and clock else UTC,
            )  # fmt: skip
        except ValueError:  # 31.2.2021: not a date, whatever it looks like
            continue
        return Moment(
            at=local.astimezone(UTC),
            raw=found[0],
            zone="outlet" if zone is not None and clock else "assumed",
            precision=Precision.MINUTE if clock else Precision.DAY,
            carrier="text",
        )
    return None


def parse_seed(text: str, *, name: str, digest: str) -> Seed | None:
    """One seed from the text of its file, None where no headline with a body under it is left.

    The headline is the first line that is no label; a line that repeats it is cut. Where a dateline opens a later
    paragraph, what stands between is the standfirst; else the lead is the first paragraph.
    """
    story, below = _split(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    cleaned = remove_boilerplate(story)
    cuts = [CutLine(line=line, reason="boilerplate: a label, button or legal line") for line in cleaned.removed]
    lines = [line for line in cleaned.text.split("\n") if line]
    if len(lines) < 2:
        return None
    headline, paragraphs = lines[0], []
    for line in lines[1:]:
        if _letters(line) == _letters(headline):
            cuts.append(CutLine(line=line, reason="repeats the headline"))
        else:
            paragraphs.append(line)
    if not split_tokens(" ".join(paragraphs)):
        return None
    heading = ""
    for line in below.split("\n"):
        if line.strip():
            heading = heading or line.strip()
            cuts.append(CutLine(line=line.strip(), reason=f"off topic or a form: stands below “{heading}”"))
    body = "\n\n".join(paragraphs)
    dateline = parse_dateline(body)
    standfirst = 0
    if dateline is not None:
        standfirst = next(i for i, line in enumerate(paragraphs) if line.startswith(dateline.raw))
    outlet = _outlet(dateline, cleaned.notes, tuple(cut.line for cut in cuts))
    return Seed(
        name=name,
        digest=digest,
        headline=headline,
        lead=" ".join(paragraphs[: standfirst or 1]),
        text=body,
        standfirst=standfirst > 0,
        dateline=dateline,
        outlet=outlet,
        published=_published(cleaned.notes, outlet),
        notes=cleaned.notes,
        cuts=tuple(cuts),
    )
