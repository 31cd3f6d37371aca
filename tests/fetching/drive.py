"""The daemon's own wiring under test, in a process of its own: a Twisted reactor cannot start twice.

As a program it runs scenarios one after the other on one reactor: a line of JSON on stdin names an async function of
a test module, a line of JSON on stdout holds what it returned. A scenario is given a `Rig`: real servers on loopback, a
name table in place of DNS, and engines on simulated time, each laid out from a real config.toml.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import random
import socket
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

from monitor.address_policy import Allow
from monitor.clock import SimulatedClock
from monitor.commands.demo import Simulation
from monitor.config.load import load_config
from monitor.daemon.engine import Engine
from monitor.fetching.desk.desk_server import DeskServer
from monitor.fetching.desk.remote_desk import RemoteDesk, Send
from monitor.fetching.transport.reactor import run_reactor
from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest
from monitor.pipeline.ingest.workers import Workers

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DESK = sys.argv[1] if sys.argv[1:] else "local"  # how crawls reach their desk: local, loopback or nats
SECONDS = 400  # a scenario that hangs ends; how long one takes depends on how busy the machine is
WORDS = """harbour council quay storm winter engineer pile basin boat water repair speaker reporter berth meeting budget
october ferry lamp rope anchor captain sailor market bridge tower river valley orchard farmer teacher school museum
library painter violin concert railway station driver signal mountain snow forest ranger bakery bread kitchen garden
fence neighbour letter office window letterbox clock bicycle lantern festival"""


def text(title: str) -> str:
    """Four sentences that no other title gets: what is alike is a near-copy."""
    chance = random.Random(title)
    return " ".join(f"The {' '.join(chance.choices(WORDS.split(), k=20))} was seen near the {title}." for _ in range(4))


def page(title: str, more: str = "") -> bytes:
    """An article's page."""
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>"
        f"<meta property='og:type' content='article'><meta property='og:title' content='{title}'></head>"
        f"<body><article><h1>{title}</h1><p>{text(title)}</p><p>{more or 'No vote was taken.'}</p>"
        "</article></body></html>"
    ).encode()


def rss(*items: dict[str, Any]) -> bytes:
    """A feed of items with `link` and optional `title`, `guid`, `date` (aware), `summary`."""
    parts = []
    for item in items:
        fields = {"link": item["link"], "title": item.get("title", "A headline")}
        if "guid" in item:
            fields["guid"] = item["guid"]
        if "date" in item:
            fields["pubDate"] = format_datetime(item["date"])
        if "summary" in item:
            fields["description"] = item["summary"]
        parts.append("<item>" + "".join(f"<{k}>{_xml(v)}</{k}>" for k, v in fields.items()) + "</item>")
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{''.join(parts)}</channel></rss>".encode()


def sitemap(*entries: tuple[str, datetime | None]) -> bytes:
    """A sitemap of addresses with their `lastmod`."""
    parts = [
        f"<url><loc>{_xml(url)}</loc>" + (f"<lastmod>{at.isoformat()}</lastmod>" if at else "") + "</url>"
        for url, at in entries
    ]
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f"<?xml version='1.0'?><urlset xmlns='{space}'>{''.join(parts)}</urlset>".encode()


def index(*parts: str) -> bytes:
    """A sitemap index."""
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    inner = "".join(f"<sitemap><loc>{_xml(url)}</loc></sitemap>" for url in parts)
    return f"<?xml version='1.0'?><sitemapindex xmlns='{space}'>{inner}</sitemapindex>".encode()


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


XML, HTML = {"Content-Type": "application/xml"}, {"Content-Type": "text/html; charset=utf-8"}
NOTHING = LoopbackAnswer(status=404, headers=HTML, body=b"<html><body>There is nothing here.</body></html>")
Route = LoopbackAnswer | Callable[[LoopbackRequest], LoopbackAnswer]


