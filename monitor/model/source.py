"""What is known of an outlet and what its endpoints list: values without logic or IO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.model.moment import Moment

NAMELESS = "backfill"  # the source of a document that says neither source nor address: each is an outlet of its own


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
    `proxy` is the HTTP proxy it is asked through, `proxy_login` the path of a file with its `user:password`;
    `headers_file` and `cookies_file` those of a person's own access to it.
    `rules` go before whatever was learned of its pages. Only agents with the `label`, where there is one, ask it.
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
    headers_file: str | None = None
    cookies_file: str | None = None
    rules: Selectors | None = None
    label: str | None = None

    @property
    def is_private(self) -> bool:
        """Whether it is asked by a proxy or with a person's own access, which are secrets of the desk's machine."""
        return any((self.proxy, self.proxy_login, self.headers_file, self.cookies_file))


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
class DroppedItem:
    """One item of an answer that became no entry: why, and its title where it has one.

    `unread`: the answer came broken, so that the item may be whole in the next one.
    """

    reason: str
    title: str | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One answer of one endpoint: its entries, where to look further, and how often it asks to be asked.

    `more` are endpoints that this answer names (a sitemap index, the next page), in the order to fetch them.
    `dropped` are the items that became no entry, less those that the outlet's article rule leaves out. `wait` is the
    server's own wish in seconds (ttl, sy:updatePeriod), None where it says nothing; `closed` the hours of the week, 0
    to 167 from Monday 00:00 UTC, in which it wants to be left alone (skipHours, skipDays). `title` is the
    feed's own name. `cut_off`: the answer ended before its format does, so that it may have listed more.
    """

    entries: tuple[Entry, ...]
    more: tuple[Endpoint, ...] = ()
    dropped: tuple[DroppedItem, ...] = ()
    wait: int | None = None
    closed: frozenset[int] = frozenset()
    title: str | None = None
    cut_off: bool = False
