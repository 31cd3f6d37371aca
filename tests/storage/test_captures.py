"""Kept pages: each once, the newest of a link for reading, the oldest first to go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, watching

from monitor.model.page import Capture
from monitor.storage.articles.captures import KeptCapture

OLD = NOW - timedelta(days=100)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def keep(world: World, number: int, digest: str, *, at: datetime = NOW, article: int | None = None) -> None:
    link = world.link(number)
    capture = Capture(digest=digest, body=digest.encode() * 10, size=99, content_type="text/html")
    with world.store.write():
        world.store.captures.keep(link.id, capture, at, f"https://gull.example/{number}", article)


def unread(world: World, extractor: str = "one", **more: object) -> list[int]:
    settings = {"after": 0, "source": None, "since": None, "limit": 9} | more
    return [kept.id for kept in world.store.captures.list_unread(extractor, **settings)]  # type: ignore[arg-type]


def test_a_capture_comes_back_with_its_link(world: World) -> None:
    link = world.link(1)
    keep(world, 1, "a")
    (found,) = world.store.captures.list_unread("one", after=0, source="gull", since=NOW, limit=9)
    assert found == KeptCapture(
        id=1,
        link=link,
        at=NOW,
        final_url="https://gull.example/1",
        content_type="text/html",
        body=b"a" * 10,
        article_id=None,
        revision=None,
    )


def test_the_same_bytes_are_kept_once(world: World) -> None:
    keep(world, 1, "a")
    keep(world, 2, "a")
    assert world.rows("SELECT digest, size, packed FROM pages") == [("a", 99, 10)]
    assert world.store.captures.size() == 10


def test_what_is_left_to_read(world: World) -> None:
    keep(world, 1, "a", at=OLD)
    keep(world, 1, "b")
    keep(world, 2, "c")
    assert unread(world) == [2, 3]  # of a link the newest page only
    assert (unread(world, after=2), unread(world, limit=1), unread(world, source="tern")) == ([3], [2], [])
    assert unread(world, since=NOW + timedelta(days=1)) == []
    with world.store.write():
        world.store.captures.mark_read(2, "one", None)
    assert (unread(world), unread(world, "two")) == ([3], [2, 3])


def test_a_page_whose_article_says_something_else_by_now_is_left_alone(world: World) -> None:
    watch = watching()
    article = world.put(watch, 1).article_id
    keep(world, 1, "a", article=article)
    assert unread(world) == [1]
    world.put(watch, 1, text=5)
    assert unread(world) == []


def test_a_page_that_was_no_article_is_left_alone_once_its_link_led_to_one(world: World) -> None:
    keep(world, 1, "a")
    world.put(watching(), 1)
    assert unread(world) == []


def test_the_old_and_the_too_many_go_with_their_bytes(world: World) -> None:
    keep(world, 1, "a", at=OLD)
    keep(world, 2, "a")
    keep(world, 3, "b", at=OLD)
    with world.store.write():
        assert world.store.captures.prune(NOW - timedelta(days=90), 1000) == 2
    assert world.rows("SELECT digest FROM pages") == [("a",)]
    with world.store.write():
        assert world.store.captures.prune(NOW - timedelta(days=90), 5) == 1
    assert world.rows("SELECT count(*) FROM captures") == world.rows("SELECT count(*) FROM pages") == [(0,)]


def test_a_revision_of_ours_is_told_from_the_outlets(world: World) -> None:
    watch = watching()
    article = world.put(watch, 1).article_id
    world.put(watch, 1, text=5)
    assert article is not None
    with world.store.write():
        world.store.articles.mark_extractor_revision(article)
    assert world.rows("SELECT number, cause FROM revisions ORDER BY number") == [(1, "outlet"), (2, "extractor")]
    assert reading(1).delayed is False
