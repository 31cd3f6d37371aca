"""A server on loopback that says what a test wants, byte by byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Server:
    """Takes connections one by one and lets `talk` answer each; `requests` holds what came in."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(OSError):
                connection.settimeout(10)
                self._exchange(connection)

    def _exchange(self, connection: socket.socket) -> None:
        request = b""
        while not _complete(request):
            part = connection.recv(65536)
            if not part:
                return
            request += part
        self.requests.append(request)
        self._talk(connection)

    def close(self) -> None:
        """Stop, and wait until the last exchange is over; safe to call twice."""
        if self._listener.fileno() == -1:
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def _complete(request: bytes) -> bool:
    head, found, body = request.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return bool(found) and len(body) >= length
