"""Measures identity on archives of growing size: looking a piece up, placing it, and what hashing alone would cost.

usage: identity.py [--sizes N[,N…]] [--pieces N] [--folder FOLDER]

The archive is laid row by row in the shape that the line writes, in large transactions: every article with its text
(lengths as in real news: half under 280 words, one in a hundred over 1,500), its signature and bands, its aliases,
and a story of its own, the worst case for finding one. Its vocabulary has the frequencies of a language (Zipf), so
common words lead to many stories. Revisions and the search index are left out of what is laid, not of what is placed.

Each size is then measured in a process of its own, which opens the file as it lies: what it takes to be ready is the
restart. Its pieces are new ones, exact copies under other addresses, cuts, known addresses, in equal parts. The last
line is one JSON object: for each size the median and the 95th percentile, in milliseconds, of looking a piece up
(`look_up`: all reads and the decision; `look_up_cpu`: the processor's part of it, which other work on the machine
disturbs less) and of placing it (`place`: the same and all writes, the commit shared by fifty),
that of hashing a text and asking for its hash (`hash`), milliseconds from opening to the first answer (`ready_ms`), and
the growth of memory over the pieces in MB; then `p95_ratio` of the largest to the smallest and `hash_ratio`, looking
up over hashing alone, at the largest.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from monitor.identity.decide import decide_identity
from monitor.model.identity import ALGORITHM, BANDS
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, PageToSettle, Reading
from monitor.model.story import ALGORITHM as STORIES
from monitor.model.story import SOUGHT
from monitor.pipeline.ingest.assign_story import choose_story
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.recall_piece import recall_piece
from monitor.pipeline.ingest.settle import Watch, store_reading
from monitor.storage import Store
from monitor.storage.texts.word_weights import pack_counts, pack_weights
from monitor.storage.timestamps import format_stamp
from monitor.text.content_hash import hash_content
from monitor.text.near_duplicates import SKETCH

SEED = 7
WORDS = 60_000  # of the vocabulary
CHUNK = 20_000  # articles a transaction while laying
BATCH = 50  # pages a transaction, as in the line
START = datetime(2024, 1, 1, tzinfo=UTC)
PACE = timedelta(seconds=30)  # between two articles of the archive
WATCH = Watch(sources={}, topics=(), rules=(), kinds={})


class Language:
    """Pseudo-words with the frequencies of a language; a third of the rare ones are names."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.words: list[str] = []
        seen: set[str] = set()
        while len(self.words) < WORDS:
            size = 2 + len(self.words) // 20_000
            word = "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(size + 1))
            if word not in seen:
                seen.add(word)
                self.words.append(word if len(self.words) < 1000 or len(self.words) % 3 else word.title())
        self._cumulated = list(accumulate(1 / (rank + 3) for rank in range(WORDS)))

    def draw(self, count: int) -> list[int]:
        """The ranks of `count` words."""
        top, cumulated = self._cumulated[-1], self._cumulated
        return [bisect(cumulated, self.chance.random() * top) for _ in range(count)]

    def length(self) -> int:
        """The words of one article: log-normal, median 280."""
        return min(5000, max(30, int(self.chance.lognormvariate(5.63, 0.75))))

    def say(self, ranks: list[int]) -> str:
        """A text of these words, in sentences of fourteen and paragraphs of three sentences."""
        words = [self.words[rank] for rank in ranks]
        sentences = [" ".join(words[at : at + 14]) for at in range(0, len(words), 14)]
        return "\n\n".join(". ".join(sentences[at : at + 3]) + "." for at in range(0, len(sentences), 3))


