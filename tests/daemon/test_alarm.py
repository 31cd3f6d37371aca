"""What cannot be written down is told to the channels as any alert is: with all that a channel adds to its requests."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.address_policy import Allow
from monitor.config.load import load_config
from monitor.daemon.alarm import Alarm, tell_directly
from monitor.delivery.guarded_http import Sender
from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CANARY = "canary-7f3c9a"
KEYS = """
[channels.desk]
kind = "webhook"
url = "http://desk.example/hook"
proxy = "PROXY"
method = "PUT"
headers = { Authorization = { env = "TOKEN", prefix = "Bearer " } }
template = { text = "{{ alert.headline }}", key = "{{ secret.k }}" }
secrets = { k = { env = "TOKEN" } }

[channels.team]
kind = "slack"
url = "PROXY/team"
"""


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[LoopbackRequest], dict[str, LoopbackAnswer]]]:
    """An address, what was asked there, and the answers by path, 200 and "ok" where there is none."""
    asked: list[LoopbackRequest] = []
    answers: dict[str, LoopbackAnswer] = {}

    def answer(request: LoopbackRequest) -> LoopbackAnswer:
        asked.append(request)
        return answers.get(request.path, LoopbackAnswer(status=200, body=b"ok"))

    with ExitStack() as stack:
        loopback = Loopback(answer, lambda: NOW)
        loopback.start()
        stack.callback(loopback.stop)
        yield loopback.address, asked, answers


def tell(folder: Path, address: str, alarm: Alarm) -> bool:
    (folder / "config.toml").write_text(KEYS.replace("PROXY", address))
    channels = load_config(folder / "config.toml", environment={}).channels

    async def main() -> bool:
        async with Sender(Allow.parse(("127.0.0.1",))) as sender:
            recipients = dict.fromkeys(channels, "ops")
            return await tell_directly(
                *(alarm, recipients, channels, sender), folder=folder, environ={"TOKEN": CANARY}, now=NOW
            )

    return asyncio.run(main())


def test_an_alarm_goes_the_channels_way_in_its_form(
    receiver: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    address, asked, answers = receiver
    alarm = Alarm(kind="disk", subject="db", detail="no room", cure="make room", since=NOW)
    answers["/team"] = LoopbackAnswer(status=200, body=b"no_service")  # a 2xx that Slack's servers mean as a refusal
    with caplog.at_level(logging.DEBUG):
        assert not tell(tmp_path, address, alarm)
    assert alarm.told == {"desk"}
    [desk] = [each for each in asked if each.method == "PUT"]
    assert (desk.target, desk.headers["authorization"]) == ("http://desk.example/hook", f"Bearer {CANARY}")
    assert json.loads(desk.body)["key"] == CANARY
    assert "Slack answered 200: no_service" in caplog.text
    assert CANARY not in caplog.text
    answers.clear()
    asked.clear()
    assert tell(tmp_path, address, alarm)
    assert [each.path for each in asked] == ["/team"]
