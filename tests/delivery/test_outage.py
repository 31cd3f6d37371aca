"""A receiver that was down gets all that waits at once, in order; one alert it cannot bear holds up nobody (W12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.config.schema import ChannelSection


def down(office: Any, bench: Any) -> timedelta:
    return bench.clock.now() - office.now


def test_after_an_outage_all_that_waits_goes_out_at_once_oldest_first(office: Any) -> None:
    desk = office.listen(*[503] * 7, 200)
    ids = office.queue("desk", count=25)

    async def work(bench: Any) -> None:
        made = await bench.drain()
        assert [count for _, count in made] == [1] * 7 + [25]
        assert timedelta(minutes=12) < down(office, bench) < timedelta(hours=1)

    office.run({"desk": office.section(desk.url)}, work)
    assert desk.ids == [ids[0]] * 7 + ids
    assert [office.state(id)[:2] for id in ids] == [("delivered", 1)] * 25


def test_a_day_of_outage_exhausts_no_alert_and_is_one_alerts_attempts(office: Any) -> None:
    [id, other] = office.queue("desk", count=2)

    async def work(bench: Any) -> None:
        while down(office, bench) < timedelta(days=1):
            await bench.drain(1)

    office.run({"desk": office.section("http://127.0.0.1:1/")}, work)
    assert (office.state(id)[:2], office.state(other)) == (("pending", 0), ("pending", 0, []))
    assert 12 + 23 < len(office.state(id)[2]) <= 12 + 46


def test_a_channel_waits_on_through_a_restart(office: Any) -> None:
    desk = office.listen(503)
    office.queue("desk", count=3)

    async def work(bench: Any) -> None:
        bench.clock.advance_to(office.now + timedelta(seconds=2))
        await bench.delivery.round()

    for _ in range(4):
        office.run({"desk": office.section(desk.url)}, work)
    assert len(desk.got) == 1


def test_enable_tries_a_failing_channel_at_once(office: Any) -> None:
    desk = office.listen(503, 503, 200)
    office.queue("desk", count=3)

    async def work(bench: Any) -> None:
        await bench.drain(2)
        with office.store.write():
            office.store.channels.enable("desk", bench.clock.now())
        assert await bench.delivery.round() == 3

    office.run({"desk": office.section(desk.url)}, work)


@pytest.mark.parametrize("status", [500, 422])
def test_an_alert_that_its_receiver_cannot_bear_holds_up_no_other(office: Any, status: int) -> None:
    """It gets the whole ladder by itself, while the channel works for all others."""
    bad, *others = office.queue("desk", count=12)
    desk = office.listen(lambda headers, body: status if headers["webhook-id"] == bad else 200)

    async def work(bench: Any) -> None:
        while any(office.state(id)[0] != "delivered" for id in others):
            await bench.drain(1)
        assert down(office, bench) < timedelta(minutes=20)
        assert office.store.channels.get("desk").state == "ok"
        await bench.drain()

    office.run({"desk": office.section(desk.url)}, work)
    assert office.state(bad)[0] == "dead"
    assert [office.state(id)[:2] for id in others] == [("delivered", 1)] * 11


def test_one_refused_message_is_no_outage_and_two_are(office: Any) -> None:
    desk = office.listen(400, 200, 400, 400, 200)
    ids = office.queue("desk", count=4)

    async def work(bench: Any) -> None:
        assert await bench.delivery.round() == 4
        assert office.store.channels.get("desk").state == "failing"

    office.run({"desk": office.section(desk.url)}, work)
    assert [office.state(id)[0] for id in ids] == ["pending", "delivered", "pending", "pending"]


def test_a_pace_is_kept_between_the_ticks_of_whoever_drives(office: Any) -> None:
    """A second of pace is a second, not the two ticks that an answer of 10 ms would make of it."""
    chat = office.listen((200, {}, "ok"))
    office.queue("chat", count=5)

    async def work(bench: Any) -> None:
        await bench.delivery.round()
        wake = bench.clock.next_wake()
        assert wake == office.now + timedelta(seconds=1)

    office.run({"chat": ChannelSection.model_validate({"kind": "slack", "url": chat.root})}, work)
