"""The receiver matrix: what each kind of answer leads to, as docs/alerts.md says, on real sockets (RELIABILITY W5).

Sizes and times of a hostile receiver stand for larger ones: the deadline is shortened, the 200 MB are real.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from raw_receiver import (
    OK_HEAD,
    Scripted,
    Talk,
    bomb,
    cut_short,
    drip,
    drip_body,
    echo,
    endless_head,
    flood,
    hole,
    reset,
    say,
    status,
)

from monitor.address_policy import Allow
from monitor.clock import SimulatedClock
from monitor.config.load import load_config
from monitor.config.schema import ChannelSection
from monitor.delivery.deliver import Delivery
from monitor.delivery.guarded_http import Sender

CANARY, PLACE = "canary-7f3c9a", "PLACE:1"
LOGIN = base64.b64encode(f"us:{CANARY}-login".encode()).decode()
SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SLOW = ("black hole", "drip head", "drip body", "flood", "bomb")  # tried once: what is added changes nothing there

# answer, then: the alert's state, seconds to the next request (from, to), the channel's state, status and error kept
MATRIX: list[tuple[str, Talk | None, tuple[str, tuple[float, float] | None, str, int | None, str | None]]] = [
    ("200", status(200), ("delivered", None, "ok", 200, None)),
    ("204", status(204), ("delivered", None, "ok", 204, None)),
    ("301", status(301, "Location: http://127.0.0.1:1/"), ("pending", (4, 6), "failing", 301, None)),
    ("308", status(308, "Location: http://127.0.0.1:1/"), ("pending", (4, 6), "failing", 308, None)),
    ("400", status(400), ("pending", (4, 6), "ok", 400, None)),
    ("404", status(404), ("pending", (4, 6), "failing", 404, None)),
    ("410", status(410), ("pending", (0, 0), "disabled", 410, None)),
    ("429", status(429), ("pending", (60, 60), "failing", 429, None)),
    ("429 seconds", status(429, "Retry-After: 900"), ("pending", (900, 900), "failing", 429, None)),
    ("503", status(503), ("pending", (60, 60), "failing", 503, None)),
    (
        "503 date",
        status(503, "Retry-After: Fri, 02 Jan 2026 03:14:05 GMT"),
        ("pending", (600, 600), "failing", 503, None),
    ),
    ("500", status(500), ("pending", (4, 6), "failing", 500, None)),
    ("refused", None, ("pending", (4, 6), "failing", None, "connection refused")),
    ("reset", reset, ("pending", (4, 6), "failing", None, "connection reset by peer")),
    ("black hole", hole, ("pending", (4, 6), "failing", None, "no answer within 0.6 s")),
    ("drip head", drip(OK_HEAD), ("pending", (4, 6), "failing", None, "no answer within 0.6 s")),
    ("drip body", drip_body, ("delivered", None, "ok", 200, None)),
    ("flood", flood, ("delivered", None, "ok", 200, None)),
    (
        "odd header",
        say("HTTP/1.1 200 OK\r\nX-Odd : a\r\n: b\r\nContent-Length: x\r\n\r\n"),
        ("delivered", None, "ok", 200, None),
    ),
    ("endless head", endless_head, ("delivered", None, "ok", 200, None)),
    ("bomb", bomb, ("pending", (4, 6), "failing", 500, None)),
    ("cut short", cut_short, ("delivered", None, "ok", 200, None)),
    ("echo", echo, ("pending", (4, 6), "failing", 500, None)),
    ("interim", say("HTTP/1.1 103 x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), ("delivered", None, "ok", 200, None)),
    ("not HTTP", say("SSH-2.0-x\r\n\r\n"), ("pending", (4, 6), "failing", None, "the answer is not HTTP or broke off")),
]


# What a channel may add, with a secret in each place that may hold one, and what its receiver then gets, in small
# letters; PLACE is the receiver's host and port.
HERE = f'url = "http://{PLACE}/hook"\n'
DRESSES: dict[str, tuple[str, tuple[str, ...]]] = {
    "headers": (
        f"""{HERE}
        headers_file = "headers"
        method = "PATCH"
        headers = {{ Authorization = {{ file = "secret", prefix = "Bearer " }}, X-Env = {{ env = "CANARY" }} }}
        """,
        (
            *("patch /hook http", f"authorization: bearer {CANARY}-secret"),
            *(f"x-env: {CANARY}-env", f"x-more: {CANARY}-more"),
        ),
    ),
    "login": (
        'url_file = "url"\nlogin_file = "login"\nmethod = "PUT"\n',
        (f"put /hook/{CANARY}-path http", f"authorization: basic {LOGIN.lower()}"),
    ),
    "template": (
        f"""{HERE}
        template = {{ text = "{{{{ alert.headline }}}}", key = "{{{{ secret.k }}}}" }}
        secrets = {{ k = {{ file = "secret" }} }}
        """,
        ("post /hook http", f'"key":"{CANARY}-secret"'),
    ),
    "form": (
        f"""{HERE}
        template_file = "body.json"
        body = "form"
        secrets = {{ k = {{ env = "CANARY" }} }}
        """,
        ("content-type: application/x-www-form-urlencoded", f"key={CANARY}-env"),
    ),
    "proxy": (
        f'url = "http://hook.example/hook"\nproxy = "http://{PLACE}"\nproxy_login_file = "login"\n',
        ("post http://hook.example/hook http", f"proxy-authorization: basic {LOGIN.lower()}"),
    ),
    "authority": (
        f'url = "https://{PLACE}/hook"\nca_file = "cert.pem"\nsecret_file = "signing"\n',
        ("post /hook http", "webhook-signature: v1,"),
    ),
}


@pytest.mark.parametrize(("name", "talk", "expected"), MATRIX, ids=[row[0] for row in MATRIX])
def test_an_answer_leads_where_the_documents_say(
    office: Any, monkeypatch: pytest.MonkeyPatch, name: str, talk: Talk | None, expected: Any
) -> None:
    server = Scripted(talk)
    section = office.section(f"http://127.0.0.1:{server.port}/hook")
    check(office, monkeypatch, server, section, expected, deadline=0.6 if name in SLOW and name != "bomb" else 15.0)


@pytest.mark.parametrize("dress", DRESSES)
def test_what_a_channel_adds_is_sent_leads_to_the_same_and_is_kept_nowhere(
    office: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    certificate: Any,
    dress: str,
) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    context = None
    if dress == "authority":
        certificate(folder, 1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    keys, words = DRESSES[dress]
    for name, talk, expected in MATRIX:
        if name in SLOW:
            continue
        server = Scripted(talk, context)
        lay_secrets(folder, server.port)
        place = f"{'hook.example' if context else '127.0.0.1'}:{server.port}"
        (folder / "config.toml").write_text(f'[channels.desk]\nkind = "webhook"\n{keys.replace(PLACE, place)}')
        section = load_config(folder / "config.toml", environment={}).channels["desk"]
        for table in ("attempts", "alerts", "problems", "channels"):
            office.store.db.execute(f"DELETE FROM {table}")
        with caplog.at_level(logging.DEBUG):
            check(office, monkeypatch, server, section, expected, folder, deadline=15.0)
        sent = server.asked.decode("latin-1").lower()
        assert [word for word in words if word not in sent] == [] or talk is None, name
        office.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = office.store.path.read_bytes().decode("latin-1")
        assert [word for word in (CANARY, LOGIN, SIGNING) if word in kept or word in caplog.text] == [], name


def lay_secrets(folder: Path, port: int) -> None:
    for name, text in {
        "secret": f"{CANARY}-secret",
        "headers": f"X-More: {CANARY}-more\n",
        "login": f"us:{CANARY}-login",
        "url": f"http://127.0.0.1:{port}/hook/{CANARY}-path",
        "signing": SIGNING,
        "body.json": '{"text": "{{ alert.headline }}", "key": "{{ secret.k }}"}',
    }.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)


def test_a_wrong_certificate_is_an_attempt_that_failed(
    office: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, certificate: Any
) -> None:
    certificate(tmp_path, 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    expected = ("pending", (4, 6), "failing", None, "certificate refused: self-signed certificate")
    server = Scripted(status(200), context)
    section = office.section(f"https://127.0.0.1:{server.port}/hook")
    check(office, monkeypatch, server, section, expected, deadline=15.0)


async def resolve(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def check(
    office: Any,
    monkeypatch: pytest.MonkeyPatch,
    server: Scripted,
    section: ChannelSection,
    expected: Any,
    folder: Path = Path(),
    *,
    deadline: float,
) -> None:
    monkeypatch.setattr(Sender.send, "__kwdefaults__", {"deadline": deadline})
    [id] = office.queue("desk")

    async def main() -> None:
        async with Sender(Allow.parse(("127.0.0.1",)), resolve=resolve) as sender:
            delivery = Delivery(
                *(office.store, sender, {"desk": section}, SimulatedClock(office.now), Random(7)),
                folder=folder,
                environ={"CANARY": f"{CANARY}-env"},
            )
            assert await delivery.round() == 1

    try:
        asyncio.run(main())
    finally:
        server.close()
    state, delays, channel, code, error = expected
    record = office.store.alerts.show(id)
    [attempt] = record.tries
    assert (record.alert.state, office.store.channels.get("desk").state, attempt.status) == (state, channel, code)
    assert (attempt.error or "").startswith(error or "")
    assert (attempt.error is None) == (error is None)
    assert len(attempt.response) <= 16_384
    if delays is not None:
        low, high = (office.now + timedelta(seconds=seconds) for seconds in delays)
        assert low <= max(record.alert.next_attempt_at, office.store.channels.get("desk").next_at or office.now) <= high
