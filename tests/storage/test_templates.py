"""Templates in the store: versions, standing, samples and the record of how they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.template import Template
from monitor.storage import Store
from monitor.storage.articles.templates import RECENT, SAMPLES, TemplateRecord

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ENTRY = Template(anchor=("div.entry",), text=frozenset({"p"}), other=frozenset(), least=10, most=20, pages=5)
VIDEO = replace(ENTRY, anchor=("section.clip",), pages=3)
PAGES = tuple(f"https://gull.example/{number}" for number in range(7))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        yield store


def states(store: Store) -> list[tuple[str, int, str, str | None]]:
    return [(row["container"], row["version"], row["state"], row["reason"]) for row in store.templates.rows("gull")]


def test_what_was_learned_is_found_again(store: Store) -> None:
    store.templates.replace_learned("gull", [(VIDEO, PAGES), (ENTRY, PAGES)], NOW)
    assert store.templates.list_active("gull") == (replace(ENTRY, number=2), replace(VIDEO, number=1))
    assert store.templates.list_active("tern") == ()
    assert store.templates.get(2) == replace(ENTRY, number=2)
    assert store.templates.get(9) is None
    assert dict(store.templates.rows("gull")[0]) == {
        "id": 2,
        "container": "div.entry",
        "version": 1,
        "state": "trial",
        "model": ENTRY.dump(),
        "pages": 5,
        "examples": '["' + '", "'.join(PAGES[:5]) + '"]',
        "agreed": 0,
        "used": 0,
        "learned_at": "2026-03-02T06:00:00.000Z",
        "ended_at": None,
        "reason": None,
    }


def test_a_template_earns_its_trust_and_loses_it(store: Store) -> None:
    store.templates.replace_learned("gull", [(ENTRY, PAGES)], NOW)
    assert [
        store.templates.confirm("gull", 1, compared=compared, trust=2) for compared in (True, False, True, True)
    ] == [
        False,
        False,
        True,
        False,
    ]
    assert store.templates.list_active("gull") == (replace(ENTRY, number=1, trusted=True),)
    store.templates.contradict(1)
    assert store.templates.list_active("gull") == (replace(ENTRY, number=1),)
    row = store.templates.rows("gull")[0]
    assert (row["agreed"], row["used"]) == (0, 4)


def test_the_same_again_stays_and_a_change_is_the_next_version_with_the_standing_of_the_first(store: Store) -> None:
    store.templates.replace_learned("gull", [(ENTRY, PAGES), (VIDEO, PAGES)], NOW)
    store.templates.confirm("gull", 1, compared=True, trust=1)
    store.templates.replace_learned("gull", [(ENTRY, PAGES), (VIDEO, PAGES)], NOW)
    assert states(store) == [("div.entry", 1, "trusted", None), ("section.clip", 1, "trial", None)]
    more = replace(ENTRY, text=frozenset({"p", "h3"}))
    store.templates.replace_learned("gull", [(more, PAGES)], NOW)
    assert states(store) == [
        ("div.entry", 2, "trusted", None),
        ("div.entry", 1, "superseded", None),
        ("section.clip", 1, "superseded", None),
    ]
    assert store.templates.list_active("gull") == (replace(more, number=3, trusted=True),)
    assert store.templates.get(1) == replace(ENTRY, number=1)  # for pages that it read
    store.templates.contradict(1)
    assert states(store)[1] == ("div.entry", 1, "superseded", None)


def test_the_record_says_how_they_hold(store: Store) -> None:
    assert store.templates.record("gull") == TemplateRecord()
    store.templates.replace_learned("gull", [(ENTRY, PAGES)], NOW)
    store.templates.confirm("gull", 1, compared=False, trust=9)
    store.templates.reject("gull", "no div.entry on the page", NOW)
    store.templates.reject("gull", "2 words in div.entry", NOW + timedelta(minutes=1))
    assert store.templates.record("gull") == TemplateRecord(samples=0, recent="+--")
    row = store.db.execute("SELECT held, doubted, doubt, doubted_at FROM lessons").fetchone()
    assert tuple(row) == (1, 2, "2 words in div.entry", "2026-03-02T06:01:00.000Z")
    for _ in range(30):
        store.templates.confirm("gull", 1, compared=False, trust=9)
    assert store.templates.record("gull").recent == "+" * RECENT


def test_the_newest_samples_are_kept(store: Store) -> None:
    counts = [store.templates.add_sample("gull", bytes([number])) for number in range(SAMPLES + 2)]
    store.templates.add_sample("tern", b"t")
    assert counts[-1] == SAMPLES + 2
    assert store.templates.samples("gull") == tuple(bytes([number]) for number in range(2, SAMPLES + 2))
    assert store.templates.samples("tern") == (b"t",)


def test_a_retired_outlet_begins_anew_with_its_newest_pages(store: Store) -> None:
    store.templates.replace_learned("gull", [(ENTRY, PAGES), (VIDEO, PAGES)], NOW)
    for number in range(9):
        store.templates.add_sample("gull", bytes([number]))
    store.templates.reject("gull", "no div.entry on the page", NOW)
    store.templates.retire("gull", "no div.entry on the page", NOW, spare=5)
    assert states(store) == [
        ("div.entry", 1, "retired", "no div.entry on the page"),
        ("section.clip", 1, "retired", "no div.entry on the page"),
    ]
    assert store.templates.list_active("gull") == ()
    assert store.templates.samples("gull") == tuple(bytes([number]) for number in range(4, 9))
    assert store.templates.record("gull") == TemplateRecord(samples=5, recent="")
    assert store.templates.add_sample("gull", b"new") == 6
    assert store.templates.samples("gull")[-1] == b"new"
    store.templates.retire("gull", "again", NOW, spare=9)
    assert store.templates.record("gull").samples == 6


def test_what_ended_before_the_last_look_at_its_pages_is_forgotten(store: Store) -> None:
    for number in range(20):
        later = NOW + timedelta(days=4 * number)
        store.templates.replace_learned("gull", [(replace(ENTRY, most=30 + number), PAGES)], later)
    assert [version for _, version, _, _ in states(store)] == list(range(20, 11, -1))
    for number in range(250):
        store.templates.replace_learned("tern", [(replace(ENTRY, most=30 + number), PAGES)], NOW)
    assert [row["version"] for row in store.templates.rows("tern")] == list(range(250, 49, -1))
