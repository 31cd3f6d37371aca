"""What one attempt leads to, end to end (RELIABILITY W2, W3, W5; S1)."""

from __future__ import annotations

import logging
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from monitor.alerting.retry import ALERT_LADDER
from monitor.delivery.send_alert import SentAlert
from monitor.errors import DatabaseError


def test_a_due_alert_arrives_signed_with_its_exact_bytes(office: Any, caplog: pytest.LogCaptureFixture) -> None:
    desk = office.listen(202)
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        assert [await bench.delivery.round(), await bench.delivery.round()] == [1, 0]

    with caplog.at_level(logging.INFO):
        office.run({"desk": office.section(desk.url, secret_env="S")}, work)
    [(headers, body)] = desk.got
    assert (headers["webhook-id"], headers["webhook-timestamp"], body) == (
        id,
        str(int(office.now.timestamp())),
        office.body,
    )
    assert headers["webhook-signature"] == Webhook(office.secret).sign(id, office.now, office.body.decode())
    assert office.state(id) == ("delivered", 1, [202])
    [line] = [record.getMessage() for record in caplog.records if record.name == "monitor.delivery.deliver"]
    assert re.sub(r"seconds=\d+\.\d{3}", "seconds=x", line) == (
        f"delivery alert={id} channel=desk attempt=1 status=202 seconds=x outcome=delivered"
    )


def test_the_ladder_is_climbed_to_the_dead_letter_and_down_again_by_replay(office: Any) -> None:
    desk = office.listen(*[422] * 10, 200)
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        moments = await bench.drain()
        assert [made for _, made in moments] == [1] * 10
        shares = [
            (later - earlier).total_seconds() / rung
            for (earlier, _), (later, _), rung in zip(moments, moments[1:], ALERT_LADDER[1:], strict=False)
        ]
        assert len(shares) == 9
        assert all(0.8 <= share <= 1.2 for share in shares)
        assert office.state(id) == ("dead", 10, [422] * 10)
        with office.store.write():
            assert office.store.alerts.replay(id, bench.clock.now())
        assert [made for _, made in await bench.drain()] == [1]

    office.run({"desk": office.section(desk.url, secret_env="S")}, work)
    assert office.state(id) == ("delivered", 1, [422] * 10 + [200])
    assert set(desk.ids) == {id}
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in desk.got]
    assert stamps == sorted(stamps)
    assert len({headers["webhook-signature"] for headers, _ in desk.got}) == len(set(stamps)) == 10
    assert {body for _, body in desk.got} == {office.body}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (200, ("delivered", None, "ok", None)),
        (204, ("delivered", None, "ok", None)),
        ((301, {"Location": "http://127.0.0.1:1/"}), ("pending", (0, 0), "failing", (4, 6))),
        ((307, {"Location": "http://127.0.0.1:1/"}), ("pending", (0, 0), "failing", (4, 6))),
        (400, ("pending", (4, 6), "ok", None)),
        (422, ("pending", (4, 6), "ok", None)),
        (404, ("pending", (0, 0), "failing", (4, 6))),
        (410, ("pending", (0, 0), "disabled", None)),
        (429, ("pending", (0, 0), "failing", (60, 60))),
        ((429, {"Retry-After": "3600"}), ("pending", (0, 0), "failing", (3600, 3600))),
        ((503, {"Retry-After": "Fri, 02 Jan 2026 03:14:05 GMT"}), ("pending", (0, 0), "failing", (600, 600))),
        ((503, {"Retry-After": "Thu, 01 Jan 2026 03:14:05 GMT"}), ("pending", (0, 0), "failing", (4, 6))),
        ((400, {"Retry-After": "3600"}), ("pending", (3600, 3600), "ok", (3600, 3600))),
        (500, ("pending", (0, 0), "failing", (4, 6))),
    ],
)
def test_each_answer_leads_where_the_table_says(
    office: Any,
    answer: Any,
    expected: tuple[str, tuple[float, float] | None, str, tuple[float, float] | None],
) -> None:
    desk = office.listen(answer)
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        assert await bench.delivery.round() == 1

    office.run({"desk": office.section(desk.url)}, work)
    record, channel = office.store.alerts.show(id), office.store.alerts.channels.get("desk")
    assert record is not None
    assert channel is not None
    wanted_state, delays, wanted_channel, pause = expected
    assert (record.alert.state, channel.state) == (wanted_state, wanted_channel)
    if delays is not None:
        assert record.alert.next_attempt_at is not None
        assert delays[0] <= (record.alert.next_attempt_at - office.now).total_seconds() <= delays[1]
    assert (channel.next_at is None) == (pause is None)
    if pause is not None and channel.next_at is not None:
        assert pause[0] <= (channel.next_at - office.now).total_seconds() <= pause[1]
    assert len(desk.got) == 1


