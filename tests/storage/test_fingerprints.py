from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.model.identity import BANDS, NearArticle, Signature, StoredArticle
from monitor.model.page import Article, PageToSettle, PieceNames, Reading
from monitor.model.template import Line
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        yield store


def add(store: Store, number: int, *, copy_of: StoredArticle | None = None) -> StoredArticle:
    url = f"https://a.example/{number}"
    article = Article(url=url, identity=None, title="Talks resume", lead=None, text="t")
    page = PageToSettle(reading=Reading(article=article, content_hash=f"{number}"), source="one", first_seen_at=NOW)
    store.articles.add(page, PieceNames(keys=(url,)), NOW, copy_of=copy_of)
    known = store.articles.recall((url,), "").known
    assert known is not None
    return known


def sketch(first: int, last: int, *numbers: str) -> Signature:
    return Signature(sketch=tuple(range(first, last)), numbers=frozenset(numbers))


def kept(store: Store, *signatures: Signature) -> list[int]:
    ids = []
    for number, signature in enumerate(signatures):
        ids.append(add(store, number).id)
        store.fingerprints.save_signature(ids[-1], signature)
    return ids


def text(*keys: int | None) -> list[Line]:
    return [Line(key=key, shingles=(), numbers=()) for key in keys]


def test_a_text_that_shares_two_bands_is_found_with_its_signature(store: Store) -> None:
    like, other, far = sketch(30, 100, "14", "tuesday"), sketch(31, 100), sketch(200, 500)
    ids = kept(store, like, other, far)
    assert store.fingerprints.candidates(sketch(0, 300)) == {ids[0]: like}


def test_signatures_outlive_a_restart_byte_for_byte(tmp_path: Path) -> None:
    signature = Signature(sketch=(0, 1, 2**31, 2**32 - 1), numbers=frozenset())
    with Store(tmp_path / "test.db") as store, store.write():
        (number,) = kept(store, signature)
    with Store(tmp_path / "test.db") as store:
        assert store.fingerprints.candidates(signature) == {number: signature}


def test_a_later_text_replaces_the_signature_and_its_bands(store: Store) -> None:
    (number,) = kept(store, sketch(0, 40))
    store.fingerprints.save_signature(number, sketch(100, 140))
    assert store.fingerprints.candidates(sketch(0, 40)) == {}
    assert store.fingerprints.candidates(sketch(100, 140)) == {number: sketch(100, 140)}
    store.unwritten.write()
    assert store.db.execute("SELECT count(*) FROM bands").fetchone()[0] == BANDS


def test_signatures_made_by_another_algorithm_are_not_compared(store: Store) -> None:
    kept(store, sketch(0, 40))
    store.db.execute("UPDATE fingerprints SET algorithm = 'words5/0'")
    assert store.fingerprints.candidates(sketch(0, 40)) == {}


def test_rare_bands_rank_before_set_phrases_and_candidates_are_few(store: Store) -> None:
    phrase = [sketch(0, 3) for _ in range(80)]
    original = Signature(sketch=(0, 10, 11), numbers=frozenset())
    first, *rest = kept(store, original, *phrase)
    found = list(store.fingerprints.candidates(Signature(sketch=(0, 1, 2, 10, 11), numbers=frozenset())))
    assert found == [first, *reversed(rest[-9:])]  # of equals the newest


def test_a_copy_comes_with_its_original(store: Store) -> None:
    original = add(store, 1)
    copy = add(store, 2, copy_of=original)
    signature = sketch(0, 40)
    assert store.articles.load_similar({copy.id: signature, original.id: signature}) == (
        NearArticle(article=copy, original=original, signature=signature),
        NearArticle(article=original, original=original, signature=signature),
    )


def test_a_line_is_furniture_of_its_own_outlet_from_the_third_article_on(store: Store) -> None:
    page = text(7, None, 7, 8)
    store.fingerprints.count("one", page)
    assert store.fingerprints.repeated("one", page) == frozenset()
    store.fingerprints.count("one", text(7))
    assert store.fingerprints.repeated("one", page) == {7}
    assert store.fingerprints.repeated("two", page) == frozenset()


def test_what_left_a_text_as_furniture_goes_on_being_counted(store: Store) -> None:
    store.fingerprints.count("one", text(7, 8))
    store.fingerprints.count("one", text(None), removed=(7,))
    store.fingerprints.count("two", text(8, 9))
    store.fingerprints.count("two", text(9))
    assert (store.fingerprints.list_repeated("one"), store.fingerprints.list_repeated("two")) == ({7}, {9})
    assert store.fingerprints.list_repeated("three") == frozenset()


def test_a_text_without_lines_repeats_nothing(store: Store) -> None:
    store.fingerprints.count("one", text(None))
    assert store.fingerprints.repeated("one", text(None)) == frozenset()


def test_a_line_no_longer_repeated_gives_its_slot_away(store: Store) -> None:
    old, new = text(5), text(5 + 4096)
    for _ in range(3):
        store.fingerprints.count("one", old)
    for _ in range(2):
        store.fingerprints.count("one", new)
    assert store.fingerprints.repeated("one", old + new) == frozenset()
    for _ in range(2):
        store.fingerprints.count("one", new)
    assert store.fingerprints.repeated("one", old + new) == {5 + 4096}
    assert store.db.execute("SELECT count(*) FROM furniture").fetchone()[0] == 1


def test_counting_stops_so_that_an_old_design_is_forgotten(store: Store) -> None:
    for _ in range(300):
        store.fingerprints.count("one", text(5))
    assert store.db.execute("SELECT articles FROM furniture").fetchone()[0] == 255
