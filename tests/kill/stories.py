"""Kills a process that tells stories, again and again, and holds the file it left against the rules of a whole one.

usage: stories.py [--kills N] [--seed S]

A child of this process places pieces – new ones, copies, cuts, edits, pieces that bring two stories together – a few a
transaction, until it gets a SIGKILL at a random moment; the next goes on where the file ends. At the end the file must
hold the same rows as one that was written in peace. The last line is one JSON object: how many kills there were, how
many of them fell inside a transaction, how many pieces, stories and merges the file ended with.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import struct
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3

from monitor.model.identity import BANDS
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, PageToSettle
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, store_reading
from monitor.storage import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WATCH = Watch(sources={}, topics=(), rules=(), kinds={})
PIECES = 240
PACE = timedelta(minutes=40)
KINDS = ("new", "new", "follow", "copy", "cut", "edit")
SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "mi", "no", "pe", "ra", "si", "tu", "va", "ze")
# What must come back equal from a file that was killed and one that was not.
ROWS = (
    "SELECT id, url, title, revision, copy_of, round(similarity, 4), story_id, content_hash FROM articles ORDER BY id",
    "SELECT id, title, first_article_id, merged_into FROM stories ORDER BY id",
    "SELECT story_id, texts, words, names, central, since, until, apart, touched FROM story_profiles ORDER BY story_id",
    "SELECT * FROM story_words ORDER BY 1, 2, 3",
    "SELECT * FROM word_counts ORDER BY 1",
    "SELECT kind, story_id, other_id, article_id, articles FROM story_changes ORDER BY id",
    "SELECT * FROM bands ORDER BY 1, 2",
    "SELECT * FROM aliases ORDER BY 1",
    "SELECT * FROM differences ORDER BY 1",
)
# Each must find nothing: rows that a piece told by halves would leave.
BROKEN = {
    "an article in a story that went into another": (
        "SELECT a.id FROM articles AS a JOIN stories AS s ON s.id = a.story_id WHERE s.merged_into IS NOT NULL"
    ),
    "a story without an article": (
        "SELECT id FROM stories WHERE merged_into IS NULL AND id NOT IN (SELECT story_id FROM articles)"
    ),
    "a story that nothing tells from others": (
        "SELECT id FROM stories WHERE merged_into IS NULL AND id NOT IN (SELECT story_id FROM story_profiles)"
    ),
    "a story that counts texts it has not, or misses some": (
        "SELECT p.story_id FROM story_profiles AS p JOIN articles AS a USING (story_id) GROUP BY p.story_id "
        "HAVING p.texts NOT BETWEEN sum(a.copy_of IS NULL) AND count(*)"
    ),
    "a near-copy of which nobody knows what differs": (
        "SELECT a.id FROM articles AS a JOIN articles AS o ON o.id = a.copy_of WHERE a.revision = 1 AND o.revision = 1 "
        "AND a.content_hash != o.content_hash AND a.id NOT IN (SELECT article_id FROM differences)"
    ),
    "a word that leads nowhere, or none that leads to a story": (
        "SELECT word, touched, story_id FROM story_words EXCEPT "
        "SELECT value, touched, story_id FROM story_profiles, json_each(indexed)"
    ),
    "a story that its words do not lead to": (
        "SELECT value, touched, story_id FROM story_profiles, json_each(indexed) EXCEPT "
        "SELECT word, touched, story_id FROM story_words"
    ),
    "an article without a name": "SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM aliases)",
    "a first article that is none": (
        "SELECT id FROM stories WHERE first_article_id IS NULL OR first_article_id NOT IN (SELECT id FROM articles)"
    ),
    "a revision that is missing": (
        "SELECT id FROM articles WHERE revision != (SELECT count(*) FROM revisions WHERE article_id = articles.id)"
    ),
}


def pieces(seed: int) -> list[Article]:
    """The pieces in the order in which they come."""
    chance = random.Random(seed)

    def word() -> str:
        return "".join(chance.choices(SYLLABLES, k=3))

    common = [word() for _ in range(300)]
    found: list[Article] = []
    events: list[list[str]] = []
    for number in range(PIECES):
        if number % 40 == 20:  # far apart these are two stories, until somebody tells what was between
            own = [word().title() for _ in range(4)] + [word() for _ in range(12)]
            for days in (0, 18, 9, 14):
                at = Moment(
                    at=NOON + timedelta(days=days), raw="", zone="offset", precision=Precision.SECOND, carrier="feed"
                )
                url = f"https://outlet{days % 9}.example/{number}/{days}"
                text = " ".join(chance.choice(own if chance.random() < 0.5 else common) for _ in range(90))
                found.append(
                    Article(url=url, identity=None, title=" ".join(own[:5]), lead=None, text=text, published=at)
                )
        kind = chance.choice(KINDS) if found else "new"
        at = Moment(at=NOON + number * PACE, raw="", zone="offset", precision=Precision.SECOND, carrier="feed")
        url = f"https://outlet{number % 9}.example/{number}"
        if kind in ("new", "follow"):
            if kind == "new" or not events:
                events.append([word().title() for _ in range(4)] + [word() for _ in range(12)])
            own = chance.choice(events[-6:])
            text = " ".join(chance.choice(own if chance.random() < 0.5 else common) for _ in range(90))
            found.append(Article(url=url, identity=None, title=" ".join(own[:5]), lead=None, text=text, published=at))
            continue
        old = chance.choice(found[-12:])
        if kind == "edit":
            found.append(replace(old, text=f"{old.text} {word()} {word()}."))
        else:
            text = old.text if kind == "copy" else old.text[: len(old.text) * 3 // 4]
            found.append(replace(old, url=url, text=text, published=at))
    return found


def put(store: Store, article: Article, now: datetime) -> SettledPage:
    """Place one piece, inside the caller's transaction."""
    source = article.url.split("/")[2].split(".")[0]
    page = PageToSettle(reading=judge_article(article, (), source=source), source=source, first_seen_at=NOON)
    return store_reading(store, WATCH, page, now)


