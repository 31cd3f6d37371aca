"""Answers messages of crawls elsewhere with what a desk gives."""

from __future__ import annotations

import asyncio
import logging

from monitor.fetching.desk.port import Desk
from monitor.fetching.desk.wire import decode_call, encode_answer, encode_error

log = logging.getLogger(__name__)

# Answers that are kept for messages that come again: a minute of a busy agent. Beyond that the fences hold.
KEPT_ANSWERS = 2_000
KEPT_BYTES = 16_000_000
# Calls that change nothing are answered anew.
_LOOKS = frozenset({"order_page", "load_robots", "load_topics_text"})


class DeskServer:
    """A desk behind messages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._given: dict[str, asyncio.Task[bytes]] = {}  # by mark, the oldest first
        self._kept = 0  # bytes of those that are done

    async def answer(self, call: str, message: bytes, mark: str | None = None) -> bytes:
        """The answer to one message, once what it asks for is committed; an error is an answer, too.

        `mark` is the message's own: one that comes again, since its answer was lost, is given the first answer.
        """
        if mark is None or call in _LOOKS:
            return await self._answer(call, message)
        given = self._given.get(mark)
        if given is None:
            given = self._given[mark] = asyncio.create_task(self._answer(call, message))
            given.add_done_callback(self._count)
        return await asyncio.shield(given)

    def _count(self, done: asyncio.Task[bytes]) -> None:
        """Forget the oldest answers where there is no room for this one; what is not answered yet stays."""
        self._kept += 0 if done.cancelled() else len(done.result())
        over: list[str] = []  # few, and the oldest
        kept, many = self._kept, len(self._given)
        for mark, given in self._given.items():
            if many <= KEPT_ANSWERS and kept <= KEPT_BYTES:
                break
            if given.done():
                kept, many = kept - (0 if given.cancelled() else len(given.result())), many - 1
                over.append(mark)
        for mark in over:
            del self._given[mark]
        self._kept = kept

    async def _answer(self, call: str, message: bytes) -> bytes:
        try:
            arguments = decode_call(call, message)
            return encode_answer(await getattr(self._desk, call)(*arguments))
        except Exception as error:  # whoever asked must know, and the desk must outlive it
            log.warning("event=call-refused call=%s error=%r", call, str(error))
            return encode_error(error)
