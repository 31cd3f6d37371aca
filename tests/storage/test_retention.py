"""Old rows of the ledgers go in small steps; what says that a piece is known stays (RELIABILITY R8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from monitor.model.source import Entry
from monitor.storage import Store, retention
from monitor.storage.alerts.alerts import NewAlert
from monitor.storage.alerts.forgotten_bodies import FORGOTTEN
from monitor.storage.backup import back_up_database
from monitor.storage.connection import connect_database
from monitor.storage.sources.entry_json import decode_entry, encode_entry
from monitor.storage.store_vitals import measure_file_sizes
from monitor.storage.timestamps import format_stamp

pytestmark = pytest.mark.row("R8")

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
BEFORE = NOW - timedelta(days=90)
WORDS = b'{"type": "article.matched"}'
TABLES = ("polls", "fetches", "attempts", "problems", "links", "sightings", "alerts")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "seedwatch.db") as store:
        store.db.execute(
            "INSERT INTO sources (name, spider, title, host, every, added_at, next_poll_at) "
            "VALUES ('one', 'feed', 'One', 'one.example', 600, '', '')"
        )
        store.db.execute("INSERT INTO endpoints (id, source, kind, url, key) VALUES (1, 'one', 'feed', 'u', 'k')")
        yield store


def add_day(store: Store, number: int, age: int, *, outcome: str = "ok", state: str = "delivered") -> None:
    """A row of each table, so many days old."""
    at, run = format_stamp(NOW - timedelta(days=age)), store.db.execute
    run("INSERT INTO polls (id, source, started_at, outcome) VALUES (?, 'one', ?, ?)", (number, at, outcome))
    run(
        "INSERT INTO links (id, key, source, url, entry, first_seen_at, last_seen_at, state) "
        "VALUES (?, ?, 'one', ?, '{}', ?, ?, 'done')",
        (number, str(number), str(number), at, at),
    )
    run("INSERT INTO sightings (link_id, endpoint_id, at, said) VALUES (?, 1, ?, '')", (number, at))
    run("INSERT INTO fetches (id, link_id, at, outcome) VALUES (?, ?, ?, 'new')", (number, number, at))
    run(
        "INSERT INTO alerts (id, rule, channel, event, created_at, body, state) "
        "VALUES (?, 'r', 'desk', 'article.matched', ?, ?, ?)",
        (str(number), at, WORDS, state),
    )
    run("INSERT INTO attempts (id, alert_id, number, at, seconds) VALUES (?, ?, 1, ?, 0.1)", (number, str(number), at))
    run(
        "INSERT INTO problems (id, kind, subject, detail, cure, opened_at, last_at, closed_at) "
        "VALUES (?, 'k', ?, '', '', ?, ?, ?)",
        (number, str(number), at, at, None if outcome == "open" else at),
    )


def ids(store: Store) -> dict[str, list[int]]:
    column = {"sightings": "link_id"}
    return {
        table: sorted(int(row[0]) for row in store.db.execute(f"SELECT {column.get(table, 'id')} FROM {table}"))
        for table in TABLES
    }


def test_old_rows_of_the_ledgers_go_and_what_is_known_stays(store: Store) -> None:
    add_day(store, 1, 200)
    add_day(store, 2, 200, outcome="open", state="pending")
    add_day(store, 3, 91)
    add_day(store, 4, 89)
    assert store.retention.prune(BEFORE) == 2 + 3 + 2 + 2 + 2  # the last: words of settled alerts
    assert ids(store) == {
        "polls": [2, 4],
        "fetches": [4],
        "attempts": [2, 4],
        "problems": [2, 4],
        "links": [1, 2, 3, 4],
        "sightings": [1, 2, 3, 4],
        "alerts": [1, 2, 3, 4],
    }
    assert store.retention.prune(BEFORE) == 0


def test_a_step_is_small_and_steps_come_to_an_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STEP", 2)
    for number in range(1, 6):
        add_day(store, number, 100)
    # Of each ledger two rows a step; of alerts those with the numbers of the step, whose attempts have gone.
    assert [store.retention.prune(BEFORE) for _ in range(4)] == [8 + 2, 8 + 2, 4 + 1, 0]
    assert ids(store)["links"] == [1, 2, 3, 4, 5]


def test_of_a_link_that_nobody_lists_any_more_the_address_stays(store: Store) -> None:
    for number, age in ((1, 100), (2, 89), (3, 100)):
        add_day(store, number, age)
    entry = encode_entry(Entry(url="u", key="k", endpoint="e", title="Vote", text="A long text. " * 50))
    store.db.execute("UPDATE links SET entry = ?, title = 'Vote'", (entry,))
    store.db.execute("UPDATE links SET state = 'pending' WHERE id = 3")
    store.retention.prune(BEFORE)
    rows = [(row["title"], decode_entry(row["entry"])) for row in store.db.execute("SELECT * FROM links ORDER BY id")]
    whole = ("Vote", decode_entry(entry))
    bare = Entry(url=store.links.one(1).url, key=store.links.one(1).key, endpoint="")
    assert rows == [(None, bare), whole, whole]
    assert store.retention.prune(BEFORE) == 0


def test_of_what_announced_an_unlisted_link_the_first_of_each_source_stays(store: Store) -> None:
    """Which sources announced it is what ownership goes by, which of their lists is not."""
    run = store.db.execute
    run(
        "INSERT INTO sources (name, spider, title, host, every, added_at, next_poll_at) "
        "VALUES ('two', 'feed', 'Two', 'two.example', 600, '', '')"
    )
    for number, source in ((2, "one"), (3, "two"), (4, "two")):
        run(
            "INSERT INTO endpoints (id, source, kind, url, key) VALUES (?, ?, 'feed', 'u', ?)", (number, source, number)
        )
    for number, age in ((1, 100), (2, 89)):
        add_day(store, number, age)
        for endpoint, sooner in ((2, 1), (3, 0), (4, 0)):
            at = format_stamp(NOW - timedelta(days=age + sooner))
            run("INSERT INTO sightings (link_id, endpoint_id, at, said) VALUES (?, ?, ?, '')", (number, endpoint, at))
    assert store.retention.prune(BEFORE) == 2 + 4 + 1  # sightings, rows of ledgers, words of an alert
    kept = [tuple(row) for row in run("SELECT link_id, endpoint_id FROM sightings ORDER BY 1, 2")]
    assert kept == [(1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (2, 4)]
    assert [store.links.owners.is_heard(1, source) for source in ("one", "two")] == [True, True]
    assert store.retention.prune(BEFORE) == 0


def test_what_settled_alerts_said_goes_and_that_they_were_told_stays(store: Store) -> None:
    states = ("delivered", "dead", "held", "digested", "pending", "held", "delivered", "dead")
    for number, state in enumerate(states, 1):
        add_day(store, number, 100, state=state)
    young = format_stamp(NOW - timedelta(days=1))
    store.db.execute("UPDATE alerts SET release_at = ? WHERE id = '6'", (young,))  # held until a time
    store.db.execute("UPDATE alerts SET delivered_at = ? WHERE id = '7'", (young,))
    store.db.execute("UPDATE attempts SET at = ? WHERE alert_id = '8'", (young,))  # given up only now
    store.retention.prune(BEFORE)
    said = [bytes(row["body"]) for row in store.db.execute("SELECT body FROM alerts ORDER BY id")]
    assert said == [FORGOTTEN] * 4 + [WORDS] * 4
    # Nothing empty is ever sent: neither one by one nor with all that were given up.
    assert [store.alerts.replay(number, NOW) for number in ("1", "2", "7")] == [False, False, True]
    assert store.alerts.replay_since(BEFORE - timedelta(days=50), NOW) == 1
    # Known as before: what is queued again under the same id is passed over.
    again = NewAlert(
        id="1", rule="r", channel="desk", event="article.matched", article_id=None, topic=None, revision=1, body=WORDS
    )
    assert store.alerts.add([again], NOW) == 0
    assert store.retention.prune(BEFORE) == 0


def test_much_free_room_goes_back_to_the_disk_in_steps(store: Store) -> None:
    store.db.execute("CREATE TABLE big (x BLOB)")
    with store.write():
        store.db.executemany("INSERT INTO big VALUES (?)", [(bytes(4000),)] * 2_000)
    assert store.retention.shrink() == 0
    store.db.execute("DROP TABLE big")
    before = measure_file_sizes(store.db, store.path)
    with store.write():
        first = store.retention.shrink()
    steps = 1
    while store.retention.shrink():
        steps += 1
    after = measure_file_sizes(store.db, store.path)
    assert first == 128
    assert steps > 3
    assert after["file"] < before["file"] / 3
    assert after["free"] < 128 * 8192


def test_a_copy_of_an_old_database_can_give_room_back(tmp_path: Path) -> None:
    path, copy = tmp_path / "old.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (x)")
    connect_database(path).close()
    back_up_database(path, copy)
    modes = []
    for file in (path, copy):
        with closing(connect_database(file)) as db:
            modes.append(db.execute("PRAGMA auto_vacuum").fetchone()[0])
    assert modes == [0, 2]


def test_room_that_is_freed_is_used_again(store: Store) -> None:
    def fill(first: int, age: int) -> int:
        with store.write():
            for number in range(first, first + 400):
                add_day(store, number, age)
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(store.db.execute("PRAGMA page_count").fetchone()[0])

    one = fill(1, 100)
    two = fill(401, 100)
    store.retention.prune(BEFORE)
    # Links, sightings and alerts go on growing; polls, fetches, attempts and problems find their room.
    assert fill(801, 1) - two < 0.75 * (two - one)
