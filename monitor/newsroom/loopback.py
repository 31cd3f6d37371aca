"""A real HTTP server on 127.0.0.1 around one function; it must not know what it serves.

Everything a server may do wrong on the wire (late, dripping, cut short, slammed shut) is a field of `Answer`.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopbackRequest:
    """One request as it came in. `target` is the request line's own; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The last value of each parameter."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopbackAnswer:
    """What goes out. Content-Length always states the whole body, also when `keep` cuts it short.

    `delay` is waited before the status line, `pace` is bytes per second of the body (real time, both);
    `keep` closes the connection after that many bytes; `reset` closes it before any.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    pace: float | None = None
    keep: int | None = None
    reset: bool = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A burst of webhooks may arrive at once; the library's five would refuse some.
    request_queue_size = 128

    def __init__(self, answer: Callable[[LoopbackRequest], LoopbackAnswer], now: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.now = now
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.open: set[socket.socket] = set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client may go away in mid-answer, and `stop` cuts connections; anything else is our fault and shown."""
        if not (self.stopping.is_set() or isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError))):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.open.add(self.connection)

    def finish(self) -> None:
        with self.server.lock:
            self.server.open.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:  # the library's name
        """Silent: who wants to know reads the request log."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # whoever asked died in mid-sentence: nothing was asked
            self._slam()
            return
        answer = self.server.answer(
            LoopbackRequest(
                method=self.command,
                target=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=body,
                at=self.server.now(),
            )
        )
        if answer.delay:
            self.server.stopping.wait(answer.delay)
        if answer.reset or self.server.stopping.is_set():
            self._slam()
            return
        head = self._head(answer)
        if answer.status in (204, 304) or self.command == "HEAD":
            self.wfile.write(head)
        elif answer.pace is None and answer.keep is None:
            self.wfile.write(head + answer.body)
        else:
            self.wfile.write(head)
            self._drip(answer)

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = _serve

    def _head(self, answer: LoopbackAnswer) -> bytes:
        phrase = HTTPStatus(answer.status).phrase if answer.status in _STATUSES else "Other"
        headers = {
            "Date": format_datetime(self.server.now(), usegmt=True),
            "Server": "nginx",
            "X-Newsroom": "simulated",
            **answer.headers,
        }
        if answer.status not in (204, 304):
            headers["Content-Length"] = str(len(answer.body))
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {v}" for name, v in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _drip(self, answer: LoopbackAnswer) -> None:
        body = answer.body if answer.keep is None else answer.body[: answer.keep]
        if answer.pace:
            for start in range(len(body)):
                if self.server.stopping.wait(1 / answer.pace):
                    break
                self.wfile.write(body[start : start + 1])
        else:
            self.wfile.write(body)
        if answer.keep is not None:
            self._slam()

    def _slam(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


_STATUSES = frozenset(int(status) for status in HTTPStatus)


class Loopback:
    """One server on a free port of 127.0.0.1, each connection in a daemon thread.

    `answer` is called from those threads: it guards its own state. `now` dates the answers.
    """

    def __init__(self, answer: Callable[[LoopbackRequest], LoopbackAnswer], now: Callable[[], datetime]) -> None:
        self._server = _Server(answer, now)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to answer; the port is taken since the object was made."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more: the port is given back and open connections are cut. Safe to call twice."""
        self._server.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        with self._server.lock:
            for connection in list(self._server.open):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