def lay(store: Store, language: Language, first: int, last: int) -> None:
    """Articles `first` to `last` (exclusive), in one transaction, each table in the order of its key."""
    chance = language.chance
    articles, prints, bands, aliases, stories, profiles, index = [], [], [], [], [], [], []
    for number in range(first, last):
        ranks = language.draw(language.length())
        at = format_stamp(START + number * PACE)
        url = f"https://outlet{number % 200}.example/news/{number}"
        sketch = sorted(chance.getrandbits(32) for _ in range(len(ranks)))[:SKETCH]
        telling = sorted(set(ranks), reverse=True)[:40]
        weights = {language.words[rank].lower(): 0.158 for rank in telling}
        found = list(weights)[:SOUGHT]
        names = {language.words[rank].lower(): 1 for rank in telling if language.words[rank].istitle()}
        title = " ".join(language.words[rank] for rank in ranks[:9])
        stories.append((number, title, number, at, at))
        articles.append(
            (
                *(number, url, f"outlet{number % 200}", title, language.say(ranks), f"{chance.getrandbits(256):064x}"),
                *(number, at, len(ranks), at, at),
            )
        )
        site = WATCH.estate.site_of(url)
        aliases += [(url, site, number), (f"outlet{number % 200}:{number}", site, number)]
        prints.append((number, ALGORITHM, struct.pack(f">{len(sketch)}I", *sketch), "12 17"))
        bands += [(band, number) for band in sketch[:BANDS]]
        packed = pack_weights(weights)
        profiles.append((number, STORIES, 1, packed, pack_counts(names), b"", at, at, "[]", number, json.dumps(found)))
        index += [(word, number, number) for word in found]
    many = store.db.executemany
    with store.write():
        many("INSERT INTO stories (id, title, first_article_id, first_at, last_at) VALUES (?, ?, ?, ?, ?)", stories)
        many(
            "INSERT INTO articles (id, url, source, title, text, content_hash, story_id, published_at, words, "
            "first_seen_at, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            articles,
        )
        many("INSERT INTO aliases (key, site, article_id) VALUES (?, ?, ?)", sorted(aliases))
        many("INSERT INTO fingerprints (article_id, algorithm, sketch, numbers) VALUES (?, ?, ?, ?)", prints)
        many("INSERT OR IGNORE INTO bands (band, article_id) VALUES (?, ?)", sorted(bands))
        many(f"INSERT INTO story_profiles VALUES ({', '.join('?' * 11)})", profiles)
        many("INSERT INTO story_words (word, touched, story_id) VALUES (?, ?, ?)", sorted(index))


