"""A person's own access to an outlet: headers and cookies of a subscription, sent to that outlet's site only.

They are put on at the last moment, per exchange, so that no redirect, log or stored request carries them, and are read
anew for every crawl. What the outlet sets by itself (Set-Cookie) is not kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request

from monitor.config.public_suffixes import site_of
from monitor.delivery.channel_target import read_lines
from monitor.model.source import Source

_HTTP_ONLY = "#HttpOnly_"  # before the domain of a cookie that scripts may not read (cookies.txt of browsers and curl)
_FIELDS = 7  # of a line of cookies.txt: domain, subdomains, path, secure, expiry, name, value


class AccessUnusable(Exception):
    """The headers or cookies of a source cannot be read; nothing is asked, for it would be asked as a stranger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """One cookie; `domain` with its leading dot where hosts below it get the cookie too, "" for the whole site."""

    name: str
    value: str = field(repr=False)
    domain: str = ""
    path: str = "/"
    secure: bool = False
    expires: int = 0  # unix seconds, 0: with the browser

    def concerns(self, url: str, now: datetime) -> bool:
        """Whether the cookie goes to an address (RFC 6265, 5.4)."""
        parts = urlsplit(url)
        host, bare = (parts.hostname or "").lower(), self.domain.lstrip(".")
        inside = not bare or host == bare or (self.domain.startswith(".") and host.endswith(f".{bare}"))
        below = (parts.path or "/").startswith(self.path)
        fresh = self.expires == 0 or self.expires > now.timestamp()
        return inside and below and fresh and (parts.scheme == "https" or not self.secure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What identifies a person to one outlet; `sites` are those of its addresses, `plain` whether they are http."""

    sites: frozenset[str]
    plain: bool
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)

    def identify(self, request: Request, now: datetime) -> None:
        """Put headers and cookies on a request to the outlet's own site, and take them off any other."""
        for name in (*(name for name, _ in self.headers), "Cookie"):
            request.headers.pop(name, None)
        if site_of(request.url) not in self.sites or not (self.plain or request.url.startswith("https:")):
            return
        for name, value in self.headers:
            request.headers[name] = value
        said = "; ".join(f"{each.name}={each.value}" for each in self.cookies if each.concerns(request.url, now))
        if said:
            request.headers["Cookie"] = said


def read_access(source: Source) -> Access | None:
    """What `headers_file` and `cookies_file` of a source hold; None where it names neither. Raises AccessUnusable."""
    if source.headers_file is None and source.cookies_file is None:
        return None
    places = [source.address or "", *(endpoint.url for endpoint in source.endpoints)]
    return Access(
        sites=frozenset(site_of(place) for place in places) - {""},
        plain=any(place.startswith("http:") for place in places),
        headers=tuple(_headers(source.headers_file)) if source.headers_file else (),
        cookies=tuple(_cookies(source.cookies_file)) if source.cookies_file else (),
    )


def _headers(file: str) -> Iterator[tuple[str, str]]:
    for line in _lines("headers", file):
        name, colon, value = line.partition(":")
        if not colon or not name.strip() or any(ord(letter) < 32 for letter in value):
            raise AccessUnusable(f'{file} holds a line that is no header: write "Name: value"')
        yield name.strip(), value.strip()


def _cookies(file: str) -> Iterator[Cookie]:
    hidden = Path(file).read_text(encoding="utf-8", errors="replace") if Path(file).is_file() else ""
    rest = [line.removeprefix(_HTTP_ONLY) for line in hidden.splitlines() if line.startswith(_HTTP_ONLY)]
    for line in (*_lines("cookies", file), *rest):
        parts = line.split("\t")
        if len(parts) == _FIELDS:
            domain, below, path, secure, expires, name, value = parts
            dotted = f".{domain.lstrip('.')}" if below == "TRUE" else domain.lstrip(".")
            end = int(expires) if expires.isdecimal() else 0
            yield Cookie(name=name, value=value, domain=dotted, path=path, secure=secure == "TRUE", expires=end)
            continue
        for pair in line.split(";"):
            name, equals, value = pair.strip().partition("=")
            if not equals or not name:
                raise AccessUnusable(f'{file} holds a line that is no cookie: write "name=value", or a cookies.txt')
            yield Cookie(name=name, value=value)


def _lines(noun: str, file: str) -> tuple[str, ...]:
    found = read_lines(noun, file, Path(), os.environ)
    if found.error is not None:
        raise AccessUnusable(f"{noun}: {found.error}")
    return found.values