class Outlet:
    """A scripted server known by `name`; `routes` by path, anything else is `otherwise`, 404 where nothing else is set;
    `log` is what it was asked."""

    def __init__(self, name: str, now: Callable[[], datetime]) -> None:
        self.name = name
        self.routes: dict[str, Route] = {}
        self.otherwise: Route = NOTHING
        self.log: list[LoopbackRequest] = []
        self.under_way = self.most_at_once = 0
        self._server = Loopback(self._answer, now)
        self.port = int(self._server.address.rpartition(":")[2])
        self.start, self.stop = self._server.start, self._server.stop

    def _answer(self, asked: LoopbackRequest) -> LoopbackAnswer:
        self.log.append(asked)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            route = self.routes.get(asked.path, self.otherwise)
            return route(asked) if callable(route) else route
        finally:
            self.under_way -= 1

    def url(self, path: str) -> str:
        return f"http://{self.name}:{self.port}{path}"

    def feed(self, *items: dict[str, Any], path: str = "/feed", headers: dict[str, str] | None = None) -> None:
        full = [{**item, "link": self.url(item["path"])} if "path" in item else item for item in items]
        self.routes[path] = LoopbackAnswer(headers={**XML, **(headers or {})}, body=rss(*full))

    def xml(self, path: str, body: bytes) -> None:
        self.routes[path] = LoopbackAnswer(headers=XML, body=body)

    def robots(self, text: str) -> None:
        self.routes["/robots.txt"] = LoopbackAnswer(headers={"Content-Type": "text/plain"}, body=text.encode())

    def article(self, path: str, title: str = "", more: str = "") -> None:
        self.routes[path] = LoopbackAnswer(headers=HTML, body=page(title or f"The quay at {path.strip('/')}", more))

    def paths(self) -> list[str]:
        return [asked.target for asked in self.log]

    def asked(self, path: str) -> list[LoopbackRequest]:
        return [asked for asked in self.log if asked.path == path]

    def times(self, path: str | None = None) -> list[float]:
        """When it was asked, in simulated seconds since the start."""
        return [(a.at - START).total_seconds() for a in self.log if path in (None, a.path)]


@implementer(IHostnameResolver)
class Names:
    """Stands where DNS does: names of the table resolve to its addresses, all others to nothing.

    A list of lists is one answer after the other, the last for ever (rebinding).
    """

    def __init__(self, table: dict[str, list[str] | list[list[str]]]) -> None:
        self.table = table
        self.asked: list[str] = []

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[Any] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        self.asked.append(hostName)
        answers: Any = self.table.get(hostName, [])
        if answers and isinstance(answers[0], list):
            answers = answers.pop(0) if len(answers) > 1 else answers[0]
        resolutionReceiver.resolutionBegan(self)
        for address in answers:
            kind = IPv6Address if ":" in address else IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", address, portNumber))
        resolutionReceiver.resolutionComplete()
        return self

    def cancel(self) -> None:
        """IHostResolution; nothing is under way."""


class Running:
    """One engine on the rig's clock."""

    def __init__(self, rig: Rig, engine: Engine) -> None:
        self.rig = rig
        self.engine = engine
        self._simulation = Simulation(engine, rig.clock)

    async def minutes(self, minutes: float, events: Callable[[datetime], datetime | None] = lambda _: None) -> None:
        """Let everything happen that falls into the next `minutes` of simulated time, `events` among it."""
        await self._simulation.until(self.rig.clock.now() + timedelta(minutes=minutes), events)

    async def rows(self, sql: str) -> list[list[Any]]:
        return await self.engine.store.do(lambda: [list(row) for row in self.engine.store.db.execute(sql)])

    async def do(self, sql: str) -> None:
        await self.engine.store.do(lambda: self.engine.store.db.execute(sql) and None)


