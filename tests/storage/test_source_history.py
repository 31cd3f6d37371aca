from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from newswire import NOW, open_world, reading, watching

from monitor.model.gap import PageFacts
from monitor.model.page import Outcome, Rejection


def test_pieces_came_when_they_say_where_that_can_be_believed(tmp_path: Path) -> None:
    hour = timedelta(hours=1)
    with open_world(tmp_path / "a.db").store as store, store.write():
        for number, (published, seen, more) in enumerate(
            [
                (NOW - hour * 5, NOW, {}),  # an outage of ours lay between
                (NOW - hour * 24 * 30, NOW, {}),  # an old piece announced anew
                (NOW + hour * 2, NOW, {}),  # a date to come
                (None, NOW, {}),
                (NOW, NOW, {"backlog": 1}),
                (NOW, NOW, {"state": "archived"}),
                (NOW, NOW - hour * 100, {}),  # before what is asked for
                (NOW, NOW, {"source": "tern"}),
            ]
        ):
            row = {"key": str(number), "source": "gull", "url": str(number), "entry": "{}", **more}
            moments = {"published_at": published, "first_seen_at": seen, "last_seen_at": seen}
            row |= {name: f"{at:%Y-%m-%dT%H:%M:%S}.000Z" if at else None for name, at in moments.items()}
            names = ", ".join(row)
            store.db.execute(f"INSERT INTO links ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
        assert sorted(store.history.moments("gull", NOW - hour)) == [NOW - hour * 5, NOW, NOW, NOW]


FEED = "https://gull.example/rss"


def test_how_the_last_pages_read(tmp_path: Path) -> None:
    """A full article, a bare one, and a page that was none; a page that never came says nothing."""
    world = open_world(tmp_path / "a.db")
    full, bare = reading(1), reading(2)
    article = replace(
        full.article,
        lead="In short.",
        authors=("A. B.",),
        section="world",
        tags=("sea",),
        image="https://gull.example/1.jpg",
        rungs={"title": "json-ld", "text": "template 12"},
        background=((0, len(full.article.text) // 2),),
    )
    pages = [
        replace(full, article=article),
        replace(bare, article=replace(bare.article, published=None)),
        Rejection(outcome=Outcome.NOT_ARTICLE, reason="no"),
        Rejection(outcome=Outcome.FAILED, reason="no"),
    ]
    with world.store as store:
        for number, page in enumerate(pages, 1):
            world.settle(watching(), world.link(number), page)
        assert store.history.reads("tern", 9) == ()
        assert store.history.reads("gull", 9) == (
            PageFacts(filled=frozenset(), rungs={}, words=0, background=0.0, place=FEED),
            PageFacts(filled=frozenset({"text"}), rungs={}, words=80, background=0.0, place=FEED),
            PageFacts(
                filled=frozenset({"text", "lead", "date", "authors", "section", "tags", "image"}),
                rungs={"title": "json-ld", "text": "template"},
                words=80,
                background=(len(article.text) // 2) / len(article.text),
                place=FEED,
            ),
        )
        assert len(store.history.reads("gull", 1)) == 1
