"""One piece under many names: an address in another spelling, moved, or with a new guid creates nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from newswire import words

from monitor.discovery.source_defaults import build_source, parse_outlets
from monitor.model.page import Article, Outcome, PageToSettle
from monitor.model.source import Source
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, store_reading
from monitor.storage import Store
from monitor.text.urls import build_canonical_address, build_link_key, find_outlet_id, strip_tracking

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
WATCH = Watch(sources={}, topics=(), rules=(), kinds={})
SHIPPED = parse_outlets((Path(__file__).resolve().parents[2] / "spiders" / "outlets.toml").read_text("utf-8"))
TASS = build_source("tass", "tass", None, SHIPPED)
COMMONSPACE = build_source("commonspace", "commonspace", None, SHIPPED)
GULL = Source(name="gull", spider="feed", title="The Gull", address=None, every=600, endpoints=())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        yield store


def told(store: Store, address: str, source: Source, *, text: int = 1, identity: str | None = None) -> SettledPage:
    """The piece as found under an address, as the line has it: the link's key and the article's own names."""
    article = Article(
        url=build_canonical_address(address, source) if source.canonical else strip_tracking(address),
        identity=identity or find_outlet_id(address, source),
        title="Ice in the strait",
        lead=None,
        text=words(text),
    )
    page = PageToSettle(
        reading=judge_article(article, (), source=source.name),
        source=source.name,
        keys=(build_link_key(address, source),),
        first_seen_at=NOW,
    )
    return store_reading(store, WATCH, page, NOW)


@pytest.mark.parametrize(
    "other",
    [
        "http://gull.example/world/ice",
        "https://www.gull.example/world/ice",
        "http://www.gull.example:80/world/ice/",
        "https://gull.example:443/world/ice",
        "HTTPS://GULL.example/world/ice#comments",
        "https://gull.example/world/ice/amp",
        "https://gull.example/world/ice?outputType=amp",
        "https://gull.example/index.php/world/ice",
        "https://gull.example/world//ice?utm_source=x&fbclid=y",
    ],
)
@pytest.mark.parametrize("text", [1, 2])
def test_another_spelling_is_the_same_piece(store: Store, other: str, text: int) -> None:
    told(store, "https://gull.example/world/ice", GULL)
    again = told(store, other, GULL, text=text)
    assert again.outcome is (Outcome.UNCHANGED if text == 1 else Outcome.REVISION)
    assert again.article_id == 1


@pytest.mark.parametrize(
    "other",
    [
        "https://gull.example/world/ice?page=2",
        "https://gull.example/World/ice",
        "https://gull.example:8443/world/ice",
        "https://tern.example/world/ice",
        "https://gull.example/ru/world/ice",
        "https://gull.example/world/ice/2",
    ],
)
def test_another_address_may_be_another_piece(store: Store, other: str) -> None:
    told(store, "https://gull.example/world/ice", GULL)
    assert told(store, other, GULL, text=2).outcome is Outcome.NEW


@pytest.mark.parametrize(
    ("source", "first", "other"),
    [
        (TASS, "https://tass.com/politics/868168", "http://www.tass.com/world/868168/amp?utm_source=rss"),
        (
            COMMONSPACE,
            "https://www.commonspace.eu/news/ice-closes-the-strait",
            "http://commonspace.eu/index.php/ru/news/ice-closes-the-strait?x=1",
        ),
    ],
    ids=["tass", "commonspace"],
)
def test_an_outlets_rule_knows_its_pieces(store: Store, source: Source, first: str, other: str) -> None:
    told(store, first, source)
    assert told(store, other, source).outcome is Outcome.UNCHANGED


@pytest.mark.parametrize("identity", ["drupal:gull.example:13348", "wordpress:gull.example:17"])
def test_a_moved_piece_is_known_by_its_number_and_keeps_both_addresses(store: Store, identity: str) -> None:
    told(store, "https://gull.example/news/ice", GULL, identity=identity)
    moved = told(store, "https://gull.example/archive/2026/ice-in-the-strait", GULL, identity=identity)
    assert (moved.outcome, moved.article_id) == (Outcome.UNCHANGED, 1)
    back = told(store, "http://gull.example/archive/2026/ice-in-the-strait", GULL, text=2)
    assert (back.outcome, back.article_id) == (Outcome.REVISION, 1)
    assert {row["key"] for row in store.db.execute("SELECT key FROM aliases WHERE article_id = 1")} == {
        identity,
        "https://gull.example/news/ice",
        "//gull.example/news/ice",
        "https://gull.example/archive/2026/ice-in-the-strait",
        "//gull.example/archive/2026/ice-in-the-strait",
        "http://gull.example/archive/2026/ice-in-the-strait",
    }


def test_a_new_guid_for_a_known_address_creates_nothing(store: Store) -> None:
    first = replace(GULL, name="first")
    told(store, "https://gull.example/news/ice", first, identity="drupal:gull.example:1")
    again = told(store, "https://gull.example/news/ice", first, identity="drupal:gull.example:900001")
    assert (again.outcome, again.article_id) == (Outcome.UNCHANGED, 1)
    assert told(store, "https://gull.example/elsewhere", first, identity="drupal:gull.example:900001").article_id == 1
