"""A stop that was asked for: noted once, and bounded, whatever still hangs (RELIABILITY R4); it must not stop anything.

A name that is being looked up, an answer that drips or a full machine can hold a thread for longer than a service
manager waits. What is lost by ending then is what a crash loses: nothing that was acknowledged.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from typing import Any, NoReturn

log = logging.getLogger(__name__)

BOUND = 9.0  # seconds from the signal to the end; RELIABILITY R4 allows ten


class StopSignal:
    """SIGTERM and SIGINT of a daemon, or `set` where it ends by itself."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._signalled = threading.Event()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the signals over; from the first one on the process ends within `BOUND` seconds."""
        # Begun now: when it is needed there may be no room for another thread.
        threading.Thread(target=self._end_late, name="stop", daemon=True).start()

        def begin(_number: int, _frame: Any) -> None:
            # Not the loop's own handler: that one waits for the loop, which may be what hangs.
            self._signalled.set()
            if not loop.is_closed():
                loop.call_soon_threadsafe(self.set)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, begin)

    def _end_late(self) -> None:
        self._signalled.wait()
        time.sleep(BOUND)
        log.warning("event=stop-forced seconds=%g what was under way is done at the next start", BOUND)
        end_process(0)

    def set(self) -> None:
        """Stop, with as much time as that takes."""
        self._asked.set()

    def is_set(self) -> bool:
        """Whether a stop was asked for; from any thread."""
        return self._asked.is_set()

    async def wait(self) -> None:
        """Wait until it is."""
        await self._asked.wait()


def leave_early(_number: int, _frame: Any) -> NoReturn:
    """A handler for the time before the loop runs, when there is nothing to stop."""
    sys.exit(0)


def end_process(code: int) -> NoReturn:
    """End at once, without the seconds in which Python takes its memory apart and waits for its threads.

    For the end of a process whose files are closed: what is written to the standard streams still leaves.
    """
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)
