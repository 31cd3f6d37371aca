"""A small HTTP server for machines that watch the daemon: /healthz, /readyz, /metrics; it must not ask the database.

It answers from memory, so that it answers when the database does not. One request a connection, 16 connections, five
seconds each.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import h11

from monitor.errors import SeedwatchError

log = logging.getLogger(__name__)

DEADLINE = 5.0  # seconds for a request to come and its answer to be taken
MOST = 16  # connections at once
_HEAD = 8_192  # bytes of a request


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthAnswer:
    """What an address gives."""

    status: HTTPStatus
    content_type: str
    body: bytes


def answer_ready(reasons: tuple[str, ...]) -> HealthAnswer:
    """200 where there is no reason against it, else 503 with the reasons; JSON."""
    body = json.dumps({"status": "stuck" if reasons else "ok", "reasons": reasons}).encode() + b"\n"
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    return HealthAnswer(status=status, content_type="application/json", body=body)


def answer_alive() -> HealthAnswer:
    """That somebody answers says that the loop runs."""
    return HealthAnswer(status=HTTPStatus.OK, content_type="text/plain; charset=utf-8", body=b"ok\n")


def _refuse(status: HTTPStatus) -> HealthAnswer:
    return HealthAnswer(status=status, content_type="text/plain; charset=utf-8", body=f"{status.phrase}\n".encode())


class HealthServer:
    """`answers` by path; on a loopback address a request under another name is refused (DNS rebinding)."""

    def __init__(self, host: str, port: int, answers: dict[str, Callable[[], HealthAnswer]]) -> None:
        self._host = host
        self._port = port
        self._answers = answers
        self._server: asyncio.Server | None = None
        self._open = 0

    async def start(self) -> str:
        """Listen; the address. Raises SeedwatchError where the port is taken."""
        try:
            self._server = await asyncio.start_server(self._serve, self._host, self._port, limit=_HEAD)
        except OSError as error:
            raise SeedwatchError(
                f"the health addresses cannot be served on {self._host}:{self._port} ({error.strerror}): choose "
                "another [health] port, 0 takes a free one"
            ) from None
        port = self._server.sockets[0].getsockname()[1]
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{port}"

    def stop(self) -> None:
        """Listen no more; what is being answered is cut off with the loop."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= MOST:
                async with asyncio.timeout(DEADLINE):
                    await self._exchange(reader, writer)
        except (TimeoutError, OSError, h11.ProtocolError) as error:
            log.debug("event=health-request-failed error=%r", str(error))
        finally:
            self._open -= 1
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD)
        try:
            while (event := connection.next_event()) is h11.NEED_DATA:
                connection.receive_data(await reader.read(_HEAD))
        except h11.RemoteProtocolError as error:
            found, method = _refuse(HTTPStatus(error.error_status_hint)), b"GET"
        else:
            if not isinstance(event, h11.Request):
                return  # nobody asked anything
            found, method = self._find(event), event.method
        headers = [
            ("content-type", found.content_type),
            ("content-length", str(len(found.body))),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("connection", "close"),
        ]
        writer.write(connection.send(h11.Response(status_code=found.status, headers=headers)) or b"")
        if method != b"HEAD":
            writer.write(found.body)
        await writer.drain()

    def _find(self, request: h11.Request) -> HealthAnswer:
        if request.method not in (b"GET", b"HEAD"):
            return _refuse(HTTPStatus.METHOD_NOT_ALLOWED)
        if not self._is_ours(dict(request.headers).get(b"host", b"").decode("latin-1")):
            return _refuse(HTTPStatus.MISDIRECTED_REQUEST)
        path = request.target.decode("latin-1").partition("?")[0]
        found = self._answers.get(path)
        return _refuse(HTTPStatus.NOT_FOUND) if found is None else found()

    def _is_ours(self, host: str) -> bool:
        if not _is_loopback(self._host):
            return True  # whoever opens it to others stands for who they are
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return not name or _is_loopback(name.strip("[]"))


def _is_loopback(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
