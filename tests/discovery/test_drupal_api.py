"""Drupal's JSON:API list of nodes: what it says, and where it goes on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.discovery.formats.drupal_api import parse_nodes
from monitor.discovery.source_defaults import build_source, parse_outlets
from monitor.model.moment import Moment, Precision
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Listing

SHIPPED = parse_outlets((Path(__file__).parents[2] / "spiders" / "outlets.toml").read_text("utf-8"))
SOURCE = build_source("hills", "drupal", {"address": "https://www.hills.example"}, SHIPPED)
FEED, NEWEST, CHANGED = SOURCE.endpoints


def read(answer: object, source: Any = SOURCE) -> Listing | Rejection:
    body = json.dumps(answer).encode()
    return parse_nodes(body, url=NEWEST.url, endpoint=NEWEST, source=source)


def node(number: object, alias: object = None, **said: object) -> dict[str, object]:
    return {"type": "node--article", "attributes": {"drupal_internal__nid": number, "path": {"alias": alias}, **said}}


def moment(raw: str, *at: int) -> Moment:
    return Moment(
        at=datetime(*at, tzinfo=UTC),  # type: ignore[misc,arg-type]
        raw=raw,
        zone="offset",
        precision=Precision.SECOND,
        carrier="api",
    )


def test_shipped_endpoints_ask_for_the_newest_and_for_those_changed_last() -> None:
    fields = "fields[node--article]=title,created,changed,path,drupal_internal__nid"
    assert [(endpoint.kind, endpoint.url) for endpoint in SOURCE.endpoints] == [
        ("feed", "https://www.hills.example/rss.xml"),
        ("api", f"https://www.hills.example/jsonapi/node/article?sort=-created&{fields}"),
        ("api", f"https://www.hills.example/jsonapi/node/article?sort=-changed&page[limit]=20&{fields}"),
    ]


def test_a_node_becomes_an_entry_under_its_number() -> None:
    said = node(
        13348,
        "/news/bridge-opens",
        title=" Bridge  opens < at last ",
        created="2026-03-02T08:10:00+02:00",
        changed="2026-03-02T07:00:09+00:00",
    )
    following = "https://www.hills.example/jsonapi/node/article?sort=-created&page%5Boffset%5D=50"
    found = read({"data": [said, said], "links": {"next": {"href": following}}})
    assert found == Listing(
        entries=(
            Entry(
                url="https://www.hills.example/news/bridge-opens",
                key="drupal:hills.example:13348",
                endpoint=NEWEST.key,
                title="Bridge opens < at last",
                published=moment("2026-03-02T08:10:00+02:00", 2026, 3, 2, 6, 10),
                modified=moment("2026-03-02T07:00:09+00:00", 2026, 3, 2, 7, 0, 9),
            ),
        ),
        more=(Endpoint(kind="api", url=following),),
    )


def test_what_is_no_node_is_counted_and_the_rest_kept() -> None:
    odd = [node(1), 7, {"attributes": []}, node(None), node("x", "/news/x", created=5), node(2, "/news/two")]
    found = read({"data": odd})
    assert isinstance(found, Listing)
    assert (len(found.dropped), [(entry.url, entry.key, entry.title, entry.published) for entry in found.entries]) == (
        3,
        [
            ("https://www.hills.example/node/1", "drupal:hills.example:1", None, None),
            ("https://www.hills.example/news/x", "https://www.hills.example/news/x", None, None),
            ("https://www.hills.example/news/two", "drupal:hills.example:2", None, None),
        ],
    )


def test_the_outlets_own_rules_go_first() -> None:
    rules = {"address": "https://www.hills.example", "article": r"/news/(?P<slug>[a-z]+)", "identity": "hills:{slug}"}
    source = build_source("hills", "drupal", rules, SHIPPED)
    found = read({"data": [node(1, "/news/two"), node(2, "/imprint")]}, source)
    assert isinstance(found, Listing)
    assert [entry.key for entry in found.entries] == ["hills:two"]


@pytest.mark.parametrize(
    "links",
    [{}, {"next": None}, {"next": {"href": "https://elsewhere.example/jsonapi"}}, {"next": {"href": 5}}, [], None],
)
def test_nowhere_to_go_on(links: object) -> None:
    found = read({"data": [node(1)], "links": links})
    assert isinstance(found, Listing)
    assert found.more == ()


def test_after_an_empty_page_nothing_is_asked() -> None:
    found = read({"data": [], "links": {"next": {"href": NEWEST.url}}})
    assert found == Listing(entries=())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<", "no JSON where the list of nodes should be: Expecting value: line 1 column 1 (char 0)"),
        (b'{"errors": []}', "JSON, but no JSON:API list of nodes"),
        (b"[]", "JSON, but no JSON:API list of nodes"),
    ],
)
def test_no_list_of_nodes(body: bytes, reason: str) -> None:
    found = parse_nodes(body, url=NEWEST.url, endpoint=NEWEST, source=SOURCE)
    assert found == Rejection(outcome=Outcome.FAILED, reason=reason)


def test_early_versions_date_in_seconds() -> None:
    found = read({"data": [node(1, created=1772431800)]})
    assert isinstance(found, Listing)
    assert found.entries[0].published is not None
    assert found.entries[0].published.at == datetime(2026, 3, 2, 6, 10, tzinfo=UTC)
