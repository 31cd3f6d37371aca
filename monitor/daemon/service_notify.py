"""Tells the service manager that seedwatch is ready, lives and stops (sd_notify); elsewhere it does nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


def notify_service(state: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send one line, as in "READY=1", to the socket that NOTIFY_SOCKET names; whether it was sent.

    The protocol is that of sd_notify(3): a datagram, "@" for the abstract name space.
    """
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(1)
            channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            channel.sendall(state.encode())
    except OSError as error:
        log.warning("event=service-not-told state=%s error=%r", state, str(error))
        return False
    return True


async def feed_watchdog(environ: Mapping[str, str] = os.environ) -> None:
    """Say that the loop runs, three times in each WatchdogSec; returns at once where nobody waits for it.

    A loop that hangs says nothing, and the service manager starts the daemon anew.
    """
    wanted = environ.get("WATCHDOG_USEC", "")
    if not wanted.isdigit() or int(wanted) <= 0:
        return
    while True:
        notify_service("WATCHDOG=1", environ)
        await asyncio.sleep(int(wanted) / 1e6 / 3)