def tell(path: Path, found: list[Article], batch: int, begin: int | None = None) -> None:
    """Place what the file does not hold yet, `batch` pieces a transaction; the pipe `begin` hears of each."""
    with Store(path) as store:
        (done,) = store.db.execute("SELECT count(*) FROM revisions").fetchone()
        (unchanged,) = store.db.execute("PRAGMA user_version").fetchone()
        for start in range(done + unchanged, len(found), batch):
            with store.write():
                for number, article in enumerate(found[start : start + batch], start):
                    settled = put(store, article, NOON + number * PACE)
                    if begin is not None:
                        os.write(begin, b".")
                    if not settled.outcome.stored and settled.outcome != "revision":
                        unchanged += 1
                        store.db.execute(f"PRAGMA user_version = {unchanged}")


def check(path: Path) -> None:
    """Raises AssertionError where the file is not whole."""
    db = sqlite3.connect(path)
    try:
        verdict = db.execute("PRAGMA integrity_check").fetchone()
        assert verdict == ("ok",), verdict
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        for name, query in BROKEN.items():
            rows = db.execute(query).fetchall()
            assert rows == [], f"{name}: {rows[:5]}"
        want = {
            (band, number)
            for number, sketch in db.execute("SELECT article_id, sketch FROM fingerprints")
            for band in struct.unpack(f">{len(sketch) // 4}I", sketch)[:BANDS]
        }
        assert set(db.execute("SELECT band, article_id FROM bands")) == want
    finally:
        db.close()


def rows(path: Path) -> list[list[tuple[Any, ...]]]:
    db = sqlite3.connect(path)
    try:
        return [db.execute(query).fetchall() for query in ROWS]
    finally:
        db.close()


def killed(path: Path, found: list[Article], chance: random.Random) -> bool | None:
    """One life of a child that tells stories; whether it left a journal, None where it came to its end."""
    batch, pieces_told = chance.choice((1, 5, 40)), chance.randrange(1, 30)
    begun, begin = os.pipe()
    child = os.fork()
    if child == 0:
        tell(path, found, batch, begin)
        os._exit(0)
    os.close(begin)
    for _ in range(pieces_told):  # counted in pieces, not in time: it dies as deep in its work on a busy machine
        if not os.read(begun, 1):
            break
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(begun)
    if not os.WIFSIGNALED(status):
        assert os.waitstatus_to_exitcode(status) == 0
        return None
    wal = path.with_name(f"{path.name}-wal")
    return wal.exists() and wal.stat().st_size > 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    found, chance = pieces(options.seed), random.Random(options.seed)
    figures = {"kills": 0, "with_a_journal": 0, "files": 0}
    with tempfile.TemporaryDirectory() as folder:
        peace = Path(folder) / "peace.db"
        tell(peace, found, 40)
        check(peace)
        wanted = rows(peace)
        while figures["kills"] < options.kills:
            path = Path(folder) / f"killed{figures['files']}.db"
            figures["files"] += 1
            while True:
                died = killed(path, found, chance)
                if path.exists():
                    with Store(path):  # recovers, as the next start does
                        pass
                    check(path)
                if died is None or figures["kills"] >= options.kills:
                    break
                figures["kills"] += 1
                figures["with_a_journal"] += died
            tell(path, found, 40)
            check(path)
            for query, got, want in zip(ROWS, rows(path), wanted, strict=True):
                assert got == want, f"{query}: {[row for row in got if row not in want][:3]}"
        (articles, stories, merged) = (len(wanted[0]), len(wanted[2]), len(wanted[5]))
    print(json.dumps(figures | {"articles": articles, "stories": stories, "merged": merged}))


if __name__ == "__main__":
    main()
