"""The dead man's switch: called while polls succeed and alerts move, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world

from monitor.address_policy import Allow
from monitor.clock import SimulatedClock
from monitor.config.schema import HeartbeatSection
from monitor.delivery.guarded_http import Sender
from monitor.delivery.heartbeat import send_heartbeat
from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest
from monitor.storage.alerts.alerts import NewAlert

LATER = NOW + timedelta(minutes=16)


class Switch:
    """A dead man's switch on loopback; `asked` are its calls."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked: list[LoopbackRequest] = []
        self._server = Loopback(self._answer, lambda: NOW)
        self._server.start()
        self.stop = self._server.stop
        self.url = f"{self._server.address}/ping/canary-1234"

    def _answer(self, asked: LoopbackRequest) -> LoopbackAnswer:
        self.asked.append(asked)
        return LoopbackAnswer(status=self.status, body=b"no such check canary-1234")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    found.store.db.execute("UPDATE sources SET last_ok_at = '2026-03-02T06:00:00.000Z'")
    yield found
    found.store.close()


@pytest.fixture
def switch() -> Iterator[Switch]:
    found = Switch()
    yield found
    found.stop()


def call(
    world: World, section: dict[str, str], *, now: datetime = NOW, allow: str = "127.0.0.1", **environ: str
) -> str | None:
    async def main() -> str | None:
        async with Sender(Allow.parse((allow,) if allow else ())) as sender:
            wanted = HeartbeatSection.model_validate(section)
            clock = SimulatedClock(now)
            return await send_heartbeat(
                world.store, sender, wanted, clock, folder=world.store.path.parent, environ=environ
            )

    return asyncio.run(main())


def problems(world: World) -> list[tuple[str, str]]:
    return [(problem.kind, problem.detail) for problem in world.store.problems.current()]


def test_it_is_called_with_nothing_in_it_while_all_is_well(world: World, switch: Switch) -> None:
    assert call(world, {"url": switch.url}) is None
    [asked] = switch.asked
    assert (asked.method, asked.path, asked.body) == ("GET", "/ping/canary-1234", b"")
    assert problems(world) == []


def test_it_is_not_called_when_no_poll_succeeds_or_alerts_are_stuck(world: World, switch: Switch) -> None:
    late = NOW + timedelta(minutes=41)  # three intervals of ten minutes, and ten
    assert call(world, {"url": switch.url}, now=late) == "no source was polled well of late"
    alert = NewAlert(
        id="msg_1", rule="r", channel="hook", event="article.matched", article_id=None, revision=None, story_id=None,
        topic=None, body=b"{}",
    )  # fmt: skip
    with world.store.write():
        world.store.alerts.add([alert], NOW)
    assert call(world, {"url": switch.url}, now=LATER) == "alerts for hook wait for more than 15 minutes"
    assert switch.asked == []
    with world.store.write():
        world.store.channels.record_success("hook", LATER)
    assert call(world, {"url": switch.url}, now=LATER) is None


def test_a_call_that_fails_is_a_problem_until_one_succeeds_and_shows_no_secret(
    world: World, switch: Switch, caplog: pytest.LogCaptureFixture
) -> None:
    switch.status = 404
    (world.store.path.parent / "beat.url").write_text(switch.url)
    for _ in range(2):
        assert call(world, {"url_file": "beat.url"}) == "it answered 404"
    assert problems(world) == [("heartbeat", "The heartbeat could not be sent: it answered 404")]
    switch.status = 200
    assert call(world, {"url_env": "BEAT"}, BEAT=switch.url) is None
    assert problems(world) == []
    assert "canary" not in caplog.text


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ({"url_env": "BEAT"}, "the variable BEAT is not set"),
        ({}, "what stands for its address is none: write one that begins with https://"),
    ],
)
def test_an_address_that_cannot_be_read_is_a_problem(world: World, section: dict[str, str], reason: str) -> None:
    assert call(world, section) == reason


def test_the_address_policy_holds_for_it_too(world: World, switch: Switch) -> None:
    reason = call(world, {"url": switch.url}, allow="")
    assert reason == "address refused: the URL leads to 127.0.0.1, which is loopback"
    assert switch.asked == []