def grow(path: Path, language: Language, first: int, last: int) -> float:
    """Lay the archive up to `last` articles; seconds it took."""
    start = time.perf_counter()
    with Store(path) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        store.db.execute("PRAGMA cache_size = -400000")
        trigger = store.db.execute("SELECT sql FROM sqlite_schema WHERE name = 'articles_ai'").fetchone()["sql"]
        store.db.execute("DROP TRIGGER articles_ai")
        for number in range(first, last, CHUNK):
            lay(store, language, number, min(last, number + CHUNK))
        store.db.execute(trigger)
        with store.write():
            store.db.execute("DELETE FROM word_counts")
            counted = [(word.lower(), max(1, 250_000 // (rank + 3))) for rank, word in enumerate(language.words)]
            store.db.executemany("INSERT OR IGNORE INTO word_counts VALUES (?, ?)", [("", last), *counted])
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return time.perf_counter() - start


def readings(language: Language, count: int, last: int) -> Iterator[tuple[str, Reading]]:
    """Pieces to place after an archive of `last` articles, by kind."""
    at = START + last * PACE
    told: list[Reading] = []
    for number in range(count):
        kind = ("new", "copy", "cut", "known")[number % 4] if len(told) > 4 else "new"
        outlet = f"outlet{language.chance.randrange(200)}"
        url = f"https://{outlet}.example/fresh/{number}"
        published = Moment(at=at + number * PACE, raw="", zone="offset", precision=Precision.SECOND, carrier="feed")
        if kind == "new":
            ranks = language.draw(language.length())
            title = " ".join(language.words[rank] for rank in ranks[:9])
            article = Article(
                url=url, identity=None, title=title, lead=None, text=language.say(ranks), published=published
            )
        elif kind == "known":
            article = language.chance.choice(told).article
        else:
            article = replace(language.chance.choice(told).article, url=url, published=published)
            if kind == "cut":
                article = replace(article, text=article.text[: len(article.text) * 2 // 3])
        reading = judge_article(article, (), source=outlet)
        if kind == "new":
            told.append(reading)
        yield kind, reading


def measure(path: Path, pieces: int, last: int) -> dict[str, Any]:
    """Times and memory of one archive, as a daemon that has just started meets it."""
    found = list(readings(Language(random.Random(SEED + last)), pieces + 20, last))
    start = time.perf_counter()
    with Store(path) as store:
        _look_up(store, found[0][1])
        ready = time.perf_counter() - start
        looks: list[float] = []
        places: list[float] = []
        hashes: list[float] = []
        processor: list[float] = []
        before = 0.0
        for number in range(0, len(found), BATCH):
            batch = found[number : number + BATCH]
            times = []
            with store.write():
                for _, reading in batch:
                    start = time.perf_counter()
                    digest = hash_content(reading.article.title, reading.article.text)
                    store.db.execute("SELECT id FROM articles WHERE content_hash = ?", (digest,)).fetchone()
                    middle, spent = time.perf_counter(), time.process_time()
                    _look_up(store, reading)
                    done, spent = time.perf_counter(), time.process_time() - spent
                    _place(store, reading)
                    times.append((middle - start, done - middle, time.perf_counter() - done, spent))
                start = time.perf_counter()
            commit = (time.perf_counter() - start) / len(batch)
            if number == 0:  # caches fill
                before = _memory()
                continue
            hashes += [hashing for hashing, _, _, _ in times]
            looks += [looking for _, looking, _, _ in times]
            places += [placing + commit for _, _, placing, _ in times]
            processor += [spent for _, _, _, spent in times]
        grown = _memory() - before
    return {
        "hash": _ms(hashes),
        "look_up": _ms(looks),
        "look_up_cpu": _ms(processor),
        "place": _ms(places),
        "ready_ms": round(1000 * ready, 1),
        "memory_mb": round(grown, 1),
        "file_mb": round(path.stat().st_size / 1e6),
    }


def _look_up(store: Store, reading: Reading) -> None:
    article = reading.article
    source = article.url.split("/")[2].split(".")[0]
    page = PageToSettle(reading=reading, source=source, first_seen_at=START, keys=(article.url,))
    recall = recall_piece(store, page, WATCH.estate.site_of, START).recall
    decision = decide_identity(reading, source, recall)
    if recall.known is None:
        choose_story(store, reading, source, decision, recall)


def _place(store: Store, reading: Reading) -> None:
    now = reading.article.published.at if reading.article.published else START
    source = reading.article.url.split("/")[2].split(".")[0]
    store_reading(store, WATCH, PageToSettle(reading=reading, source=source, quiet="a bench", first_seen_at=now), now)


def _memory() -> float:
    """What this process holds at this moment, in MB (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _ms(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50": round(1000 * ordered[len(ordered) // 2], 3),
        "p95": round(1000 * ordered[len(ordered) * 95 // 100], 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--pieces", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.measure is not None:
        print(json.dumps(measure(options.measure, options.pieces, sizes[0])))
        return
    language = Language(random.Random(SEED))
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path, laid = Path(folder) / "archive.db", 1
        for size in sizes:
            seconds = grow(path, language, laid, size + 1)
            laid = size + 1 + options.pieces + 20  # numbers that the pieces take
            command = [sys.executable, __file__, "--measure", str(path), "--sizes", str(size)]
            done = subprocess.run([*command, "--pieces", str(options.pieces)], capture_output=True, check=True)
            found[str(size)] = json.loads(done.stdout)
            print(f"{size}: laid in {seconds:.0f} s, {found[str(size)]}", flush=True)
    small, large = found[str(sizes[0])], found[str(sizes[-1])]
    ratios = {
        "p95_ratio": round(large["look_up"]["p95"] / small["look_up"]["p95"], 2),
        "p95_cpu_ratio": round(large["look_up_cpu"]["p95"] / small["look_up_cpu"]["p95"], 2),
        "place_ratio": round(large["place"]["p95"] / small["place"]["p95"], 2),
        "hash_ratio": round(large["look_up"]["p50"] / large["hash"]["p50"], 1),
    }
    print(json.dumps({"pieces": options.pieces, "sizes": found, **ratios}))


if __name__ == "__main__":
    main()
