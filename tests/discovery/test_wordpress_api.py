"""WordPress's list of posts: what it says, and where it goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.discovery.formats.wordpress_api import is_past_end, parse_posts
from monitor.discovery.source_defaults import build_source, parse_outlets
from monitor.model.moment import Moment, Precision
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing

SHIPPED = parse_outlets((Path(__file__).parents[2] / "spiders" / "outlets.toml").read_text("utf-8"))
SOURCE = build_source("hills", "wordpress", {"address": "https://www.hills.example"}, SHIPPED)
FEED, NEWEST, CHANGED = SOURCE.endpoints


def read(posts: object, endpoint: Endpoint = NEWEST, source: Any = SOURCE) -> Listing | Rejection:
    return parse_posts(json.dumps(posts).encode(), url=endpoint.url, endpoint=endpoint, source=source)


def post(number: int, **said: object) -> dict[str, object]:
    return {"id": number, "link": f"https://www.hills.example/bridge-{number}/", **said}


def test_shipped_endpoints_ask_for_the_newest_and_for_those_changed_last() -> None:
    fields = "_fields=id,date_gmt,modified_gmt,link,title"
    assert [(endpoint.kind, endpoint.url) for endpoint in SOURCE.endpoints] == [
        ("feed", "https://www.hills.example/feed/"),
        ("api", f"https://www.hills.example/wp-json/wp/v2/posts?per_page=100&{fields}"),
        ("api", f"https://www.hills.example/wp-json/wp/v2/posts?per_page=20&orderby=modified&{fields}"),
    ]


def test_a_post_becomes_an_entry_under_its_number() -> None:
    said = post(
        48210,
        date_gmt="2026-03-02T06:10:00",
        modified_gmt="2026-03-02T07:00:09",
        title={"rendered": "Bridge &#8216;opens&#8217; <em>at last</em>"},
    )
    found = read([said, said])
    assert found == Listing(
        entries=(
            Entry(
                url="https://www.hills.example/bridge-48210/",
                key="wordpress:hills.example:48210",
                endpoint=NEWEST.key,
                title="Bridge ‘opens’ at last",
                published=Moment(
                    at=datetime(2026, 3, 2, 6, 10, tzinfo=UTC),
                    raw="2026-03-02T06:10:00Z",
                    zone="offset",
                    precision=Precision.SECOND,
                    carrier="api",
                ),
                modified=Moment(
                    at=datetime(2026, 3, 2, 7, 0, 9, tzinfo=UTC),
                    raw="2026-03-02T07:00:09Z",
                    zone="offset",
                    precision=Precision.SECOND,
                    carrier="api",
                ),
            ),
        )
    )


def test_what_is_no_post_is_counted_and_the_rest_kept() -> None:
    odd = [post(1), 7, {"id": 2}, {"id": "three", "link": "/bridge-3/", "title": "plain", "date_gmt": 5}, post(4)]
    found = read(odd)
    assert isinstance(found, Listing)
    assert (len(found.dropped), [(entry.key, entry.title, entry.published) for entry in found.entries]) == (
        2,
        [
            ("wordpress:hills.example:1", None, None),
            ("https://www.hills.example/bridge-3", "plain", None),
            ("wordpress:hills.example:4", None, None),
        ],
    )


def test_the_outlets_own_rules_go_first() -> None:
    rules = {"address": "https://www.hills.example", "article": r"/bridge-(?P<id>\d+)", "identity": "hills:{id}"}
    source = build_source("hills", "wordpress", rules, SHIPPED)
    found = read([post(1), {"id": 9, "link": "https://www.hills.example/imprint/"}], source=source)
    assert isinstance(found, Listing)
    assert [entry.key for entry in found.entries] == ["hills:1"]


@pytest.mark.parametrize(
    ("url", "number", "more"),
    [
        ("https://a.example/p?per_page=2&_fields=id,link", 2, "https://a.example/p?per_page=2&_fields=id,link&page=2"),
        ("https://a.example/p?per_page=2&page=2", 2, "https://a.example/p?per_page=2&page=3"),
        ("https://a.example/p?per_page=2", 1, None),
        ("https://a.example/p", 10, "https://a.example/p?page=2"),
        ("https://a.example/p", 9, None),
        ("https://a.example/p?per_page=many", 10, None),
        ("https://a.example/p?page=-1", 10, None),
    ],
)
def test_a_full_page_has_a_next_one(url: str, number: int, more: str | None) -> None:
    found = read([post(n) for n in range(number)], Endpoint(kind="api", url=url))
    assert isinstance(found, Listing)
    assert found.more == (() if more is None else (Endpoint(kind="api", url=more),))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<", "no JSON where the list of posts should be: Expecting value: line 1 column 1 (char 0)"),
        (b'{"code": "rest_no_route"}', "JSON, but no list of WordPress posts"),
    ],
)
def test_no_list_of_posts(body: bytes, reason: str) -> None:
    found = parse_posts(body, url=NEWEST.url, endpoint=NEWEST, source=SOURCE)
    assert found == Rejection(outcome=Outcome.FAILED, reason=reason)


def test_the_end_of_the_list() -> None:
    body = b'{"code":"rest_post_invalid_page_number","message":"...","data":{"status":400}}'
    assert [is_past_end(*given) for given in ((body, 400), (body, 200), (b"{}", 400))] == [True, False, False]


def test_a_post_without_its_date_in_utc_has_the_local_one_and_a_title_may_be_bare() -> None:
    posts = [
        post(1, date_gmt=None, date="2026-03-02T06:10:00", modified="2026-03-02T07:00:00", title="A &amp; B"),
        post(2, date_gmt="0000-00-00T00:00:00", date="2026-03-02T06:10:00", title=7),
    ]
    found = read(posts, source=replace(SOURCE, zone="Asia/Baku"))
    assert isinstance(found, Listing)
    local = datetime(2026, 3, 2, 2, 10, tzinfo=UTC)
    assert [
        (entry.title, entry.published and (entry.published.at, entry.published.zone)) for entry in found.entries
    ] == [
        ("A & B", (local, "outlet")),
        (None, (local, "outlet")),
    ]
    assert found.entries[0].modified is not None
