"""Every parser of JSON takes any value in any place, the top level included (RELIABILITY S12)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.discovery.formats.drupal_api import parse_nodes
from monitor.discovery.formats.feed import parse_feed
from monitor.discovery.formats.tass_api import parse_news_list
from monitor.discovery.formats.wordpress_api import parse_posts
from monitor.discovery.saved_answer import read_saved_answer
from monitor.model.page import Rejection
from monitor.model.source import Endpoint, Listing, Source

pytestmark = pytest.mark.row("S12")

URL = "https://hills.example/list?per_page=1&page=1"
SOURCE = Source(name="hills", spider="feed", title="Hills", address=None, every=600, endpoints=())
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**400, 1e308, "", "x", "http://[", "\ud800", [], {}, [[]], [None], [{}], {"a": {}}),
    *([{"id": 1}], {"items": {}}, {"data": 1}, {"newsList": ""}),
)
FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "next_url": "/feed.json?p=2",
    "items": [
        {"id": "1", "url": "/1", "title": "Vote", "summary": "One.", "content_html": "<p>One.</p>", "tags": ["a"]},
        {"id": "2", "external_url": "/2", "content_text": "Two.", "date_published": "2026-05-04T10:00:00Z"},
    ],
}
POSTS = [
    {
        "id": 7,
        "link": "/7",
        "date_gmt": "2026-05-04T10:00:00",
        "modified_gmt": "2026-05-04T10:00:00",
        "title": {"rendered": "Vote"},
    }
]
NODES = {
    "data": [
        {
            "id": "u",
            "attributes": {
                "drupal_internal__nid": 7,
                "title": "Vote",
                "created": "2026-05-04T10:00:00+00:00",
                "changed": "2026-05-04T10:00:00+00:00",
                "path": {"alias": "/world/7"},
            },
        }
    ],
    "links": {"next": {"href": "/jsonapi?page=2"}},
}
NEWS = {"newsList": [{"id": 7, "link": "/7", "title": "Vote", "lead": "One", "date": 1777929375}], "lastTime": 5}


def _feed(body: bytes) -> object:
    return parse_feed(body, "application/json", url=URL, endpoint=Endpoint(kind="feed", url=URL), source=SOURCE)


def _api(parse: Callable[..., object]) -> Callable[[bytes], object]:
    return lambda body: parse(body, url=URL, endpoint=Endpoint(kind="api", url=URL), source=SOURCE)


def _saved(body: bytes) -> object:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    return read_saved_answer(body, "application/json", url=URL, source=SOURCE, now=now, kind="api")[1]


PARSERS: dict[str, tuple[Callable[[bytes], object], Any]] = {
    "feed": (_feed, FEED),
    "posts": (_api(parse_posts), POSTS),
    "nodes": (_api(parse_nodes), NODES),
    "news": (_api(parse_news_list), NEWS),
    "saved": (_saved, NEWS),
}


def list_places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside, the whole one first."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from list_places(value[key], (*path, key))


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    part = changed
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", PARSERS)
def test_any_value_in_any_place_ends_as_a_listing_or_a_rejection(name: str) -> None:
    parse, document = PARSERS[name]
    odd = []
    for path in list_places(document):
        for value in VALUES:
            found = parse(json.dumps(put(document, path, value)).encode())
            if not isinstance(found, Listing | Rejection):
                odd.append((path, value, found))
    assert odd == []


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("head", ["", "{", '{"a": ', "<!-- a warning -->"])
@pytest.mark.parametrize("value", ["[]", '[{"id": 1}]', "1", '"x"', "null", "true", "[[[]]]"])
def test_what_stands_behind_a_broken_beginning_may_be_anything(name: str, head: str, value: str) -> None:
    assert isinstance(PARSERS[name][0](f"{head}{value}".encode()), Listing | Rejection)


def test_a_feed_whose_top_level_is_a_list_is_no_feed() -> None:
    found = _feed(b'{[{"id": "1", "url": "/1"}]')
    assert isinstance(found, Rejection)
    assert found.reason == "JSON, but no JSON Feed: it has no items"
