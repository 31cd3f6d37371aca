"""The world of agents.py: outlets on loopback addresses that note every request, and a wire that can be cut."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate

WORDS = (
    *(
        "harbour",
        "council",
        "quay",
        "winter",
        "engineer",
        "pile",
        "basin",
        "boat",
        "water",
        "repair",
        "speaker",
        "rope",
    ),
    *(
        "meeting",
        "budget",
        "ferry",
        "lamp",
        "anchor",
        "captain",
        "sailor",
        "market",
        "bridge",
        "tower",
        "river",
        "valley",
    ),
    *(
        "orchard",
        "farmer",
        "teacher",
        "school",
        "museum",
        "library",
        "painter",
        "reporter",
        "berth",
        "station",
        "forest",
    ),
)
EVERY_NTH = 4  # page tells of a storm, and so alerts
SHARED = 5  # hosts of which each has one page that stands on the host of the next
QUICK, QUICK_FROM = (
    10,
    20,
)  # of so many outlets one lists its later half in a second answer that does not meet the first
EPSILON = 0.05  # seconds by which clocks of two processes may differ on one machine


def address(host: int) -> str:
    """The loopback address of an outlet."""
    return f"127.9.{host // 250}.{host % 250 + 1}"


def find_number(address: str) -> int:
    """The outlet at a loopback address."""
    _, _, third, fourth = (int(part) for part in address.split("."))
    return third * 250 + fourth - 1


@dataclass
class Visits:
    """What one host saw: requests under way, when the last ended, until when it asked to be left alone."""

    under_way: int = 0
    ended: float = 0.0
    rests_until: float = 0.0
    asked: int = 0


@dataclass
class Outlets:
    """`hosts` outlets with `pages` pieces each; an answer takes `seconds`, at some `slow`.

    Counts overlaps and pauses cut short.
    """

    hosts: int
    pages: int
    seconds: float
    delay: float
    rest: int  # seconds that every seventh host asks for once, by 429
    slow: float = 0.0  # seconds that each answer of a host in so many takes
    slow_nth: int = 9
    timeout: int = 5  # seconds that whoever asks waits
    base: float = field(default_factory=time.time)  # what pieces are dated by
    overlaps: int = 0
    cut_short: int = 0
    fetched: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    last: dict[str, tuple[str, float]] = field(default_factory=dict)  # by host: its last page, and when it gave that
    visits: dict[str, Visits] = field(default_factory=dict)
    port: int = 0

    def forget(self, *, seconds: float, delay: float) -> None:
        """Begin anew with the same pieces at another pace."""
        self.seconds, self.delay, self.slow = seconds, delay, 0.0
        self.overlaps = self.cut_short = 0
        self.fetched.clear()
        self.listed.clear()
        self.last.clear()
        self.visits.clear()

    def _is_slow(self, number: int) -> bool:
        return self.slow > 0 and number % self.slow_nth == min(4, self.slow_nth - 1)

    def is_quick(self, number: int) -> bool:
        """Whether an outlet's second answer does not meet its first, so that it leaves a gap."""
        return self.hosts >= QUICK_FROM and self.pages > 1 and number % QUICK == SHARED

    async def start(self) -> asyncio.Server:
        """Begin to answer, at any address of this machine."""
        server = await asyncio.start_server(self._serve, "0.0.0.0", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                host = writer.get_extra_info("sockname")[0]
                answer = await self._visit(host, path, head.lower(), reader)
                if answer is None:
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return  # the caller has what it wants, or the bench ends
        finally:
            writer.close()

    async def _visit(self, host: str, path: str, head: bytes, reader: asyncio.StreamReader) -> bytes | None:
        """One request, noted from its first byte to its answer or its caller's end."""
        seen, now = self.visits.setdefault(host, Visits()), time.monotonic()
        if seen.under_way:
            self.overlaps += 1
        elif seen.asked and (now + EPSILON < seen.ended + self.delay or now + EPSILON < seen.rests_until):
            self.cut_short += 1
        seen.under_way += 1
        seen.asked += 1
        ended = asyncio.ensure_future(reader.read(1))  # the caller's end; nobody sends a second request meanwhile
        try:
            number = find_number(host)
            await asyncio.wait([ended], timeout=self.slow if self._is_slow(number) else self.seconds)
            if ended.done():
                return None
            return self._answer(host, path, head, seen)
        finally:
            ended.cancel()
            await asyncio.wait([ended])
            seen.under_way -= 1
            seen.ended = time.monotonic()

    def _answer(self, host: str, path: str, head: bytes, seen: Visits) -> bytes:
        number = find_number(host)
        if path == "/robots.txt":
            return _pack("404 Not Found", "text/plain", b"")
        if path == "/feed":
            self.listed[host] += 1
            half, whole = self.pages // 2, range(self.pages)
            listed, tag = (whole[:half], "1") if self.is_quick(number) else (whole, "2")
            if b'if-none-match: "1"' in head:
                listed, tag = whole[half:], "2"
            elif b'if-none-match: "2"' in head:
                return b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\n\r\n'
            return _pack("200 OK", "application/rss+xml", self._feed(number, listed), more=f'ETag: "{tag}"\r\n')
        if number % 7 == 3 and self.rest and not seen.rests_until:
            seen.rests_until = time.monotonic() + self.rest
            return _pack("429 Too Many Requests", "text/plain", b"", more=f"Retry-After: {self.rest}\r\n")
        self.fetched[f"{host}{path}"] += 1
        self.last[f"{host}:{self.port}"] = (f"http://{host}:{self.port}{path}", time.time())
        return _pack("200 OK", "text/html; charset=utf-8", _piece(path))

    def urls(self, number: int) -> list[str]:
        """The pieces that an outlet lists."""
        own = [f"http://{address(number)}:{self.port}/p/{number}-{page}" for page in range(self.pages)]
        if number % SHARED == 0:
            own[-1] = f"http://{address((number + 1) % self.hosts)}:{self.port}/p/{number}-{self.pages - 1}"
        return own

    def _feed(self, number: int, listed: range) -> bytes:
        urls = self.urls(number)
        items = "".join(
            f"<item><link>{urls[page]}</link><title>{_title(urls[page])}</title>"
            f"<pubDate>{formatdate(self.base - 3600 * (2 - 2 * page // self.pages) + 60 * page)}</pubDate></item>"
            for page in listed
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel>{items}</channel></rss>".encode()


def tells_of_storm(url: str) -> bool:
    """Whether a piece is one that alerts."""
    host, _, page = url.rpartition("/p/")[2].partition("-")
    return (int(host) + int(page)) % EVERY_NTH == 0


def _title(url: str) -> str:
    key = url.rpartition("/p/")[2]
    return f"{'Storm' if tells_of_storm(url) else 'Calm'} near berth {key}"


def _piece(path: str) -> bytes:
    chance, title = random.Random(path), _title(path)
    text = "".join(
        f"<p>{' '.join(chance.choices(WORDS, k=40)).capitalize()} near {chance.randrange(10**9)}.</p>" for _ in range(4)
    )
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title><meta property='og:type' content='article'>"
        f"</head><body><article><h1>{title}</h1>{text}</article></body></html>"
    ).encode()


def _pack(status: str, kind: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


class CutWire:
    """A wire between one agent and the server. Where it is cut nobody is told: what is sent waits, and comes late."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._whole = asyncio.Event()
        self._whole.set()

    async def start(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def cut(self) -> None:
        """Nothing passes any more, in either direction."""
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._whole.wait()
            far, back = await asyncio.open_connection("127.0.0.1", self._target)
        except (OSError, asyncio.CancelledError):
            writer.close()
            return
        with suppress(asyncio.CancelledError):  # the bench ends
            await asyncio.gather(self._copy(reader, back), self._copy(far, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            return  # an end is gone, or the bench ends
        finally:
            writer.close()
