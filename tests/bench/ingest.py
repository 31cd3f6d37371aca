"""What the archive costs as it grows: documents a second end to end, a piece's settling, its statements and its bytes.

usage: ingest.py [--articles N[,N…]] [--seed S] [--database FILE] [--real N] [--profile]

Texts of `press_run.py` go through `backfill_documents`, as `seedwatch backfill` sends them, with the shipped topic:
judged in one worker a core, settled and committed in this process. Where the archive has grown to each of the sizes,
500 pieces more are settled with their texts judged before, so that the writer's own CPU time is told apart, and the
statements are counted that SQLite was given. With --database the archive is kept, and goes on from what it holds.

Beyond --real pieces (2,000) an archive is grown by SQL (`multiply`): each piece's rows are written again under new
numbers, addresses, hashes and bands, in new stories and at later dates, with the texts and words of the old. So
tables, indexes and the full-text index are as large as they would be and words have as many holders; what such a copy
is not is a text of its own, and its sketch is its model's, though its bands are not. The last 2,000 before a
measurement go through the product again, which gives `documents_per_second`. `cpu_documents_per_second` is how many
two cores would take by the CPU time that a document cost in all processes: the figure where others use the machine.

The floors are measured in the same run: a hash and one row with its full-text index, inserted 200 a transaction
with synchronous = FULL. The last line is one JSON object; `settle_ms` is CPU, at the largest size, `settle_ratio` that
to the smallest size, `sql_calls` the statements of a piece (mean).
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import json
import os
import pickle
import pstats
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from press_run import SOURCES, make_documents

from monitor.config.seed_folder import read_seeds
from monitor.model.page import PageToSettle, Reading
from monitor.pipeline.archive.backfill import BATCH, backfill_documents
from monitor.pipeline.archive.document_reading import read_document
from monitor.pipeline.archive.documents import InputDocument
from monitor.pipeline.ingest.settle import Watch, store_reading
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.readers import PRELOADED_FOR_TEXTS
from monitor.pipeline.readers.first_text import prepare_texts
from monitor.pipeline.shared_value import SharedValue
from monitor.storage import Store
from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.topic import Topic

NOW = datetime(2026, 7, 1, tzinfo=UTC)
SEEDS = Path(__file__).resolve().parents[2] / "seeds"
TURN = 2_000  # documents sent at once
PROBES = 500


class Statements:
    """Counts what SQLite is given, without what it does within: triggers, and the full-text index's own tables."""

    def __init__(self) -> None:
        self.count = 0
        self.last = ""
        self.seen: dict[str, int] = {}

    def __call__(self, statement: str) -> None:
        if not statement.startswith("--") and statement != self.last:  # a trigger tells of its statement again
            self.last = statement
            self.count += 1
            key = " ".join(statement.split())[:60]
            self.seen[key] = self.seen.get(key, 0) + 1


def judge(documents: Sequence[InputDocument], topics: tuple[Topic, ...], folder: Path) -> tuple[list[Reading], float]:
    """The readings, and CPU milliseconds of one."""
    packed = folder / "topics"
    packed.write_bytes(pickle.dumps(topics))
    shared: SharedValue[tuple[Topic, ...]] = SharedValue(str(packed))
    read_document((documents[0], None, shared))
    start = time.process_time()
    found = [read_document((document, None, shared)) for document in documents]
    spent = time.process_time() - start
    return [one for one in found if isinstance(one, Reading)], 1000 * spent / len(documents)


def settle(store: Store, watch: Watch, documents: Sequence[InputDocument], readings: Sequence[Reading]) -> None:
    """Store readings as a back-fill does, 200 a transaction."""
    for first in range(0, len(readings), BATCH):
        with store.write():
            some = slice(first, first + BATCH)
            for document, reading in zip(documents[some], readings[some], strict=True):
                page = PageToSettle(
                    reading=reading,
                    source=document.source,
                    first_seen_at=NOW,
                    keys=(),
                    quiet="it was backfilled",
                    backlog=True,
                )
                store_reading(store, watch, page, NOW)


