"""What a poll that finds nothing costs its desk: statements and CPU of claim, order, answer and end.

usage: desk_polls.py [--sources 1,10000] [--rounds N] [--tell]

Each source has two endpoints that have listed twenty links, all of them answered. A poll asks the first and gets "not
modified". "own" is the desk of this process, the calls made in the writer's thread in one transaction each; "agent" the
same poll as messages of an agent (`AgentDesk` to `DeskServer` and back, without a server between), with the CPU of
decoding, checks and marks.

The last line is one JSON object: by number of sources "statements" (with those of the claim), "own_ms" (CPU of the
thread a poll, the least of rounds), "agent_ms" (CPU of the process a poll, both ends, the least of rounds) and
"idle_ms" (a claim that finds nothing due).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from quiet_polls import NOW, REPORT, QuietPolls, give_answer  # noqa: E402

from monitor import __version__  # noqa: E402
from monitor.fetching.agents.agent_desk import AgentDesk  # noqa: E402
from monitor.fetching.agents.dispatch import AgentRequest, CrawlTerms  # noqa: E402
from monitor.fetching.agents.host_pauses import HostPauses  # noqa: E402
from monitor.fetching.agents.served_desk import ServedDesk  # noqa: E402
from monitor.fetching.desk.desk_server import DeskServer  # noqa: E402
from monitor.storage import Store  # noqa: E402

POLLS = 100  # a round


class Bench(QuietPolls):
    """What they cost."""

    def weigh_own(self) -> float:
        """Milliseconds of the thread's CPU a poll."""
        spent = 0.0
        for _ in range(POLLS):
            (source,) = self.due(1)
            before = time.thread_time()
            self.poll_own(source)
            spent += time.thread_time() - before
        return 1000 * spent / POLLS

    def weigh_idle(self) -> float:
        """Milliseconds of a claim that finds nothing due."""
        self._ahead()
        before = time.thread_time()
        for _ in range(20):
            with self.store.write():
                self.store.sources.claim(self.clock.now(), self.clock.now(), 50)
        return 1000 * (time.thread_time() - before) / 20

    async def weigh_agent(self, agent: AgentDesk) -> float:
        """Milliseconds of the process's CPU a poll by messages, the claim of all of them apart."""
        many = min(len(self.sources), 50)
        self.due(many)
        request = AgentRequest(version=__version__, free=many, slots=many)
        taken = await agent.work(request)
        assert len(taken.orders) == many, taken
        before = time.process_time()
        for order in taken.orders:
            source = (await agent.open_poll(order.lease)).source
            told = give_answer(source, source.endpoints[0], self.clock.now())
            await agent.record_answer(order.lease, told, 30, frozenset(), REPORT)
        return 1000 * (time.process_time() - before) / many

    async def weigh_agents(self, rounds: int) -> float:
        """The least of rounds."""
        self.desk.pauses = HostPauses(delay=0.0, timeout=5.0, agent="seedwatch")
        terms = CrawlTerms(at=NOW, lease=60.0, agent="seedwatch", timeout=5.0, max_bytes=9_999, delay=0.0)
        server = DeskServer(ServedDesk("one", self.desk, lambda: terms, __version__))
        marks = iter(range(10**9))

        async def send(call: str, message: bytes) -> bytes:
            return await server.answer(call, message, f"one x {next(marks)}")

        agent = AgentDesk(send, self.clock)
        return min([await self.weigh_agent(agent) for _ in range(rounds)])


def main() -> None:
    wants = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wants.add_argument("--sources", default="1,10000")
    wants.add_argument("--rounds", type=int, default=7)
    wants.add_argument("--tell", action="store_true", help="print the statements of a poll")
    wanted = wants.parse_args()
    found: dict[str, Any] = {}
    for many in map(int, wanted.sources.split(",")):
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "desk.db") as store:
            bench = Bench(store, many)
            bench.list_statements()
            told = bench.list_statements()
            if wanted.tell:
                print("\n".join(" ".join(statement.split()) for statement in told), file=sys.stderr)
            found[str(many)] = {
                "statements": len(told),
                "own_ms": round(min(bench.weigh_own() for _ in range(wanted.rounds)), 3),
                "idle_ms": round(min(bench.weigh_idle() for _ in range(wanted.rounds)), 3),
                "agent_ms": round(asyncio.run(bench.weigh_agents(wanted.rounds)), 3),
            }
            print(many, found[str(many)], file=sys.stderr, flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
