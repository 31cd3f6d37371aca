"""Readiness, metrics and their addresses (RELIABILITY R11)."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, wait_until
from metrics_lint import MOST, lint_metrics
from sqlite_utils.utils import sqlite3

from monitor.alerting.liveness import find_unready_reasons
from monitor.daemon.vitals import health_server
from monitor.daemon.vitals.health_server import HealthServer, answer_alive, answer_ready
from monitor.daemon.vitals.job_pulse import JobPulse
from monitor.daemon.vitals.metric_families import bound_labels, render_metrics
from monitor.model.alert import WaitingChannel
from monitor.model.vitals import DaemonVitals, StoreVitals, TaskPulse
from monitor.newsroom.fault import Fault
from monitor.storage import Store
from monitor.storage.pages.published_health import (
    PublishedHealth,
    locate_health_file,
    publish_health,
    read_published_health,
)
from monitor.storage.timestamps import format_stamp

pytestmark = pytest.mark.row("R11")

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def of_store(**changes: Any) -> StoreVitals:
    usual: dict[str, Any] = {
        "at": NOW,
        "sources": {"ok": 3, "failing": 1},
        "channels": {"ok": 1},
        "alerts": {"pending": 1, "held": 0, "dead": 2},
        "problems": {"source": 1},
        "open_gaps": 1,
        "overdue_since": None,
        "waiting": (),
        "totals": {("polls", "ok"): 4, ("attempts", "taken"): 2, ("attempts", "seconds"): 0.5, ("stored", ""): 7},
        "bytes": {"file": 4096, "wal": 0, "free": 0},
    }
    return StoreVitals(**{**usual, **changes})


def of_daemon(**changes: Any) -> DaemonVitals:
    usual: dict[str, Any] = {
        "store": of_store(),
        "silent": 1.0,
        "write_fault": None,
        "unclaimed": 30.0,
        "crawls": 2,
        "tasks": (TaskPulse(name="tick", silent=1.0, failures=0), TaskPulse(name="housekeep", silent=40.0, failures=1)),
    }
    return DaemonVitals(**{**usual, **changes})


STUCK = WaitingChannel(channel="desk", since=NOW - timedelta(minutes=16), last_ok_at=None)
REASONS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ()),
    ({"store": None}, ()),
    ({"store": of_store(sources={"failing": 4}, problems={"network": 1})}, ()),
    (
        {"tasks": (TaskPulse(name="tick", silent=91.0, failures=0),)},
        ("the scheduler stands still: tick has not ended well for 91 s",),
    ),
    ({"tasks": (TaskPulse(name="housekeep", silent=91.0, failures=0),)}, ()),
    ({"write_fault": "disk full"}, ("nothing can be written to the database: disk full",)),
    ({"silent": 120.0}, ("the database has not answered for 120 s",)),
    ({"store": of_store(overdue_since=NOW - timedelta(seconds=700))}, ()),
    (
        {"store": of_store(overdue_since=NOW - timedelta(seconds=700)), "unclaimed": 650.0},
        ("the scheduler stands still: a source is due for 700 s and no crawl begins",),
    ),
    ({"store": of_store(waiting=(STUCK,))}, ("alerts for desk wait for more than 15 minutes",)),
    (
        {"store": of_store(waiting=(WaitingChannel(channel="a", since=STUCK.since, last_ok_at=NOW),))},
        (),
    ),
]


@pytest.mark.parametrize(("changes", "reasons"), REASONS)
def test_what_keeps_the_daemon_from_being_ready(changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert find_unready_reasons(of_daemon(**changes)) == reasons


def rendered(vitals: DaemonVitals, reasons: tuple[str, ...] = ()) -> str:
    return render_metrics(lambda: vitals, lambda: reasons).decode()


def value_of(text: str, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.M)
    assert found is not None, series
    return float(found[1])


def test_the_metrics_have_no_fault_that_promtool_finds() -> None:
    assert lint_metrics(rendered(of_daemon()), prefix="seedwatch_") == []


def test_the_metrics_say_what_the_vitals_say() -> None:
    text = rendered(of_daemon(), ("x",))
    assert {
        series: value_of(text, series)
        for series in (
            "seedwatch_ready",
            'seedwatch_sources{state="failing"}',
            'seedwatch_sources{state="paused"}',
            'seedwatch_polls_total{outcome="ok"}',
            'seedwatch_polls_total{outcome="failed"}',
            "seedwatch_poll_stored_total",
            'seedwatch_delivery_attempts_total{outcome="taken"}',
            "seedwatch_delivery_seconds_sum",
            "seedwatch_delivery_seconds_count",
            'seedwatch_alerts{state="dead"}',
            "seedwatch_level_lost_alerts",
            "seedwatch_level_silent_misses",
            'seedwatch_task_failures_total{task="housekeep"}',
        )
    } == {
        "seedwatch_ready": 0,
        'seedwatch_sources{state="failing"}': 1,
        'seedwatch_sources{state="paused"}': 0,
        'seedwatch_polls_total{outcome="ok"}': 4,
        'seedwatch_polls_total{outcome="failed"}': 0,
        "seedwatch_poll_stored_total": 7,
        'seedwatch_delivery_attempts_total{outcome="taken"}': 2,
        "seedwatch_delivery_seconds_sum": 0.5,
        "seedwatch_delivery_seconds_count": 2,
        'seedwatch_alerts{state="dead"}': 2,
        "seedwatch_level_lost_alerts": 2,
        "seedwatch_level_silent_misses": 1,
        'seedwatch_task_failures_total{task="housekeep"}': 1,
    }
    assert re.search(r"^process_open_fds \d", text, re.M)


def test_the_levels_that_are_known_are_series(tmp_path: Path) -> None:
    with Store(tmp_path / "test.db") as store:
        levels = store.vitals.measure(NOW).levels
        assert levels is not None
        assert store.vitals.measure(NOW + timedelta(minutes=9)).levels is levels
        assert store.vitals.measure(NOW + timedelta(minutes=10)).levels != levels
    text = rendered(of_daemon(store=of_store(levels=levels)))
    assert lint_metrics(text, prefix="seedwatch_") == []
    assert value_of(text, "seedwatch_level_repeated_alerts") == 0
    assert "seedwatch_level_discovery_recall" not in text  # nothing to compare yet
    assert "seedwatch_level_repeated_alerts" not in rendered(of_daemon())


def test_labels_are_bounded_and_hostile_ones_escaped() -> None:
    many = {f"kind-{number:03}": 1.0 for number in range(100)}
    assert len(bound_labels(many)) == MOST
    assert bound_labels(many)["other"] == 60
    text = rendered(of_daemon(store=of_store(problems={**many, 'a"\n# TYPE x counter\\': 1})))
    assert lint_metrics(text, prefix="seedwatch_") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# TYPE seedwatch_a gauge\nseedwatch_a 1\n", "HELP 0 times"),
        ("# HELP seedwatch_a A.\nseedwatch_a 1\n", "TYPE 0 times"),
        ("# HELP seedwatch_a_total A.\n# TYPE seedwatch_a_total gauge\nseedwatch_a_total 1\n", "kept for counters"),
        ("# HELP seedwatch_ms A.\n# TYPE seedwatch_ms gauge\nseedwatch_ms 1\n", "base unit"),
        ("# HELP seedwatch_a_gauge A.\n# TYPE seedwatch_a_gauge gauge\nseedwatch_a_gauge 1\n", "its type"),
        ("# HELP seedwatch_aB A.\n# TYPE seedwatch_aB gauge\nseedwatch_aB 1\n", "lower case"),
        ('# HELP seedwatch_a A.\n# TYPE seedwatch_a gauge\nseedwatch_a{job="x"} 1\n', "label job"),
        ("# HELP seedwatch_a A.\n# TYPE seedwatch_a gauge\nseedwatch_a 1\nseedwatch_a 2\n", "2 times"),
        (
            "# HELP seedwatch_a A.\n# TYPE seedwatch_a gauge\n"
            + "".join(f'seedwatch_a{{url="{number}"}} 1\n' for number in range(50)),
            "50 values",
        ),
    ],
)
def test_the_lint_finds_what_it_is_for(text: str, fault: str) -> None:
    assert any(fault in found for found in lint_metrics(text, prefix="seedwatch_"))


def test_counts_of_the_ledgers_grow_with_them_and_survive_pruning(tmp_path: Path) -> None:
    with Store(tmp_path / "seedwatch.db") as store:
        run, at = store.db.execute, format_stamp(NOW)
        run(
            "INSERT INTO sources (name, spider, title, host, every, added_at, next_poll_at) "
            "VALUES ('one', 'feed', 'One', 'one.example', 600, '', ?)",
            (format_stamp(NOW - timedelta(seconds=90)),),
        )
        run("INSERT INTO polls (id, source, started_at, outcome) VALUES (1, 'one', ?, 'ok')", (at,))
        first = store.vitals.measure(NOW)
        assert first.totals == {("attempts", "seconds"): 0.0}
        assert (first.sources, first.overdue_since) == ({"new": 1}, NOW - timedelta(seconds=90))
        run("INSERT INTO polls (id, source, started_at) VALUES (2, 'one', ?)", (at,))
        run("INSERT INTO polls (id, source, started_at, outcome, stored) VALUES (3, 'one', ?, 'ok', 4)", (at,))
        assert store.vitals.measure(NOW).totals["polls", "ok"] == 1
        run("UPDATE polls SET outcome = 'failed', requests = 2 WHERE id = 2")
        run("DELETE FROM polls WHERE id < 2")
        run("INSERT INTO hosts (host, leased_until) VALUES ('one.example', ?)", (format_stamp(NOW + timedelta(1)),))
        last = store.vitals.measure(NOW)
        assert last.overdue_since is None
        assert last.totals == {
            ("polls", "ok"): 1,
            ("polls", "failed"): 1,
            ("requests", ""): 2,
            ("new_links", ""): 0,
            ("stored", ""): 4,
            ("attempts", "seconds"): 0.0,
        }
        assert store.vitals.measure(NOW).totals == last.totals
        assert last.bytes["file"] > 0


def test_a_pulse_says_how_long_a_job_did_not_end_well() -> None:
    now = [100.0]
    pulse = JobPulse(lambda: now[0])
    pulse.expect("tick")
    now[0] = 130.0
    pulse.fail("tick")
    assert pulse.list_tasks() == (TaskPulse(name="tick", silent=30.0, failures=1),)
    pulse.end_well("tick")
    assert pulse.list_tasks() == (TaskPulse(name="tick", silent=0.0, failures=1),)


def test_what_is_published_is_read_and_nothing_else_is_believed(tmp_path: Path) -> None:
    database = tmp_path / "seedwatch.db"
    assert read_published_health(database) is None
    said = PublishedHealth(at=NOW, reasons=("a", "b"))
    publish_health(database, said)
    assert read_published_health(database) == said
    assert locate_health_file(database).stat().st_mode & 0o777 == 0o600
    for broken in ("", "[]", '{"at": 1}', '{"at": "x", "reasons": []}', "\ud800"):
        locate_health_file(database).write_bytes(broken.encode("utf-8", "surrogatepass"))
        assert read_published_health(database) is None


# — the server ———————————————————————————————————————————————————————————————————————————————————————————————————————


def served(ask: Callable[[str, int], Awaitable[None]], reasons: tuple[str, ...] = ()) -> None:
    async def scene() -> None:
        server = HealthServer("127.0.0.1", 0, {"/healthz": answer_alive, "/readyz": lambda: answer_ready(reasons)})
        address = await server.start()
        try:
            await ask("127.0.0.1", int(address.rpartition(":")[2]))
        finally:
            server.stop()

    asyncio.run(scene())


async def exchange(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    found = await reader.read()
    writer.close()
    await writer.wait_closed()
    return found


def test_each_request_gets_its_answer() -> None:
    asked = {
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n": (b"HTTP/1.1 200 ", b"\r\n\r\nok\n"),
        b"GET /readyz?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n": (b"HTTP/1.1 503 ", b'"reasons": ["it stands"]}\n'),
        b"HEAD /healthz HTTP/1.1\r\nHost: [::1]:80\r\n\r\n": (b"HTTP/1.1 200 ", b"connection: close\r\n\r\n"),
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n": (b"HTTP/1.1 404 ", b"Not Found\n"),
        b"POST /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n": (b"HTTP/1.1 405 ", b"Method Not Allowed\n"),
        b"GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n": (b"HTTP/1.1 421 ", b"Misdirected Request\n"),
        b"GET /healthz HTTP/1.1\r\n\r\n": (b"HTTP/1.1 400 ", b"Bad Request\n"),
        b"\x16\x03\x01 nonsense\r\n\r\n": (b"HTTP/1.1 400 ", b"Bad Request\n"),
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n": (b"HTTP/1.1 431 ", b"Request Header Fields Too Large\n"),
        b"": (b"", b""),
    }

    async def ask(_host: str, port: int) -> None:
        for sent, (status, end) in asked.items():
            if sent:
                found = await exchange(port, sent)
                assert (found.startswith(status), found.endswith(end)) == (True, True), (sent[:60], found)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()

    served(ask, ("it stands",))


def test_who_says_nothing_is_let_go_and_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_server, "DEADLINE", 0.3)

    async def ask(_host: str, port: int) -> None:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(health_server.MOST + 5)]
        ends = await asyncio.gather(*(reader.read() for reader, _ in silent))
        assert ends == [b""] * len(silent)
        for _, writer in silent:
            writer.close()
        assert (await exchange(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")).endswith(b"ok\n")

    served(ask)


# — the daemon as people run it ———————————————————————————————————————————————————————————————————————————————————————


def asked(port: int, path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_a_daemon_is_ready_beside_a_source_that_fails_and_not_where_an_alert_is_stuck(house: House) -> None:
    house.newsroom.fault("commonspace", Fault(path=".*", status=500))
    house.configure("commonspace")
    daemon = house.run("--health-port", "0")
    port = int(daemon.said("health: ").strip().rpartition(":")[2].partition("/")[0])
    assert asked(port, "/healthz") == (200, "ok\n")
    wait_until(lambda: "seedwatch_sources" in asked(port, "/metrics")[1])
    daemon.said("event=poll source=commonspace outcome=failed")
    assert json.loads(asked(port, "/readyz")[1]) == {"status": "ok", "reasons": []}
    text = asked(port, "/metrics")[1]
    assert lint_metrics(text, prefix="seedwatch_") == []
    assert value_of(text, "seedwatch_ready") == 1
    said = wait_until(lambda: read_published_health(house.database))
    assert said.reasons == ()
    with closing(sqlite3.connect(house.database, timeout=30)) as db:
        db.execute(
            "INSERT INTO alerts (id, rule, channel, event, created_at, body, state, next_attempt_at) "
            "VALUES ('msg_1', 'desk', 'desk', 'problem', '2026-01-01T00:00:00.000Z', X'7B7D', 'pending', "
            "'2999-01-01T00:00:00.000Z')"
        )
        db.execute("UPDATE channels SET last_ok_at = NULL")
        db.commit()
    reasons = ["alerts for desk wait for more than 15 minutes"]
    wait_until(lambda: asked(port, "/readyz")[0] == 503)
    assert json.loads(asked(port, "/readyz")[1]) == {"status": "stuck", "reasons": reasons}
    wait_until(lambda: read_published_health(house.database).reasons == tuple(reasons))  # type: ignore[union-attr]
    assert daemon.stop() == 0


def test_a_taken_port_is_a_sentence(house: House) -> None:
    house.configure("commonspace")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = house.command("run", "--health-port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "choose another [health] port" in done.stderr.splitlines()[-1]


def test_the_log_of_a_daemon_is_json_where_it_is_wanted(house: House) -> None:
    house.configure("commonspace")
    done = house.command("--log-format", "json", "once")
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    polls = [line for line in lines if line.get("event") == "poll"]
    assert [(line["source"], line["outcome"], type(line["requests"])) for line in polls] == [("commonspace", "ok", int)]
