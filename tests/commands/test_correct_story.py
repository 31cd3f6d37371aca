"""A person parts stories and makes two one, on a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.commands.cli import main
from monitor.commands.reports.correct_story import merge_stories, split_story
from monitor.commands.reports.provenance import trace_story
from monitor.errors import SeedwatchError
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, PageToSettle
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, store_reading
from monitor.storage import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WATCH = Watch(sources={}, topics=(), rules=(), kinds={})
ICE = (
    "Ice closed the strait between Osterhaven and Linnea; the ferry Kittiwake stayed in harbour on {}, Berta Auk said."
)
PIECES = (
    (
        "wire",
        "Ice stops Kittiwake",
        ICE.format("Monday") + " She has food for a week and coal for two, and no complaints.",
    ),
    (
        "herald",
        "Kittiwake stays in Linnea",
        ICE.format("Tuesday") + " Osterhaven sends an icebreaker to the strait at noon.",
    ),
    ("copier", "No ferries", ICE.format("Monday") + " She has food for a week and coal for two, and no complaints."),
)


def put(store: Store, number: int, source: str, title: str, text: str) -> SettledPage:
    at = NOON + timedelta(hours=number)
    published = Moment(at=at, raw="", zone="offset", precision=Precision.SECOND, carrier="feed")
    url = f"https://{source}.example/{number}"
    article = Article(url=url, identity=None, title=title, lead=None, text=text, published=published)
    page = PageToSettle(reading=judge_article(article, (), source=source), source=source, first_seen_at=at)
    return store_reading(store, WATCH, page, at)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        with store.write():
            for number, piece in enumerate(PIECES, 1):
                put(store, number, *piece)
        yield store


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in store.db.execute(query)]


OF_ARTICLES = "SELECT id, story_id FROM articles ORDER BY id"


def test_pieces_get_a_story_of_their_own_with_the_copies_of_their_texts(store: Store) -> None:
    assert rows(store, OF_ARTICLES) == [(1, 1), (2, 1), (3, 1)]
    with store.write():
        store.db.execute(
            "INSERT INTO alerts (id, rule, channel, event, article_id, story_id, created_at, body) "
            "VALUES ('msg_1', 'desk', 'hook', 'article.matched', 1, 1, '2026-03-02T13:00:00.000Z', x'')"
        )
    done = split_story(store, ["https://copier.example/3"], NOON)
    assert done == {"story": 1, "new_story": 2, "articles": [1, 3], "similarity": done["similarity"]}
    assert 0 < done["similarity"] < 1
    assert rows(store, OF_ARTICLES) == [(1, 2), (2, 1), (3, 2)]
    assert rows(store, "SELECT story_id FROM alerts") == [(2,)]
    assert rows(store, "SELECT id, title, first_article_id, first_at, last_at FROM stories") == [
        (1, "Kittiwake stays in Linnea", 2, "2026-03-02T14:00:00.000Z", "2026-03-02T14:00:00.000Z"),
        (2, "Ice stops Kittiwake", 1, "2026-03-02T13:00:00.000Z", "2026-03-02T15:00:00.000Z"),
    ]
    (change,) = trace_story(store, 1)["changes"]  # type: ignore[index]
    assert [change[name] for name in ("kind", "story_id", "other_id", "articles")] == ["split", 1, 2, 2]
    one, two = (store.stories.profile(number) for number in (1, 2))
    assert (one.texts, one.apart, two.texts, two.apart) == (1, {2}, 1, {1})  # type: ignore[union-attr]


def test_what_was_parted_is_not_made_one_by_a_piece_of_both(store: Store) -> None:
    split_story(store, ["1"], NOON)
    both = " ".join(text for _, _, text in PIECES[:2]) + " The Kittiwake of Osterhaven and Linnea is ice bound."
    with store.write():
        put(store, 4, "gazette", "Ice, Kittiwake and Linnea", both.replace("Monday", "Friday").replace("week", "month"))
    assert rows(store, "SELECT kind FROM story_changes") == [("split",)]
    assert rows(store, "SELECT count(DISTINCT story_id) FROM articles") == [(2,)]


def test_two_stories_are_made_one_and_the_number_of_the_second_stands_for_the_first(store: Store) -> None:
    split_story(store, ["1"], NOON)
    done = merge_stories(store, 2, 1, NOON)
    assert done == {"story": 2, "merged": 1, "similarity": done["similarity"]}
    assert rows(store, OF_ARTICLES) == [(1, 2), (2, 2), (3, 2)]
    assert rows(store, "SELECT kind, story_id, other_id, articles FROM story_changes") == [
        ("split", 1, 2, 2),
        ("merged", 2, 1, 1),
    ]
    assert store.stories.resolve(1) == 2
    with pytest.raises(SeedwatchError, match="one story already"):
        merge_stories(store, 1, 2, NOON)


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        (["https://wire.example/9"], "no article is stored"),
        (["1", "2"], "has no other pieces"),
        (["1", "4"], "of several stories"),
    ],
)
def test_what_cannot_be_parted_is_told(store: Store, pieces: list[str], message: str) -> None:
    with store.write():
        put(
            store,
            4,
            "gazette",
            "Quake shakes Vellmark",
            "A quake shook the mines of Vellmark; Jon Alder counts shafts.",
        )
    with pytest.raises(SeedwatchError, match=message):
        split_story(store, pieces, NOON)
    assert rows(store, "SELECT count(*) FROM story_changes") == [(0,)]
    with pytest.raises(SeedwatchError, match="no story 77"):
        merge_stories(store, 1, 77, NOON)


def test_the_commands(store: Store, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\npath = "test.db"\n')

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, ["--config", str(tmp_path / "config.toml"), "stories", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert run("split", "2") == "story 2: 1 piece parted from story 1\n"
    assert run("merge", "1", "2") == "story 2 is part of story 1\n"
    assert json.loads(run("split", "2", "--json"))["new_story"] == 3
    assert json.loads(run("merge", "1", "3", "--json"))["merged"] == 3


def test_a_story_is_muted_for_a_while_and_unmuted(store: Store, tmp_path: Path) -> None:
    put(store, 1, *PIECES[0])
    (tmp_path / "config.toml").write_text("")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["--config", str(tmp_path / "config.toml"), "--db", str(store.path), *words])
        return done.exit_code, done.output.strip()

    assert run("stories", "mute", "7")[1].startswith("there is no story 7")
    code, said = run("stories", "mute", "1", "--for", "7d", "--json")
    found = json.loads(said)
    assert (code, found["story"], found["muted"]) == (0, 1, True)
    days = datetime.fromisoformat(found["until"]) - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < days <= timedelta(days=7)
    assert store.stories.mute_reason(1, datetime.now(UTC)) is not None
    assert run("stories", "mute", "1") == (0, "story 1 is muted")
    assert run("stories", "unmute", "1") == (0, "story 1 alerts again")
    assert run("stories", "unmute", "1") == (0, "story 1 was not muted")
    assert run("stories", "mute", "1", "--for", "soon")[0] == 2
