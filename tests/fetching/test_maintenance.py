"""What the daemon's own housekeeping lets go after `[store] keep`, and what it never does (RELIABILITY R8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from drive import START, Rig, Running, sitemap
from quay_watch import QUAY_DESK

from monitor.newsroom.receiver import Receiver

pytestmark = pytest.mark.row("R8")

TABLES = (
    "polls",
    "fetches",
    "attempts",
    "problems",
    "sightings",
    "links",
    "aliases",
    "articles",
    "revisions",
    "alerts",
)
COUNTS = {
    **{table: f"SELECT count(*) FROM {table}" for table in TABLES},
    "words of alerts": "SELECT count(*) FROM alerts WHERE length(body) > 2",
    "words of links": "SELECT count(*) FROM links WHERE title IS NOT NULL",
    "texts in revisions": "SELECT count(*) FROM revisions WHERE text <> ''",
    "texts": "SELECT count(*) FROM texts WHERE text <> ''",
}


async def count(running: Running) -> dict[str, int]:
    found = {}
    for name, query in COUNTS.items():
        ((found[name],),) = await running.rows(query)
    return found


async def kept(rig: Rig) -> dict[str, Any]:
    """Two pieces, announced by a feed and a sitemap, one of them edited; then a quarter of a year without them."""
    outlet = rig.outlet()
    pieces = [{"path": f"/{name}", "title": f"The quay at {name}", "guid": name, "date": START} for name in "ab"]

    def announce(*, edited: bool = False) -> None:
        outlet.feed(*({**piece, "title": f"{piece['title']}{' again' * edited}"} for piece in pieces))
        outlet.xml("/map.xml", sitemap(*((outlet.url(str(piece["path"])), START) for piece in pieces)))

    announce()
    for name in "ab":
        outlet.article(f"/{name}")
    with Receiver(now=rig.clock.now) as receiver:
        tables = rig.feeds(
            outlet.url("/feed"), every="1h", more="alert_backlog = true", sitemaps=[outlet.url("/map.xml")]
        )
        rig.config(
            tables + QUAY_DESK.format(address=receiver.address), allow=["news.test", "127.0.0.1"], fetch="delay = 0"
        )
        async with rig.engine() as running:
            await running.minutes(5)
            outlet.article("/a", more="Forty boats were counted at the quay, not four hundred.")
            announce(edited=True)
            await running.minutes(70)
            await running.engine.housekeep()
            before = await count(running)
            outlet.feed()
            outlet.xml("/map.xml", sitemap())
            rig.clock.advance_to(rig.clock.now() + timedelta(days=89))
            await running.engine.housekeep()
            young = await count(running)
            rig.clock.advance_to(rig.clock.now() + timedelta(days=2))
            await running.engine.housekeep()
            old = await count(running)
            told = len(receiver.accepted)
            # The outlet lists them once more, as they were told of: nothing is stored or told twice.
            announce(edited=True)
            await running.minutes(200)
            again = await count(running)
            return {
                "before": before,
                "young": young,
                "old": old,
                "again": {name: again[name] for name in ("links", "articles", "revisions", "alerts")},
                "told": [told, len(receiver.accepted)],
            }


def test_old_rows_go_by_the_daemons_own_housekeeping_and_nothing_is_told_twice(drive: Any) -> None:
    found = drive(kept)
    before, old = found["before"], found["old"]
    assert found["young"] == before
    known = {"links": 2, "aliases": before["aliases"], "articles": 2, "revisions": 3, "alerts": before["alerts"]}
    assert {name: before[name] for name in known} == known
    assert {name: before[name] for name in ("sightings", "words of alerts", "words of links")} == {
        "sightings": 4,
        "words of alerts": before["alerts"],
        "words of links": 2,
    }
    # A text stands in one place: with its article, or with the revision that it was.
    assert (before["texts in revisions"], before["texts"]) == (1, 3)
    assert min(before[name] for name in ("polls", "fetches", "attempts", "alerts")) > 1
    assert old == {
        **before,
        **dict.fromkeys(("polls", "fetches", "attempts", "problems", "words of alerts", "words of links"), 0),
        "sightings": 2,
    }
    assert found["again"] == {name: known[name] for name in ("links", "articles", "revisions", "alerts")}
    assert found["told"][0] == found["told"][1] > 1