# How the rows of one article are written again: a table and its columns' values, numbers up by :shift.
_AGAIN = (
    ("stories", {"id": "id + :shift", "first_article_id": "first_article_id + :shift", "articles": "0"}, "id"),
    (
        "articles",
        {
            "id": "id + :shift",
            "url": "url || '-' || :shift",
            "identity": "identity || '-' || :shift",
            "content_hash": "printf('%08x', :shift) || substr(content_hash, 9)",
            "copy_of": "copy_of + :shift",
            "story_id": "story_id + :shift",
            "published_at": "strftime('%Y-%m-%dT%H:%M:%f', published_at, (:shift * 20) || ' seconds') || 'Z'",
        },
        "id",
    ),
    ("revisions", {"id": "NULL", "article_id": "article_id + :shift"}, "article_id"),
    ("aliases", {"key": "key || '-' || :shift", "article_id": "article_id + :shift"}, "article_id"),
    ("fingerprints", {"article_id": "article_id + :shift"}, "article_id"),
    ("bands", {"band": "(band * 48271 + :shift) % 4294967296", "article_id": "article_id + :shift"}, "article_id"),
    ("matches", {"article_id": "article_id + :shift"}, "article_id"),
    ("differences", {"article_id": "article_id + :shift"}, "article_id"),
    (
        "story_profiles",
        {"story_id": "story_id + :shift", "touched": "touched + :shift", "apart": "'[]'"},
        "story_id",
    ),
    ("story_words", {"touched": "touched + :shift", "story_id": "story_id + :shift"}, "story_id"),
)


def multiply(store: Store, size: int) -> None:
    """Grow an archive to `size` articles by writing its rows again."""
    while (most := store.db.execute("SELECT max(id) FROM articles").fetchone()[0]) < size:
        given = {"shift": most, "cut": min(most, size - most)}
        with store.write():
            for table, changed, number in _AGAIN:
                columns = [row["name"] for row in store.db.execute(f"PRAGMA table_info({table})")]
                values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
                names = ", ".join(f'"{column}"' for column in columns)
                store.db.execute(
                    f"INSERT OR IGNORE INTO {table} ({names}) SELECT {values} FROM {table} "
                    f"WHERE {number} <= :cut ORDER BY 1, 2",
                    given,
                )
            store.db.execute("UPDATE word_counts SET articles = articles + articles / 8 + 1")
            store.unwritten.hand_over()
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def probe(store: Store, watch: Watch, seed: int, first: int, folder: Path, *, profile: bool) -> dict[str, Any]:
    """CPU of settling pieces at the present size, and the statements of one."""
    documents = list(make_documents(seed, first, PROBES))
    readings, judging = judge(documents, watch.topics, folder)
    measured = PROBES - BATCH // 2
    profiler = cProfile.Profile() if profile else None
    start, wall = time.thread_time(), time.perf_counter()
    if profiler:
        profiler.enable()
    settle(store, watch, documents[:measured], readings[:measured])
    if profiler:
        profiler.disable()
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    spent, took = time.thread_time() - start, time.perf_counter() - wall
    counted = Statements()
    store.db.set_trace_callback(counted)
    settle(store, watch, documents[measured:], readings[measured:])
    store.db.set_trace_callback(None)
    if profile:
        for statement, times in sorted(counted.seen.items(), key=lambda one: -one[1]):
            sys.stderr.write(f"{times / (PROBES - measured):7.2f} {statement}\n")
    return {
        "judge_ms": round(judging, 2),
        "settle_ms": round(1000 * spent / measured, 3),
        "settle_wall_ms": round(1000 * took / measured, 3),
        "sql_calls": round((counted.count - 2) / (PROBES - measured), 1),
    }


def measure_bytes(store: Store) -> dict[str, int]:
    """Bytes an article, in all and by the largest tables and indexes."""
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    # Python's own SQLite has dbstat mostly, which that of a wheel may lack. In a process of its own: two libraries in
    # one do not see each other's locks (https://www.sqlite.org/howtocorrupt.html, 2.2.1).
    asked = [sys.executable, str(Path(__file__)), "--bytes", str(store.path)]
    found: dict[str, int] = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
    return found


