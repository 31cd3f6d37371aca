"""The values that travel along the line; they hold data and must not do IO, read a clock or decide.

All are frozen, slotted and keyword-only. Datetimes are aware UTC. Text is NFC, lines end in "\\n".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


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


class Precision(StrEnum):
    """How exact a `Moment` is."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time as an outlet stated it.

    `at` is aware UTC; `raw` the string it was read from; `zone` how the offset was known: "offset" (it stood
    in the string), "unix", "outlet" (the outlet's configured zone) or "assumed" (UTC for want of better);
    `carrier` which part of the outlet said so: "api", "json-ld", "rdfa", "unix", "meta", "feed", "sitemap",
    "dateline", "text", "htmldate" or "given" (backfill input).
    """

    at: datetime
    raw: str
    zone: str
    precision: Precision
    carrier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """`BAKU, April 8. /TASS/.`: where and when a report was filed, by which agency; no year stands there."""

    place: str | None
    month: int | None
    day: int | None
    agency: str | None
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One place where an outlet announces links.

    `kind` is "feed", "api", "sitemap" or "listing". `body` is the JSON text of a POST, else None.
    `key` names it in the store: the URL, plus the body where there is one.
    """

    kind: str
    url: str
    body: str | None = None

    @property
    def key(self) -> str:
        return self.url if self.body is None else f"{self.url} {self.body}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """What a user says of an outlet's pages, as CSS selectors: where text and headline stand, what is none of it."""

    container: str | None = None
    title: str | None = None
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One outlet as configured: what outlets.toml ships for its spider, overlaid with `[sources.NAME]`.

    `endpoints` are absolute. `article` is a regular expression a link must match (search) to be an article,
    None where every entry is one; `identity` and `canonical` are templates over its named groups
    ("tass:{id}", "https://tass.com/{section}/{id}"). `zone` is the IANA zone of dates without an offset.
    `cut` are lines at which an article's text ends. `pages` caps how many further pages one poll follows.
    `every` is the polling interval in seconds. `backlog` lets what was there at the first poll alert.
    `proxy` is the HTTP proxy it is asked through, `proxy_login` the path of a file with its `user:password`.
    `rules` go before whatever was learned of its pages.
    """

    name: str
    spider: str
    title: str
    address: str | None
    every: int
    endpoints: tuple[Endpoint, ...]
    article: str | None = None
    identity: str | None = None
    canonical: str | None = None
    language: str | None = None
    zone: str | None = None
    cut: tuple[str, ...] = ()
    pages: int = 1
    enabled: bool = True
    backlog: bool = False
    proxy: str | None = None
    proxy_login: str | None = None
    rules: Selectors | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us for the next conditional request, byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an endpoint says of one link.

    `url` is absolute, as announced; `key` the link's identity inside the product: the outlet identity where
    its rules give one ("tass:868168"), else the canonical URL. `text` is the body an endpoint carried whole
    (Drupal feeds), already plain text; `details` whatever else the endpoint said (tags, type, mark, image).
    """

    url: str
    key: str
    endpoint: str
    guid: str | None = None
    title: str | None = None
    lead: str | None = None
    text: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One answer of one endpoint: its entries, where to look further, and how often it asks to be asked.

    `more` are endpoints that this answer names (a sitemap index, the next page), in the order to fetch them.
    `dropped` counts items that carried no usable link. `wait` is the server's own wish in seconds (ttl,
    sy:updatePeriod), None where it says nothing; `closed` the hours of the week, 0 to 167 from Monday 00:00 UTC, in
    which it wants to be left alone (skipHours, skipDays).
    """

    entries: tuple[Entry, ...]
    more: tuple[Endpoint, ...] = ()
    dropped: int = 0
    wait: int | None = None
    closed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one fetched link, decompressed, never decoded."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]  # names in lower case, one value each
    body: bytes
    fetched_at: datetime
    entry: Entry | None = None

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
    publication; a day of its own that differs from it stays. `notes` are metadata lines cut from the text
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
    language: str | None = None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a page is no article; `reason` is one line for people, with the evidence in it."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason for a match: `term` as the profile knows it, `found` as it stands in the text.

    `part` is "title", "lead" or "text"; `start`, `end` are character offsets into that part of the revision. A rule
    may also give "place", "source" or "lang": offsets into the dateline's place, the source's name, the language.
    """

    term: str
    found: str
    part: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A topic's verdict on one text: `score` 0–1, `matched` = score ≥ `threshold`, and why.

    `missing` names what would have lifted the score most, for `explain` on a near miss.
    """

    topic: str
    score: float
    threshold: float
    matched: bool
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a text as near-copy detection weighs it (core/nearcopy.py).

    `key` names the line where its outlet may turn out to repeat it, None where it counts in any case; `shingles`
    are the hashes of the word runs that start in it, `numbers` the figures and weekdays it names.
    """

    key: int | None
    shingles: tuple[int, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one page teaches of its outlet's templates.

    `template` is the number of the one that read the page, None where none did. `compared` says that the rung below
    read it too; `doubt` why no template was believed: where one is named, it and the rung below differ. `sample` is
    what a later one can be learned from (`sample.packed`).
    """

    template: int | None = None
    compared: bool = False
    doubt: str | None = None
    sample: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWord:
    """One word of a text as stories weigh it (core/storywords.py).

    `key` is the folded name, or the stem of any other word; `loud` how much the text makes of it (1 and up), `common`
    the share of texts in general that have it; `prominent` where it opens the text or is said again.
    """

    key: str
    loud: float
    common: float
    name: bool
    prominent: bool


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
    words: tuple[StoryWord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a channel wants sent: exact bytes, not yet signed for an attempt."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What an e-mail channel wants sent: exact bytes to a mail server, over TLS or not at all."""

    host: str
    port: int
    starttls: bool  # else TLS from the first byte
    user: str | None
    password: str | None = field(repr=False)
    sender: str
    recipients: tuple[str, ...]
    message: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What an Apprise channel wants sent, by a process of its own; `url` is Apprise's address, and a secret."""

    url: str = field(repr=False)
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of sending a `Request`: a status with at most the first 16 KB, or an error in words.

    Both where a service says in its body what its status hides; with an `error` it is never a delivery.
    """

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str | None = None
    seconds: float = 0.0
