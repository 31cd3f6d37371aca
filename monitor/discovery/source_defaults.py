"""Shipped outlets and a user's overrides become one `Source`; it must not open a file or the network.

`spiders/outlets.toml` holds a table per spider: what `[sources.NAME]` may say, with the outlet's own addresses and
rules as its values, and two keys of its own. `needs` names the keys without which the spider has nothing to read.
`api` there is a table: `urls` of list APIs, or TASS's `url`, `limit` and `sections`
(`monitor.discovery.formats.tass_api`).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from string import Formatter
from typing import Any
from urllib.parse import urljoin, urlsplit

from monitor.model.source import Endpoint, Selectors, Source
from monitor.text.urls import is_plain_url, is_web_url, parse_host

EVERY = 600  # seconds; RELIABILITY.md, P5: ten minutes where the user says nothing
_KINDS = (("feeds", "feed"), ("sitemaps", "sitemap"), ("listings", "listing"))
_KEYS = {
    *("title", "address", "feeds", "sitemaps", "listings", "api", "article", "identity", "canonical"),
    *("language", "zone", "cut", "pages", "needs"),
}


def build_tass_endpoints(url: str, sections: Mapping[str, int], limit: int) -> tuple[Endpoint, ...]:
    """An endpoint for each section of TASS's list API; its body states no `timestamp`, so that its key stays."""
    return tuple(
        Endpoint(kind="api", url=url, body=json.dumps({"sectionId": number, "limit": limit, "type": "all"}))
        for number in sections.values()
    )


def parse_outlets(text: str) -> dict[str, Mapping[str, Any]]:
    """The tables of outlets.toml by spider name.

    Raises ValueError(key, what and cure) where the text is no TOML or a table has a key that nothing reads.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError("outlets.toml", f"not TOML: {error}") from error
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise ValueError(name, f"write a table, as in [{name}]")
        for key in table:
            if key not in _KEYS:
                raise ValueError(f"{name}.{key}", f"unknown key; known are {', '.join(sorted(_KEYS))}")
    return tables


def build_source(
    name: str, spider: str, section: Mapping[str, Any] | None, outlets: Mapping[str, Mapping[str, Any]]
) -> Source:
    """What the daemon watches under `name`: the defaults of `spider`, overlaid with `[sources.NAME]`.

    `section` has the keys of `monitor.config.schema.SourceSection`; an absent key or None leaves the default, an empty
    list takes it away. Endpoints may be relative to `address`. In `article`, `{host}` stands for the address's host
    without "www." (escaped); in `canonical`, `{address}` for the address without its last slash. `api` of the user
    is a switch, where false leaves the shipped list API out, or addresses that take the place of the shipped ones.

    Raises ValueError with two arguments, the key at fault and a line that says what is wrong and what to write:
    an unknown spider; a spider without what it `needs` (feed: feeds; sitemap: sitemaps; listing: listings and
    article); a relative endpoint without an address; an endpoint that is no web address or carries a password;
    a pattern that is none; a template over groups that `article` does not have.
    """
    if spider not in outlets:
        near = get_close_matches(spider, outlets, 1)
        cure = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(outlets))}"
        raise ValueError("spider", f'no spider is called "{spider}"; {cure}')
    shipped = outlets[spider]
    given = {key: value for key, value in (section or {}).items() if value is not None}
    api = given.pop("api", True)
    merged = {**shipped, **given}
    for key in shipped.get("needs", ()):
        if not merged.get(key):
            raise ValueError(key, f'the spider "{spider}" reads nothing without it; write {key} = …')
    address = merged.get("address")
    article = _article(merged.get("article"), address)
    endpoints = tuple(
        Endpoint(kind=kind, url=_absolute(key, url, address)) for key, kind in _KINDS for url in merged.get(key, ())
    )
    endpoints += _api(spider, api, shipped.get("api"), address)
    if not endpoints:
        raise ValueError("feeds", "nothing to poll; write feeds, sitemaps or listings")
    return Source(
        name=name,
        spider=spider,
        title=merged.get("title", name),
        address=address,
        every=given.get("every", EVERY),
        endpoints=tuple(dict.fromkeys(endpoints)),
        article=article,
        identity=_template("identity", merged.get("identity"), article, address),
        canonical=_template("canonical", merged.get("canonical"), article, address),
        language=merged.get("language"),
        zone=merged.get("zone"),
        cut=tuple(merged.get("cut", ())),
        pages=merged.get("pages", 1),
        enabled=given.get("enabled", True),
        backlog=given.get("alert_backlog", False),
        proxy=given.get("proxy"),
        proxy_login=given.get("proxy_login_file"),
        headers_file=given.get("headers_file"),
        cookies_file=given.get("cookies_file"),
        rules=Selectors(**given["rules"]) if "rules" in given else None,
        label=given.get("label"),
    )


def _api(
    spider: str, wanted: bool | Sequence[str], shipped: Mapping[str, Any] | None, address: str | None
) -> tuple[Endpoint, ...]:
    if not isinstance(wanted, bool) and (shipped is None or "urls" not in shipped):
        raise ValueError("api", f'the spider "{spider}" reads no list API at other addresses; take it out')
    if not wanted or shipped is None:
        return ()
    if "sections" in shipped:
        return build_tass_endpoints(_absolute("api", shipped["url"], address), shipped["sections"], shipped["limit"])
    places = shipped["urls"] if isinstance(wanted, bool) else wanted
    return tuple(Endpoint(kind="api", url=_absolute("api", url, address)) for url in places)


def _absolute(key: str, url: str, address: str | None) -> str:
    if is_plain_url(url):
        return url
    if address is None and not urlsplit(url).scheme:
        raise ValueError(key, f'"{url}" is relative; write its full address, or address = "https://…" beside it')
    full = urljoin(f"{(address or '').rstrip('/')}/", url)
    if not is_web_url(full):
        raise ValueError(key, f'"{url}" is no web address; write one that begins with https:// or http://')
    if "@" in full and "@" in urlsplit(full).netloc:
        raise ValueError(key, "an address carries no user name or password; take it out")
    return full


def _article(pattern: str | None, address: str | None) -> str | None:
    if pattern is None:
        return None
    if "{host}" in pattern:
        if address is None:
            raise ValueError("article", '{host} stands for the outlet\'s host; write address = "https://…"')
        pattern = pattern.replace("{host}", re.escape(parse_host(address).removeprefix("www.")))
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError("article", f"not a regular expression: {error}") from error
    return pattern


def _template(key: str, template: str | None, article: str | None, address: str | None) -> str | None:
    """`template` with `{address}` filled in and every other field known to be a group of `article`."""
    if template is None:
        return None
    if "{address}" in template:
        if address is None:
            raise ValueError(key, '{address} stands for the outlet\'s address; write address = "https://…"')
        template = template.replace("{address}", address.rstrip("/"))
    try:
        fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
    except ValueError as error:
        raise ValueError(key, f'not a template: {error}; write one as "tass:{{id}}"') from error
    groups = set(re.compile(article).groupindex) if article else set()
    for field in fields:
        if field not in groups:
            raise ValueError(key, f"{{{field}}} is no named group of article; write (?P<{field or 'id'}>…) there")
    return template
