"""The database under the daemon: deleted, replaced, or with no room: said aloud, and never taken for a new one."""

from __future__ import annotations

import resource
import signal
from typing import Any

import pytest
from house import House, wait_until

BLOCKED = "SELECT kind, closed_at IS NOT NULL FROM problems WHERE kind = 'database-not-writable'"


def problems(house: House) -> list[tuple[Any, ...]]:
    """What the receiver was told of the monitor itself: kind and state."""
    told = [delivery.body for delivery in house.receiver.accepted if delivery.body["type"] == "source.problem"]
    return [(body["data"]["problem"]["kind"], body["data"]["problem"]["state"]) for body in told]


@pytest.mark.parametrize("fate", ["deleted", "replaced"])
def test_a_database_that_is_gone_is_told_and_ends_the_daemon(house: House, fate: str) -> None:
    house.configure()
    daemon = house.run()
    if fate == "deleted":
        house.database.unlink()
    else:
        other = house.database.with_name("other")
        other.write_bytes(house.database.read_bytes())
        other.replace(house.database)
    assert daemon.process.wait(60) == 74
    daemon.close()
    assert daemon.found("event=database-gone") is not None
    assert [kind for kind, _ in problems(house)] == ["database-gone"]
    if fate == "deleted":
        status, doctor, again = house.command("status"), house.command("doctor"), house.command("run")
        gone = "there was a database and it is gone"
        assert (status.returncode, gone in status.stderr, gone in doctor.stdout) == (74, True, True)
        # A start by hand or after a reboot does not begin anew, tell everything again and hide the loss.
        assert (again.returncode, gone in again.stderr, house.database.exists()) == (74, True, False)


@pytest.mark.row("R2")
def test_a_full_disk_is_told_from_memory_and_passes_by_itself(house: House) -> None:
    house.configure("commonspace")
    daemon = house.run()
    daemon.said("event=poll source=commonspace")
    pid = daemon.process.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))  # a disk with no room: EFBIG
    daemon.signal(signal.SIGHUP)  # something to write
    daemon.said("event=reload-refused")
    line = daemon.said("event=database-not-writable")
    assert "level=ERROR" in line
    (first,) = wait_until(lambda: problems(house))
    assert first[0] == "database-not-writable"
    assert house.rows(BLOCKED) == []
    wait_until(lambda: "nothing can be written to the database" in house.command("status").stdout)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    daemon.said("event=database-writable-again")
    assert house.rows(BLOCKED) == [("database-not-writable", 1)]
    told = wait_until(lambda: len(found := problems(house)) == 2 and found)
    assert [kind for kind, _ in told] == ["database-not-writable"] * 2
    assert told[0] != told[1]
    daemon.signal(signal.SIGHUP)
    daemon.said("event=reloaded sources=1")
    assert daemon.stop() == 0
