"""No answer takes more memory or time than it may: bombs, drips, redirect loops, stalls (RELIABILITY S4-S7)."""

from __future__ import annotations

import gzip
import resource
import socket
import sys
import threading
import time
import zlib
from typing import Any

import brotli
import pytest
from drive import HTML, XML, LoopbackAnswer, Rig

from monitor.pipeline.ingest.workers import Workers

LARGE = 200_000_000


def _gzip(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)]
    return b"".join([*parts, packer.flush()])


def _brotli(size: int) -> bytes:
    packer = brotli.Compressor(quality=5)
    parts = [packer.process(b" " * 1_000_000) for _ in range(size // 1_000_000)]
    return b"".join([*parts, packer.finish()])


def _peak() -> int:
    """The most memory this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


async def bombs(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    packed = _gzip(LARGE)
    encodings = {
        "/gzip": ("gzip", packed),
        "/twice": ("gzip, gzip", gzip.compress(packed)),
        "/br": ("br", _brotli(LARGE)),
        "/deflate": ("deflate", zlib.compress(b" " * 50_000_000, 9)),
        "/unknown": ("zstd-of-tomorrow", packed),
    }
    for path, (encoding, body) in encodings.items():
        outlet.routes[path] = LoopbackAnswer(headers={**HTML, "Content-Encoding": encoding}, body=body)
    outlet.routes["/stated"] = LoopbackAnswer(headers={**HTML, "Content-Length": str(LARGE)}, body=b"x" * 12_000_000)
    outlet.routes["/plain"] = LoopbackAnswer(headers=HTML, body=b"x" * 10_000_001)
    outlet.routes["/bombfeed"] = LoopbackAnswer(headers={**XML, "Content-Encoding": "gzip"}, body=packed)
    outlet.feed({"path": "/warm"}, *({"path": path} for path in (*encodings, "/stated", "/plain")), {"path": "/good"})
    outlet.article("/warm", "A warm day at the quay")
    outlet.article("/good", "A good day at the quay", "Twenty boats went out and twenty boats came home again.")
    rig.config(rig.feeds(outlet.url("/feed"), outlet.url("/bombfeed")))
    before = _peak()
    async with rig.engine() as running:
        await running.minutes(0.7)
        links = await running.rows("SELECT url, outcome, reason FROM links ORDER BY id")
        feed = await running.rows("SELECT last_error FROM endpoints WHERE url LIKE '%/bombfeed'")
    return {
        "links": {url.rpartition("/")[2]: [outcome, reason] for url, outcome, reason in links},
        "feed": feed,
        "grown": _peak() - before,
        "sizes": sorted(len(body) for _, body in encodings.values())[-1],
    }


@pytest.mark.row("S4")
def test_bombs_are_given_up_at_the_cap(fresh_drive: Any) -> None:
    result = fresh_drive(bombs)
    after = ["too-large", "the answer is larger than 10000000 bytes after decompression ([fetch] max_bytes)"]
    plain = ["too-large", "the answer is larger than 10000000 bytes ([fetch] max_bytes)"]
    assert result["sizes"] < 1_000_000
    assert result["links"] == {
        "warm": ["new", None],
        "gzip": after,
        "twice": after,
        "br": after,
        "deflate": after,
        "unknown": [
            "failed",
            "the answer is packed as zstd-of-tomorrow, which was not asked for",
        ],
        "stated": plain,
        "plain": plain,
        "good": ["new", None],
    }
    assert result["feed"] == [[after[1]]]
    assert result["grown"] < 64_000_000


def test_the_feed_cap_is_the_configured_one(drive: Any) -> None:
    assert drive(small_cap) == [
        ["too-large", "the answer is larger than 20000 bytes ([fetch] max_bytes)"],
        ["new", None],
    ]


async def small_cap(rig: Rig) -> list[Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/large"}, {"path": "/good"})
    outlet.article("/large", more="long " * 5_000)
    outlet.article("/good")
    rig.config(rig.feeds(outlet.url("/feed")), fetch="max_bytes = 20000")
    async with rig.engine() as running:
        await running.minutes(0.5)
        return await running.rows("SELECT outcome, reason FROM links ORDER BY id")


class Dripper:
    """Sends `once`, then a byte of `drip` every tenth of a second, for as long as anybody listens."""

    def __init__(self, once: bytes, drip: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._once, self._drip = once, drip
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pour, args=(client,), daemon=True).start()

    def _pour(self, client: socket.socket) -> None:
        try:
            with client:
                client.recv(10_000)
                client.sendall(self._once)
                while True:
                    client.sendall(self._drip)
                    time.sleep(0.1)
        except OSError:
            return

    def stop(self) -> None:
        self._listener.close()


async def drips(rig: Rig) -> dict[str, Any]:
    """Pages that never come to an end, each byte in time for a timeout that starts anew with every byte."""
    outlet = rig.outlet()
    drippers = {
        "silent.test": Dripper(b"", b""),
        "header.test": Dripper(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        "body.test": Dripper(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n", b"a"),
        "chunks.test": Dripper(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    }
    for name in drippers:
        rig.names[name] = ["127.0.0.1"]
    # As endpoints of one source, feeds are asked without robots.txt: each costs one timeout.
    feeds = [f"http://{name}:{dripper.port}/feed" for name, dripper in drippers.items()]
    outlet.feed({"path": "/good"})
    outlet.article("/good")
    rig.config(
        rig.feeds(*feeds, outlet.url("/feed")), allow=[*drippers, "news.test"], fetch='timeout = "1s"\ndelay = 0.0'
    )
    began = time.monotonic()
    try:
        async with rig.engine() as running:
            await running.minutes(0.5)
            took = time.monotonic() - began
            rows = await running.rows("SELECT last_error FROM endpoints WHERE last_error IS NOT NULL")
            good = await running.rows("SELECT outcome FROM links")
            reason = await running.rows("SELECT outcome, reason FROM polls")
    finally:
        for dripper in drippers.values():
            dripper.stop()
    return {"rows": rows, "good": good, "reason": reason, "quick": took < 20}


@pytest.mark.row("S5")
def test_the_deadline_is_total(drive: Any) -> None:
    said = ["no whole answer within 1 s"]
    assert drive(drips) == {
        "rows": [said] * 4,
        "good": [["new"]],
        "reason": [["partial", "no whole answer within 1 s (4 endpoints)"]],
        "quick": True,
    }


async def hops(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    for number in range(10):
        outlet.routes[f"/hop{number}"] = LoopbackAnswer(status=302, headers={"Location": f"/hop{number + 1}"})
    outlet.routes["/loop"] = LoopbackAnswer(status=302, headers={"Location": "/loop"})
    outlet.article("/hop10")
    outlet.feed({"path": "/hop5"}, {"path": "/hop4"}, {"path": "/loop"})
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        await running.minutes(0.7)
        return {
            "rows": await running.rows("SELECT outcome, reason FROM links ORDER BY id"),
            "loops": len(outlet.asked("/loop")),
        }


@pytest.mark.row("S5")
def test_five_redirects_and_no_more(drive: Any) -> None:
    lost = ["failed", "it redirects in a circle or without end"]
    assert drive(hops) == {"rows": [["new", None], lost, lost], "loops": 6}


async def stalls(rig: Rig) -> dict[str, Any]:
    """A page under the byte cap whose extraction takes seconds, among ordinary ones."""
    outlet = rig.outlet()
    heavy = (
        b"<html><body><article>"
        + b"<p><a href='/x'>A ferry</a> came late, and nobody knew why.</p>" * 24_000
        + b"</article></body></html>"
    )
    outlet.routes["/heavy"] = LoopbackAnswer(headers=HTML, body=heavy)
    outlet.feed({"path": "/a"}, {"path": "/heavy"}, {"path": "/b"})
    outlet.article("/a", "The first quay")
    outlet.article("/b", "The second quay", "It is longer than the first one, and a good deal older too.")
    rig.config(rig.feeds(outlet.url("/feed")))
    with Workers(1, deadline=2.0, preload=("monitor.extraction.extract",)) as workers:
        async with rig.engine(workers) as running:
            await running.minutes(0.5)
            return await running.rows("SELECT outcome, reason FROM links ORDER BY id")


@pytest.mark.row("S7")
def test_a_page_that_stalls_is_killed_and_the_others_go_on(drive: Any) -> None:
    killed = ["failed", "reading the page took longer than 2 s and was stopped"]
    assert drive(stalls) == [["new", None], killed, ["new", None]]
