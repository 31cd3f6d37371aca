"""The server of all outlets, one loopback address each, with the faults of the schedule, and the receiver of alerts.

It runs in a thread of its own with its own event loop. Everything it is asked and everything it is sent is kept in a
`Ledger`, which alone judges a run.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Self
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from blog_systems import Ghost, Hugo, Jekyll, WordPress
from outlet import Answer, Outlet
from schedule import Piece, Schedule, Window
from site_systems import Django, Drupal, FrontPage, Handmade, JsonFeed, SitemapOnly

SYSTEMS: tuple[type[Outlet], ...] = (
    WordPress, Django, Hugo, Ghost, Drupal, Handmade, JsonFeed, SitemapOnly, Jekyll, FrontPage,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of an outlet: seconds of the run, its path, what was answered."""

    at: float
    outlet: str
    path: str
    status: int
    conditional: bool
    piece: int | None
    listing: bool
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message at the receiver that was answered with 200."""

    at: float
    key: str  # webhook-id, where there is one
    text: str


@dataclass(slots=True)
class Ledger:
    """What happened, in order."""

    requests: list[Request] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    refused: int = 0
    faults: Counter[str] = field(default_factory=Counter)  # occurrences that somebody met: (fault, outlet, start)


class Stand:
    """All outlets of a schedule on 127.0.71.1 and up, and the receiver on 127.0.0.1, all at one port.

    `start()` begins second 0. Used as a context manager.
    """

    def __init__(self, schedule: Schedule, port: int, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.schedule = schedule
        self.port = port
        self.ledger = Ledger()
        self._began = self._clock()
        self._met: set[tuple[str, str, float]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()
        self.started = False
        self.outlets: dict[str, Outlet] = {}
        self._lay()

    def _lay(self) -> None:
        pieces = list(self.schedule.pieces)
        self.outlets = {
            f"127.0.71.{nth}": system(pieces, f"http://127.0.71.{nth}:{self.port}", self._began)
            for nth, system in enumerate(SYSTEMS, start=1)
        }

    @property
    def receiver(self) -> str:
        """Where alerts go."""
        return f"http://127.0.0.1:{self.port}/hook"

    def now(self) -> float:
        """Seconds of the run; -0.1 before it began, when only the backlog is out."""
        return self._clock() - self._began if self.started else -0.1

    def start(self) -> None:
        """Second 0 is now."""
        self._began = self._clock()
        self._lay()
        self.started = True

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError(f"port {self.port} is taken")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        servers: list[asyncio.Server] = []

        async def listen() -> None:
            for host in (*self.outlets, "127.0.0.1"):
                servers.append(await asyncio.start_server(self._handle, host, self.port, limit=2**22))
            self._ready.set()

        async def close() -> None:
            for server in servers:
                server.close()
            rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(listen())
        self._loop.run_forever()
        self._loop.run_until_complete(close())
        self._loop.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).decode("latin-1")
            line, *rest = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in rest) if name}
            method, target, *_ = line.split(" ")
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            host = writer.get_extra_info("sockname")[0]
            if host == "127.0.0.1":
                await self._receive(writer, target, headers, body)
            else:
                await self._show(writer, self.outlets[host], method, target, headers)
        with suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()

    async def _receive(self, writer: asyncio.StreamWriter, target: str, headers: dict[str, str], body: bytes) -> None:
        now = self.now()
        if target.startswith("/api/") and not target.startswith("/api/v1/statuses"):
            await _send(writer, _answer_as_mastodon(target))
            return
        for nth, (start, end) in enumerate(self.schedule.receiver_down):
            if start <= now < end:
                self.ledger.refused += 1
                self._meet("receiver", "receiver", start)
                await _send(writer, Answer(body=b"out of order", status=500 if nth % 2 else 503))
                return
        key = headers.get("webhook-id", "")
        text = body.decode("utf-8", "replace")
        self.ledger.told.append(Told(at=now, key=key, text=unquote_plus(text) if target != "/hook" else text))
        await _send(writer, Answer(body=b'{"id": "1", "ok": true}', kind="application/json"))

    def _meet(self, fault: str, outlet: str, start: float) -> None:
        if (fault, outlet, start) not in self._met:
            self._met.add((fault, outlet, start))
            self.ledger.faults[fault] += 1

    def _window(self, outlet: str, now: float) -> Window | None:
        inside = (one for one in self.schedule.windows if one.outlet == outlet and one.start <= now < one.end)
        return next(inside, None)

    async def _show(
        self, writer: asyncio.StreamWriter, outlet: Outlet, method: str, target: str, headers: dict[str, str]
    ) -> None:
        now, parts = self.now(), urlsplit(target)
        started = [
            one
            for one in self.schedule.windows
            if one.outlet == outlet.name and one.kind == "new-guids" and one.start <= now
        ]
        outlet.fresh_guids = len(started)
        for one in started:
            self._meet("new-guids", outlet.name, one.start)
        answer = outlet.answer(unquote(parts.path), dict(parse_qsl(parts.query)), now)
        conditional = "if-none-match" in headers or "if-modified-since" in headers
        window = self._window(outlet.name, now)
        fault, pace, answer = self._spoil(answer, outlet, window, now, conditional)
        if answer.status == 200 and answer.validators and not fault:
            answer = _validate(answer, headers)
        self.ledger.requests.append(
            Request(at=now, outlet=outlet.name, path=target, status=answer.status, conditional=conditional,
                    piece=answer.piece, listing=answer.listing, fault=fault)
        )  # fmt: skip
        await _send(writer, answer, pace=pace, head_only=method == "HEAD")

    def _spoil(
        self, answer: Answer, outlet: Outlet, window: Window | None, now: float, conditional: bool
    ) -> tuple[str, str, Answer]:
        """The fault that an answer meets, how its body is sent, and the answer with it."""
        piece = next((one for one in outlet.live(now) if one.number == answer.piece), None) if answer.piece else None
        if piece is not None and piece.fault and now < piece.fault_until:
            return self._spoil_page(answer, outlet, piece)
        if window is None or answer.status != 200 or (not answer.listing and window.kind != "503"):
            return "", "", answer
        fault, pace, spoiled = window.kind, "", answer
        if fault == "503":
            spoiled = Answer(body=b"<h1>Service Unavailable</h1>", status=503, listing=answer.listing)
        elif fault == "lying-304" and conditional:
            spoiled = Answer(body=b"", status=304, listing=True, kind=answer.kind)
        elif fault == "broken-entity":
            spoiled = _replace_body(answer, _break_entities(answer.body))
        elif fault in ("slow", "cut-off"):
            pace = fault
        else:
            return "", "", answer
        self._meet(fault, outlet.name, window.start)
        return fault, pace, spoiled

    def _spoil_page(self, answer: Answer, outlet: Outlet, piece: Piece) -> tuple[str, str, Answer]:
        self._meet(piece.fault, outlet.name, piece.at)
        if piece.fault == "404-at-first":
            missing = Answer(body=b"<html><title>404</title><h1>Not found</h1></html>", status=404, piece=piece.number)
            return piece.fault, "", missing
        return piece.fault, piece.fault.removesuffix("-page"), answer


def _answer_as_mastodon(target: str) -> Answer:
    """What a Mastodon server says of itself and of a picture, as far as a client needs it to post a status."""
    if target.startswith(("/api/v1/media", "/api/v2/media")):
        body = b'{"id": "1", "type": "image", "url": "http://127.0.0.1/1.jpg"}'
    else:
        body = b'{"uri": "stand", "domain": "stand", "version": "4.2.0", "api_versions": {"mastodon": 1}}'
    return Answer(body=body, kind="application/json")


def _break_entities(body: bytes) -> bytes:
    """Entities that nobody declared in titles and addresses; in JSON a bare control character, which it forbids."""
    if body[:1] in (b"{", b"["):
        return body.replace(b'": "', b'": "\x0b', 3)
    if b"<?xml" in body[:60]:
        return body.replace(b"<title>", b"<title>&nbsp;").replace(b"</loc>", b"</loc><x>&nbsp;</x>", 2)
    return body.replace(b"</a>", b"&bogus;&#0; &</a>")


def _replace_body(answer: Answer, body: bytes) -> Answer:
    return Answer(
        body=body,
        kind=answer.kind,
        headers=answer.headers,
        listing=answer.listing,
        piece=answer.piece,
        validators=False,
    )


def _validate(answer: Answer, headers: dict[str, str]) -> Answer:
    tag = f'W/"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
    if headers.get("if-none-match") == tag:
        return Answer(body=b"", status=304, listing=answer.listing, piece=answer.piece, headers={"ETag": tag})
    return Answer(
        body=answer.body, kind=answer.kind, headers={**answer.headers, "ETag": tag, "Cache-Control": "max-age=0"},
        listing=answer.listing, piece=answer.piece,
    )  # fmt: skip


async def _send(writer: asyncio.StreamWriter, answer: Answer, *, pace: str = "", head_only: bool = False) -> None:
    reason = {
        200: "OK",
        304: "Not Modified",
        404: "Not Found",
        500: "Internal Server Error",
        503: "Service Unavailable",
    }[answer.status]
    lines = [
        f"HTTP/1.1 {answer.status} {reason}",
        f"Date: {formatdate(usegmt=True)}",
        "Server: stand",
        "Connection: close",
    ]
    if answer.status != 304:
        lines += [f"Content-Type: {answer.kind}", f"Content-Length: {len(answer.body)}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
    body = b"" if head_only else answer.body
    if pace == "cut-off":
        writer.write(body[: len(body) * 3 // 5])
    elif pace == "slow":
        for nth in range(8):
            writer.write(body[len(body) * nth // 8 : len(body) * (nth + 1) // 8])
            await writer.drain()
            await asyncio.sleep(1.0)
    else:
        writer.write(body)
    await writer.drain()
