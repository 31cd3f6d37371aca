"""Many alerts, many channels, a stop in the middle (RELIABILITY W8 in small, R4)."""

from __future__ import annotations

import asyncio
import socket
import threading
from datetime import timedelta
from typing import Any

import pytest


def test_a_failing_channel_is_probed_with_one_alert_and_then_emptied(office: Any) -> None:
    desk = office.listen(500, 500, 200)
    ids = office.queue("desk", count=30)

    async def work(bench: Any) -> None:
        assert [await bench.delivery.round() for _ in range(3)] == [1, 0, 0]
        assert [made for _, made in await bench.drain()] == [1, 30]

    office.run({"desk": office.section(desk.url)}, work)
    assert desk.ids == [ids[0], ids[0], *ids]


def test_a_dead_receiver_delays_no_other(office: Any) -> None:
    """W8 in small: the silent channel is still waiting for its first answer when the other has its last."""
    healthy = office.listen(200)
    office.queue("dead", "healthy", count=200)

    async def work(bench: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            bench.delivery._channels["dead"] = office.section(f"http://127.0.0.1:{silent.getsockname()[1]}/")
            while len(healthy.got) < 200:
                await bench.delivery.start()
                await asyncio.sleep(0.001)
            assert "dead" in bench.delivery._running
            await bench.delivery.stop(0.01)

    office.run({"dead": office.section("http://127.0.0.1:1/"), "healthy": office.section(healthy.url)}, work)
    assert [alert.channel for alert in office.store.alerts.list("delivered", limit=400)] == ["healthy"] * 200
    assert len(set(healthy.ids)) == len(healthy.ids) == 200
    assert office.store.alerts.pending() == 200


def test_one_attempt_at_a_time_for_a_channel(office: Any) -> None:
    go = threading.Event()
    desk = office.listen(200, wait=go)
    office.queue("desk", count=50)

    async def work(bench: Any) -> None:
        for _ in range(5):
            await bench.delivery.start()
            bench.delivery.wake()
        while not desk.got:
            await asyncio.sleep(0.001)
        assert not bench.clock.idle  # time stands still while an answer is awaited
        round = asyncio.create_task(bench.delivery.round())
        await asyncio.sleep(0.05)
        assert (round.done(), len(desk.got)) == (False, 1)
        go.set()
        assert await round == 50  # a round waits for what was under way, too

    office.run({"desk": office.section(desk.url)}, work)
    assert len(desk.got) == 50


def test_what_is_committed_while_a_channel_takes_its_last_look_goes_out_at_once(office: Any) -> None:
    """No tick comes here: only the wake after each commit, the second one between last look and end of the first."""
    desk = office.listen(200)

    async def work(bench: Any) -> None:
        alerts, looked = bench.store.alerts, threading.Event()
        claim = alerts.claim

        def look(*args: Any, **kwargs: Any) -> Any:
            found = claim(*args, **kwargs)
            if not found:
                looked.set()
            return found

        alerts.claim = look
        for number in (1, 2, 3):
            office.queue("desk", count=2 * number - 1)  # one more than before: the ids before it are known
            bench.delivery.wake()
            looked.clear()
            while not looked.is_set():
                await asyncio.sleep(0)
            office.queue("desk", count=2 * number)
            bench.delivery.wake()
            while office.store.alerts.pending():
                assert bench.delivery._running, "an alert waits and nobody delivers it"
                await asyncio.sleep(0.001)
            await bench.delivery.round()

    office.run({"desk": office.section(desk.url)}, work)
    assert (len(desk.got), len(set(desk.ids))) == (6, 6)


def test_a_cancelled_round_gives_back_what_is_not_recorded(office: Any) -> None:
    go = threading.Event()
    desk = office.listen(200, wait=go)
    ids = office.queue("desk", count=3)

    async def work(bench: Any) -> None:
        round = asyncio.create_task(bench.delivery.round())
        while not desk.got:
            await asyncio.sleep(0.001)
        round.cancel()
        with pytest.raises(asyncio.CancelledError):
            await round
        go.set()
        assert bench.clock.idle
        assert await bench.store.read(bench.delivery.find_next_due) == office.now - timedelta(seconds=2)
        assert await bench.drain() == [(office.now, 3)]

    office.run({"desk": office.section(desk.url)}, work)
    assert desk.ids == [ids[0], *ids]  # sent again, with the same id
    assert [office.state(id) for id in ids] == [("delivered", 1, [200])] * 3


def test_a_round_cancelled_before_it_began_leaves_nothing_leased(office: Any) -> None:
    desk = office.listen(200)
    office.queue("desk", count=3)

    async def work(bench: Any) -> None:
        for steps in range(6):
            round = asyncio.create_task(bench.delivery.round())
            for _ in range(steps):
                await asyncio.sleep(0)
            round.cancel()
            await asyncio.gather(round, return_exceptions=True)
            assert bench.clock.idle
        while office.store.alerts.pending():
            await bench.delivery.round()

    office.run({"desk": office.section(desk.url)}, work)
    assert office.store.db.execute("SELECT count(*) FROM alerts WHERE lease IS NOT NULL").fetchone()[0] == 0


@pytest.mark.row("R4")
def test_a_stop_lets_the_attempt_under_way_end_and_gives_the_rest_back(office: Any) -> None:
    go = threading.Event()
    desk = office.listen(200, wait=go)
    ids = office.queue("desk", count=5)

    async def work(bench: Any) -> None:
        await bench.delivery.start()
        while not desk.got:
            await asyncio.sleep(0.001)
        stopping = asyncio.create_task(bench.delivery.stop())
        await asyncio.sleep(0)
        go.set()
        await stopping
        assert await bench.delivery.round() == 0

    office.run({"desk": office.section(desk.url)}, work)
    assert desk.ids == ids[:1]
    assert [office.state(id)[0] for id in ids] == ["delivered", *["pending"] * 4]
    assert office.store.db.execute("SELECT count(*) FROM alerts WHERE lease IS NOT NULL").fetchone()[0] == 0
