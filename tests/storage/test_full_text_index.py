"""The full-text index holds what the articles hold, whatever a transaction did to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model.identity import Decision
from monitor.model.page import Article, Outcome, PageToSettle, PieceNames, Reading
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store
        store.db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
        assert store.db.execute("SELECT count(*) FROM unindexed").fetchone()[0] == 0


def reading(number: int, text: str) -> Reading:
    article = Article(url=f"https://gull.example/{number}", identity=None, title="Harbour", lead=None, text=text)
    return Reading(article=article, content_hash=text)


def add(store: Store, number: int, text: str) -> int:
    found = reading(number, text)
    page = PageToSettle(reading=found, source="gull", first_seen_at=NOW)
    return store.articles.add(page, PieceNames(keys=(found.article.url,)), NOW)


def revise(store: Store, number: int, text: str) -> None:
    known = store.articles.recall([f"https://gull.example/{number}"], "").known
    assert known is not None
    names = PieceNames(keys=(known.url,))
    store.articles.revise(known, reading(number, text), names, Decision(outcome=Outcome.REVISION), NOW)


def hits(store: Store, word: str) -> list[int]:
    return [row[0] for row in store.db.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (word,))]


def test_texts_are_found_once_they_are_committed(store: Store) -> None:
    with store.write():
        first, second = add(store, 1, "ice"), add(store, 2, "ferry")
        assert hits(store, "harbour") == []
    assert (hits(store, "ice"), hits(store, "harbour")) == ([first], [first, second])


def test_a_text_revised_in_its_first_transaction_is_indexed_as_it_is(store: Store) -> None:
    with store.write():
        number = add(store, 1, "ice")
        revise(store, 1, "tug")
    assert (hits(store, "ice"), hits(store, "tug")) == ([], [number])
    with store.write():
        revise(store, 1, "ferry")
        revise(store, 1, "barge")
        assert hits(store, "tug") == []
    assert (hits(store, "ferry"), hits(store, "barge")) == ([], [number])


def test_what_changes_no_word_writes_no_index(store: Store) -> None:
    with store.write():
        number = add(store, 1, "ice")
    before = store.db.execute("SELECT sum(length(block)), count(*) FROM articles_fts_data").fetchone()
    with store.write():
        store.db.execute("UPDATE articles SET backlog = 1, title = title WHERE id = ?", (number,))
    assert tuple(store.db.execute("SELECT sum(length(block)), count(*) FROM articles_fts_data").fetchone()) == tuple(
        before
    )
    assert hits(store, "ice") == [number]


def test_a_row_deleted_leaves_the_index_whether_it_was_in_it_or_not(store: Store) -> None:
    with store.write():
        old = add(store, 1, "ice")
    with store.write():
        fresh = add(store, 2, "ice")
        for number in (old, fresh):
            store.db.execute("DELETE FROM aliases WHERE article_id = ?", (number,))
            store.db.execute("DELETE FROM revisions WHERE article_id = ?", (number,))
            store.db.execute("DELETE FROM articles WHERE id = ?", (number,))
    assert hits(store, "ice") == []


def test_what_is_rolled_back_was_never_indexed(store: Store) -> None:
    with store.write():
        with suppress(ZeroDivisionError), store.savepoint():
            add(store, 1, "ice")
            raise ZeroDivisionError
        number = add(store, 2, "ferry")
    with suppress(ZeroDivisionError), store.write():
        revise(store, 2, "tug")
        raise ZeroDivisionError
    assert (hits(store, "ice"), hits(store, "ferry"), hits(store, "tug")) == ([], [number], [])
