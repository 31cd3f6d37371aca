"""Weeks of edits at the simulated outlets, watched by the daemon's own engine, and the two ledgers compared.

usage: month.py [--days N] [--edits N] [--deletions N] [--reissues N] [--copies N] [--every 1h] [--seed S]

The newsroom writes down what it did and of which kind; the database says what was noticed. The last line is one JSON
object; rates are shares of 1.

- `duplicates`: alerts that told nothing new – a text told before, a revision told twice, an edit nobody made;
- `missed`: edits of substance in pieces that a topic had accepted, of which no alert went out;
- `classified`: edits whose revision names their kind and weighs them rightly (a trivial one: that made no revision);
- `exact`: of those that were seen alone, whose revision names that kind and no other;
- `spurious`: revisions where nobody edited anything, such as one of a challenge page;
- `departed`: deletions noticed; `invented`: departures of pieces that were never deleted.

An edit made before a poll first saw its piece is none to a monitor: `edits_unseen`.

Pieces are edited and deleted up to six days after publication, at most three days before the end: beyond, the ladder's
next look falls after the end of the run.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor.clock import SimulatedClock
from monitor.commands.demo import START, Simulation, write_demo_config
from monitor.config.load import load_config
from monitor.daemon.engine import Engine
from monitor.daemon.run import learn_missing_profiles
from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.editor import KINDS
from monitor.newsroom.fault import Fault
from monitor.newsroom.newsroom import LedgerRecord, Newsroom
from monitor.newsroom.piece import Piece
from monitor.newsroom.receiver import ReceivedDelivery, Receiver
from monitor.storage.timestamps import parse_stamp

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGES = r"^/(?!rss|feed|sitemap|robots|userApi|taxonomy|wp-json|region|$)"
# Copies run elsewhere than at the agency; where pieces come from, in parts.
OUTLETS = {"tass": 5, "commonspace": 2, "wordpress": 3}
COPIERS = ("wordpress", "milligazete", "commonspace")
QUIET = {"minor", "trivial"}


@dataclass(slots=True)
class Plot:
    """What happens, in order of time: moments and what is done then."""

    newsroom: Newsroom
    seed: int
    days: int
    edits: int
    deletions: int
    reissues: int
    copies: int
    events: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    pieces: dict[int, Piece] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(f"{self.seed} month")
        last = START + (self.days - 3) * DAY
        edited = (self.edits + 1) // 2
        number = max(edited + self.deletions, self.reissues, 1)
        published = {n: START + chance.random() * max(DAY / 4, (self.days - 9) * DAY) for n in range(2 * number)}
        outlets = chance.choices(list(OUTLETS), list(OUTLETS.values()), k=2 * number)
        for n, at in published.items():
            # The second half is about other things: what a monitor sees most.
            self._do(at, lambda n=n, at=at: self._publish(n, outlets[n], n < number, at))
        self.kinds = [KINDS[n % len(KINDS)] for n in range(self.edits)]
        chance.shuffle(self.kinds)
        for n in range(self.edits):
            piece, later = n % edited, n // edited
            # Twice at most, the first within hours and the second days later, so that each is seen by itself.
            after = HOUR * 12 * chance.random() ** 2 if not later else 3 * DAY + 3 * DAY * chance.random()
            self._do(min(last, published[piece] + HOUR + after), lambda n=n, piece=piece: self._amend(n, piece))
        for n in range(edited, edited + self.deletions):
            at = min(last, published[n] + 2 * HOUR + 4 * DAY * chance.random())
            self._do(at, lambda n=n: self._delete(n, chance))
        for n in chance.sample(range(number), self.reissues):
            at = published[n] + HOUR * (0.1 + 0.7 * chance.random())
            self._do(at, lambda n=n, at=at: self.newsroom.reissue(self.pieces[n], at=at))
        for n in (chance.randrange(number) for _ in range(self.copies)):
            outlet = chance.choice([name for name in COPIERS if name != outlets[n]])
            at = published[n] + HOUR * (0.2 + 1.3 * chance.random())
            self._do(at, lambda n=n, at=at, outlet=outlet: self._copy(n, outlet, at))
        self._troubles()
        self.events.sort(key=lambda event: event[:2])

    def _do(self, at: datetime, act: Callable[[], object]) -> None:
        self.events.append((at, len(self.events), act))

    def _publish(self, n: int, outlet: str, on_topic: bool, at: datetime) -> None:
        self.pieces[n] = self.newsroom.publish(outlet, on_topic=on_topic, at=at)

    def _copy(self, n: int, outlet: str, at: datetime) -> None:
        self.newsroom.publish(outlet, copy_of=self.pieces[n], at=at)

    def _amend(self, n: int, piece: int) -> None:
        """The kind of this edit's turn, or the next one that the piece allows."""
        turn = KINDS.index(self.kinds[n])
        done = {r.change for r in self.newsroom.ledger if r.kind == "edited" and r.piece.key == self.pieces[piece].key}
        for kind in KINDS[turn:] + KINDS[:turn]:
            if "retraction" in done or kind in done:
                continue
            if self.newsroom.amend(self.pieces[piece], kind) is not None:
                return

    def _delete(self, n: int, chance: random.Random) -> None:
        self.newsroom.delete(self.pieces[n], status=chance.choice((404, 410)))

    def _troubles(self) -> None:
        """Walls for hours, an outage, a server that answers 404 for every page, and one change of all guids."""
        for day in range(1, self.days, 2):
            for outlet in ("tass", "wordpress"):
                self._fault(outlet, START + (day + 0.3) * DAY, 4 * HOUR, Fault(path=PAGES, challenge=True))
        self._fault("wordpress", START + self.days / 3 * DAY, 5 * HOUR, Fault(path="^/", status=503))
        self._fault("tass", START + self.days / 2 * DAY, 5 * HOUR, Fault(path=PAGES, status=404))
        self._do(START + self.days / 2 * DAY, lambda: self.newsroom.rename("commonspace"))

    def _fault(self, outlet: str, at: datetime, lasts: timedelta, fault: Fault) -> None:
        self._do(at, lambda: self.newsroom.fault(outlet, fault))
        self._do(at + lasts, lambda: self.newsroom.clear(outlet, fault))

    def __call__(self, now: datetime) -> datetime | None:
        """Make what is due happen; when the next is due."""
        while self.events and self.events[0][0] <= now:
            self.events.pop(0)[2]()
        return self.events[0][0] if self.events else None