class Rig:
    """What a scenario works with; every scenario has its own."""

    def __init__(self, folder: Path, reactor: Any, workers: Workers, stack: ExitStack) -> None:
        self.folder = folder
        self.clock = SimulatedClock(START)
        self.names: dict[str, Any] = {}
        self._reactor = reactor
        self._resolver = reactor.nameResolver
        self._workers = workers
        self._stack = stack
        self._clients: list[Any] = []

    def outlet(self, name: str = "news.test", addresses: Any = ("127.0.0.1",)) -> Outlet:
        """A server that has begun to answer; `addresses` are what its name resolves to."""
        outlet = Outlet(name, self.clock.now)
        outlet.start()
        self._stack.callback(outlet.stop)
        self.names[name] = list(addresses)
        return outlet

    def config(self, text: str, *, allow: Sequence[str] = ("news.test",), fetch: str = "") -> None:
        (self.folder / "config.toml").write_text(f"[fetch]\nallow = {json.dumps(list(allow))}\n{fetch}\n{text}")

    def feeds(self, *addresses: str, every: str = "5m", more: str = "", **kinds: list[str]) -> str:
        """The table of a source `news` with these feeds."""
        lists = {"feeds": list(addresses), **kinds}
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in lists.items() if value)
        return f'[sources.news]\nspider = "feed"\nevery = "{every}"\n{lines}\n{more}\n'

    async def _nats(self, server: DeskServer) -> Send:
        """A line over a real server, of this scenario's own."""
        from nats.aio.client import Client

        from monitor.fetching.desk.nats_line import NatsDesk, NatsLine

        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = subprocess.Popen(
            ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-l", str(self.folder / "nats.log")]
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        desk, agent = Client(), Client()
        for client in (desk, agent):
            await client.connect(f"nats://127.0.0.1:{port}", max_reconnect_attempts=-1, reconnect_time_wait=0.1)
            self._clients.append(client)
        await NatsDesk(desk, lambda _: server).listen()
        await desk.flush()
        return NatsLine(agent, "one", "test").send

    @asynccontextmanager
    async def engine(self, workers: Workers | None = None) -> AsyncIterator[Running]:
        """The daemon's engine on the config that was laid; again on the same folder is a restart."""
        self._reactor.installNameResolver(self._resolver)
        config = load_config(self.folder / "config.toml", environment={})
        chance = random.Random(7)
        engine = Engine(config, folder=self.folder, clock=self.clock, chance=chance, reactor=self._reactor)
        engine.resolver.inner = Names(self.names)
        # One pool for all scenarios: a fresh one costs more than a second.
        engine.ingest.workers = workers or self._workers
        if DESK == "loopback":  # every call to the desk is a message
            engine.desk = RemoteDesk(DeskServer(engine.desk).answer, self.clock)
        elif DESK == "nats":
            engine.desk = RemoteDesk(await self._nats(DeskServer(engine.desk)), self.clock)
        engine.crawls = engine._crawls(config, Allow.parse(config.fetch.allow))
        try:
            async with engine:
                yield Running(self, engine)
        finally:
            self._reactor.installNameResolver(self._resolver)
            for client in self._clients:
                await client.close()
            self._clients.clear()


def _load(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def _serve(reactor: Any) -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # stdout is for answers only
    modules: dict[str, Any] = {}
    with Workers(preload=("monitor.extraction.extract",)) as workers:
        while line := await asyncio.to_thread(sys.stdin.readline):
            wanted = json.loads(line)
            try:
                module = modules.setdefault(wanted["module"], None) or _load(wanted["module"])
                modules[wanted["module"]] = module
                with ExitStack() as stack:
                    rig = Rig(Path(wanted["folder"]), reactor, workers, stack)
                    scenario = getattr(module, wanted["scenario"])
                    result = await asyncio.wait_for(scenario(rig, **wanted["arguments"]), SECONDS)
                answer = {"result": result}
            except Exception:
                answer = {"failure": traceback.format_exc()}
            out.write(json.dumps(answer) + "\n")
            out.flush()


if __name__ == "__main__":
    sys.modules["drive"] = sys.modules["__main__"]  # scenarios import this file by its name
    run_reactor(_serve)
