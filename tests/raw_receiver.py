"""A receiver of raw bytes: one port that takes a request and then talks as told, for tests of delivery."""

from __future__ import annotations

import fcntl
import gzip
import re
import socket
import ssl
import struct
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress

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


def echo(connection: socket.socket, _: threading.Event) -> None:
    """Fails, and repeats the whole request: `Scripted` does, which has read it."""


def endless_head(connection: socket.socket, over: threading.Event) -> None:
    """A status, and then header lines for as long as somebody reads."""
    connection.sendall(OK_HEAD)
    with suppress(OSError):
        while not over.is_set():
            connection.sendall(b"X-More: " + b"y" * 60_000 + b"\r\n")


def bomb(connection: socket.socket, _: threading.Event) -> None:
    """A 500 whose 50 kB unpack to 50 MB."""
    packed = gzip.compress(b"x" * 50_000_000)
    head = b"HTTP/1.1 500 x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    connection.sendall(head + packed)


def cut_short(connection: socket.socket, over: threading.Event) -> None:
    """A delivery whose body ends in a reset where more was promised."""
    connection.sendall(OK_HEAD + b"Connection: keep-alive\r\nContent-Length: 500\r\n\r\nok")
    while _count_unsent(connection) and not over.wait(0.001):
        pass
    reset(connection, over)


def _count_unsent(connection: socket.socket) -> int:
    """Bytes that the other side's machine has not acknowledged: a reset would take them back.

    After a TLS handshake a small answer waits for the tickets before it to be acknowledged (RFC 896).
    """
    return int.from_bytes(fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)), sys.byteorder)


class Scripted:
    """One port that takes a request and then talks as told, over TLS where a context is given."""

    def __init__(self, talk: Talk | None, context: ssl.SSLContext | None = None) -> None:
        self._talk, self._context = talk, context
        self.asked = b""  # what came of the request in its first bytes
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
                self.asked = self._read(connection)
                if self._talk is echo:
                    connection.sendall(b"HTTP/1.1 500 x\r\nConnection: close\r\n\r\n" + self.asked)
                else:
                    self._talk(connection, self._over)

    def _read(self, connection: socket.socket) -> bytes:
        """The whole request, head and body: who answers before the body came may be heard or not."""
        asked = b""
        while b"\r\n\r\n" not in asked:
            if not (part := connection.recv(65_536)):
                return asked
            asked += part
        head, _, body = asked.partition(b"\r\n\r\n")
        stated = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        while len(body) < int(stated[1] if stated else 0) and (part := connection.recv(65_536)):
            body += part
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        if self._talk is not None:
            self._thread.join()
            self._listener.close()
