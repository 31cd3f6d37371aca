"""`test-alert` against a real receiver on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config.load import load_config
from monitor.config.schema import Config
from monitor.delivery.send_test import send_test_alert  # under its own name pytest would take it for a test
from monitor.newsroom.receiver import Receiver

SECRET = "whsec_" + "c2VlZHdhdGNo" * 4


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(now=lambda: datetime.now(UTC), secret=SECRET) as running:
        yield running


def config(folder: Path, url: str, *, secret: bool = True) -> Config:
    (folder / "desk.secret").write_text(SECRET)
    (folder / "desk.secret").chmod(0o600)
    words = f'[channels.desk]\nkind = "webhook"\nurl = "{url}"\n' + ('secret_file = "desk.secret"\n' if secret else "")
    (folder / "config.toml").write_text(f'{words}[fetch]\nallow = ["127.0.0.1"]\n')
    return load_config(folder / "config.toml", environment={})


def test_a_good_channel_answers_and_gets_a_signed_alert(tmp_path: Path, receiver: Receiver) -> None:
    found = send_test_alert(config(tmp_path, receiver.address), "desk", tmp_path)
    (delivery,) = receiver.accepted
    assert (found["ok"], found["status"], found["error"], found["warnings"]) == (True, 200, None, [])
    assert found["webhook-id"] == delivery.webhook_id
    assert found["signature"].startswith("v1,")
    assert delivery.body["type"] == "test"


def test_a_test_leaves_the_outbox_and_the_disk_alone(tmp_path: Path, receiver: Receiver) -> None:
    send_test_alert(config(tmp_path, receiver.address), "desk", tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["config.toml", "desk.secret"]


def test_an_unsigned_alert_is_refused_by_a_receiver_that_wants_signatures(tmp_path: Path, receiver: Receiver) -> None:
    found = send_test_alert(config(tmp_path, receiver.address, secret=False), "desk", tmp_path)
    assert found["ok"] is False
    assert found["status"] in (400, 401, 403)
    assert found["signature"] is None


def test_a_refused_address_names_its_cure(tmp_path: Path, receiver: Receiver) -> None:
    config(tmp_path, receiver.address)
    text = (tmp_path / "config.toml").read_text().replace('allow = ["127.0.0.1"]', "allow = []")
    (tmp_path / "config.toml").write_text(text)
    found = send_test_alert(load_config(tmp_path / "config.toml", environment={}), "desk", tmp_path)
    assert (found["ok"], found["error"], found["cure"]) == (
        False,
        "address refused: the URL leads to 127.0.0.1, which is loopback",
        "if you trust it, add its host to [fetch] allow in config.toml",
    )
    assert receiver.accepted == []


def test_nobody_there_is_an_error_in_words(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    found = send_test_alert(config(tmp_path, address), "desk", tmp_path)
    assert (found["ok"], found["status"]) == (False, None)
    assert found["error"]
