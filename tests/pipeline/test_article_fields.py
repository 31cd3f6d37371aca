"""What a page says of a piece beside its text: read from the page, kept in the database, shown by explain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, source, watching, words

from monitor.commands.reports.explain import explain_stages
from monitor.model.page import Page, Reading
from monitor.pipeline.ingest.read_page import judge_page
from monitor.pipeline.page_fields import build_page_fields

ADDRESS = "https://gull.example/7?utm_source=feed"
DECLARED = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Ferry to leave at dawn — Sund",
    "datePublished": "2026-03-02T05:10:00+00:00",
    "dateModified": "2026-03-02T05:40:00+00:00",
    "author": [{"@type": "Person", "name": "By Ada Auk"}, {"@type": "Person", "name": "auk2019"}, {"name": "The Gull"}],
    "publisher": {"@type": "Organization", "name": "The Gull"},
    "articleSection": "Sea",
    "keywords": ["ferry", "ice", "ferry"],
    "image": ["/pictures/ferry.jpg"],
}
MARKUP = (
    '<html lang="en-GB"><head><title>Ferry to leave at dawn — Sund | The Gull</title>'
    '<link rel="canonical" href="https://gull.example/7">'
    f'<script type="application/ld+json">{json.dumps(DECLARED)}</script></head><body><article>'
    f"<h1>Ferry to leave at dawn — Sund</h1><p>OSTHAVEN, March 1. /TASS/. {words(1)}</p><p>{words(2)}</p>"
    "<p>source: Tern Wire with agencies</p></article></body></html>"
)
FIELDS = {
    "words": 164,
    "published_at": "2026-03-02T05:10:00Z",
    "published_from": "json-ld",
    "modified_at": "2026-03-02T05:40:00Z",
    "authors": ["Ada Auk"],
    "agency": "TASS",
    "attribution": "Sund",
    "language": "en",
    "section": "Sea",
    "tags": ["ferry", "ice"],
    "image": "https://gull.example/pictures/ferry.jpg",
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def found() -> Reading:
    headers = {"content-type": "text/html; charset=utf-8"}
    page = Page(url=ADDRESS, final_url=ADDRESS, status=200, headers=headers, body=MARKUP.encode(), fetched_at=NOW)
    reading = judge_page(page, source("gull"), ())
    assert isinstance(reading, Reading)
    return reading


def test_a_saved_page_shows_every_field() -> None:
    shown = build_page_fields(found())
    assert {name: shown[name] for name in FIELDS} == FIELDS
    assert (shown["dateline"]["place"], shown["dateline"]["month"], shown["dateline"]["day"]) == ("OSTHAVEN", 3, 1)


def test_the_database_has_them_and_explain_shows_them(world: World) -> None:
    world.settle(watching(), world.link(7), found())
    piece = explain_stages(world.store, ADDRESS, {})
    assert piece is not None
    shown = piece["article"]
    kept = FIELDS | {"published_at": "2026-03-02T05:10:00.000Z", "modified_at": "2026-03-02T05:40:00.000Z"}
    assert {name: shown[name] for name in kept} == kept
    assert (shown["url"], shown["notes"]) == ("https://gull.example/7", ["source: Tern Wire with agencies"])
    assert (shown["dateline_place"], shown["dateline_day"], shown["dateline_on"]) == ("OSTHAVEN", "03-01", "2026-03-01")
    declared = ("title", "published", "modified", "authors", "section", "tags", "image")
    rest = {"text": "trafilatura", "lead": "text", "url": "canonical", "language": "html", "agency": "dateline"}
    assert shown["rungs"] == dict.fromkeys(declared, "json-ld") | rest
