"""TLS is verified: right name and a known authority, or no byte of ours is sent (RELIABILITY S8)."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from monitor.address_policy import Allow
from monitor.delivery.guarded_http import Sender, create_tls_context
from monitor.model.alert import Reply, Request

pytestmark = pytest.mark.row("S8")


class Server:
    """Answers POSTs with 200 behind TLS, under a self-signed certificate for hook.example."""

    def __init__(self, folder: Path, days: int, certificate: Callable[[Path, int], str]) -> None:
        self.got: list[str] = []
        self.asked: list[str | None] = []
        self.certificate = certificate(folder, days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        context.sni_callback = lambda _socket, name, _context: self.asked.append(name)
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.got.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.certificate)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def serve(tmp_path: Path, certificate: Callable[[Path, int], str]) -> Iterator[Callable[[int], Server]]:
    with ExitStack() as stack:

        def start(days: int = 1) -> Server:
            server = Server(tmp_path, days, certificate)
            stack.callback(server.close)
            return server

        yield start


def send(url: str, trust: ssl.SSLContext | None) -> Reply:
    async def loopback(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def run() -> Reply:
        async with Sender(Allow.parse(("127.0.0.1",)), resolve=loopback, trust=trust) as sender:
            return await sender.send(Request(method="POST", url=url, headers={}, body=b"{}"))

    return asyncio.run(run())


def test_the_name_that_was_asked_for_is_sent_and_verified(serve: Callable[..., Server]) -> None:
    server = serve()
    right = send(f"https://hook.example:{server.port}/", server.trust())
    wrong = send(f"https://other.example:{server.port}/", server.trust())
    assert (right.status, right.error) == (200, None)
    assert wrong.status is None
    assert wrong.error is not None
    assert wrong.error.startswith("certificate refused: Hostname mismatch")
    assert (server.asked, server.got) == (["hook.example", "other.example"], ["/"])


def test_a_self_signed_certificate_is_refused(serve: Callable[..., Server]) -> None:
    server = serve()
    reply = send(f"https://hook.example:{server.port}/", None)
    assert (reply.status, reply.error) == (None, "certificate refused: self-signed certificate")
    assert server.got == []


def test_an_expired_certificate_is_refused(serve: Callable[..., Server]) -> None:
    server = serve(days=-2)
    reply = send(f"https://hook.example:{server.port}/", server.trust())
    assert (reply.status, reply.error) == (None, "certificate refused: certificate has expired")
    assert server.got == []


def test_the_default_trust_verifies_names_and_knows_authorities() -> None:
    context = create_tls_context()
    assert (context.verify_mode, context.check_hostname, context.minimum_version) == (
        ssl.CERT_REQUIRED,
        True,
        ssl.TLSVersion.TLSv1_2,
    )
    assert len(context.get_ca_certs()) > 50


def test_a_server_without_tls_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def talk() -> None:
            connection, _ = plain.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        reply = send(f"https://hook.example:{plain.getsockname()[1]}/", None)
        thread.join()
    assert (reply.status, reply.error) == (None, "TLS failed: WRONG_VERSION_NUMBER")
