"""Answers messages of crawls elsewhere with what a desk gives."""

from __future__ import annotations

import asyncio
import logging

from monitor.fetching.desk.port import Desk
from monitor.fetching.desk.wire import decode_call, encode_answer, encode_error

log = logging.getLogger(__name__)

# Answers that are kept for messages that come again: some minutes of a busy desk. Beyond that the fences hold.
KEPT_ANSWERS = 10_000


class DeskServer:
    """A desk behind messages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._given: dict[str, asyncio.Task[bytes]] = {}  # by mark, the oldest first

    async def answer(self, call: str, message: bytes, mark: str | None = None) -> bytes:
        """The answer to one message, once what it asks for is committed; an error is an answer, too.

        `mark` is the message's own: one that comes again, since its answer was lost, is given the first answer.
        """
        if mark is None:
            return await self._answer(call, message)
        given = self._given.get(mark)
        if given is None:
            given = self._given[mark] = asyncio.create_task(self._answer(call, message))
            if len(self._given) > KEPT_ANSWERS:
                del self._given[next(iter(self._given))]
        return await asyncio.shield(given)

    async def _answer(self, call: str, message: bytes) -> bytes:
        try:
            arguments = decode_call(call, message)
            return encode_answer(await getattr(self._desk, call)(*arguments))
        except Exception as error:  # whoever asked must know, and the desk must outlive it
            log.warning("event=call-refused call=%s error=%r", call, str(error))
            return encode_error(error)
