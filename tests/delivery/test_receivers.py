"""The receiver matrix: what each kind of answer leads to, as docs/alerts.md says, on real sockets (RELIABILITY W5).

Sizes and times of a hostile receiver stand for larger ones: the deadline is shortened, the 200 MB are real.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.address_policy import Allow
from monitor.clock import SimulatedClock
from monitor.delivery.deliver import Delivery
from monitor.delivery.guarded_http import Sender

Talk = Callable[[socket.socket, threading.Event], None]
OK_HEAD = b"HTTP/1.1 200 OK\r\n"


def say(text: str) -> Talk:
    return lambda connection, _: connection.sendall(text.encode())


def status(code: int, *headers: str) -> Talk:
    lines = [f"HTTP/1.1 {code} x", *headers, "Content-Length: 0", "Connection: close", "", ""]
    return say("\r\n".join(lines))


def reset(connection: socket.socket, _: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hole(_: socket.socket, over: threading.Event) -> None:
    over.wait(20)


def drip(text: bytes) -> Talk:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        for letter in text:
            if over.wait(0.05):
                return
            connection.sendall(bytes([letter]))

    return talk


def flood(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(OK_HEAD + b"Content-Length: 200000000\r\n\r\n")
    for _part in range(200):
        connection.sendall(b"x" * 1_000_000)


def drip_body(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(OK_HEAD + b"Content-Length: 200\r\n\r\n")
    drip(b"x" * 200)(connection, over)


class Scripted:
    """One port that takes a request and then talks as told, over TLS where a context is given."""

    def __init__(self, talk: Talk | None, context: ssl.SSLContext | None = None) -> None:
        self._talk, self._context = talk, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        if talk is None:
            self._listener.close()
        else:
            self._thread.start()

    def _run(self) -> None:
        assert self._talk is not None
        with suppress(OSError):
            raw, _ = self._listener.accept()
            with raw if self._context is None else self._context.wrap_socket(raw, server_side=True) as connection:
                connection.recv(65_536)
                self._talk(connection, self._over)

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        if self._talk is not None:
            self._thread.join()
            self._listener.close()


# answer, then: the alert's state, seconds to the next request (from, to), the channel's state, status and error kept
MATRIX: list[tuple[str, Talk | None, tuple[str, tuple[float, float] | None, str, int | None, str | None]]] = [
    ("200", status(200), ("delivered", None, "ok", 200, None)),
    ("204", status(204), ("delivered", None, "ok", 204, None)),
    ("301", status(301, "Location: http://127.0.0.1:1/"), ("pending", (4, 6), "failing", 301, None)),
    ("308", status(308, "Location: http://127.0.0.1:1/"), ("pending", (4, 6), "failing", 308, None)),
    ("400", status(400), ("pending", (4, 6), "ok", 400, None)),
    ("404", status(404), ("pending", (4, 6), "failing", 404, None)),
    ("410", status(410), ("pending", (0, 0), "disabled", 410, None)),
    ("429", status(429), ("pending", (60, 60), "failing", 429, None)),
    ("429 seconds", status(429, "Retry-After: 900"), ("pending", (900, 900), "failing", 429, None)),
    ("503", status(503), ("pending", (60, 60), "failing", 503, None)),
    (
        "503 date",
        status(503, "Retry-After: Fri, 02 Jan 2026 03:14:05 GMT"),
        ("pending", (600, 600), "failing", 503, None),
    ),
    ("500", status(500), ("pending", (4, 6), "failing", 500, None)),
    ("refused", None, ("pending", (4, 6), "failing", None, "connection refused")),
    ("reset", reset, ("pending", (4, 6), "failing", None, "connection reset by peer")),
    ("black hole", hole, ("pending", (4, 6), "failing", None, "no answer within 0.6 s")),
    ("drip head", drip(OK_HEAD), ("pending", (4, 6), "failing", None, "no answer within 0.6 s")),
    ("drip body", drip_body, ("delivered", None, "ok", 200, None)),
    ("flood", flood, ("delivered", None, "ok", 200, None)),
    ("not HTTP", say("SSH-2.0-x\r\n\r\n"), ("pending", (4, 6), "failing", None, "the answer is not HTTP or broke off")),
]


@pytest.mark.parametrize(("name", "talk", "expected"), MATRIX, ids=[row[0] for row in MATRIX])
def test_an_answer_leads_where_the_documents_say(
    office: Any, monkeypatch: pytest.MonkeyPatch, name: str, talk: Talk | None, expected: Any
) -> None:
    check(office, monkeypatch, Scripted(talk), "http", expected)


def test_a_wrong_certificate_is_an_attempt_that_failed(
    office: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, certificate: Any
) -> None:
    certificate(tmp_path, 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    expected = ("pending", (4, 6), "failing", None, "certificate refused: self-signed certificate")
    check(office, monkeypatch, Scripted(status(200), context), "https", expected)


def check(office: Any, monkeypatch: pytest.MonkeyPatch, server: Scripted, scheme: str, expected: Any) -> None:
    monkeypatch.setattr(Sender.send, "__kwdefaults__", {"deadline": 0.6})
    [id] = office.queue("desk")

    async def main() -> None:
        async with Sender(Allow.parse(("127.0.0.1",))) as sender:
            channels = {"desk": office.section(f"{scheme}://127.0.0.1:{server.port}/hook")}
            delivery = Delivery(office.store, sender, channels, SimulatedClock(office.now), Random(7))
            assert await delivery.round() == 1

    try:
        asyncio.run(main())
    finally:
        server.close()
    state, delays, channel, code, error = expected
    record = office.store.alerts.show(id)
    [attempt] = record.tries
    assert (record.alert.state, office.store.channels.get("desk").state, attempt.status) == (state, channel, code)
    assert (attempt.error or "").startswith(error or "")
    assert (attempt.error is None) == (error is None)
    assert len(attempt.response) <= 16_384
    if delays is not None:
        low, high = (office.now + timedelta(seconds=seconds) for seconds in delays)
        assert low <= max(record.alert.next_attempt_at, office.store.channels.get("desk").next_at or office.now) <= high
