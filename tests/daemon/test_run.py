"""The daemon as people run it: a process of its own, signals, a second instance, a dead network, restarts."""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from house import House, wait_until
from sqlite_utils.utils import sqlite3

from monitor.newsroom.fault import Fault
from monitor.newsroom.piece import Piece

FEED = "/taxonomy/term/24/feed"  # one of Commonspace's


def now() -> datetime:
    return datetime.now(UTC)


def listening(pid: int) -> list[int]:
    """The TCP ports on which a process and its children listen."""
    found: list[int] = []
    for one in (pid, *children(pid)):
        inodes = set()
        for handle in Path(f"/proc/{one}/fd").iterdir():
            try:
                inodes.add(str(handle.readlink()))
            except FileNotFoundError:  # closed in between
                continue
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/{one}/net/{table}").read_text().splitlines()[1:]:
                parts = line.split()
                if parts[3] == "0A" and f"socket:[{parts[9]}]" in inodes:
                    found.append(int(parts[1].rpartition(":")[2], 16))
    return sorted(found)


def children(pid: int) -> list[int]:
    """The processes below one, at any depth."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *children(child)]
    return found


def busy(pid: int, seconds: float) -> bool:
    """Whether a child of the process has used so much processor time."""
    ticks = os.sysconf("SC_CLK_TCK")
    for child in children(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            if int(fields[11]) / ticks >= seconds:
                return True
    return False


def an_hour_old(house: House, outlet: str, *, on_topic: bool = True) -> Piece:
    return house.newsroom.publish(outlet, on_topic=on_topic, at=now() - timedelta(hours=1))


def test_from_a_piece_to_a_signed_alert_and_a_clean_stop(house: House) -> None:
    house.configure("commonspace")
    piece = an_hour_old(house, "commonspace")
    daemon = house.run()
    wait_until(lambda: house.receiver.accepted)
    daemon.said("outcome=delivered")  # its record, without which it would be sent again
    assert daemon.stop() == 0
    (delivery,) = house.receiver.deliveries
    assert (delivery.signature_ok, delivery.status, delivery.body["type"]) == (True, 200, "article.matched")
    assert delivery.body["data"]["article"]["url"] == house.newsroom.url(piece)
    assert house.rows("SELECT id, state, attempts FROM alerts") == [(delivery.webhook_id, "delivered", 1)]
    assert daemon.found("event=stopped")


@pytest.mark.row("R4")
def test_sigterm_in_the_middle_of_a_slow_fetch_leaves_the_link_pending(house: House) -> None:
    house.configure("commonspace")
    piece = an_hour_old(house, "commonspace")
    house.newsroom.fault("commonspace", Fault(path=f"^{piece.path}$", delay=120))
    daemon = house.run()
    wait_until(lambda: house.asked("commonspace", piece.path))
    assert daemon.stop() == 0
    assert house.rows("SELECT state, attempts, outcome FROM links") == [("pending", 0, None)]
    assert house.rows("SELECT outcome, reason FROM polls") == [("aborted", "seedwatch stopped in the middle of it")]
    assert house.rows("SELECT count(*) FROM hosts WHERE lease IS NOT NULL") == [(0,)]


@pytest.mark.row("R4", "S7")
@pytest.mark.long
@pytest.mark.slow
def test_sigterm_does_not_wait_for_a_worker_that_hangs(house: House) -> None:
    # The pattern of a careless user on the address made for it: only the worker's own deadline would end the match.
    house.newsroom.publish("wordpress", at=now() - timedelta(hours=1), path=f"/{'a' * 60}/")
    address = house.newsroom.outlets["wordpress"].address
    house.configure(
        extra=f"[sources.trap]\nspider = 'listing'\naddress = '{address}'\nlistings = ['/']\narticle = '/(a+)+b$'"
    )
    daemon = house.run()
    wait_until(lambda: busy(daemon.process.pid, 1.0))
    assert daemon.stop() == 0
    assert house.rows("SELECT outcome FROM polls") == [("aborted",)]


def test_sighup_takes_a_valid_configuration_over_and_refuses_a_broken_one(house: House) -> None:
    house.configure("commonspace")
    daemon = house.run()
    house.configure("commonspace", "wordpress")
    daemon.signal(signal.SIGHUP)
    daemon.said("event=reloaded sources=2")
    daemon.said("event=poll source=wordpress outcome=ok")
    house.config.write_text(house.config.read_text().replace("spider = ", "spidr = ", 1))
    daemon.signal(signal.SIGHUP)
    refused = daemon.said("event=reload-refused")
    assert "did you mean spider" in "".join(daemon.lines[daemon.lines.index(refused) :])
    problems = "SELECT kind, subject, closed_at IS NULL FROM problems WHERE kind = 'config'"
    assert wait_until(lambda: house.rows(problems)) == [("config", str(house.config), 1)]
    assert house.rows("SELECT name, enabled FROM sources ORDER BY name") == [("commonspace", 1), ("wordpress", 1)]
    house.configure("wordpress")
    with house.config.open("a") as file:  # its last table is [pages], which waits for the next start
        file.write('public = "https://watch.example.org"\n')
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: house.rows(problems) == [("config", str(house.config), 0)])
    assert house.rows("SELECT name, enabled FROM sources ORDER BY name") == [("commonspace", 0), ("wordpress", 1)]
    assert list(house.database.parent.glob("*mark*")) == []
    assert daemon.stop() == 0


@pytest.mark.row("R4")
def test_a_second_instance_on_the_same_database_is_refused(house: House) -> None:
    house.configure("commonspace")
    daemon = house.run()
    second = house.command("run")
    assert second.returncode == 1
    assert second.stderr.splitlines()[-1:] == [
        (
            f"seedwatch already runs on this database as process {daemon.process.pid}: stop it first, "
            "or give this one another [store] path"
        )
    ]
    assert daemon.stop() == 0


@pytest.mark.long
@pytest.mark.slow
def test_without_a_network_it_lives_says_so_once_and_floods_no_log(house: House) -> None:
    house.newsroom.outlets["wordpress"].stop()  # its port is closed now
    nowhere = '[sources.nowhere]\nspider = "feed"\nfeeds = ["http://nowhere.invalid/feed"]\n'
    house.configure("wordpress", extra=nowhere)
    daemon = house.run()
    for name in ("wordpress", "nowhere"):
        daemon.said(f"event=poll source={name} outcome=failed")
    shown = wait_until(lambda: house.rows("SELECT kind, subject, cure FROM problems WHERE kind = 'network'"))
    assert shown == [("network", "outbound", "check this machine's network and name resolution; polling goes on")]
    assert daemon.process.poll() is None
    status = house.command("status", "--json")
    assert "network" in {problem["kind"] for problem in json.loads(status.stdout)["problems"]}
    assert daemon.stop() == 0
    # The start, a poll each, the stop; a line a second would be thirty and more by now.
    assert len(daemon.lines) <= 10, "".join(daemon.lines)


@pytest.mark.row("S9")
@pytest.mark.long
@pytest.mark.slow
def test_it_listens_on_the_configured_port_only(house: House) -> None:
    house.configure("commonspace")
    an_hour_old(house, "commonspace")
    daemon = house.run("--pages")
    pages = daemon.said("pages: http://127.0.0.1:")
    wait_until(lambda: house.receiver.accepted)  # a crawl and the workers have run
    assert listening(daemon.process.pid) == [int(pages.strip().rstrip("/").rpartition(":")[2])]
    assert daemon.stop() == 0


@pytest.mark.row("S9")
@pytest.mark.long
@pytest.mark.slow
def test_without_pages_it_listens_nowhere(house: House) -> None:
    house.configure("commonspace")
    an_hour_old(house, "commonspace")
    daemon = house.run()
    wait_until(lambda: house.receiver.accepted)
    assert listening(daemon.process.pid) == []
    assert daemon.stop() == 0


def test_the_link_of_an_alert_marks_its_piece_once_somebody_confirms(house: House) -> None:
    house.configure("commonspace")
    with house.config.open("a") as file:  # its last table is [pages]
        file.write('public = "https://watch.example.org/desk"\n')
    an_hour_old(house, "commonspace")
    daemon = house.run("--pages")
    root = daemon.said("pages: http://127.0.0.1:").partition("pages: ")[2].strip().rstrip("/")
    (delivery,) = wait_until(lambda: house.receiver.accepted)
    assert delivery.signature_ok
    path = delivery.body["data"]["mark"]["irrelevant"].removeprefix("https://watch.example.org/desk")
    with urlopen(f"{root}{path}") as reply:
        assert "Mark as irrelevant?" in reply.read().decode()
    assert house.rows("SELECT verdict FROM marks") == []
    forged = f"{path[:-1]}{'AB'[path.endswith('A')]}"
    for each in (forged, path):
        with urlopen(f"{root}{each}", data=b"") as reply:
            assert reply.status == 202
    daemon.said("event=mark alert=")
    daemon.said("event=marks-refused forged=1")
    assert house.rows("SELECT topic, verdict FROM marks") == [("karabakh", "irrelevant")]
    assert daemon.stop() == 0


@pytest.mark.long
@pytest.mark.slow
def test_once_counts_what_it_did_and_exits_1_for_a_failed_source(house: House) -> None:
    house.configure("commonspace", "wordpress")
    an_hour_old(house, "commonspace")
    an_hour_old(house, "commonspace", on_topic=False)
    good = house.command("once")
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "2 ok, 0 error, 2 new")
    assert len(house.receiver.accepted) == 1
    house.newsroom.fault("commonspace", Fault(status=500))
    bad = house.command("once", "--json")
    assert (bad.returncode, json.loads(bad.stdout)) == (1, {"ok": 1, "failed": 1, "seen": 0, "stored": 0})
    house.newsroom.clear("commonspace")
    one = house.command("once", "commonspace")
    assert (one.returncode, one.stdout) == (0, "1 ok, 0 error, 0 new\n")
    unknown = house.command("once", "comonspace")
    assert unknown.returncode == 2
    assert "no source is called 'comonspace'" in unknown.stderr


@pytest.mark.long
@pytest.mark.slow
def test_ten_restarts_fetch_no_feed_before_it_is_due(house: House) -> None:
    house.configure("commonspace", "wordpress")
    daemon = house.run()
    for name in ("commonspace", "wordpress"):
        daemon.said(f"event=poll source={name} outcome=ok")
    assert daemon.stop() == 0
    feeds = house.asked("commonspace", FEED), house.asked("wordpress", "/feed/")
    assert feeds == (1, 1)
    for _ in range(10):
        # One source is due at each start: once it was polled, the tick that claims whatever is due has run.
        db = sqlite3.connect(house.database)
        with db:
            db.execute("UPDATE sources SET next_poll_at = '2026-01-01T00:00:00.000Z' WHERE name = 'commonspace'")
            db.execute("UPDATE endpoints SET next_at = NULL WHERE source = 'commonspace'")
        db.close()
        daemon = house.run()
        daemon.said("event=poll source=commonspace outcome=ok")
        assert daemon.stop() == 0
    assert (house.asked("commonspace", FEED), house.asked("wordpress", "/feed/")) == (11, 1)
