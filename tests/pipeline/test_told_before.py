"""Under `per = "story"` a copy is told once, and holds back no piece that came out before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching, words

from monitor.model.moment import Moment, Precision
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Entry
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import FetchFacts, SettledPage, settle_page
from monitor.storage.timestamps import format_stamp

WATCH = watching(rule())
HOURS = timedelta(hours=1)
SENTENCES = [words(seed)[:63].capitalize() + "." for seed in range(20, 32)]
TEXT = " ".join(SENTENCES)
ALTERED = " ".join([*SENTENCES[:11], "All of it was denied at night by everybody."])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def print_piece(
    world: World,
    site: str,
    text: str,
    *,
    dated: datetime | None,
    seen: datetime,
    looked_at: datetime | None = None,
    zone: str = "offset",
) -> SettledPage:
    """An outlet's piece 1, dated and first seen so; `looked_at`: its outlet was asked then and did not have it."""
    published = dated and Moment(
        at=dated, raw=dated.isoformat(), zone=zone, precision=Precision.SECOND, carrier="json-ld"
    )
    found = reading(1, site=site)
    article = replace(found.article, text=text, published=published, title="Ice in the strait")
    entry = Entry(url=article.url, key=article.url, endpoint=f"https://{site}.example/rss")
    store = world.store
    with store.write():
        if looked_at is not None:
            store.db.execute(
                "INSERT INTO polls (source, started_at, finished_at, outcome) VALUES (?, ?, ?, 'ok')",
                (site, format_stamp(looked_at), format_stamp(looked_at + timedelta(seconds=9))),
            )
        store.links.upsert_listed(
            *(site, world.endpoints[site], [entry], seen),
            backlog_before=None,
            archived_before=None,
            speaks_for=lambda _, __: True,
        )
        link = store.links.due(site, seen, 9)[0]
        judged = replace(judge_article(article, (), source=site), matches=found.matches)
        return settle_page(store, WATCH, link, judged, FetchFacts(at=seen, status=200), seen, 0.5)


@pytest.mark.parametrize(
    ("dated", "looked_at"),
    [
        (NOW, None),  # it says that it came after the original
        (None, None),
        # It says that it was there for an hour, and was not when its outlet was asked 20 minutes ago.
        (NOW - HOURS, NOW - HOURS / 3),
    ],
)
def test_an_altered_copy_that_alerted_first_holds_back_no_original(
    world: World, dated: datetime | None, looked_at: datetime | None
) -> None:
    first = print_piece(world, "tern", ALTERED, dated=dated, seen=NOW, looked_at=looked_at)
    original = print_piece(world, "gull", TEXT, dated=NOW - HOURS / 6, seen=NOW + HOURS)
    assert (first.outcome, first.alerts, original.outcome) == (Outcome.NEW, 1, Outcome.NEAR_COPY)
    assert (original.alerts, original.held) == (1, 0)


@pytest.mark.parametrize(("copy", "outcome"), [(TEXT, Outcome.COPY), (f"{TEXT} Read on.", Outcome.NEAR_COPY)])
def test_the_same_words_are_told_once_whoever_had_them_first(world: World, copy: str, outcome: Outcome) -> None:
    first = print_piece(world, "tern", copy, dated=NOW, seen=NOW)
    original = print_piece(world, "gull", TEXT, dated=NOW - HOURS / 6, seen=NOW + HOURS)
    assert (first.alerts, original.outcome, original.alerts, original.held) == (1, outcome, 0, 1)


@pytest.mark.parametrize(
    ("dated", "looked_at", "zone"),
    [
        (NOW + HOURS / 6, None, "offset"),
        (NOW - HOURS / 2, NOW + 2 * HOURS, "offset"),  # dated back, and not there two hours after the other
        (NOW - HOURS / 6, None, "assumed"),  # nobody knows which hour that is
        (None, None, "offset"),
    ],
)
def test_a_reprint_stays_held(world: World, dated: datetime | None, looked_at: datetime | None, zone: str) -> None:
    print_piece(world, "tern", TEXT, dated=NOW, seen=NOW)
    again = print_piece(world, "gull", ALTERED, dated=dated, seen=NOW + 3 * HOURS, looked_at=looked_at, zone=zone)
    assert (again.outcome, again.alerts, again.held) == (Outcome.NEAR_COPY, 0, 1)
    assert world.rows("SELECT reason FROM alerts WHERE state = 'held'")[0][0].endswith("which alerted already")


def test_a_link_that_stood_before_its_page_gives_a_copy_no_date(world: World) -> None:
    """The copy's address was announced, and was not there, before the original came out."""
    entry = Entry(url="https://tern.example/1", key="https://tern.example/1", endpoint="https://tern.example/rss")
    with world.store.write():
        world.store.links.upsert_listed(
            *("tern", world.endpoints["tern"], [entry], NOW - 2 * HOURS),
            backlog_before=None,
            archived_before=None,
            speaks_for=lambda _, __: True,
        )
        link = world.store.links.due("tern", NOW, 9)[0]
        gone = Rejection(outcome=Outcome.GONE, reason="status 404")
        settle_page(world.store, WATCH, link, gone, FetchFacts(at=NOW - HOURS / 4, status=404), NOW - HOURS / 4, 0.0)
        world.store.links.owners.make_due(link.id, NOW)
    first = print_piece(world, "tern", ALTERED, dated=NOW - HOURS / 2, seen=NOW)
    original = print_piece(world, "gull", TEXT, dated=NOW - HOURS / 6, seen=NOW + HOURS)
    assert (first.alerts, original.outcome, original.alerts) == (1, Outcome.NEAR_COPY, 1)
