"""What stands in answers that somebody saved, and the small inputs that were read wrong once."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from reference_material import ABSENT, SHARED

from monitor.discovery.saved_answer import detect_kind, read_saved_answer
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Listing, Source
from monitor.text.urls import strip_tracking

NOW = datetime(2026, 11, 29, tzinfo=UTC)
SOURCE = Source(name="peer", spider="feed", title="Peer", address=None, every=600, endpoints=())
CASES = SHARED / "cases" / "feeds"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in CASES.glob("*.expected.json")) or ["none"]


def read(
    body: bytes | str, kind: str | None = None, content_type: str = "", url: str = "http://news.example/list"
) -> Any:
    text = body.encode() if isinstance(body, str) else body
    return read_saved_answer(text, content_type, kind, url, SOURCE, NOW)


@pytest.mark.skipif(not CASES.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("name", NAMES)
def test_a_case(name: str) -> None:
    case = json.loads((CASES / f"{name}.expected.json").read_text("utf-8"))
    wanted = case["expected"]
    _, found = read((CASES / case["file"]).read_bytes(), case["endpoint"], case["content_type"])
    assert isinstance(found, Listing)
    addresses = [strip_tracking(entry.url) for entry in found.entries]
    got = {
        "titles": [entry.title for entry in found.entries],
        "urls": addresses,
        "plain": addresses,
        "requested": addresses,
        "leads": [entry.lead for entry in found.entries],
        "published": [entry.published and entry.published.at.isoformat() for entry in found.entries],
        "count": len(found.entries),
        "dropped": len(found.dropped),
        "or_dropped": len(found.dropped),
        "told": bool(found.dropped),
        "more": [endpoint.url for endpoint in found.more],
        "has": wanted.get("has") if wanted.get("has") in addresses else None,
    }
    if "has" in wanted:
        assert got["has"] == wanted["has"] or got["or_dropped"] == wanted["or_dropped"]
    else:
        assert {key: got[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<?xml version='1.0'?><rss version='2.0'/>", "feed"),
        ("<rdf:RDF/>", "feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        ("<urlset/>", "sitemap"),
        ("<sm:sitemapindex >", "sitemap"),
        ("http://news.example/1\nhttp://news.example/2\n", "sitemap"),
        ('callback({"version": "https://jsonfeed.org/version/1.1", "items": []});', "feed"),
        ('{"newsList": []}', "api"),
        ("[]", "api"),
        ("<!doctype html><p>", "listing"),
        ("<div><a href='/x'>x</a></div>", "listing"),
        ("words", None),
        ("", None),
    ],
)
def test_the_kind_shows_itself(body: str, kind: str | None) -> None:
    assert detect_kind(body.encode(), "") == kind
    assert detect_kind(gzip.compress(body.encode()), "") == kind


def test_broken_gzip_has_no_kind() -> None:
    assert detect_kind(b"\x1f\x8b\xff\xff\xff\xff\xff\xff\xff\xff\xff", "") is None


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        ('{"newsList": [{"link": "/a", "title": "A"}]}', ["http://news.example/a"]),
        ('{"data": [{"attributes": {"title": "A", "path": {"alias": "/a"}}}]}', ["http://news.example/a"]),
        (
            '[{"id": 1, "link": "/a", "date_gmt": "2026-11-24T10:00:00", "title": {"rendered": "A"}}]',
            ["http://news.example/a"],
        ),
        ('[{"link": "/a", "title": "A"}]', ["http://news.example/a"]),
    ],
)
def test_list_apis_by_their_shape(body: str, urls: list[str]) -> None:
    kind, found = read(body)
    assert isinstance(found, Listing)
    assert (kind, [entry.url for entry in found.entries], found.entries[0].title) == ("api", urls, "A")


def test_what_cannot_be_read_says_why() -> None:
    kind, found = read("words")
    assert isinstance(found, Rejection)
    assert (kind, found.reason) == (None, "neither a feed, a sitemap, a list page nor an API")
    kind, found = read("{", "api")
    assert isinstance(found, Rejection)
    assert (kind, found.reason[:33]) == ("api", "no JSON where the list API should")


@pytest.mark.parametrize(
    ("body", "said"),
    [('{"posts": [{"url": "/a"}]}', ""), ('{"code": "rest_forbidden", "message": "Not for you."}', ": Not for you.")],
)
def test_an_api_that_nobody_knows_says_so(body: str, said: str) -> None:
    kind, found = read(body)
    reason = "JSON of no list API that is known (WordPress's posts, Drupal's JSON:API, TASS's newsList)"
    assert (kind, found) == ("api", Rejection(outcome=Outcome.FAILED, reason=f"{reason}{said}"))


def test_a_saved_sitemap_shows_its_old_addresses_too() -> None:
    text = "<urlset><url><loc>/1</loc><lastmod>2004-01-01</lastmod></url></urlset>"
    kind, found = read(text)
    assert isinstance(found, Listing)
    assert (kind, [entry.url for entry in found.entries]) == ("sitemap", ["http://news.example/1"])
