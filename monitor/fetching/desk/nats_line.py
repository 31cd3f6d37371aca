"""Messages between crawls and their desk over a NATS server, which keeps nothing: request and reply, no more.

The subject of a message is `seedwatch.desk.AGENT.CALL`; its mark is in a header. A message without an answer is sent
again with the same mark, for `WINDOW` seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from itertools import count

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError

from monitor.clock import measure_elapsed
from monitor.errors import DatabaseError
from monitor.fetching.agents.key_file import AgentKey
from monitor.fetching.desk.desk_server import DeskServer

log = logging.getLogger(__name__)

SUBJECT = "seedwatch.desk"
INBOX = "seedwatch.answers"
MARK = "Seedwatch-Mark"
PATIENCE = 3.0  # seconds until a message is sent again; a desk that is still at it gives the one answer to both
_BRIEF = 2.0  # the same for a lease's renewal, which is worth less the longer it takes: it is asked for anew
WINDOW = 60.0  # seconds until a crawl gives up: its lease has run out by then
_AGAIN = 0.5  # seconds between two tries where there is no server, or nobody behind it


async def connect_line(server: str, key: AgentKey) -> Client:
    """A connection to the server that finds its way back by itself, however long that takes.

    Only the key's owner hears the answers to what it asks: they come below its own name. Raises NatsError or OSError
    where the server cannot be reached now, or refuses the key.
    """
    client = Client()

    async def tell(error: Exception) -> None:
        log.warning("event=line-trouble error=%r", f"{type(error).__name__}: {error}")

    await client.connect(
        server,
        name=f"seedwatch {key.name}",
        nkeys_seed_str=key.seed,
        inbox_prefix=f"{INBOX}.{key.name}",
        tls=None if server.startswith("nats://") else key.build_tls(),
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        connect_timeout=5,
        ping_interval=10,
        max_outstanding_pings=2,
        error_cb=tell,
    )
    return client


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
        patience, window = (_BRIEF, 0.0) if call == "renew" else (PATIENCE, self._window)
        while True:
            try:
                subject = f"{SUBJECT}.{self._agent}.{call}"
                answer: Msg = await self._client.request(subject, message, timeout=patience, headers=headers)
                return answer.data
            except MaxPayloadError as error:
                raise ValueError(f"{call}: a message of {len(message)} bytes is more than the server takes") from error
            except NatsError as error:
                if measure_elapsed() - began > window:
                    raise DatabaseError(f"the desk gives no answer: {type(error).__name__}: {error}") from error
            await asyncio.sleep(_AGAIN)


class NatsDesk:
    """The desk's end of the line."""

    def __init__(self, client: Client, serve: Callable[[str], DeskServer]) -> None:
        """`serve` gives the desk as an agent reaches it, by the agent's name: the server vouches for who may write to a
        name's subjects."""
        self._client = client
        self._serve = serve
        self._servers: dict[str, DeskServer] = {}
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
        _, _, agent, call = message.subject.split(".")
        if agent not in self._servers:
            self._servers[agent] = self._serve(agent)
        found = await self._servers[agent].answer(call, message.data, mark)
        try:
            await message.respond(found)
        except NatsError as error:  # whoever asked asks again
            log.warning("event=answer-not-sent call=%s error=%r", message.subject, str(error))
