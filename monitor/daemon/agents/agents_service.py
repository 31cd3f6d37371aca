"""What the daemon runs for agents: its end of the line, behind which each agent has a desk of its own."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from nats.errors import Error as NatsError

from monitor import __version__
from monitor.daemon.engine import Engine
from monitor.errors import AgentRefused
from monitor.fetching.agents.dispatch import CrawlTerms
from monitor.fetching.agents.key_file import NAME, load_key
from monitor.fetching.agents.served_desk import ServedDesk
from monitor.fetching.desk.desk_server import DeskServer
from monitor.fetching.desk.nats_line import NatsDesk, connect_line

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 15.0, 60.0  # seconds of a lease
_SHARE = 2.0  # leases are so many times as long as a request may take: one that was just renewed has room for one
_AGAIN = 2.0  # seconds until the server is tried again


def build_terms(engine: Engine) -> CrawlTerms:
    """How agents are to crawl, by the configuration as it is now."""
    fetch = engine.config.fetch
    timeout = min(float(fetch.timeout), LONGEST / _SHARE)
    return CrawlTerms(
        at=engine.clock.now(),
        lease=min(max(_SHARE * timeout, SHORTEST), LONGEST),
        agent=engine.crawls.shared.agent,
        timeout=timeout,
        max_bytes=fetch.max_bytes,
        delay=fetch.delay,
        ports=frozenset(fetch.ports),
        allow=fetch.allow,
    )


class AgentsService:
    """One per daemon with `[agents]`."""

    def __init__(self, engine: Engine, server: str, key: Path) -> None:
        """Raises ConfigError where the key cannot be used."""
        self._engine = engine
        self._server = server
        self._key = load_key(key)

    def serve(self, agent: str) -> DeskServer:
        """The desk as one agent reaches it; raises AgentRefused for what is no agent's name."""
        if not NAME.fullmatch(agent):
            raise AgentRefused(f"{agent[:40]!r} is no agent's name")
        log.info("event=agent-heard agent=%s", agent)
        return DeskServer(ServedDesk(agent, self._engine.local_desk, lambda: build_terms(self._engine), __version__))

    async def run(self) -> None:
        """Answer agents until cancelled; a server that is not there is tried again."""
        told = ""
        while True:
            try:
                client = await connect_line(self._server, self._key)
            except (NatsError, OSError) as error:
                if (words := f"{type(error).__name__}: {error}") != told:
                    log.warning("event=no-agent-server server=%s error=%r", self._server, told := words)
                await asyncio.sleep(_AGAIN)
                continue
            break
        try:
            await NatsDesk(client, self.serve).listen()
            log.info("event=agents-served server=%s", self._server)
            await asyncio.get_running_loop().create_future()
        finally:
            await client.close()
