"""The recall drill: a month of four outlets with everything going wrong, and whether a piece was missed unseen.

usage: recall.py [--days N] [--every MINUTES] [--seed S] [--whole]

The newsroom publishes at TASS's pace (240 a day) and Commonspace's (5 a day), some pieces on one endpoint only, at an
outlet that has nothing but a list paged by `?page=2` (40 a day), and at one that has nothing but a sitemap in which
every date is the moment of the request (20 a day). 5 % of
the time one of the faults of `FAULTS` is under way at each outlet. Three outages of fourteen hours: the daemon is
stopped, no outlet can be reached, TASS answers 503. Commonspace gives all its pieces new guids, then a new template to
its lists; TASS's feed answers 304 to every validator from the middle on.

Measured is discovery: robots.txt forbids articles, so that a month takes minutes. With `--whole` every piece goes
through the whole line. What is true comes from the newsroom's own ledger, never from our database:

- `recall`: of the pieces that stayed reachable – listed anywhere for six hours in which their outlet was up and the
  daemon ran – how many we discovered;
- `silent_misses`: pieces not discovered and published outside every gap that is still open;
- `feed_only_recall`: what a reader finds that polls the outlets' feeds alone, conditionally, at the same pace, in the
  same run and through the same faults and outages, of all pieces that outlets with feeds published since the start;
- `delays`: median and 95th percentile, in seconds, from publication to first sight per outlet, of the pieces found that
  were not published in an outage.

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.clock import SimulatedClock
from monitor.commands.demo import START, Simulation, write_demo_config
from monitor.config.load import load_config
from monitor.daemon.engine import Engine
from monitor.daemon.run import learn_missing_profiles
from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.fault import Fault
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.outlets.commonspace import Commonspace
from monitor.newsroom.outlets.tass import FEED_ITEMS
from monitor.newsroom.piece import Piece
from monitor.newsroom.receiver import Receiver
from monitor.storage import Store

PACES = {"tass": 240, "commonspace": 5, "milligazete": 40, "wordpress": 20}  # pieces a day (the first two: SOURCES.md)
FEEDS = {"tass": ("/rss/v2.xml",), "commonspace": ("/taxonomy/term/20/feed", "/taxonomy/term/24/feed")}
ARTICLES = {
    "tass": "".join(f"Disallow: /{name}/\n" for name in ("politics", "world", "economy", "defense", "science"))
    + "".join(f"Disallow: /{name}/\n" for name in ("emergencies", "society", "pressreview", "sports")),
    "commonspace": "".join(f"Disallow: /{name}/\n" for name in ("news", "analysis", "opinion", "interview")),
    "milligazete": "Disallow: /*/1\n",
    "wordpress": "Disallow: /*-\n",
}
# Where a piece is announced, and how often: most of them everywhere.
PLACES: dict[str, tuple[tuple[float, frozenset[str] | None], ...]] = {
    "tass": (
        (0.92, None),
        (0.02, frozenset({"rss"})),
        (0.03, frozenset({"api"})),
        (0.03, frozenset({"sitemap"})),
    ),
    "commonspace": ((0.9, None), (0.05, frozenset({"rss"})), (0.05, frozenset({"listing"}))),
    "milligazete": ((1, None),),
    "wordpress": ((1, None),),
}
OUTAGE = timedelta(hours=14)
OUTAGES = (0.15, 0.42, 0.70)  # when they begin, as parts of the whole
RESET, LIE, REDESIGN = 0.30, 0.50, 0.60
STAYED = timedelta(hours=6)
SHARE = 0.05  # of the time with a fault
LASTS = timedelta(minutes=25)
_FEED = r"^(?!.*moved).*(?:feed|xml)$"
# One of every kind in the newsroom's script, on whatever is asked for; delays are real time, so they are short.
FAULTS = (
    Fault(status=503, retry_after=120),
    Fault(status=429, retry_after=300),
    Fault(challenge=True),
    Fault(status=500),
    Fault(status=502),
    Fault(reset=True),
    Fault(charset="utf-16"),
    Fault(truncate=900),
    Fault(path=_FEED, redirect="{path}?moved"),
    Fault(path=_FEED, not_modified=True),
    Fault(path=_FEED, delay=0.02),
    Fault(path=_FEED, pace=4_000_000),
)
DOWN = Fault(reset=True)
BUSY = Fault(status=503)
LYING = Fault(path=r"^/rss/", not_modified=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens to an outlet: a piece is put out, a fault begins or ends, the site changes."""

    at: datetime
    kind: str
    outlet: str
    fault: Fault | None = None
    endpoints: frozenset[str] | None = None