def test_trouble_on_the_way_is_an_attempt_with_an_error(office: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        assert await bench.delivery.round() == 1

    office.run({"desk": office.section(f"http://127.0.0.1:{port}/canary")}, work)
    record = office.store.alerts.show(id)
    assert record is not None
    assert [(one.status, one.error) for one in record.tries] == [(None, "connection refused")]
    assert record.alert.reason == "connection refused"


@pytest.mark.row("S1")
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"]
)
def test_a_webhook_may_not_lead_inside_unless_the_configuration_says_so(office: Any, host: str) -> None:
    inside = office.listen(200)
    port = inside.url.split(":")[2].split("/")[0]
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        assert await bench.delivery.round() == 1

    office.run({"desk": office.section(f"http://{host}:{port}/canary")}, work, allow=())
    record = office.store.alerts.show(id)
    assert record is not None
    [attempt] = record.tries
    assert attempt.error is not None
    assert attempt.error.startswith("address refused: the URL leads to ")
    assert "canary" not in attempt.error
    assert inside.got == []


def test_gone_stops_the_channel_at_once_and_loses_nothing(office: Any) -> None:
    desk = office.listen(410, 200)
    ids = office.queue("desk", count=3)

    async def work(bench: Any) -> None:
        assert await bench.drain() == [(office.now, 1)]
        assert [problem.subject for problem in office.store.problems.current()] == ["desk"]
        with office.store.write():
            office.store.alerts.channels.enable("desk", office.now)
        assert await bench.drain() == [(office.now, 3)]

    office.run({"desk": office.section(desk.url)}, work)
    assert [office.state(id)[0] for id in ids] == ["delivered"] * 3
    assert desk.ids[0] == ids[0]
    assert sorted(desk.ids[1:]) == sorted(ids)


def test_retry_after_holds_the_whole_channel_and_no_other(office: Any) -> None:
    desk, night = office.listen((429, {"Retry-After": "600"}), 200), office.listen(200)
    office.queue("desk", "night", count=3)

    async def work(bench: Any) -> None:
        moments = await bench.drain()
        assert moments[0] == (office.now, 4)
        assert {moment - office.now for moment, _ in moments[1:]} == {timedelta(seconds=600)}

    office.run({"desk": office.section(desk.url), "night": office.section(night.url)}, work)
    assert (len(desk.got), len(night.got), office.store.alerts.pending()) == (4, 3, 0)


def test_without_its_secret_nothing_goes_out_until_it_is_there(office: Any, tmp_path: Path) -> None:
    desk = office.listen(200)
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        assert await bench.delivery.round() == 1
        assert desk.got == []
        (tmp_path / "desk.secret").write_text(office.secret)
        assert [made for _, made in await bench.drain()] == [1]

    office.run({"desk": office.section(desk.url, secret_file="desk.secret")}, work, folder=tmp_path)
    record = office.store.alerts.show(id)
    assert record is not None
    assert [(one.status, one.error) for one in record.tries] == [
        (None, f"the secret file {tmp_path / 'desk.secret'} cannot be read: No such file or directory"),
        (200, None),
    ]


def test_the_test_alert_goes_out_at_once_and_leaves_no_row(office: Any) -> None:
    desk = office.listen(418)
    found: list[SentAlert] = []

    async def work(bench: Any) -> None:
        found.extend([await bench.delivery.test("desk"), await bench.delivery.test("unset")])

    office.run(
        {"desk": office.section(desk.url, secret_env="S"), "unset": office.section(desk.url, secret_env="T")}, work
    )
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
    assert office.store.alerts.list() == ()


def test_no_secret_and_no_address_reaches_the_log_or_the_database(
    office: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = office.listen(500, 200)
    office.queue("desk", "away")
    (tmp_path / "away.secret").write_text("whsec_canary!")

    async def work(bench: Any) -> None:
        await bench.drain(12)

    with caplog.at_level(logging.INFO):
        office.run(
            {
                "desk": office.section(desk.url, secret_env="S"),
                "away": office.section("http://127.0.0.1:1/canary", secret_file="away.secret"),
            },
            work,
            folder=tmp_path,
        )
    assert "delivery alert=" in caplog.text
    office.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    written = office.store.path.read_bytes()
    for canary in ("canary", office.secret, office.secret[6:]):
        assert canary not in caplog.text
        assert canary.encode() not in written


def test_a_broken_store_is_raised_and_logged(office: Any, caplog: pytest.LogCaptureFixture) -> None:
    desk = office.listen(200)
    office.queue("desk")
    office.store.db.execute("DROP TABLE attempts")

    async def work(bench: Any) -> None:
        with pytest.raises(DatabaseError, match="no such table: attempts"):
            await bench.delivery.round()

    office.run({"desk": office.section(desk.url)}, work)
    assert 'delivery channel=desk error="no such table: attempts"' in caplog.text
    assert office.store.alerts.pending() == 1
