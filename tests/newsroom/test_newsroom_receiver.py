"""The receiver tells good signatures from bad ones, fails on command and keeps its ledger."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from monitor.newsroom.receiver import Receiver

# The published test vector of Standard Webhooks.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNED = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(now=lambda: NOW, secret=SECRET) as running:
        yield running


def test_the_published_vector(receiver: Receiver, web: httpx.Client) -> None:
    assert web.post(receiver.address, content=BODY, headers=SIGNED).status_code == 200
    [delivery] = receiver.deliveries
    assert (delivery.at, delivery.path, delivery.webhook_id, delivery.timestamp) == (
        NOW,
        "/hook",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
    )
    assert (delivery.signature_ok, delivery.body, delivery.raw, delivery.status) == (
        True,
        {"test": 2432232314},
        BODY,
        200,
    )


def test_rotation_any_signature_may_fit(receiver: Receiver, web: httpx.Client) -> None:
    other = Webhook("whsec_" + base64.b64encode(b"another secret of ours").decode())
    signatures = " ".join((other.sign(SIGNED["webhook-id"], NOW, BODY.decode()), SIGNED["webhook-signature"]))
    answer = web.post(receiver.address, content=BODY, headers={**SIGNED, "webhook-signature": signatures})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"webhook-signature": "v1,AAAA"}, BODY),
        ({"webhook-signature": ""}, BODY),
        ({"webhook-id": "msg_other"}, BODY),
        ({"webhook-timestamp": "1614265331"}, BODY),
        ({"webhook-timestamp": "now"}, BODY),
        ({"webhook-timestamp": "9" * 40}, BODY),
        ({}, b'{"test": 1}'),
        ({}, b"\xff\xfe"),
    ],
)
def test_what_does_not_verify(change: dict[str, str], body: bytes, receiver: Receiver, web: httpx.Client) -> None:
    answer = web.post(receiver.address, content=body, headers={**SIGNED, **change})
    assert (answer.status_code, receiver.deliveries[0].signature_ok, receiver.accepted) == (401, False, [])


def test_old_timestamps(web: httpx.Client) -> None:
    for seconds, status in ((300, 200), (-300, 200), (301, 401), (-301, 401)):
        moment = datetime.fromtimestamp(1614265330 + seconds, UTC)
        with Receiver(now=lambda moment=moment: moment, secret=SECRET) as receiver:
            assert web.post(receiver.address, content=BODY, headers=SIGNED).status_code == status


def test_no_secret_no_verdict(web: httpx.Client) -> None:
    with Receiver(now=lambda: NOW) as receiver:
        assert web.post(receiver.address, content=b"plain").status_code == 200
        assert web.get(receiver.address).status_code == 405
        [delivery] = receiver.deliveries
        assert (delivery.signature_ok, delivery.body, delivery.webhook_id, delivery.timestamp) == (
            None,
            None,
            None,
            None,
        )


def test_failing_on_command_and_the_deduped_view(receiver: Receiver, web: httpx.Client) -> None:
    receiver.fail(status=503, retry_after=60, times=2)
    receiver.fail(reset=True)
    answers = [web.post(receiver.address, content=BODY, headers=SIGNED) for _ in range(2)]
    assert [(a.status_code, a.headers["retry-after"]) for a in answers] == [(503, "60"), (503, "60")]
    with pytest.raises(httpx.RemoteProtocolError):
        web.post(receiver.address, content=BODY, headers=SIGNED)
    assert [web.post(receiver.address, content=BODY, headers=SIGNED).status_code for _ in range(2)] == [200, 200]
    assert [d.status for d in receiver.deliveries] == [503, 503, 0, 200, 200]
    assert receiver.accepted == [receiver.deliveries[3]]
    assert receiver.repeats == [receiver.deliveries[4]]


def test_what_speaks_of_something_alone_may_fail(receiver: Receiver, web: httpx.Client) -> None:
    receiver.fail(status=422, times=2, about='"a"')
    bodies = (b'{"a": 1}', b'{"b": 1}', b'{"a": 2}', b'{"a": 3}')
    for body in bodies:
        web.post(receiver.address, content=body)
    assert [d.status == 422 for d in receiver.deliveries] == [True, False, True, False]


def test_a_request_cut_short_is_none(receiver: Receiver, web: httpx.Client) -> None:
    parts = urlsplit(receiver.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as line:
        line.sendall(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{}")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""
    assert receiver.deliveries == []


def test_until_healed_and_late(receiver: Receiver, web: httpx.Client) -> None:
    receiver.fail(status=500, times=None)
    assert [web.post(receiver.address, content=BODY, headers=SIGNED).status_code for _ in range(3)] == [500] * 3
    receiver.heal()
    receiver.fail(status=200, delay=0.1)
    began = monotonic()
    assert web.post(receiver.address, content=BODY, headers=SIGNED).status_code == 200
    assert monotonic() - began >= 0.1


def test_the_file_is_written_before_the_answer(tmp_path: Path, web: httpx.Client) -> None:
    path = tmp_path / "deliveries.jsonl"
    with Receiver(now=lambda: NOW, secret=SECRET, path=path) as receiver:
        for status in (200, 500):
            receiver.fail(status=status)
            web.post(receiver.address, content=BODY, headers=SIGNED)
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            assert lines[-1] == {
                "at": "2021-02-25T15:02:10+00:00",
                "path": "/hook",
                "webhook_id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "timestamp": 1614265330,
                "signature_ok": True,
                "status": status,
                "body": {"test": 2432232314},
            }
        assert len(lines) == 2
