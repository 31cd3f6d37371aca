"""Delivery end to end: the real store, the real sender, receivers on loopback, simulated time."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest
from standardwebhooks import Webhook

from monitor.clock import SimulatedClock
from monitor.config import ChannelSection
from monitor.core.addresses import NOTHING, Allow
from monitor.core.schedule import ALERT_LADDER
from monitor.deliver import BATCH, Delivery, Tested
from monitor.http import Sender
from monitor.store import Store
from monitor.store.alerts import NewAlert, alert_id
from monitor.store.connection import DatabaseError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOOPBACK = Allow.parse(("127.0.0.1",))
BODY = '{"type":"test","é":1}'.encode()


class Receiver:
    """Answers POSTs as scripted, the last answer for ever; `got` are the requests in order."""

    def __init__(self, *script: int | tuple[int, dict[str, str]], wait: threading.Event | None = None) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        answers = list(script) or [200]
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if wait is not None:
                    wait.wait(20)
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook/canary-path"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


Listen = Callable[..., Receiver]


@pytest.fixture
def listen() -> Iterator[Listen]:
    with ExitStack() as stack:

        def start(*script: int | tuple[int, dict[str, str]], wait: threading.Event | None = None) -> Receiver:
            receiver = Receiver(*script, wait=wait)
            stack.callback(receiver.close)
            return receiver

        yield start


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def queue(store: Store, *names: str, count: int = 1, at: datetime = NOW) -> list[str]:
    """Put `count` alerts for each channel into the outbox; their ids in order."""
    with store.write():
        store.alerts.channels.sync(dict.fromkeys(names, "webhook"))
        ids = []
        for name in names:
            for number in range(count):
                ids.append(alert_id(name, "rule", "article.matched", f"x:{number}", 1))
                alert = NewAlert(
                    id=ids[-1],
                    rule="rule",
                    channel=name,
                    event="article.matched",
                    article_id=None,
                    revision=None,
                    story_id=None,
                    topic=None,
                    body=BODY,
                )
                # A second apart, so that their order is known; the last is due at `at`.
                store.alerts.add([alert], at - timedelta(seconds=count - 1 - number))
    return ids


def section(url: str, **secret: str) -> ChannelSection:
    return ChannelSection.model_validate({"kind": "webhook", "url": url, **secret})


class Bench:
    """A delivery with its clock, for one test."""

    def __init__(self, store: Store, clock: SimulatedClock, delivery: Delivery) -> None:
        self.store = store
        self.clock = clock
        self.delivery = delivery

    async def drain(self, rounds: int = 100) -> list[tuple[datetime, int]]:
        """Rounds at every moment something is due, until nothing is: the moments and the attempts made."""
        made = []
        for _ in range(rounds):
            due = await self.delivery.next_due()
            if due is None:
                break
            self.clock.advance_to(due)
            made.append((self.clock.now(), await self.delivery.round()))
        return made


def run(
    store: Store,
    channels: dict[str, ChannelSection],
    work: Callable[[Bench], Awaitable[None]],
    *,
    allow: Allow = LOOPBACK,
    folder: Path = Path(),
    seed: int = 7,
) -> None:
    async def main() -> None:
        clock = SimulatedClock(NOW)
        async with Sender(allow) as sender:
            delivery = Delivery(store, sender, channels, clock, Random(seed), folder=folder, environ={"S": SECRET})
            await asyncio.wait_for(work(Bench(store, clock, delivery)), 60)
            await delivery.stop(0)
        assert clock.idle

    asyncio.run(main())


def state(store: Store, id: str) -> tuple[str, int, list[int | None]]:
    record = store.alerts.show(id)
    assert record is not None
    return record.alert.state, record.alert.attempts, [one.status for one in record.tries]


def test_a_due_alert_arrives_signed_with_its_exact_bytes(
    store: Store, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    desk = listen(202)
    [id] = queue(store, "desk")

    async def work(bench: Bench) -> None:
        assert [await bench.delivery.round(), await bench.delivery.round()] == [1, 0]

    with caplog.at_level(logging.INFO):
        run(store, {"desk": section(desk.url, secret_env="S")}, work)
    [(headers, body)] = desk.got
    assert (headers["webhook-id"], headers["webhook-timestamp"], body) == (id, str(int(NOW.timestamp())), BODY)
    assert headers["webhook-signature"] == Webhook(SECRET).sign(id, NOW, BODY.decode())
    assert state(store, id) == ("delivered", 1, [202])
    [line] = [record.getMessage() for record in caplog.records if record.name == "monitor.deliver"]
    assert re.sub(r"seconds=\d+\.\d{3}", "seconds=x", line) == (
        f"delivery alert={id} channel=desk attempt=1 status=202 seconds=x outcome=delivered"
    )


def test_the_ladder_is_climbed_to_the_dead_letter_and_down_again_by_replay(store: Store, listen: Listen) -> None:
    desk = listen(*[500] * 10, 200)
    [id] = queue(store, "desk")

    async def work(bench: Bench) -> None:
        moments = await bench.drain()
        assert [made for _, made in moments] == [1] * 10
        shares = [
            (later - earlier).total_seconds() / rung
            for (earlier, _), (later, _), rung in zip(moments, moments[1:], ALERT_LADDER[1:], strict=False)
        ]
        assert len(shares) == 9
        assert all(0.8 <= share <= 1.2 for share in shares)
        assert state(store, id) == ("dead", 10, [500] * 10)
        with store.write():
            assert store.alerts.replay(id, bench.clock.now())
        assert [made for _, made in await bench.drain()] == [1]

    run(store, {"desk": section(desk.url, secret_env="S")}, work)
    assert state(store, id) == ("delivered", 1, [500] * 10 + [200])
    assert set(desk.ids) == {id}
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in desk.got]
    assert stamps == sorted(stamps)
    assert len({headers["webhook-signature"] for headers, _ in desk.got}) == len(set(stamps)) == 10
    assert {body for _, body in desk.got} == {BODY}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (200, ("delivered", None, "ok", None)),
        (204, ("delivered", None, "ok", None)),
        ((301, {"Location": "http://127.0.0.1:1/"}), ("pending", (4, 6), "failing", None)),
        ((307, {"Location": "http://127.0.0.1:1/"}), ("pending", (4, 6), "failing", None)),
        (400, ("pending", (4, 6), "failing", None)),
        (404, ("pending", (4, 6), "failing", None)),
        (410, ("pending", (0, 0), "disabled", None)),
        (429, ("pending", (60, 60), "failing", 60)),
        ((429, {"Retry-After": "3600"}), ("pending", (3600, 3600), "failing", 3600)),
        ((503, {"Retry-After": "Fri, 02 Jan 2026 03:14:05 GMT"}), ("pending", (600, 600), "failing", 600)),
        ((503, {"Retry-After": "Thu, 01 Jan 2026 03:14:05 GMT"}), ("pending", (4, 6), "failing", 0)),
        (500, ("pending", (4, 6), "failing", None)),
    ],
)
def test_each_answer_leads_where_the_table_says(
    store: Store,
    listen: Listen,
    answer: Any,
    expected: tuple[str, tuple[float, float] | None, str, float | None],
) -> None:
    desk = listen(answer)
    [id] = queue(store, "desk")

    async def work(bench: Bench) -> None:
        assert await bench.delivery.round() == 1

    run(store, {"desk": section(desk.url)}, work)
    record, channel = store.alerts.show(id), store.alerts.channels.get("desk")
    assert record is not None
    assert channel is not None
    wanted_state, delays, wanted_channel, pause = expected
    assert (record.alert.state, channel.state) == (wanted_state, wanted_channel)
    if delays is not None:
        assert record.alert.next_attempt_at is not None
        assert delays[0] <= (record.alert.next_attempt_at - NOW).total_seconds() <= delays[1]
    assert channel.next_at == (None if pause is None else NOW + timedelta(seconds=pause))
    assert len(desk.got) == 1


def test_trouble_on_the_way_is_an_attempt_with_an_error(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    [id] = queue(store, "desk")

    async def work(bench: Bench) -> None:
        assert await bench.delivery.round() == 1

    run(store, {"desk": section(f"http://127.0.0.1:{port}/canary")}, work)
    record = store.alerts.show(id)
    assert record is not None
    assert [(one.status, one.error) for one in record.tries] == [(None, "connection refused")]
    assert record.alert.reason == "connection refused"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"]
)
def test_a_webhook_may_not_lead_inside_unless_the_configuration_says_so(
    store: Store, listen: Listen, host: str
) -> None:
    inside = listen(200)
    port = inside.url.split(":")[2].split("/")[0]
    [id] = queue(store, "desk")

    async def work(bench: Bench) -> None:
        assert await bench.delivery.round() == 1

    run(store, {"desk": section(f"http://{host}:{port}/canary")}, work, allow=NOTHING)
    record = store.alerts.show(id)
    assert record is not None
    [attempt] = record.tries
    assert attempt.error is not None
    assert attempt.error.startswith("address refused: the URL leads to ")
    assert "canary" not in attempt.error
    assert inside.got == []


def test_gone_stops_the_channel_at_once_and_loses_nothing(store: Store, listen: Listen) -> None:
    desk = listen(410, 200)
    ids = queue(store, "desk", count=3)

    async def work(bench: Bench) -> None:
        assert await bench.drain() == [(NOW, 1)]
        assert [problem.subject for problem in store.problems.current()] == ["desk"]
        with store.write():
            store.alerts.channels.enable("desk", NOW)
        assert await bench.drain() == [(NOW, 3)]

    run(store, {"desk": section(desk.url)}, work)
    assert [state(store, id)[0] for id in ids] == ["delivered"] * 3
    assert desk.ids[0] == ids[0]
    assert sorted(desk.ids[1:]) == sorted(ids)


def test_retry_after_holds_the_whole_channel_and_no_other(store: Store, listen: Listen) -> None:
    desk, night = listen((429, {"Retry-After": "600"}), 200), listen(200)
    queue(store, "desk", "night", count=3)

    async def work(bench: Bench) -> None:
        moments = await bench.drain()
        assert moments[0] == (NOW, 4)
        assert {moment - NOW for moment, _ in moments[1:]} == {timedelta(seconds=600)}

    run(store, {"desk": section(desk.url), "night": section(night.url)}, work)
    assert (len(desk.got), len(night.got), store.alerts.pending()) == (4, 3, 0)


def test_a_failing_channel_is_probed_with_one_alert_and_then_emptied(store: Store, listen: Listen) -> None:
    desk = listen(500, 500, 200)
    queue(store, "desk", count=30)

    async def work(bench: Bench) -> None:
        assert [await bench.delivery.round() for _ in range(6)] == [1, 1, 1, BATCH, 7, 0]

    run(store, {"desk": section(desk.url)}, work)
    assert len(desk.got) == 30


def test_a_dead_receiver_delays_no_other(store: Store, listen: Listen) -> None:
    """W8 in small: the silent channel is still waiting for its first answer when the other has its last."""
    healthy = listen(200)
    queue(store, "dead", "healthy", count=200)

    async def work(bench: Bench) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            bench.delivery._channels["dead"] = section(f"http://127.0.0.1:{silent.getsockname()[1]}/")
            while len(healthy.got) < 200:
                await bench.delivery.start()
                await asyncio.sleep(0.001)
            assert "dead" in bench.delivery._running
            await bench.delivery.stop(0.01)

    run(store, {"dead": section("http://127.0.0.1:1/"), "healthy": section(healthy.url)}, work)
    assert [alert.channel for alert in store.alerts.list("delivered", limit=400)] == ["healthy"] * 200
    assert len(set(healthy.ids)) == len(healthy.ids) == 200
    assert store.alerts.pending() == 200


def test_one_attempt_at_a_time_for_a_channel(store: Store, listen: Listen) -> None:
    go = threading.Event()
    desk = listen(200, wait=go)
    queue(store, "desk", count=50)

    async def work(bench: Bench) -> None:
        for _ in range(5):
            await bench.delivery.start()
        while not desk.got:
            await asyncio.sleep(0.001)
        assert not bench.clock.idle  # time stands still while an answer is awaited
        assert (await bench.delivery.round(), len(desk.got)) == (0, 1)
        go.set()
        while store.alerts.pending():
            await bench.delivery.round()
            await asyncio.sleep(0.001)

    run(store, {"desk": section(desk.url)}, work)
    assert len(desk.got) == 50


def test_a_cancelled_round_gives_back_what_is_not_recorded(store: Store, listen: Listen) -> None:
    go = threading.Event()
    desk = listen(200, wait=go)
    ids = queue(store, "desk", count=3)

    async def work(bench: Bench) -> None:
        round = asyncio.create_task(bench.delivery.round())
        while not desk.got:
            await asyncio.sleep(0.001)
        round.cancel()
        with pytest.raises(asyncio.CancelledError):
            await round
        go.set()
        assert bench.clock.idle
        assert await bench.delivery.next_due() == NOW - timedelta(seconds=2)
        assert await bench.drain() == [(NOW, 3)]

    run(store, {"desk": section(desk.url)}, work)
    assert desk.ids == [ids[0], *ids]  # sent again, with the same id
    assert [state(store, id) for id in ids] == [("delivered", 1, [200])] * 3


def test_a_round_cancelled_before_it_began_leaves_nothing_leased(store: Store, listen: Listen) -> None:
    desk = listen(200)
    queue(store, "desk", count=3)

    async def work(bench: Bench) -> None:
        for steps in range(6):
            round = asyncio.create_task(bench.delivery.round())
            for _ in range(steps):
                await asyncio.sleep(0)
            round.cancel()
            await asyncio.gather(round, return_exceptions=True)
            assert bench.clock.idle
        while store.alerts.pending():
            await bench.delivery.round()

    run(store, {"desk": section(desk.url)}, work)
    assert store.db.execute("SELECT count(*) FROM alerts WHERE lease IS NOT NULL").fetchone()[0] == 0


def test_a_stop_lets_the_attempt_under_way_end_and_gives_the_rest_back(store: Store, listen: Listen) -> None:
    go = threading.Event()
    desk = listen(200, wait=go)
    ids = queue(store, "desk", count=5)

    async def work(bench: Bench) -> None:
        await bench.delivery.start()
        while not desk.got:
            await asyncio.sleep(0.001)
        stopping = asyncio.create_task(bench.delivery.stop())
        await asyncio.sleep(0)
        go.set()
        await stopping
        assert await bench.delivery.round() == 0

    run(store, {"desk": section(desk.url)}, work)
    assert desk.ids == ids[:1]
    assert [state(store, id)[0] for id in ids] == ["delivered", *["pending"] * 4]
    assert store.db.execute("SELECT count(*) FROM alerts WHERE lease IS NOT NULL").fetchone()[0] == 0


def test_without_its_secret_nothing_goes_out_until_it_is_there(store: Store, listen: Listen, tmp_path: Path) -> None:
    desk = listen(200)
    [id] = queue(store, "desk")

    async def work(bench: Bench) -> None:
        assert await bench.delivery.round() == 1
        assert desk.got == []
        (tmp_path / "desk.secret").write_text(SECRET)
        assert [made for _, made in await bench.drain()] == [1]

    run(store, {"desk": section(desk.url, secret_file="desk.secret")}, work, folder=tmp_path)
    record = store.alerts.show(id)
    assert record is not None
    assert [(one.status, one.error) for one in record.tries] == [
        (None, f"the secret file {tmp_path / 'desk.secret'} cannot be read: No such file or directory"),
        (200, None),
    ]


def test_the_test_alert_goes_out_at_once_and_leaves_no_row(store: Store, listen: Listen) -> None:
    desk = listen(418)
    found: list[Tested] = []

    async def work(bench: Bench) -> None:
        found.extend([await bench.delivery.test("desk"), await bench.delivery.test("unset")])

    run(store, {"desk": section(desk.url, secret_env="S"), "unset": section(desk.url, secret_env="T")}, work)
    sent, unsigned = found
    [(headers, body)] = desk.got
    assert sent.request is not None
    assert (sent.reply.status, sent.request.body, sent.request.headers["webhook-signature"]) == (
        418,
        body,
        headers["webhook-signature"],
    )
    assert body.startswith(b'{"type":"test","timestamp":"2026-01-02T03:04:05.000Z","data":{"schema":1,')
    assert (unsigned.request, unsigned.reply.error) == (None, "the variable T is not set")
    assert store.alerts.list() == ()


def test_no_secret_and_no_address_reaches_the_log_or_the_database(
    store: Store, listen: Listen, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = listen(500, 200)
    queue(store, "desk", "away")
    (tmp_path / "away.secret").write_text("whsec_canary!")

    async def work(bench: Bench) -> None:
        await bench.drain(12)

    with caplog.at_level(logging.INFO):
        run(
            store,
            {
                "desk": section(desk.url, secret_env="S"),
                "away": section("http://127.0.0.1:1/canary", secret_file="away.secret"),
            },
            work,
            folder=tmp_path,
        )
    assert "delivery alert=" in caplog.text
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    written = store.path.read_bytes()
    for canary in ("canary", SECRET, SECRET[6:]):
        assert canary not in caplog.text
        assert canary.encode() not in written


def test_a_broken_store_is_raised_and_logged(store: Store, listen: Listen, caplog: pytest.LogCaptureFixture) -> None:
    desk = listen(200)
    queue(store, "desk")
    store.db.execute("DROP TABLE attempts")

    async def work(bench: Bench) -> None:
        with pytest.raises(DatabaseError, match="no such table: attempts"):
            await bench.delivery.round()

    run(store, {"desk": section(desk.url)}, work)
    assert 'delivery channel=desk error="no such table: attempts"' in caplog.text
    assert store.alerts.pending() == 1