def weigh_tables(path: Path) -> dict[str, int]:
    """Bytes an article of a database that is written to elsewhere: all, and where SQLite knows, the largest tables."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        articles = db.execute("SELECT count(*) FROM articles").fetchone()[0]
        size = db.execute("PRAGMA page_count").fetchone()[0] * db.execute("PRAGMA page_size").fetchone()[0]
        found = {"all": size // articles}
        if "ENABLE_DBSTAT_VTAB" in {row[0] for row in db.execute("PRAGMA compile_options")}:
            rows = db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 16")
            found |= {name: taken // articles for name, taken in rows}
    return found


def measure_floor(folder: Path, documents: Sequence[InputDocument]) -> dict[str, float]:
    """A hash and a row with its full-text index: CPU milliseconds and bytes of one."""
    path = folder / "floor.db"
    db = sqlite3.connect(str(path), isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE a (id INTEGER PRIMARY KEY, url TEXT UNIQUE, hash TEXT, title TEXT, text TEXT)")
    db.execute("CREATE VIRTUAL TABLE f USING fts5 (title, text, content=a, content_rowid=id)")
    start = time.process_time()
    for first in range(0, len(documents), BATCH):
        db.execute("BEGIN IMMEDIATE")
        for document in documents[first : first + BATCH]:
            title, text = (document.fields or {})["title"], (document.fields or {})["text"]
            digest = hashlib.sha256(text.encode()).hexdigest()
            row = db.execute(
                "INSERT OR IGNORE INTO a (url, hash, title, text) VALUES (?, ?, ?, ?)",
                (document.address, digest, title, text),
            ).lastrowid
            db.execute("INSERT INTO f (rowid, title, text) VALUES (?, ?, ?)", (row, title, text))
        db.execute("COMMIT")
    spent = time.process_time() - start
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    db.close()
    return {
        "floor_ms": round(1000 * spent / len(documents), 3),
        "floor_bytes": path.stat().st_size // len(documents),
    }


def _worker_seconds() -> float:
    """CPU seconds of this process's children that run, and of theirs."""
    spent: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended
                continue
            spent[int(entry.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours = {os.getpid()}
    for pid in sorted(spent):  # a child's number is above its parent's until they begin anew
        if spent[pid][0] in ours:
            ours.add(pid)
    return sum(spent[pid][1] for pid in ours - {os.getpid()} if pid in spent) / os.sysconf("SC_CLK_TCK")


def run(
    sizes: Sequence[int], seed: int, database: Path, folder: Path, *, real: int = TURN, profile: bool = False
) -> dict[str, Any]:
    """Grow an archive to each of the sizes, and measure it there; beyond `real` pieces by SQL but for the last."""
    topic = Topic(name="karabakh", profile=learn_profile(read_seeds(SEEDS), topic="karabakh"))
    watch = Watch(sources={}, topics=(topic,), rules=(), kinds={})
    found: dict[str, Any] = {}
    prepare_texts()  # this process judges as the workers do
    with Workers(preload=PRELOADED_FOR_TEXTS) as workers, Store(database) as store:
        begun = store.db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0]
        rates: list[float] = []
        desk: list[float] = []
        both: list[float] = []
        for size in sizes:
            if begun >= real and size - TURN > begun:
                multiply(store, size - TURN)
                begun = size - TURN
            while begun < size:
                documents = list(make_documents(seed, begun, min(TURN, size - begun)))
                begun += len(documents)
                start, spent = time.perf_counter(), time.thread_time()
                reading, whole = _worker_seconds(), time.process_time()
                for _ in backfill_documents(store, watch, workers, documents, NOW):
                    pass
                rates.append(len(documents) / (time.perf_counter() - start))
                desk.append(1000 * (time.thread_time() - spent) / len(documents))
                both.append((_worker_seconds() - reading + time.process_time() - whole) / len(documents))
            found[str(size)] = {
                "documents_per_second": round(mean(rates[-3:] or [0.0]), 1),
                "cpu_documents_per_second": round(2 / mean(both[-3:]), 1) if both else 0.0,
                "desk_ms": round(mean(desk[-3:] or [0.0]), 3),
                **probe(store, watch, seed, begun, folder, profile=profile),
                "bytes": measure_bytes(store),
            }
            begun += PROBES
            sys.stdout.write(f"{size}: {json.dumps(found[str(size)])}\n")
            sys.stdout.flush()
    floor = measure_floor(folder, list(make_documents(seed + 1, 0, 2_000)))
    least, most = found[str(sizes[0])], found[str(sizes[-1])]
    return {
        "bench": "ingest",
        "articles": sizes[-1],
        "cores": os.cpu_count(),
        "sources": SOURCES,
        "documents_per_second": most["documents_per_second"],
        "cpu_documents_per_second": most["cpu_documents_per_second"],
        "judge_ms": most["judge_ms"],
        "settle_ms": most["settle_ms"],
        "settle_ratio": round(most["settle_ms"] / least["settle_ms"], 2),
        "sql_calls": most["sql_calls"],
        "bytes_per_article": most["bytes"]["all"],
        **floor,
        "settle_to_floor": round(most["settle_ms"] / floor["floor_ms"], 1),
        "bytes_to_floor": round(most["bytes"]["all"] / floor["floor_bytes"], 2),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", default="1000,10000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--real", type=int, default=TURN)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--bytes", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bytes:
        sys.stdout.write(json.dumps(weigh_tables(options.bytes)) + "\n")
        sys.exit()
    with tempfile.TemporaryDirectory() as place:
        result = run(
            [int(size) for size in options.articles.split(",")],
            options.seed,
            options.database or Path(place) / "archive.db",
            Path(place),
            real=options.real,
            profile=options.profile,
        )
    sys.stdout.write(json.dumps(result) + "\n")