async def measure(folder: Path, reactor: Any, days: int, seed: int, every: str, **counts: int) -> dict[str, Any]:
    clock = SimulatedClock(START)
    with Newsroom(now=clock.now, seed=seed) as newsroom, Receiver(now=clock.now, secret=SECRET) as receiver:
        write_demo_config(folder, newsroom, receiver, SECRET)
        words = (
            (folder / "config.toml").read_text().replace('on = ["new", "edit"]', 'on = ["new", "edit", "retracted"]')
        )
        words = re.sub(r'every = "\d+m"', f'every = "{every}"', words)  # of a month of 5-minute polls most find nothing
        (folder / "config.toml").write_text(words)
        config = load_config(folder / "config.toml", environment={})
        learn_missing_profiles(config, lambda line: None)
        plot = Plot(newsroom, seed, days, **counts)
        engine = Engine(config, folder=folder, clock=clock, chance=random.Random(seed), reactor=reactor)
        began = time.monotonic()
        async with engine:
            await Simulation(engine, clock).until(START + days * DAY, plot)
            rows = await engine.store.do(lambda: Rows.read(engine.store.db))
        found = compare(newsroom, rows, receiver.accepted)
        return {**found, "days": days, "every": every, **counts, "ran_for": round(time.monotonic() - began, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the database says, by article."""

    articles: dict[int, tuple[str, str]]  # source and path
    stored: dict[int, datetime]
    matched: frozenset[int]
    revisions: dict[int, list[dict[str, Any]]]
    departed: dict[int, str]
    fetches: int

    @classmethod
    def read(cls, db: Any) -> Rows:
        revisions: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in db.execute("SELECT * FROM revisions WHERE number > 1 ORDER BY article_id, number"):
            revisions[row["article_id"]].append(dict(row))
        found = list(db.execute("SELECT id, source, url, stored_at FROM articles WHERE baseline = 0"))
        return cls(
            stored={row["id"]: parse_stamp(row["stored_at"]) for row in found},
            articles={row["id"]: (row["source"], urlsplit(row["url"]).path) for row in found},
            matched=frozenset(
                row["article_id"]
                for row in db.execute(
                    "SELECT article_id FROM matches WHERE matched = 1 UNION "
                    "SELECT article_id FROM alerts WHERE article_id IS NOT NULL"
                )
            ),
            revisions=dict(revisions),
            departed={row["article_id"]: row["noticed_at"] for row in db.execute("SELECT * FROM departures")},
            fetches=db.execute("SELECT count(*) AS n FROM fetches").fetchone()["n"],
        )


def compare(newsroom: Newsroom, rows: Rows, accepted: Sequence[ReceivedDelivery]) -> dict[str, Any]:
    """Hold the newsroom's ledger against the database and what the receiver got."""
    numbers = {place: number for number, place in rows.articles.items()}
    edits: dict[int, list[LedgerRecord]] = defaultdict(list)
    deleted: set[int] = set()
    unseen = 0
    for record in newsroom.ledger:
        number = numbers.get((record.piece.outlet, record.piece.path))
        if record.kind == "edited" and (number is None or record.at <= rows.stored[number]):
            unseen += 1
        elif record.kind == "edited" and number is not None:
            edits[number].append(record)
        elif record.kind == "deleted" and number is not None:
            deleted.add(number)
    told = Counter(
        (urlsplit(delivery.body["data"]["article"]["url"] or "").path, delivery.body["data"]["change"]["revision"])
        for delivery in accepted
        if delivery.body["data"].get("change")
    )
    good = missed = substance = alone = exact = spurious = invented_alerts = 0
    wrong: Counter[str] = Counter()
    for number, place in rows.articles.items():
        waiting = list(edits.get(number, ()))
        for revision in rows.revisions.get(number, ()):
            seen, kinds = parse_stamp(revision["seen_at"]), set(json.loads(revision["kinds"]))
            group = [record for record in waiting if record.at <= seen]
            waiting = waiting[len(group) :]
            wanted = [_kind(record) for record in group if _kind(record) != "trivial"]
            good += len(group) - len(wanted)
            if not wanted:
                spurious += 1
                good -= len(group)
                wrong.update(f"{_kind(r)} > {sorted(kinds)}" for r in group)
                invented_alerts += told[place[1], revision["number"]]
                continue
            heavy = [kind for kind in wanted if kind not in QUIET]
            for kind in wanted:
                # A text written anew has its other changes in it.
                right = kind in kinds or (kind not in ("headline", "correction", "retraction") and "rewrite" in wanted)
                right = right and bool(revision["substance"]) == bool(heavy)
                good += right
                if not right:
                    wrong[f"{kind} > {sorted(kinds)} {revision['substance']}"] += 1
            if len(wanted) == 1:
                alone += 1
                exact += kinds == set(wanted)
            if number in rows.matched:
                substance += len(heavy)
                missed += len(heavy) * (told[place[1], revision["number"]] == 0)
        for record in waiting:
            if _kind(record) == "trivial":
                good += 1
            else:
                wrong[f"{_kind(record)} > unnoticed"] += 1
                if number in rows.matched and _kind(record) not in QUIET:
                    substance += 1
                    missed += 1
    made = sum(map(len, edits.values()))
    repeated = sum(count - 1 for count in told.values()) + invented_alerts + _again(newsroom, accepted)
    return {
        "edits_made": made,
        "edits_unseen": unseen,
        "alerts": len(accepted),
        "duplicates": round(repeated / max(1, len(accepted)), 4),
        "substance": substance,
        "missed": round(missed / max(1, substance), 4),
        "classified": round(good / max(1, made), 4),
        "exact": round(exact / max(1, alone), 4),
        "spurious": spurious,
        "deleted": len(deleted),
        "departed": len(deleted & rows.departed.keys()),
        "invented": len(rows.departed.keys() - deleted),
        "pieces": len(rows.articles),
        "fetches": rows.fetches,
        "wrong": dict(wrong.most_common(12)),
    }


def _kind(record: LedgerRecord) -> str:
    return "quote" if (record.change or "").startswith("quote") else record.change or "addition"


def _again(newsroom: Newsroom, accepted: Sequence[ReceivedDelivery]) -> int:
    """Alerts of a text that was told before: a copy, a re-issue or the piece itself."""
    pieces = {(piece.outlet, piece.path): piece for piece in newsroom.published()}
    told: Counter[str] = Counter()
    for delivery in accepted:
        data = delivery.body["data"]
        if delivery.body["type"] in ("article.matched", "story.grew"):
            piece = pieces[data["outlet"]["name"], urlsplit(data["article"]["url"]).path]
            told[piece.copy_of or piece.key] += 1
    return sum(count - 1 for count in told.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name, default in (
        ("days", 30),
        ("edits", 500),
        ("deletions", 60),
        ("reissues", 40),
        ("copies", 200),
        ("seed", 7),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--every", default="1h", help="polling interval of every source")
    options = vars(parser.parse_args())
    logging.basicConfig(level=logging.ERROR)

    async def body(reactor: Any) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="seedwatch-month-") as folder:
            return await measure(Path(folder), reactor, **options)

    print(json.dumps(run_reactor(body)))


if __name__ == "__main__":
    main()
