"""How fast a source may have another site's addresses looked at on its word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.source import Endpoint, Entry, Source
from monitor.storage import Store
from monitor.storage.sources.hints import HintPace, HintPaces
from monitor.storage.sources.links import Links

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEED = Endpoint(kind="feed", url="https://crow.example/feed")
CROW = Source(name="crow", spider="feed", title="Crow", address=None, every=600, endpoints=(FEED,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        store.sources.sync([CROW], lambda _: "crow.example", lambda _: NOW, NOW)
        store.sources.add_endpoint("crow", CROW.endpoints[0])
        yield store


@pytest.fixture
def paces(store: Store) -> HintPaces:
    return store.links.paces


def turns(paces: HintPaces, number: int, now: datetime = NOW, site: str = "gull.example") -> list[datetime | None]:
    return [paces.take_turn("crow", site, now) for _ in range(number)]


def test_sixty_go_at_once_and_then_one_a_minute(paces: HintPaces) -> None:
    assert turns(paces, 63) == [*[NOW] * 60, NOW + MINUTE, NOW + 2 * MINUTE, NOW + 3 * MINUTE]
    assert turns(paces, 1, site="tern.example") == [NOW]  # each site has a pace of its own
    assert paces.take_turn("jay", "gull.example", NOW) == NOW  # and so has each source
    assert paces.list_exceeded("crow", NOW) == (HintPace(site="gull.example", waiting=3, left_out=0),)
    later = NOW + 10 * MINUTE
    assert paces.list_exceeded("crow", later) == ()
    assert turns(paces, 9, later) == [*[later] * 7, later + MINUTE, later + 2 * MINUTE]


def test_what_would_wait_longer_than_a_day_is_left_out_and_counted(paces: HintPaces) -> None:
    found = turns(paces, 60 + 1440 + 5)
    assert found[-6:] == [NOW + timedelta(days=1), *[None] * 5]
    assert paces.list_exceeded("crow", NOW) == (HintPace(site="gull.example", waiting=1440, left_out=5),)
    assert turns(paces, 1, NOW + MINUTE) == [NOW + MINUTE + timedelta(days=1)]


def test_a_pace_is_forgotten_when_all_hints_are_through(paces: HintPaces, store: Store) -> None:
    turns(paces, 2)
    for now, left in (NOW + MINUTE, 1), (NOW + 2 * MINUTE, 0):
        paces.forget_past(now)
        assert store.db.execute("SELECT count(*) FROM hint_paces").fetchone()[0] == left


def list_one(links: Links, url: str, now: datetime = NOW, *, own: bool = False, title: str = "x") -> None:
    links.upsert_listed(
        *("crow", 1, [Entry(url=url, key=url, endpoint="f", title=title)], now),
        backlog_before=None,
        archived_before=None,
        speaks_for=lambda _, __: own,
        site_of=lambda _: "gull.example",
    )


def state(links: Links, url: str) -> tuple[str, str | None, str | None]:
    row = links.find(url)
    assert row is not None
    return row["state"], row["reason"], row["next_attempt_at"]


def test_a_hint_waits_for_its_turn_and_one_too_many_is_refused_till_its_words_change(store: Store) -> None:
    links = store.links
    turns(links.paces, 60)
    list_one(links, "https://gull.example/a")
    assert state(links, "https://gull.example/a") == ("pending", None, "2026-03-02T06:01:00.000Z")
    turns(links.paces, 1439)
    list_one(links, "https://gull.example/b")
    reason = "its source announced more of that site, which is not its own, than 60 an hour"
    assert state(links, "https://gull.example/b") == ("refused", reason, None)
    list_one(links, "https://gull.example/b", title="y")
    assert state(links, "https://gull.example/b")[0] == "refused"
    list_one(links, "https://gull.example/b", NOW + MINUTE, title="z")
    assert state(links, "https://gull.example/b")[::2] == ("pending", "2026-03-03T06:01:00.000Z")
    list_one(links, "https://gull.example/own", own=True)
    assert state(links, "https://gull.example/own")[2] == "2026-03-02T06:00:00.000Z"
