"""The guarded sender against real sockets on loopback; names resolve by a function handed in."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from raw_server import Server

from monitor.address_policy import NOTHING, Allow
from monitor.delivery.guarded_http import Resolve, Sender, resolve_host
from monitor.model.alert import Reply, Request

LOOPBACK = Allow.parse(("127.0.0.1",))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(talk: Callable[[socket.socket], None] | bytes) -> Server:
            if isinstance(talk, bytes):
                answer = talk
                server = Server(lambda connection: connection.sendall(answer))
            else:
                server = Server(talk)
            stack.callback(server.close)
            return server

        yield start


def post(url: str, body: bytes = b"{}", headers: dict[str, str] | None = None) -> Request:
    return Request(method="POST", url=url, headers=headers or {}, body=body)


def send(
    *requests: Request,
    allow: Allow = LOOPBACK,
    deadline: float = 10.0,
    resolve: Resolve = resolve_host,
) -> list[Reply]:
    async def run() -> list[Reply]:
        async with Sender(allow, resolve=resolve) as sender:
            return [await sender.send(request, deadline=deadline) for request in requests]

    return asyncio.run(run())


def answers(*addresses: str) -> Resolve:
    async def look_up(host: str, port: int) -> list[str]:
        return list(addresses)

    return look_up


def test_a_request_arrives_as_it_is_and_its_answer_comes_back(serve: Serve) -> None:
    server = serve(b"HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\nSet-Cookie: a=b\r\nContent-Length: 4\r\n\r\ndone")
    reply, again = send(*[post(f"http://127.0.0.1:{server.port}/hook?a=%20b", b'{"x":1}', {"webhook-id": "msg_1"})] * 2)
    assert (reply.status, reply.body, reply.error, reply.headers["retry-after"]) == (202, b"done", None, "7")
    assert again.status == 202
    assert server.requests[0] == (
        b"POST /hook?a=%20b HTTP/1.1\r\n"
        b"Host: 127.0.0.1:" + str(server.port).encode() + b"\r\n"
        b"webhook-id: msg_1\r\naccept-encoding: identity\r\nContent-Length: 7\r\n\r\n"
        b'{"x":1}'
    )
    assert server.requests[0] == server.requests[1]  # no cookie came back
    assert server.connections == 2  # nothing is kept that could be stale


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_never_followed(serve: Serve, status: int) -> None:
    target = serve(OK)
    server = serve(
        f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:{target.port}/\r\nContent-Length: 0\r\n\r\n".encode()
    )
    [reply] = send(post(f"http://127.0.0.1:{server.port}/"))
    assert (reply.status, reply.error, target.connections) == (status, None, 0)


@pytest.mark.row("S4")
def test_two_hundred_megabytes_cost_sixteen_kilobytes(serve: Serve) -> None:
    sent = 0

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
        while sent < 200_000_000:
            connection.sendall(b"x" * 65536)
            sent += 65536

    server = serve(flood)
    [reply] = send(post(f"http://127.0.0.1:{server.port}/"))
    server.close()  # waits, so that `sent` is final
    assert (reply.status, len(reply.body), reply.error) == (200, 16384, None)
    assert sent < 20_000_000  # what the kernel's buffers took


def test_a_compressed_answer_is_kept_compressed(serve: Serve) -> None:
    bomb = gzip.compress(b"\0" * 5_000_000)
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)
    [reply] = send(post(f"http://127.0.0.1:{server.port}/"))
    assert (reply.status, reply.body) == (200, bomb)


def drip(text: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        for number in range(len(text)):
            connection.sendall(text[number : number + 1])
            threading.Event().wait(0.05)

    return talk


@pytest.mark.row("S5")
def test_a_dripping_head_ends_at_the_deadline(serve: Serve) -> None:
    server = serve(drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100))
    [reply] = send(post(f"http://127.0.0.1:{server.port}/"), deadline=0.4)
    assert (reply.status, reply.error) == (None, "no answer within 0.4 s")
    assert reply.seconds >= 0.4


@pytest.mark.row("S5")
def test_a_dripping_body_ends_at_the_deadline_and_its_status_counts(serve: Serve) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        drip(b"x" * 200)(connection)

    server = serve(talk)
    [reply] = send(post(f"http://127.0.0.1:{server.port}/"), deadline=0.4)
    assert (reply.status, reply.error, set(reply.body)) == (200, None, {ord("x")})
    assert len(reply.body) < 200


def test_a_black_hole_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as silent:
        [reply] = send(post(f"http://127.0.0.1:{silent.getsockname()[1]}/"), deadline=0.3)
    assert (reply.status, reply.error) == (None, "no answer within 0.3 s")


def test_a_refused_port_is_told(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    [reply] = send(post(f"http://127.0.0.1:{port}/"))
    assert (reply.status, reply.error) == (None, "connection refused")


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


@pytest.mark.parametrize(
    ("head", "retry_after", "body"),
    [
        (b"X-Odd : a\r\nRetry-After: 7\r\nContent-Length: 2\r\n", "7", b"ok"),
        (b"no colon at all\r\nRetry-After: 7\r\nContent-Length: 2\r\n", "7", b"ok"),
        ("X-Möbius: a\r\nRetry-After: 7\r\nContent-Length: 2\r\n".encode(), "7", b"ok"),
        (b"Retry-After: 7\r\n folded: a\r\nContent-Length: 2\r\n", "7", b"ok"),
        (b"X: a\x00b\r\nContent-Length: 2\r\n", None, b"ok"),
        (b"Retry-After: 7\r\nContent-Length: two\r\n", "7", b""),
        (b"Transfer-Encoding: gzip\r\n", None, b""),
        (b"X: " + b"y" * 200_000 + b"\r\n", None, b""),
    ],
    ids=["space before the colon", "no colon", "not ASCII", "folded", "NUL", "bad length", "coding", "endless"],
)
def test_the_status_line_decides_whatever_stands_below_it(
    serve: Serve, head: bytes, retry_after: str | None, body: bytes
) -> None:
    [reply] = send(post(f"http://127.0.0.1:{serve(b'HTTP/1.1 201 Created' + head_of(head)).port}/"))
    assert (reply.status, reply.error, reply.headers.get("retry-after"), reply.body) == (201, None, retry_after, body)


def head_of(lines: bytes) -> bytes:
    return b"\r\n" + lines + b"\r\nok"


def test_an_interim_answer_is_no_status(serve: Serve) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink : x\r\n\r\n"
    found = send(*[post(f"http://127.0.0.1:{serve(interim + last).port}/") for last in (OK, b"")])
    assert [(reply.status, reply.body) for reply in found] == [(200, b"ok"), (None, b"")]


def test_a_status_that_came_before_the_time_was_up_counts(serve: Serve) -> None:
    server = serve(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: ") or connection.recv(1))  # type: ignore[func-returns-value]
    [reply] = send(post(f"http://127.0.0.1:{server.port}/"), deadline=0.3)
    assert (reply.status, reply.error) == (200, None)


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (reset, "connection reset by peer"),
        (lambda connection: None, "the answer is not HTTP or broke off: Server disconnected"),
        (b"SSH-2.0-x\r\n\r\n", "the answer is not HTTP or broke off: illegal status line: bytearray(b'SSH-2.0-x')"),
    ],
    ids=["reset", "empty", "not HTTP"],
)
def test_a_broken_answer_is_told(serve: Serve, talk: Callable[[socket.socket], None] | bytes, error: str) -> None:
    [reply] = send(post(f"http://127.0.0.1:{serve(talk).port}/"))
    assert reply.status is None
    assert reply.error is not None
    assert reply.error.startswith(error)
    assert len(reply.error) < 260


def test_an_answer_that_breaks_off_in_its_body_counts(serve: Serve) -> None:
    server = serve(b"HTTP/1.1 204 No Content\r\n\r\n")
    short = serve(b"HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nshort")
    replies = send(post(f"http://127.0.0.1:{server.port}/"), post(f"http://127.0.0.1:{short.port}/"))
    assert [(reply.status, reply.error) for reply in replies] == [(204, None), (500, None)]


@pytest.mark.row("S2")
@pytest.mark.parametrize(
    ("addresses", "error"),
    [
        (["127.0.0.1"], "address refused: hook.example leads to 127.0.0.1, which is loopback"),
        (["8.8.8.8", "10.0.0.1"], "address refused: hook.example leads to 10.0.0.1, which is private"),
        (["::ffff:127.0.0.1"], "address refused: hook.example leads to ::ffff:127.0.0.1, which is loopback"),
        (["64:ff9b::7f00:1"], "address refused: hook.example leads to 64:ff9b::7f00:1, which is NAT64"),
        (["nonsense"], "address refused: hook.example leads to nonsense, which is not an IP address"),
        ([], "the name does not resolve"),
    ],
)
def test_a_dns_answer_with_any_special_address_is_refused(addresses: list[str], error: str) -> None:
    [reply] = send(post("http://hook.example/"), allow=NOTHING, resolve=answers(*addresses))
    assert (reply.status, reply.error) == (None, error)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.1", "localhost", "[::1]", "[::ffff:7f00:1]"]
)
def test_a_number_in_any_notation_is_refused_before_any_connection(serve: Serve, host: str) -> None:
    server = serve(OK)
    [reply] = send(post(f"http://{host}:{server.port}/secret?key=canary"), allow=NOTHING)
    assert reply.error is not None
    assert reply.error.startswith("address refused: the URL leads to ")
    assert "canary" not in reply.error
    assert server.connections == 0


def test_the_backend_refuses_numbers_by_itself(serve: Serve) -> None:
    """Second lock: what gets past the URL check meets the policy at connect."""
    server = serve(OK)
    rebinding = iter((["8.8.8.8"], ["127.0.0.1"]))

    async def look_up(host: str, port: int) -> list[str]:
        return next(rebinding)

    unreachable, rebound = send(
        *[post(f"http://hook.example:{server.port}/")] * 2, allow=NOTHING, resolve=look_up, deadline=0.5
    )
    assert unreachable.status is None
    assert rebound.error == "address refused: hook.example leads to 127.0.0.1, which is loopback"
    assert server.connections == 0


@pytest.mark.row("S2")
def test_the_checked_address_is_the_one_connected_to(serve: Serve) -> None:
    """Rebinding: one lookup per connection, whose answer is what is connected to."""
    server = serve(OK)
    lookups = []

    async def look_up(host: str, port: int) -> list[str]:
        lookups.append((host, port))
        return ["127.0.0.1"]

    [reply] = send(post(f"http://hook.example:{server.port}/"), resolve=look_up)
    assert (reply.status, lookups) == (200, [("hook.example", server.port)])
    assert f"Host: hook.example:{server.port}".encode() in server.requests[0]


def test_a_host_allowed_by_name_may_resolve_inside(serve: Serve) -> None:
    server = serve(OK)
    allow = Allow.parse(("hooks.lan",))
    replies = send(
        post(f"http://hooks.lan:{server.port}/"),
        post(f"http://other.lan:{server.port}/"),
        allow=allow,
        resolve=answers("127.0.0.1"),
    )
    assert [reply.status for reply in replies] == [200, None]


def test_the_next_address_is_tried_where_one_does_not_answer(serve: Serve) -> None:
    server = serve(OK)
    allow = Allow.parse(("127.0.0.0/8",))
    [reply] = send(
        post(f"http://hook.example:{server.port}/"),
        allow=allow,
        resolve=answers("127.0.0.9", "127.0.0.1"),
    )
    assert reply.status == 200


@pytest.mark.row("S2")
def test_a_proxy_in_the_environment_is_ignored(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = serve(OK), serve(OK)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    [reply] = send(post(f"http://127.0.0.1:{server.port}/"))
    assert (reply.status, server.connections, proxy.connections) == (200, 1, 0)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://a@hook.example/", "http://x\\@127.0.0.1/", "http://hook.example:99999/"]
)
def test_bad_urls_are_errors_not_exceptions(url: str) -> None:
    [reply] = send(post(url))
    assert reply.error is not None
    assert reply.error.startswith("address refused: the URL ")


def test_a_forbidden_header_is_an_error_that_does_not_show_it(serve: Serve) -> None:
    server = serve(OK)
    [reply] = send(post(f"http://127.0.0.1:{server.port}/", headers={"x": "canary\r\nevil: 1"}))
    assert (reply.status, reply.error) == (
        None,
        "the request cannot be sent: its address or a header has forbidden characters",
    )
    assert server.requests == []


def test_a_name_that_does_not_resolve_is_told() -> None:
    replies = send(post("http://nowhere.invalid/"), post(f"http://{'a' * 64}.invalid/"))
    assert [reply.status for reply in replies] == [None, None]
    assert replies[0].error == "the name does not resolve"


def test_the_systems_resolver_gives_numbers() -> None:
    async def both() -> list[list[str]]:
        return [await resolve_host("127.0.0.1", 80), await resolve_host("::1", 80)]

    assert asyncio.run(both()) == [["127.0.0.1"], ["::1"]]


def test_a_lookup_that_hangs_holds_nothing_up() -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("unreachable")

    [reply] = send(post("http://hook.example/"), resolve=never, deadline=0.2)
    assert reply.error == "no answer within 0.2 s"


def test_nothing_of_a_request_is_logged(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve(OK)
    with caplog.at_level(logging.INFO):
        send(
            post(f"http://127.0.0.1:{server.port}/canary", b"canary", {"x": "canary"}),
            post("http://127.0.0.1:1/canary", b"canary", {"x": "canary"}),
        )
    assert "canary" not in caplog.text


def test_cancelling_closes_the_connection(serve: Serve) -> None:
    closed = threading.Event()

    def wait(connection: socket.socket) -> None:
        assert connection.recv(1) == b""
        closed.set()

    server = serve(wait)

    async def run() -> None:
        async with Sender(LOOPBACK) as sender:
            task = asyncio.create_task(sender.send(post(f"http://127.0.0.1:{server.port}/")))
            while not server.requests:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    assert closed.wait(5)
