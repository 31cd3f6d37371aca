"""Apprise: one message through a process that can be killed, under the one address policy (RELIABILITY S1, fact 12)."""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from forbidden import REFUSED

from monitor.address_policy import Allow
from monitor.delivery.apprise_process import LOCAL, UNCHECKED, SocketGuard, send_message
from monitor.delivery.guarded_http import Sender
from monitor.model.alert import Push, Reply
from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest

HERE = Allow.parse(("127.0.0.1",))


class Service:
    """A service on loopback; `asked` are its requests."""

    def __init__(self) -> None:
        self.asked: list[LoopbackRequest] = []
        self.answers: dict[str, LoopbackAnswer] = {}
        self._server = Loopback(self._answer, lambda: datetime(2026, 3, 2, tzinfo=UTC))
        self._server.start()
        self.stop = self._server.stop
        self.host = self._server.address.removeprefix("http://")

    def _answer(self, asked: LoopbackRequest) -> LoopbackAnswer:
        self.asked.append(asked)
        return self.answers.get(asked.path, LoopbackAnswer())


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.stop()


def pushed(url: str, allow: Allow = HERE, deadline: float = 60.0) -> Reply:
    async def main() -> Reply:
        async with Sender(allow) as sender:
            return await sender.send(
                Push(url=url, title="Ferry <b>back</b>", body="@all www.evil.example"), deadline=deadline
            )

    return asyncio.run(main())


def test_a_message_arrives_as_plain_text_and_a_refusal_is_told(service: Service) -> None:
    assert pushed(f"json://{service.host}/hook").status == 200
    [asked] = service.asked
    assert b'"title": "Ferry <b>back</b>"' in asked.body
    service.answers["/hook"] = LoopbackAnswer(status=500)
    failed = pushed(f"json://{service.host}/hook")
    assert failed.status is None
    assert (failed.error or "").startswith("Apprise: ")
    assert "canary" not in (failed.error or "")


def test_a_redirect_is_not_followed_whatever_the_address_says_of_it(service: Service) -> None:
    service.answers["/hook"] = LoopbackAnswer(status=307, headers={"Location": f"http://{service.host}/other"})
    assert pushed(f"json://{service.host}/hook?redirect=yes").status is None
    assert [asked.path for asked in service.asked] == ["/hook"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_what_is_private_is_never_connected_to(service: Service, host: str) -> None:
    port = service.host.rpartition(":")[2]
    reply = pushed(f"json://{host}:{port}/hook", Allow())
    assert (reply.status, service.asked) == (None, [])
    assert (reply.error or "").startswith("address refused: the URL leads to ")


def test_a_silent_service_is_given_up_at_the_deadline_and_its_process_killed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reply = pushed(f"json://127.0.0.1:{silent.getsockname()[1]}/", deadline=1.5)
    assert (reply.status, reply.error) == (None, "no answer within 1.5 s")


@pytest.mark.parametrize("scheme", sorted(LOCAL))
def test_what_acts_on_this_machine_is_refused(scheme: str) -> None:
    given = {"url": f"{scheme.upper()}://x", "title": "t", "body": "b"}
    assert send_message(given, SocketGuard(Allow())) == f"{scheme}:// acts on the machine it runs on, and is refused"


def test_what_passes_by_pythons_sockets_is_refused() -> None:
    given = {"url": "amqps://x/y", "title": "t", "body": "b"}
    assert send_message(given, SocketGuard(Allow())) == "amqps:// cannot be held to the address policy, and is refused"


def test_every_service_of_apprise_that_knows_no_network_is_refused() -> None:
    from apprise.plugins import N_MGR

    # Read by hand: these connect through Python's sockets by way of other modules.
    by_others = {"irc", "ircs", "growl", "xmpp", "xmpps", "guilded", "smpp", "smpps", "deltachat", "deltachats"}
    by_others |= {"jellyfin", "jellyfins"}
    nets = ("requests", "socket", "smtplib", "paho", "slixmpp", "websocket", "http", "aiohttp", "pysocks")
    unknown = set()
    for scheme in N_MGR.schemas():
        source = inspect.getsource(inspect.getmodule(N_MGR[scheme]))  # type: ignore[arg-type]
        if not any(f"import {name}" in source or f"from {name}" in source for name in nets):
            unknown.add(scheme)
    assert unknown - by_others <= LOCAL | UNCHECKED


def test_an_address_that_apprise_does_not_know_is_told_without_its_secret() -> None:
    given = {"url": "nosuch://canary-token", "title": "t", "body": "b"}
    assert send_message(given, SocketGuard(Allow())) == "Apprise knows no such address (nosuch://…)"


@pytest.mark.row("S1")
@pytest.mark.parametrize("number", sorted(REFUSED))
def test_every_address_that_no_request_may_reach_is_refused_here_too(number: str) -> None:
    """RELIABILITY S1: the vector that feeds, articles and webhooks are held to."""
    guard = SocketGuard(Allow())
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    with pytest.raises(PermissionError, match="the URL leads to"):
        guard.check(family, (number, 443))


WAYS = """
import asyncio, http.client, json, smtplib, socket, ssl, sys, urllib.request
from socket import socket as taken_before
from monitor.address_policy import Allow
from monitor.delivery.apprise_process import SocketGuard
port = int(sys.argv[1])
there, tls = ("127.0.0.1", port), ssl.create_default_context()
SocketGuard(Allow()).install()
ways = {
    "connect": lambda: socket.socket().connect(there),
    "connect_ex": lambda: socket.socket().connect_ex(there),
    "a class taken before": lambda: taken_before().connect(there),
    "create_connection": lambda: socket.create_connection(there),
    "by a name": lambda: socket.create_connection(("localhost", port)),
    "sendto": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", there),
    "sendto with flags": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", 0, there),
    "sendmsg": lambda: socket.socket(type=socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, there),
    "mapped": lambda: socket.socket(socket.AF_INET6).connect(("::ffff:127.0.0.1", port)),
    "unix": lambda: socket.socket(socket.AF_UNIX).connect("/run/seedwatch-no-such"),
    "wrapped before it connects": lambda: tls.wrap_socket(socket.socket(), server_hostname="x").connect(there),
    "http": lambda: http.client.HTTPConnection(*there).request("GET", "/"),
    "https": lambda: http.client.HTTPSConnection(*there).request("GET", "/"),
    "urllib": lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/"),
    "mail": lambda: smtplib.SMTP(*there),
    "mail over TLS": lambda: smtplib.SMTP_SSL(*there),
    "asyncio": lambda: asyncio.run(asyncio.open_connection(*there)),
    "asyncio over TLS": lambda: asyncio.run(asyncio.open_connection(*there, ssl=tls)),
}
got = {}
for name, way in ways.items():
    try:
        way()
        got[name] = "went through"
    except OSError as error:
        reason = str(getattr(error, "reason", error))
        got[name] = "refused" if "leads to" in reason or "not an internet" in reason else reason
print(json.dumps(got))
"""


def test_no_way_to_open_a_socket_passes_by_the_guard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [sys.executable, "-c", WAYS, str(server.getsockname()[1])]
        said = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    found = json.loads(said)
    assert len(found) == 18
    assert set(found.values()) == {"refused"}, found


def test_the_guard_lets_internet_addresses_through_only() -> None:
    guard = SocketGuard(Allow())
    guard.check(socket.AF_INET, ("93.184.216.34", 443))
    for family, address in ((socket.AF_UNIX, "/run/x"), (socket.AF_INET, ("169.254.169.254", 80))):
        with pytest.raises(PermissionError):
            guard.check(family, address)
    assert guard.refused == "not an internet address"
