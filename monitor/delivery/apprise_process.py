"""One message through Apprise, sent by a process that can be killed; it must not retry, nor follow a redirect.

`push` starts `python -m monitor.delivery.apprise_process`, which reads and answers one JSON document. Apprise is
synchronous, has no deadline for the whole and brings a hundred ways to connect. So services that act on this machine
are refused, and every socket that the process opens passes the address policy: a connection goes to a checked number
only.
"""

from __future__ import annotations

import _socket
import asyncio
import json
import logging
import os
import socket
import sys
from contextlib import suppress
from typing import Any

from monitor.address_policy import Allow, find_address_refusal
from monitor.model.alert import Push

# What would show, log or run something on the machine it runs on.
LOCAL = frozenset({"blink1", "dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
# What may connect through a C library of its own, past Python's sockets and so past the address policy.
UNCHECKED = frozenset({"amqp", "amqps"})
MISSING = "apprise is not installed: pip install 'seedwatch[apprise]'"


async def push_message(request: Push, allow: Allow) -> str | None:
    """Have Apprise send a message; why it was not sent, None where it was. Cancelled, it kills the process."""
    given = {
        "url": request.url,
        "title": request.title,
        "body": request.body,
        "allow": [*sorted(allow.names), *map(str, allow.networks)],
    }
    # A proxy would be asked to connect where the policy forbids it.
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor.delivery.apprise_process"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environ,
    )
    try:
        said, _ = await process.communicate(json.dumps(given).encode())
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    try:
        error = json.loads(said)["error"]
    except (ValueError, LookupError, TypeError):
        return f"the process that sends for Apprise ended without an answer (code {process.returncode})"
    return None if error is None else str(error)


class SocketGuard:
    """The address policy at every `connect` of this process; `refused` is the first reason it gave."""

    def __init__(self, allow: Allow) -> None:
        self.allow = allow
        self.refused: str | None = None
        self._names: dict[str, str] = {}  # number → the name that led there, for an `allow` by name

    def install(self) -> None:
        """From now on, for every socket of this process, also those of classes made before, as ssl's are."""
        find, guard = socket.getaddrinfo, self

        def connect(self: socket.socket, address: Any, /) -> None:
            guard.check(self.family, address)
            _socket.socket.connect(self, address)

        def connect_ex(self: socket.socket, address: Any, /) -> int:
            guard.check(self.family, address)
            return _socket.socket.connect_ex(self, address)

        def sendto(self: socket.socket, *arguments: Any) -> int:
            guard.check(self.family, arguments[-1])
            return _socket.socket.sendto(self, *arguments)

        def sendmsg(self: socket.socket, buffers: Any, ancillary: Any = (), flags: int = 0, address: Any = None) -> int:
            if address is not None:
                guard.check(self.family, address)
            return _socket.socket.sendmsg(self, buffers, ancillary, flags, address)

        def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
            found = find(host, *arguments, **named)
            name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
            for each in found:
                guard._names.setdefault(str(each[4][0]), str(name))
            return found

        for name, guarded in (("connect", connect), ("connect_ex", connect_ex), ("sendto", sendto)):
            setattr(socket.socket, name, guarded)
        socket.socket.sendmsg = sendmsg  # type: ignore[method-assign, assignment]
        socket.getaddrinfo = getaddrinfo

    def check(self, family: int, address: Any) -> None:
        """Raises PermissionError, which every library takes for a failed connection, for what the policy refuses."""
        number = str(address[0]) if family in (socket.AF_INET, socket.AF_INET6) else None
        reason = "not an internet address" if number is None else self._reason(number)
        if reason is not None:
            self.refused = self.refused or reason
            raise PermissionError(reason)

    def _reason(self, number: str) -> str | None:
        host = self._names.get(number, number)
        found = find_address_refusal(number, self.allow, host=host)
        if found is None:
            return None
        return f"the URL leads to {number}, which is {found}"


class _Words(logging.Handler):
    """Keeps the last thing that Apprise complained of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()


def send_message(given: dict[str, Any], guard: SocketGuard) -> str | None:
    """Send one message from this process; why it was not sent, None where it was."""
    scheme = given["url"].partition("://")[0].lower()
    if scheme in LOCAL:
        return f"{scheme}:// acts on the machine it runs on, and is refused"
    if scheme in UNCHECKED:
        return f"{scheme}:// cannot be held to the address policy, and is refused"
    try:
        import apprise
    except ImportError:
        return MISSING
    words = _Words()
    apprise.logger.addHandler(words)
    apprise.logger.propagate = False
    asset = apprise.AppriseAsset(http_redirects=False, async_mode=False, secure_logging=True)
    service = apprise.Apprise.instantiate(given["url"], asset=asset)
    if service is None:
        return f"Apprise knows no such address ({scheme}://…)"
    service.redirects = False  # whatever the address says of it
    if service.notify(title=given["title"], body=given["body"], body_format=apprise.NotifyFormat.TEXT):
        return None
    return f"address refused: {guard.refused}" if guard.refused else f"Apprise: {words.last or 'it was not sent'}"


def answer_stdin() -> None:
    """Answer the one document on stdin."""
    given = json.load(sys.stdin)
    guard = SocketGuard(Allow.parse(given["allow"]))
    guard.install()
    error = send_message(given, guard)
    print(json.dumps({"error": error}))  # noqa: T201  this is the answer


if __name__ == "__main__":
    answer_stdin()
