"""Endpoints of outlets that run on a known system: lists by its rules, all others as usual."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.discovery.site_systems import read_drupal, read_wordpress
from monitor.discovery.source_defaults import build_source, parse_outlets
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Listing

SHIPPED = parse_outlets((Path(__file__).parents[2] / "spiders" / "outlets.toml").read_text("utf-8"))
NOW = datetime(2026, 11, 1, tzinfo=UTC)
JSON = "application/json"
RSS = (
    b"<rss version='2.0'><channel><item><title>The bridge opens</title>"
    b"<link>https://www.hills.example/bridge/</link></item></channel></rss>"
)
POSTS = json.dumps([{"id": 7, "link": "https://www.hills.example/bridge-7/", "title": {"rendered": "A bridge"}}])
NODES = json.dumps(
    {"data": [{"attributes": {"drupal_internal__nid": 7, "title": "A bridge", "path": {"alias": "/bridge"}}}]}
)
END = json.dumps({"code": "rest_post_invalid_page_number"})


def titles(read: Any, system: str, place: int, body: bytes, kind: str, status: int = 200) -> list[str | None] | str:
    source = build_source("hills", system, {"address": "https://www.hills.example"}, SHIPPED)
    found = read(source.endpoints[place], body, kind, status, source, NOW)
    if isinstance(found, Rejection):
        return found.outcome.value
    assert isinstance(found, Listing)
    return [entry.title for entry in found.entries]


@pytest.mark.parametrize(
    ("read", "system", "place", "body", "kind", "status", "expected"),
    [
        (read_wordpress, "wordpress", 1, POSTS.encode(), JSON, 200, ["A bridge"]),
        (read_wordpress, "wordpress", 1, END.encode(), JSON, 400, []),
        (read_wordpress, "wordpress", 1, b"{}", JSON, 400, Outcome.FAILED.value),
        (read_wordpress, "wordpress", 0, RSS, "text/xml", 200, ["The bridge opens"]),
        (read_drupal, "drupal", 1, NODES.encode(), JSON, 200, ["A bridge"]),
        (read_drupal, "drupal", 0, RSS, "text/xml", 200, ["The bridge opens"]),
    ],
)
def test_a_list_is_read_by_its_systems_rules_and_any_other_endpoint_as_usual(
    read: Any, system: str, place: int, body: bytes, kind: str, status: int, expected: list[str] | str
) -> None:
    assert titles(read, system, place, body, kind, status) == expected
