"""The values that travel along the line; they hold data and must not do IO, read a clock or decide.

All are frozen, slotted and keyword-only. Datetimes are aware UTC. Text is NFC, lines end in "\\n".
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import accumulate, chain, pairwise, repeat
from operator import attrgetter
from struct import unpack
from typing import Any

from monitor.model.moment import Dateline, Moment
from monitor.model.packing.field_state import get_state, set_state
from monitor.model.source import Entry, Validators
from monitor.model.story import StoryWords
from monitor.model.template import Lesson, Line
from monitor.model.topic import Match

# What gave the text of a piece whose page was not read: the endpoint's own words (`Article.rungs`).
ANNOUNCED = "announcement"


class Outcome(StrEnum):
    """What became of one page: a closed list, exactly one per page, counted (DESIGN.md, "The line")."""

    NEW = "new"
    REVISION = "revision"
    UNCHANGED = "unchanged"
    COPY = "copy"
    NEAR_COPY = "near-copy"
    BLOCKED = "blocked"
    PAYWALL = "paywall"
    CONSENT = "consent"
    NOT_ARTICLE = "not-article"
    GONE = "gone"
    TOO_LARGE = "too-large"
    NO_TEXT = "no-text"
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def stored(self) -> bool:
        """Whether the page became an article of its own."""
        return self in (Outcome.NEW, Outcome.COPY, Outcome.NEAR_COPY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one fetched link, decompressed, never decoded.

    `parts` are the further pages of the same piece, in order; `untold` says why the piece goes on behind the last of
    them, None where its end was reached or nobody looked.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]  # names in lower case, one value each
    body: bytes
    fetched_at: datetime
    entry: Entry | None = None
    parts: tuple[Page, ...] = ()
    untold: str | None = None

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One outlet's piece as extracted, not yet stored.

    `text` is the whole body with the lead in it, one paragraph a line, paragraphs parted by an empty line;
    `lead` the outlet's own summary or first paragraph. `identity` is the outlet's own id ("tass:868168",
    "drupal:commonspace.eu:13348"), None where it has none. `rungs` says which carrier gave each field
    ("title": "json-ld"). `conflicts` are other carriers' dates that cannot be the same as `published`. `day_first` is
    what its numeric dates prove of the outlet's order. `dateline_on` is the dateline's day in the year nearest to the
    publication; a day of its own that differs from it stays. `more` is the address of the piece's next page, where it
    has several and this one was not read. `notes` are metadata lines cut from the text
    ("source: …", "photo: …"). `headline` is what the page alone would be called: `title` may be the endpoint's.
    """

    url: str
    identity: str | None
    title: str
    lead: str | None
    text: str
    headline: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    conflicts: tuple[Moment, ...] = ()
    day_first: bool | None = None
    dateline: Dateline | None = None
    dateline_on: date | None = None
    language: str | None = None  # of the text itself
    declared_language: str | None = None  # what page or outlet say it is
    complete: str = "unknown"  # whether `text` is the whole piece: "yes", "no" or "unknown"
    complete_reason: str | None = None
    more: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    attribution: str | None = None  # who the headline quotes: "Lavrov" in "… — Lavrov"
    agency: str | None = None  # credited agency: from the dateline, or "source: …"
    notes: tuple[str, ...] = ()
    rungs: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()  # boilerplate lines cut, for `explain`
    furniture: tuple[str, ...] = ()  # those of them that went because the outlet repeats them
    background: tuple[tuple[int, int], ...] = ()  # [start, end) in `text`: paragraphs the outlet repeats; they stay

    __getstate__, __setstate__ = get_state, set_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a page is no article; `reason` is one line for people, with the evidence in it."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the workers make of one page: an article with its fingerprints and matches.

    `lines` are those of its text, `furniture` the keys of lines that stood on the page and went as repeated;
    `lesson` is what the outlet's templates gain from the page, None where it taught nothing;
    `delayed` says that the page was fetched long ago and is read right only now; `extractor` which one read it.
    """

    article: Article
    content_hash: str
    matches: tuple[Match, ...] = ()
    lines: tuple[Line, ...] = ()
    furniture: tuple[int, ...] = ()
    lesson: Lesson | None = None
    delayed: bool = False
    extractor: str = ""
    words: StoryWords = field(default_factory=StoryWords)

    def __getstate__(self) -> tuple[Any, ...]:
        """What goes from process to process: lines in columns, packed in a tenth of the time of tuples."""
        *fields, lines = _LINES_LAST(self)
        return (*fields, _pack_lines(lines))

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        *fields, lines = state
        for name, value in zip(_FIELDS, (*fields, _unpack_lines(lines)), strict=True):
            object.__setattr__(self, name, value)


_FIELDS = (*(name for name in Reading.__slots__ if name != "lines"), "lines")
_LINES_LAST = attrgetter(*_FIELDS)


def _pack_lines(lines: tuple[Line, ...]) -> tuple[Any, ...]:
    """Lines as their keys, their numbers, how many shingles each has, and these, which are of 32 bits."""
    if not lines:
        return ()
    keys, shingles, numbers = zip(*lines, strict=True)
    return keys, numbers, tuple(map(len, shingles)), array("I", chain.from_iterable(shingles)).tobytes()


def _unpack_lines(packed: tuple[Any, ...]) -> tuple[Line, ...]:
    if not packed:
        return ()
    keys, numbers, lengths, content = packed
    hashes = unpack(f"{len(content) // 4}I", content)
    ends = tuple(accumulate(lengths, initial=0))
    shingles = [hashes[start:end] for start, end in pairwise(ends)]
    return tuple(map(tuple.__new__, repeat(Line), zip(keys, shingles, numbers, strict=True)))


# Outcomes whose pages a better extractor may read otherwise: what became an article, and what was taken for none.
# Walls and errors are not the outlet's page; an unchanged page is kept already.
KEPT = frozenset(
    {
        Outcome.NEW,
        Outcome.REVISION,
        Outcome.COPY,
        Outcome.NEAR_COPY,
        Outcome.PAYWALL,
        Outcome.NOT_ARTICLE,
        Outcome.NO_TEXT,
        Outcome.FAILED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes of a page: `digest` is their SHA-256 (hex), `body` they themselves, packed, `size` their number."""

    digest: str
    body: bytes
    size: int
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFacts:
    """The outward facts of one fetch, for the ledger."""

    at: datetime
    final_url: str | None = None
    status: int | None = None
    size: int | None = None
    retry_after: float | None = None  # seconds the server asked us to wait
    forbidden: bool = False  # robots.txt keeps it from being asked for
    cut_off: bool = False  # the answer had begun and broke off
    capture: Capture | None = None  # the page, where it may have to be kept
    validators: Validators | None = None
    agent: str | None = None  # who fetched it, None for the desk's own process


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAnswer:
    """What a fetch leads to for its link: the new state, when it is due again, the article it became."""

    state: str
    outcome: Outcome
    reason: str | None = None
    next_attempt_at: datetime | None = None
    article_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageToSettle:
    """A reading with what its link and its fetch say of it: whose it is, what it was asked for by, whom it concerns.

    `source` is whose piece it is. `keys` are the names under which it was asked for, `served` the address that answered
    (its site owns the piece), `asked` the address on that site which was asked for; all three default to the article's
    own address. `quiet` says why nobody is told of it, None where people are. `backlog`: it was there before its source
    was added; `baseline`: it is a seed. `first_seen_at`: when its link was announced first. `hint`: another source than
    `source` announced it.
    """

    reading: Reading
    source: str
    first_seen_at: datetime
    keys: tuple[str, ...] = ()
    served: str | None = None
    asked: str | None = None
    quiet: str | None = None
    backlog: bool = False
    baseline: bool = False
    hint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceNames:
    """What a piece is found again by: the `keys` it was asked for under, what its page `stated`, both on one `site`."""

    keys: tuple[str, ...]
    stated: tuple[str, ...] = ()
    site: str = ""
