"""Messages between crawls and their desk over a NATS server, which keeps nothing: request and reply, no more.

The subject of a message is `seedwatch.desk.AGENT.CALL`; its mark is in a header. A message without an answer is sent
again with the same mark, for `WINDOW` seconds.
"""

from __future__ import annotations

import asyncio
import logging
from itertools import count

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from monitor.clock import measure_elapsed
from monitor.errors import DatabaseError
from monitor.fetching.desk.desk_server import DeskServer

log = logging.getLogger(__name__)

SUBJECT = "seedwatch.desk"
MARK = "Seedwatch-Mark"
PATIENCE = 10.0  # seconds until a message is sent again: the longest that a desk's writer is busy with one batch
WINDOW = 60.0  # seconds until a crawl gives up: its lease has run out by then
_AGAIN = 0.5  # seconds between two tries where there is no server, or nobody behind it


class NatsLine:
    """An agent's end of the line."""

    def __init__(self, client: Client, agent: str, session: str, *, window: float = WINDOW) -> None:
        """`session` names this run of the agent, so that no mark is given twice."""
        self._client = client
        self._agent = agent
        self._session = session
        self._window = window
        self._serial = count()

    async def send(self, call: str, message: bytes) -> bytes:
        """The desk's answer; raises DatabaseError where none came: what was asked for may have been done."""
        headers = {MARK: f"{self._agent} {self._session} {next(self._serial)}"}
        began = measure_elapsed()
        while True:
            try:
                subject = f"{SUBJECT}.{self._agent}.{call}"
                answer: Msg = await self._client.request(subject, message, timeout=PATIENCE, headers=headers)
                return answer.data
            except NatsError as error:
                if measure_elapsed() - began > self._window:
                    raise DatabaseError(f"the desk gives no answer: {type(error).__name__}: {error}") from error
            await asyncio.sleep(_AGAIN)


class NatsDesk:
    """The desk's end of the line."""

    def __init__(self, client: Client, server: DeskServer) -> None:
        self._client = client
        self._server = server
        self._answers: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Answer messages from now on, many at a time."""
        await self._client.subscribe(f"{SUBJECT}.*.*", cb=self._take)

    async def _take(self, message: Msg) -> None:
        answer = asyncio.create_task(self._reply(message))
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    async def _reply(self, message: Msg) -> None:
        mark = (message.headers or {}).get(MARK)
        found = await self._server.answer(message.subject.rpartition(".")[2], message.data, mark)
        try:
            await message.respond(found)
        except NatsError as error:  # whoever asked asks again
            log.warning("event=answer-not-sent call=%s error=%r", message.subject, str(error))
