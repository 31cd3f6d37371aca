"""The service manager is told that seedwatch is ready, lives and stops; its unit is tight (RELIABILITY R10)."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from house import House

from monitor.config.systemd_unit import format_systemd_unit
from monitor.daemon.service_notify import feed_watchdog, notify_service

pytestmark = pytest.mark.row("R10")


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(60)
        yield channel


def test_a_state_is_sent_where_somebody_listens(manager: socket.socket) -> None:
    assert notify_service("READY=1", {"NOTIFY_SOCKET": str(manager.getsockname())})
    assert manager.recv(100) == b"READY=1"
    assert not notify_service("READY=1", {})
    assert not notify_service("READY=1", {"NOTIFY_SOCKET": "/nowhere/notify"})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind("\0seedwatch-test-notify")
        assert notify_service("STOPPING=1", {"NOTIFY_SOCKET": "@seedwatch-test-notify"})
        assert channel.recv(100) == b"STOPPING=1"


def test_the_watchdog_is_fed_while_the_loop_runs(manager: socket.socket) -> None:
    environ = {"NOTIFY_SOCKET": str(manager.getsockname()), "WATCHDOG_USEC": "30000"}

    async def scene() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await feed_watchdog(environ)

    asyncio.run(scene())
    asyncio.run(feed_watchdog({}))  # nobody waits for it
    assert [manager.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3


def test_the_daemon_tells_its_manager(house: House, manager: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(manager.getsockname()))
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    house.configure()
    daemon = house.run()
    assert {manager.recv(100), manager.recv(100)} == {b"READY=1", b"WATCHDOG=1"}
    assert daemon.stop() == 0
    assert manager.recv(100) == b"STOPPING=1"


def test_the_unit_is_written_for_a_folder(house: House) -> None:
    house.configure()
    done = house.command("init", "--systemd", str(house.config.parent))
    assert done.returncode == 0, done.stderr
    text = (house.config.parent / "seedwatch.service").read_text()
    assert f"WorkingDirectory={house.config.parent}\n" in text
    assert re.search(r"^ExecStart=/\S+/seedwatch run --pages$", text, re.MULTILINE)
    assert "User=root" not in text


def test_a_path_that_no_unit_can_hold_is_refused() -> None:
    for path in ("/srv/my news", "/srv/100%", "relative"):
        with pytest.raises(ValueError, match="systemd needs an absolute path"):
            format_systemd_unit(Path(path), "seedwatch", Path("/usr/bin/seedwatch"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze, of the package systemd")
def test_the_unit_is_exposed_by_no_more_than_one_and_a_half(tmp_path: Path) -> None:
    unit = tmp_path / "seedwatch.service"
    unit.write_text(
        format_systemd_unit(Path("/srv/seedwatch"), "seedwatch", Path("/srv/seedwatch/.venv/bin/seedwatch"))
    )
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)], capture_output=True, text=True
    )
    found = re.search(r"exposure level for seedwatch\.service: ([0-9.]+)", done.stdout)
    assert found is not None, done.stderr
    assert float(found[1]) <= 1.5
