"""Every shipped spider and every shipped source reads a fixture outlet; one without such an outlet fails here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from monitor.discovery.formats.tass_api import build_request_body
from monitor.discovery.source_defaults import build_source, parse_outlets
from monitor.model.source import Endpoint, Listing
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.piece import Piece

ROOT = Path(__file__).parents[2]
SHIPPED = parse_outlets((ROOT / "spiders" / "outlets.toml").read_text("utf-8"))
CONFIGURED: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))["sources"]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPIDERS = get_spider_loader(Settings({"SPIDER_MODULES": ["spiders"]}))

# Which simulated outlet stands for a spider (outlets.toml) or a source (config.toml), and what it must be told.
FIXTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "tass": ("tass", {}),
    "commonspace": ("commonspace", {}),
    "wordpress": ("wordpress", {}),
    "drupal": ("commonspace", {}),
    "feed": ("wordpress", {"feeds": ("/feed/",)}),
    "sitemap": ("tass", {"sitemaps": ("/sitemap.xml",)}),
    "listing": ("milligazete", {"listings": ("/",), "article": r"^https?://{host}/[^/]+/\d+$"}),
    "milligazete": ("milligazete", {}),
    "unseenzen": ("wordpress", {}),
}


@pytest.fixture(scope="module")
def newsroom() -> Iterator[tuple[Newsroom, dict[str, list[Piece]]]]:
    """Every outlet with eight pieces, fewer than any endpoint lists."""
    with Newsroom(now=lambda: NOW, seed=9) as room:
        yield (
            room,
            {name: [room.publish(name, at=NOW - timedelta(minutes=9 * n)) for n in range(8)] for name in room.outlets},
        )


def read(endpoint: Endpoint, source: Any, web: httpx.Client, depth: int = 0) -> dict[str, Any]:
    """Entries of an endpoint, as its spider reads it, by address; parts of an index are followed."""
    body = build_request_body(endpoint, NOW) if endpoint.body is not None else None
    answer = web.request("GET" if body is None else "POST", endpoint.url, content=body)
    reader = SPIDERS.load(source.spider).reader
    kind = answer.headers["content-type"]
    listing = reader(endpoint, answer.content, kind, answer.status_code, source, NOW, str(answer.url))
    assert isinstance(listing, Listing), f"{endpoint}: {listing}"
    found = {entry.url.partition("?")[0]: entry for entry in listing.entries}
    if endpoint.kind == "sitemap" and depth == 0:
        for part in listing.more:
            found |= read(part, source, web, 1)
    return found


@pytest.mark.parametrize("name", sorted({*SHIPPED, *CONFIGURED}))
def test_a_shipped_source_reads_its_fixture_outlet(
    name: str, newsroom: tuple[Newsroom, dict[str, list[Piece]]]
) -> None:
    assert name in FIXTURES, f"{name} has no fixture outlet: add one to monitor/newsroom and name it in FIXTURES"
    room, pieces = newsroom
    stands, told = FIXTURES[name]
    outlet = room.outlets[stands]
    table = {"spider": name, **CONFIGURED.get(name, {}), **told, "address": outlet.address, "every": None}
    source = build_source(name, table["spider"], table, SHIPPED)
    expected = {room.url(piece) for piece in pieces[stands]}
    seen: set[str] = set()
    with httpx.Client(timeout=10, trust_env=False) as web:
        for endpoint in source.endpoints:
            entries = read(endpoint, source, web)
            assert expected.issuperset(entries), endpoint
            seen |= set(entries)
    assert seen == expected


@pytest.mark.parametrize(("spider", "outlet"), [("wordpress", "wordpress"), ("drupal", "commonspace")])
def test_each_list_api_names_every_piece_with_number_and_dates(
    spider: str, outlet: str, newsroom: tuple[Newsroom, dict[str, list[Piece]]]
) -> None:
    room, pieces = newsroom
    address = room.outlets[outlet].address
    source = build_source(spider, spider, {"address": address}, SHIPPED)
    host = address.removeprefix("http://")
    expected = {
        room.url(p): (f"{spider}:{host}:{p.number}", p.title, p.published_at, p.modified_at) for p in pieces[outlet]
    }
    with httpx.Client(timeout=10, trust_env=False) as web:
        for endpoint in (endpoint for endpoint in source.endpoints if endpoint.kind == "api"):
            found = read(endpoint, source, web)
            assert {
                url: (e.key, e.title, e.published and e.published.at, e.modified and e.modified.at)
                for url, e in found.items()
            } == expected
