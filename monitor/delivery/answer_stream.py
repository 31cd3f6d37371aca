"""An answer's head as many servers write it: header lines that HTTP does not know are dropped, the status line is kept.

h11 refuses a whole answer for one header such as `X-Odd : a`. For a delivery the status line decides (docs/alerts.md):
an answer that began with 200 must not be sent again because of what follows.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from typing import Any

import httpcore

_HEAD_BYTES = 65_536  # h11's own limit is 100 kB; a longer head is passed on as it comes
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? ([1-5]\d\d)(?: |\r?\n)")
# RFC 9110, 5.1: a field name is a token, and nothing stands between it and the colon. The value: no control characters.
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t -~\x80-\xff]*)")
_INTERIM = re.compile(rb"HTTP/\d(?:\.\d)? 1\d\d")
_END = re.compile(rb"\r?\n\r?\n")

Heard = Callable[[int, Mapping[str, str]], None]


class AnswerStream(httpcore.AsyncNetworkStream):
    """A connection whose reads begin with a head that h11 takes; `heard` is told of the first final status and headers.

    With `tunnel` the first answer is that of a proxy to CONNECT: `heard` is told only of what comes after TLS began.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, heard: Heard, *, tunnel: bool = False) -> None:
        self._stream = stream
        self._heard = heard
        self._tunnel = tunnel
        self._head = b""
        self._done = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes; those of a head come all at once. Raises what the inner stream raises."""
        passed = b""
        while not self._done:
            if ended := _END.search(self._head):
                head, self._head = self._head[: ended.end()], self._head[ended.end() :]
                passed += self._without_unknown_lines(head)
                self._done = not _INTERIM.match(head)  # after an interim answer the next head begins
            elif passed:
                return passed
            else:
                part = await self._stream.read(max_bytes, timeout)
                self._head += part
                self._note_status()
                self._done = not part or len(self._head) >= _HEAD_BYTES
        if passed or self._head:
            rest, self._head = passed + self._head, b""
            return rest
        return await self._stream.read(max_bytes, timeout)

    def _note_status(self) -> None:
        found = _STATUS.match(self._head)
        if found and not self._tunnel and not found[1].startswith(b"1"):
            self._heard(int(found[1]), {})

    def _without_unknown_lines(self, head: bytes) -> bytes:
        first, *lines = re.split(rb"\r?\n", head.rstrip(b"\r\n"))
        known = [found for line in lines if (found := _FIELD.fullmatch(line))]
        if (status := _STATUS.match(head)) and not self._tunnel and not status[1].startswith(b"1"):
            headers = {found[1].decode("ascii").lower(): found[2].decode("latin-1").strip() for found in known}
            self._heard(int(status[1]), headers)
        return b"\r\n".join([first, *(found[0] for found in known), b"", b""])

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """TLS on this connection; the answers that count come after it."""
        inner = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return AnswerStream(inner, self._heard)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