@dataclass(slots=True)
class Reader:
    """A reader of feeds as there are many: conditional GET of each feed, whatever it lists is found."""

    addresses: tuple[str, ...]
    found: set[str] = field(default_factory=set)
    _etags: dict[str, str] = field(default_factory=dict)

    def poll(self) -> None:
        for address in self.addresses:
            request = urllib.request.Request(address, headers={"User-Agent": "a feed reader"})
            if address in self._etags:
                request.add_header("If-None-Match", self._etags[address])
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    body = answer.read().decode("utf-8", "replace")
                    self._etags[address] = answer.headers.get("ETag") or self._etags.get(address, "")
            except (OSError, ValueError):  # http.client's errors are these too, but for a body cut short
                continue
            except Exception as error:
                logging.getLogger(__name__).debug("reader %r", error)
                continue
            self.found |= set(re.findall(r"https?://[^\s<>\"\]?&]+", body))


class Drill:
    """One run: the plot, the truth and the figures."""

    def __init__(self, newsroom: Newsroom, clock: SimulatedClock, *, days: float, seed: int, every: int) -> None:
        self.newsroom = newsroom
        self.clock = clock
        self.length = timedelta(days=days)
        self.end = START + self.length
        self.every = timedelta(minutes=every)
        self.outages = tuple((START + self.length * part, START + self.length * part + OUTAGE) for part in OUTAGES)
        chance = random.Random(f"{seed} recall")
        self.events = sorted([*self._news(chance), *self._trouble(chance)], key=lambda event: event.at)
        self.reader = Reader(
            tuple(newsroom.outlets[name].address + path for name, paths in FEEDS.items() for path in paths)
        )
        self._next = 0
        self._read_at = START

    def _news(self, chance: random.Random) -> Iterator[Event]:
        for outlet, pace in PACES.items():
            backlog = min(120, 2 * pace)  # what was there before the start
            for number in range(-backlog, int(pace * self.length / timedelta(days=1))):
                at = START + timedelta(days=1) / pace * (number + chance.uniform(0.02, 0.98))
                shares, places = zip(*PLACES[outlet], strict=True)
                (endpoints,) = chance.choices(places, shares)
                yield Event(at=at, kind="publish", outlet=outlet, endpoints=endpoints)

    def _trouble(self, chance: random.Random) -> Iterator[Event]:
        for outlet in PACES:
            at = START + LASTS
            kinds: list[Fault] = []
            while at < self.end - LASTS:
                kinds = kinds or chance.sample(FAULTS, len(FAULTS))  # every kind once before any comes again
                yield from _during(at, at + LASTS, outlet, kinds.pop())
                at += LASTS / SHARE * chance.uniform(0.7, 1.3)
        _, network, busy = self.outages
        for outlet in PACES:
            yield from _during(*network, outlet, DOWN)
        yield from _during(*busy, "tass", BUSY)
        yield from _during(START + self.length * LIE, self.end, "tass", LYING)
        yield Event(at=START + self.length * RESET, kind="guids", outlet="commonspace")
        yield Event(at=START + self.length * REDESIGN, kind="redesign", outlet="commonspace")

    def due(self, now: datetime) -> datetime | None:
        """Make happen what is due, the reader's polls too; when the next of it is."""
        while self._next < len(self.events) and self.events[self._next].at <= now:
            self._apply(self.events[self._next])
            self._next += 1
        stopped, back = self.outages[0]
        while self._read_at <= now:
            if not stopped <= self._read_at < back:
                self.reader.poll()
            self._read_at += self.every
        ahead = [self._read_at] if now < self.end + self.every else []
        return min([*ahead, *(event.at for event in self.events[self._next :][:1])], default=None)

    def _apply(self, event: Event) -> None:
        outlet = self.newsroom.outlets[event.outlet]
        if event.kind == "publish":
            self.newsroom.publish(event.outlet, at=event.at, endpoints=event.endpoints)
        elif event.fault is not None:
            (outlet.fault if event.kind == "fault" else outlet.clear)(event.fault)
        elif isinstance(outlet, Commonspace):
            if event.kind == "guids":
                outlet.renamed += 1
            else:
                outlet.redesigned = True

    def figures(self, seen: Mapping[str, datetime], gaps: Iterable[tuple[str, datetime, datetime]]) -> dict[str, Any]:
        """Hold what was found against what was put out."""
        found = seen.keys()
        published = [(p, self.newsroom.url(p)) for p in self.newsroom.published() if p.published_at >= START]
        missed = [piece for piece, url in published if url not in found]
        holes = list(gaps)
        silent = [p for p in missed if not any(s == p.outlet and a <= p.published_at <= b for s, a, b in holes)]
        stayed = [piece for piece, _ in published if self._stayed(piece)]
        lost = [piece for piece in stayed if piece in set(missed)]
        fed = [url for piece, url in published if piece.outlet in FEEDS]
        return {
            "recall": round(1 - len(lost) / len(stayed), 5),
            "silent_misses": len(silent),
            "published": len(published),
            "stayed_reachable": len(stayed),
            "missed": len(missed),
            "lost": sorted(f"{piece.key} {piece.published_at:%d %H:%M}" for piece in {*lost, *silent})[:20],
            "feed_only_recall": round(sum(url in self.reader.found for url in fed) / len(fed), 5),
            "delays": {name: self._delays(name, published, seen) for name in PACES},
        }

    def _delays(
        self, outlet: str, published: Iterable[tuple[Piece, str]], seen: Mapping[str, datetime]
    ) -> dict[str, float]:
        """Seconds from publication to first sight, of the pieces that came while the outlet could be asked."""
        down = self.outages if outlet == "tass" else self.outages[:2]
        late = sorted(
            (seen[url] - piece.published_at).total_seconds()
            for piece, url in published
            if piece.outlet == outlet and url in seen and not any(a <= piece.published_at <= b for a, b in down)
        )
        if not late:
            return {}
        return {"pieces": len(late), "p50": late[len(late) // 2], "p95": late[len(late) * 95 // 100]}

    def _stayed(self, piece: Piece) -> bool:
        """Whether it was on some list for six hours in which its outlet could be asked."""
        until = self.end
        where = next(event.endpoints for event in self.events if event.outlet == piece.outlet and _of(event, piece))
        if where == {"rss"} and piece.outlet == "tass":
            later = [e for e in self.events if e.kind == "publish" and e.outlet == "tass" and e.at > piece.published_at]
            later = [event for event in later if event.endpoints is None or "rss" in event.endpoints]
            until = later[FEED_ITEMS - 1].at if len(later) >= FEED_ITEMS else self.end
        elif where == {"rss"}:
            return False  # a feed of ten items: how long it stays is the feed's affair
        up = until - piece.published_at
        for number, (begin, end) in enumerate(self.outages):
            if number < 2 or piece.outlet == "tass":
                up -= max(timedelta(0), min(end, until) - max(begin, piece.published_at))
        return up >= STAYED


def _of(event: Event, piece: Piece) -> bool:
    return event.kind == "publish" and event.at.replace(microsecond=0) == piece.published_at


def _during(begin: datetime, end: datetime, outlet: str, fault: Fault) -> tuple[Event, Event]:
    return (
        Event(at=begin, kind="fault", outlet=outlet, fault=fault),
        Event(at=end, kind="clear", outlet=outlet, fault=fault),
    )


def _configured(folder: Path, newsroom: Newsroom, receiver: Receiver, every: int, *, whole: bool) -> None:
    """The daemon's configuration: these two outlets, at the drill's pace."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    write_demo_config(folder, newsroom, receiver, secret)
    tables = "".join(
        f'[sources.{name}]\nspider = "{name}"\naddress = "{newsroom.outlets[name].address}"\nevery = "{every}m"\n\n'
        for name in FEEDS
    )
    tables += "".join(
        f'[sources.{name}]\nevery = "{every}m"\n{lines}\n\n'
        for name, lines in (
            ("milligazete", _table(newsroom.outlets["milligazete"].source())),
            ("wordpress", f'spider = "sitemap"\nsitemaps = ["{newsroom.outlets["wordpress"].address}/sitemap.xml"]'),
        )
    )
    text = (folder / "config.toml").read_text()
    rest = text[text.index("[fetch]") :] if whole else '[fetch]\nallow = ["127.0.0.1"]\n'
    (folder / "config.toml").write_text(tables + rest)


def _table(source: Mapping[str, Any]) -> str:
    return "\n".join(f"{key} = {json.dumps(value)}" for key, value in source.items() if key != "every")


def _books(store: Store) -> tuple[int, list[tuple[str, str]], list[tuple[str, str, str, str]], dict[str, int], int]:
    """Requests made, addresses known, gaps, what became of links, and how many liars were caught."""
    db = store.db
    return (
        db.execute("SELECT sum(requests) FROM polls").fetchone()[0],
        [tuple(row) for row in db.execute("SELECT url, first_seen_at FROM links")],
        [tuple(row) for row in db.execute("SELECT source, from_at, to_at, state FROM gaps")],
        {row[0]: row[1] for row in db.execute("SELECT coalesce(outcome, state), count(*) FROM links GROUP BY 1")},
        db.execute("SELECT count(*) FROM problems WHERE kind = 'validators'").fetchone()[0],
    )


async def drill(folder: Path, reactor: Any, *, days: float, every: int, seed: int, whole: bool) -> dict[str, Any]:
    """Run it; the figures."""
    clock = SimulatedClock(START)
    began = time.monotonic()
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    with Newsroom(now=clock.now, seed=seed) as newsroom, Receiver(now=clock.now, secret=secret) as receiver:
        run = Drill(newsroom, clock, days=days, seed=seed, every=every)
        if not whole:
            for name, lines in ARTICLES.items():
                newsroom.outlets[name].robots += lines
        _configured(folder, newsroom, receiver, every, whole=whole)
        stopped, back = run.outages[0]
        # Beyond the end for the last poll, and for what the last faults put off.
        for number, end in enumerate((stopped, run.end + 4 * run.every)):
            config = load_config(folder / "config.toml", environment={})
            learn_missing_profiles(config, lambda _: None)
            chance = random.Random(f"{seed} {number}")
            resolver = reactor.nameResolver
            engine = Engine(config, folder=folder, clock=clock, chance=chance, reactor=reactor)
            async with engine:
                await Simulation(engine, clock).until(end, run.due)
                requests, rows, gaps, outcomes, caught = await engine.store.do(_books, engine.store)
            reactor.installNameResolver(resolver)
            if end == stopped:  # nobody watches; the outlets go on
                while clock.now() < back:
                    clock.advance_to(min(back, run.due(clock.now()) or back))
    still = [(s, datetime.fromisoformat(a), datetime.fromisoformat(b)) for s, a, b, state in gaps if state != "closed"]
    found = {re.sub(r"[?#].*|/amp$", "", url): datetime.fromisoformat(at) for url, at in rows}
    return {
        "days": days,
        "requests": requests,
        "outcomes": outcomes,
        "lies_caught": caught,
        "seconds": round(time.monotonic() - began),
        **run.figures(found, still),
        "gaps_opened": len(gaps),
        "gaps_closed": len(gaps) - len(still),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--every", type=int, default=15, help="minutes between two polls")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--whole", action="store_true", help="fetch and store every piece, too")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory() as name:
        found = run_reactor(lambda reactor: drill(Path(name), reactor, **vars(options)))
    promised = ("recall", "silent_misses", "gaps_opened", "gaps_closed", "feed_only_recall")
    print(json.dumps({key: value for key, value in found.items() if key not in promised}))
    print(json.dumps({key: found[key] for key in promised}))


if __name__ == "__main__":
    main()
