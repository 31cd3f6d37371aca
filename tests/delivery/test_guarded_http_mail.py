"""Mail goes out over verified TLS to an allowed address, to all recipients or none, within the deadline."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from monitor.address_policy import Allow
from monitor.alerting.channels import KINDS
from monitor.delivery.guarded_http import Sender
from monitor.model.alert import Mail, Reply

MAIL = Mail(
    host="mail.example",
    port=0,
    starttls=False,
    user=None,
    password=None,
    sender="monitor@desk.example",
    recipients=("a@desk.example", "b@desk.example"),
    message=b"From: monitor@desk.example\r\nSubject: x\r\n\r\nBody\r\n.\r\n",
)


class Box:
    """A mailbox that refuses c@desk.example; `got` are the mails it took."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("c@"):
            return "550 no such canary here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.got.append(envelope)
        return "250 kept"


def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"desk", b"canary-password"), handled=False)


class Office:
    """A mail server of another make, started for one mail; `box` is what it takes."""

    def __init__(self, folder: Path, tls: str, **options: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self.box = Box()
        self._options = {**options, **({"tls_context": context} if tls == "starttls" else {})}
        self._direct = context if tls == "direct" else None

    async def open(self) -> asyncio.Server:
        def factory() -> SMTP:
            return SMTP(self.box, hostname="mail.example", **self._options)

        return await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, ssl=self._direct)


@pytest.fixture
def post_office(tmp_path: Path, certificate: Callable[[Path, int], str]) -> Callable[..., Office]:
    certificate(tmp_path, 1)

    def make(*, tls: str, **options: Any) -> Office:
        return Office(tmp_path, tls, **options)

    return make


def send(
    mail: Mail,
    folder: Path,
    office: Office | None = None,
    *,
    allow: tuple[str, ...] = ("127.0.0.1",),
    deadline: float = 15.0,
) -> Reply:
    async def loopback(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def run() -> Reply:
        trust = ssl.create_default_context(cafile=str(folder / "cert.pem"))
        async with Sender(Allow.parse(allow), resolve=loopback, trust=trust) as sender:
            if office is None:
                return await sender.send(mail, deadline=deadline)
            async with await office.open() as server:
                port = server.sockets[0].getsockname()[1]
                return await sender.send(replace(mail, port=port), deadline=deadline)

    return KINDS["email"].read(asyncio.run(run()))


@pytest.mark.parametrize("tls", ["direct", "starttls"])
def test_a_mail_arrives_over_tls_as_it_is(post_office: Any, tmp_path: Path, tls: str) -> None:
    office = post_office(tls=tls)
    reply = send(replace(MAIL, host="hook.example", starttls=tls == "starttls"), tmp_path, office)
    assert (reply.status, reply.body, reply.error) == (250, b"kept", None)
    [envelope] = office.box.got
    assert (envelope.mail_from, envelope.rcpt_tos, envelope.content) == (
        MAIL.sender,
        list(MAIL.recipients),
        MAIL.message,
    )


@pytest.mark.parametrize(
    ("changes", "tls", "error"),
    [
        ({"host": "other.example"}, "direct", ("certificate refused: Hostname mismatch, certificate is not valid for "
         "'other.example'.")),
        ({"host": "other.example", "starttls": True}, "starttls", ("certificate refused: Hostname mismatch, "
         "certificate is not valid for 'other.example'.")),
        ({"starttls": True}, "none", "the mail server offers no STARTTLS or no login: nothing was sent"),
        ({"user": "desk", "password": "canary"}, "direct",
         "the mail server offers no STARTTLS or no login: nothing was sent"),
    ],
)  # fmt: skip
def test_without_verified_tls_nothing_is_sent(
    post_office: Any, tmp_path: Path, changes: dict[str, Any], tls: str, error: str
) -> None:
    office = post_office(tls=tls)
    reply = send(replace(MAIL, **{"host": "hook.example", **changes}), tmp_path, office)
    assert (reply.status, reply.error, office.box.got) == (None, error, [])


def test_one_refused_recipient_and_nobody_gets_it(post_office: Any, tmp_path: Path) -> None:
    office = post_office(tls="direct")
    reply = send(replace(MAIL, host="hook.example", recipients=("a@x.example", "c@x.example")), tmp_path, office)
    assert (reply.status, reply.error, office.box.got) == (550, "the mail server answered 550: no such canary here", [])


@pytest.mark.parametrize(("password", "status"), [("canary-password", 250), ("wrong-password", 535)])
def test_it_logs_in_where_an_account_is_given(post_office: Any, tmp_path: Path, password: str, status: int) -> None:
    office = post_office(tls="starttls", authenticator=login, auth_required=True)
    mail = replace(MAIL, host="hook.example", starttls=True, user="desk", password=password)
    reply = send(mail, tmp_path, office)
    assert (reply.status, reply.error is None, len(office.box.got)) == (status, status == 250, int(status == 250))
    assert password not in (reply.error or "")


def test_a_private_mail_server_needs_to_be_allowed(post_office: Any, tmp_path: Path) -> None:
    office = post_office(tls="direct")
    reply = send(replace(MAIL, host="hook.example"), tmp_path, office, allow=())
    assert (reply.status, (reply.error or "")[:59]) == (
        None,
        "address refused: hook.example leads to 127.0.0.1, which is ",
    )
    assert office.box.got == []


@pytest.mark.parametrize("text", [b"", b"2", b"220-x\r\n"])
@pytest.mark.parametrize("starttls", [False, True])
def test_a_server_that_says_nothing_or_drips_ends_at_the_deadline(
    tmp_path: Path, certificate: Any, text: bytes, starttls: bool
) -> None:
    certificate(tmp_path, 1)
    over = threading.Event()

    def talk(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while not over.wait(0.02):
                try:
                    connection.sendall(text)
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=talk, args=(listener,))
        thread.start()
        began = time.monotonic()
        mail = replace(MAIL, host="hook.example", port=listener.getsockname()[1], starttls=starttls)
        reply = send(mail, tmp_path, deadline=0.4)
        over.set()
        thread.join()
    assert reply.status is None
    assert reply.error is not None
    assert time.monotonic() - began < 10  # and not for ever


def test_a_refused_port_is_told(tmp_path: Path, certificate: Any) -> None:
    certificate(tmp_path, 1)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert send(replace(MAIL, host="hook.example", port=port), tmp_path).error == "connection refused"
