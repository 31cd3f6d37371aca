"""Kills the real daemon again and again, then holds the ledgers of newsroom and receiver against its database.

usage: loop.py [--kills N] [--seed S]

Each round publishes pieces, starts the daemon as a process of its own on the same database, lets it run into a
SIGKILL at a drawn boundary, and checks the file it left. An hour passes between rounds, on the clock of newsroom,
receiver and daemon alike, so that all is due again. At the end the unchanged daemon runs on real time until nothing
waits, no look at a known piece either: an edit made after a piece left all lists is found by a look only.

The last line is one JSON object: `acknowledged` are the pieces that the database holds, `delivered` the alerts that
the receiver accepted, each id once, `most_repeats_a_kill` how often one kill made an accepted id come again, `lost` the
on-topic pieces and edits nobody was told of plus the pieces that are not stored, `repeats` further deliveries of an
accepted id, `repeats_with_other_id` alerts with nothing new under an id of their own, `order_violations` alerts that
were accepted before what they follow (tests/alert_order.py). Now and then the receiver refuses what is said of a piece
(422) so often that its alert waits for hours on its own ladder while later ones pass; the piece is edited meanwhile.
`refused` counts these answers, `followers` the edits that were queued while the alert of their piece still waited.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils.utils import sqlite3

from monitor.commands.demo import compare_ledgers, write_demo_config
from monitor.newsroom.newsroom import OUTLETS, Newsroom
from monitor.newsroom.piece import Piece
from monitor.newsroom.receiver import Receiver
from monitor.storage.timestamps import format_stamp

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from alert_order import count_order_violations

BOUNDARIES = (
    "after-record",
    "after-extraction",
    "inside-transaction",
    "during-commit",
    "after-commit",
    "before-send",
    "after-send",
)
VICTIM = Path(__file__).with_name("victim.py")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOUR = timedelta(hours=1)
COLD = 10  # of so many lives one starts as a process of its own, the others are forked from one that has imported all
WAITING = 6  # pieces of an outlet not stored yet, with which it waits: the shortest list holds ten
ROUND = 30.0  # seconds after which a round counts as "not reached", thrice that where it starts cold
DRAIN = 120.0  # seconds for the run to the end, and
LOOK = 0.2  # more for each link: a poll looks at twenty known pieces
STOP = 10.0  # RELIABILITY R4
UNREAD = ("01", "08")  # of proc(5), net/tcp: established, and closed by the other side
# Whether a known piece of a source waits for the look at which it was due when the last run began.
LOOKS = (
    "EXISTS (SELECT 1 FROM links WHERE source = sources.name AND state IN ('done', 'gone') "
    "AND revisit_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
)
FOLLOWERS = (
    "SELECT count(*) FROM alerts AS later JOIN alerts AS first USING (article_id, channel) "
    "WHERE later.event = 'article.edited' AND first.event IN ('article.matched', 'story.grew') "
    "AND later.created_at < first.delivered_at"
)
REFUSED = 0.3  # of the rounds one piece is refused
REFUSALS = (4, 5)  # so often: attempts 5 and 6 of an alert's ladder are 2 and 5 hours after the one before
LONGEST_COMMIT = 0.004  # seconds; a commit of one article with its fsync took 1 to 3 ms here


@dataclass(slots=True, kw_only=True)
class Figures:
    """What the rounds came to."""

    killed: Counter[str] = field(default_factory=Counter)
    not_reached: Counter[str] = field(default_factory=Counter)
    repeats: list[int] = field(default_factory=list)  # how many there were when each life had ended
    ready: list[float] = field(default_factory=list)  # seconds from start to "watching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one run of the victim ended."""

    code: int
    ready: float | None
    words: str


class Loop:
    """One database, one newsroom, one receiver, many short lives of the daemon."""

    def __init__(self, folder: Path, seed: int, kills: int) -> None:
        self.folder = folder
        self.kills = kills
        self.chance = random.Random(seed)
        # The rounds lie in the past, so that the last run can be the plain daemon on the machine's own clock.
        self.shift = -HOUR * (2 * kills + 2)
        self.newsroom = Newsroom(now=self.now, seed=seed)
        self.receiver = Receiver(now=self.now, secret=SECRET)
        self.figures = Figures()
        self.edited: list[Piece] = []
        self.refused: list[Piece] = []  # and not edited yet
        self.database = Path()
        self.lives = 0
        self.nest = subprocess.Popen(
            [sys.executable, str(VICTIM), "--nest"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def now(self) -> datetime:
        """The time of newsroom and receiver."""
        return datetime.now(UTC) + self.shift

    def run(self) -> dict[str, Any]:
        """All rounds, the run to the end, the comparison."""
        with self.nest, self.newsroom, self.receiver:
            config = write_demo_config(self.folder, self.newsroom, self.receiver, SECRET)
            self.database = Path(config.store.path)
            path = self.folder / "config.toml"
            words = path.read_text("utf-8").replace("[fetch]\n", "[fetch]\ndelay = 0\n")
            path.write_text(words, "utf-8")
            for outlet in OUTLETS:
                self.newsroom.publish(outlet, on_topic=True)
            self._first()
            since = self.now()
            bag = self.chance.sample(BOUNDARIES[1:], len(BOUNDARIES) - 1)  # at the first one it has died already
            while self.figures.killed.total() < self.kills:
                if not bag:
                    bag = list(BOUNDARIES)
                    self.chance.shuffle(bag)
                boundary = bag.pop()
                if not self._round(boundary):
                    bag.insert(0, boundary)
            self.shift = timedelta()
            self.receiver.heal()
            stop = self._drain()
            return self._compare(since) | {"stop_seconds": round(stop, 2)}

    def _first(self) -> None:
        """The first start of all, on no database yet, dies in its first poll: what came later still has to alert."""
        ended = self._victim("after-record", 1, 0.0)
        if ended.code != -signal.SIGKILL:
            raise AssertionError(f"the first start ended by itself ({ended.code}):\n{ended.words}")
        self.figures.killed["after-record"] += 1
        self._check_file()

    def _round(self, boundary: str) -> bool:
        """Publish, run into the boundary, look at what is left; whether the boundary was reached."""
        self.shift += HOUR
        self._publish()
        ended = self._victim(boundary, self.chance.choice((1, 2)), self.chance.uniform(0, LONGEST_COMMIT))
        if ended.code == 0:
            self.figures.not_reached[boundary] += 1
            self._count()
            if self.figures.not_reached.total() > self.kills // 5 + 2:
                raise AssertionError(f"too many rounds without a kill: {self.figures.not_reached}\n{ended.words}")
            return False
        if ended.code != -signal.SIGKILL or f"boundary={boundary}" not in ended.words:
            raise AssertionError(f"the daemon died of something else ({ended.code}) than {boundary}:\n{ended.words}")
        self.figures.killed[boundary] += 1
        if ended.ready is not None:
            self.figures.ready.append(ended.ready)
        self._check_file()
        self._count()
        return True

    def _count(self) -> None:
        """Each life follows one kill, and repeats at most the one alert of which that kill left nothing written."""
        before = self.figures.repeats[-1] if self.figures.repeats else 0
        self.figures.repeats.append(len(self.receiver.repeats))
        if self.figures.repeats[-1] > before + 1:
            ids = [delivery.webhook_id for delivery in self.receiver.repeats[before:]]
            raise AssertionError(f"one kill was followed by {len(ids)} repeats: {ids}")

    def _publish(self) -> None:
        """Two pieces on topic at two outlets, one beside it; now and then a copy of an earlier one and an edit.

        An outlet waits while too many of its pieces are not stored: what leaves its lists before a daemon lived long
        enough to read them is a gap, which tests/bench/recall.py drives, and no loss by a kill.
        """
        stored = {url for (url,) in self._read("SELECT url FROM articles WHERE baseline = 0")}
        waiting = Counter(p.outlet for p in self.newsroom.published() if self.newsroom.url(p) not in stored)
        ready = [outlet for outlet in OUTLETS if waiting[outlet] < WAITING]
        outlets = self.chance.sample(ready, min(3, len(ready)))
        pieces = [self.newsroom.publish(outlet, on_topic=place < 2) for place, outlet in enumerate(outlets)]
        alerted = self._alerted()
        # Of a piece that has its alert: an altered copy that is told before its original keeps no original back
        # (docs/decisions.md), which is a matter of who is read first and of no kill.
        if len(pieces) == 3 and self.chance.random() < 0.2:
            original = next((piece for piece in alerted if piece.outlet != outlets[2] and not piece.copy_of), None)
            if original is not None:
                self.newsroom.publish(outlets[2], copy_of=original)
        if pieces and (self.lives < 2 or self.chance.random() < REFUSED):
            self.receiver.fail(
                status=422, times=self.chance.choice(REFUSALS), about=f'"{self.newsroom.url(pieces[0])}"'
            )
            self.refused.append(pieces[0])
        known = next((piece for piece in self.refused if piece in alerted), None)
        if known is not None:
            self.refused.remove(known)
        elif self.chance.random() < 0.2:
            known = next((piece for piece in alerted if piece not in self.refused), None)
        if known is not None:
            self.newsroom.edit(known, title=f"{known.title}, by all accounts")
            self.edited.append(known)

    def _alerted(self) -> list[Piece]:
        """The pieces with an alert, delivered or not, that were not edited yet, latest first: an edit owes one, too."""
        alerts = "SELECT article_id FROM alerts WHERE state <> 'held'"
        urls = {url for (url,) in self._read(f"SELECT url FROM articles WHERE id IN ({alerts})")}
        done = {piece.key for piece in self.edited}
        known = [piece for piece in self.newsroom.published() if piece.key not in done]
        return [piece for piece in reversed(known) if self.newsroom.url(piece) in urls]

    def _victim(self, boundary: str, nth: int, delay: float) -> Ended:
        """One life of the daemon, to its death or, after `ROUND` seconds, to a clean stop."""
        words = [str(part) for part in (boundary, nth, delay, self.shift.total_seconds(), self.folder / "config.toml")]
        self.lives += 1
        if self.lives % COLD == 1:
            return self._cold(words)
        log = self.folder / "life.log"
        log.unlink(missing_ok=True)
        print(json.dumps([words, str(log)]), file=self.nest.stdin, flush=True)
        assert self.nest.stdout is not None
        number = int(self.nest.stdout.readline())
        kills = ((ROUND, signal.SIGTERM), (ROUND + STOP, signal.SIGKILL))
        patience = [threading.Timer(after, os.kill, (number, what)) for after, what in kills]
        for timer in patience:
            timer.start()
        code = int(self.nest.stdout.readline())
        for timer in patience:
            timer.cancel()
        self._heard()
        # Forked workers hold the lock a moment longer than the daemon lived: the kernel kills them one by one.
        with self.database.with_name(f"{self.database.name}.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
        return Ended(code=code, ready=None, words=log.read_text()[-6000:])

    def _cold(self, words: list[str]) -> Ended:
        """A life from the very start, imports and all, which is timed."""
        began = time.monotonic()
        ready: float | None = None
        lines: list[str] = []
        with subprocess.Popen([sys.executable, str(VICTIM), *words], stderr=subprocess.PIPE, text=True) as process:
            kills = ((3 * ROUND, process.terminate), (3 * ROUND + STOP, process.kill))
            patience = [threading.Timer(after, what) for after, what in kills]
            for timer in patience:
                timer.start()
            assert process.stderr is not None
            for line in process.stderr:
                lines.append(line)
                if "event=start" in line:
                    ready = time.monotonic() - began
            code = process.wait()
            for timer in patience:
                timer.cancel()
        self._heard()
        return Ended(code=code, ready=ready, words="".join(lines[-60:]))

    def _heard(self) -> None:
        """Wait until the receiver has read all that the dead daemon sent: it belongs to the hour in which it was."""
        port = f":{urlsplit(self.receiver.address).port:04X}"
        end = time.monotonic() + STOP
        table = Path("/proc/net/tcp")
        while any(row.split()[1].endswith(port) and row.split()[3] in UNREAD for row in table.open()):
            if time.monotonic() > end:
                raise AssertionError(f"the receiver still reads {STOP} s after the daemon's end")
            time.sleep(0.01)

    def _check_file(self) -> None:
        """The database as the kill left it, looked at in a copy: the daemon itself must recover the original."""
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            for part in (self.database, self.database.with_name(f"{self.database.name}-wal")):
                if part.exists():
                    shutil.copy(part, scratch)
            db = sqlite3.connect(Path(scratch) / self.database.name)
            try:
                (verdict,) = db.execute("PRAGMA integrity_check").fetchone()
                dangling = db.execute("PRAGMA foreign_key_check").fetchall()
            finally:
                db.close()
        if verdict != "ok" or dangling:
            raise AssertionError(f"integrity_check: {verdict}, foreign_key_check: {dangling}")

    def _drain(self) -> float:
        """The plain daemon until nothing waits; the seconds its clean stop took."""
        program = str(Path(sys.executable).with_name("seedwatch"))
        command = [program, "--config", str(self.folder / "config.toml"), "run"]
        log = self.folder / "last.log"
        began = datetime.now(UTC)
        with log.open("w") as sink, subprocess.Popen(command, stderr=sink) as process:
            ((links,),) = self._read("SELECT count(*) FROM links")
            end = time.monotonic() + DRAIN + LOOK * links
            while not self._idle(began) and process.poll() is None and time.monotonic() < end:
                time.sleep(0.1)
                self._hurry(command[:-1])
            idle = self._idle(began)
            asked = time.monotonic()
            process.send_signal(signal.SIGTERM)
            try:
                code = process.wait(STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                raise AssertionError(f"SIGTERM: still there after {STOP} s\n{log.read_text()[-4000:]}") from None
            took = time.monotonic() - asked
        if code != 0 or not idle:
            raise AssertionError(f"the last run: code {code}, idle {idle}\n{log.read_text()[-4000:]}")
        self._check_file()
        self._count()
        return took

    def _hurry(self, command: list[str]) -> None:
        """Have sources polled whose looks are due though nobody asks them right now."""
        resting = self._read(
            f"SELECT name FROM sources WHERE {LOOKS} AND next_poll_at > '{format_stamp(datetime.now(UTC))}' "
            "AND NOT EXISTS (SELECT 1 FROM polls WHERE source = name AND outcome = 'open')"
        )
        for (name,) in resting:
            subprocess.run([*command, "sources", "poll", name], check=True, capture_output=True)

    def _idle(self, since: datetime) -> bool:
        """Whether every source was polled since then and nothing waits."""
        waiting = self._read(
            "SELECT (SELECT count(*) FROM links WHERE state = 'pending') + "
            "(SELECT count(*) FROM alerts WHERE state = 'pending') + "
            "(SELECT count(*) FROM polls WHERE outcome = 'open') + "
            f"(SELECT count(*) FROM sources WHERE coalesce(last_poll_at, '') < '{format_stamp(since)}' OR {LOOKS})"
        )
        return bool(waiting == [(0,)])

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        db = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return [tuple(row) for row in db.execute(query)]
        finally:
            db.close()

    def _compare(self, since: datetime) -> dict[str, Any]:
        accepted = self.receiver.accepted
        ledgers = compare_ledgers(self.newsroom, accepted, since)
        told = {d.body["data"]["article"]["url"] for d in accepted if d.body["type"] == "article.edited"}
        edits = [piece.key for piece in self.edited if self.newsroom.url(piece) not in told]
        stored = Counter(url for (url,) in self._read("SELECT url FROM articles WHERE baseline = 0"))
        published = {self.newsroom.url(piece) for piece in self.newsroom.published()}
        missing = sorted(published - stored.keys())
        again = [delivery.raw.decode() for delivery in accepted if delivery.webhook_id in ledgers.repeated]
        told_of = {"lost alert": ledgers.lost, "lost edit": edits, "lost article": missing, "nothing new": again}
        print(*(f"{name}: {key}" for name, found in told_of.items() for key in found), sep="\n")
        ready = sorted(self.figures.ready)
        return {
            "kills": self.figures.killed.total(),
            "acknowledged": stored.total(),
            "delivered": len(accepted),
            "lost": len(ledgers.lost) + len(edits) + len(missing),
            "repeats": len(self.receiver.repeats),
            "most_repeats_a_kill": max(later - earlier for earlier, later in pairwise([0, *self.figures.repeats])),
            "repeats_with_other_id": len(ledgers.repeated),
            "order_violations": count_order_violations(delivery.body for delivery in accepted),
            "refused": sum(d.status == 422 for d in self.receiver.deliveries),
            "followers": self._read(FOLLOWERS)[0][0],
            "boundaries": {name: self.figures.killed[name] for name in BOUNDARIES},
            "not_reached": dict(self.figures.not_reached),
            "published": len(published),
            "edits": len(self.edited),
            "stored_twice": stored.total() - len(stored),
            "stored_unpublished": len(stored.keys() - published),
            "unsigned": sum(d.signature_ok is not True for d in self.receiver.deliveries),
            "ready_seconds": ready and {"p50": round(ready[len(ready) // 2], 2), "max": round(ready[-1], 2)},
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None, help="drawn and printed where it is not given")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="seedwatch-kill-") as folder:
        print(json.dumps(Loop(Path(folder), seed, options.kills).run()))


if __name__ == "__main__":
    main()
