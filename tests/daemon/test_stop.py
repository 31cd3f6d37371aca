"""A stop ends within ten seconds and with exit code 0, whatever is just being started or hangs (RELIABILITY R4)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from house import SEEDWATCH, STOP, House, find_pages, wait_until

pytestmark = pytest.mark.row("R4")

# Datasette imports plugins before it listens: while `slow` lies beside it, this one never lets it.
SLOW = """
import time
from pathlib import Path

(Path(__file__).parent.parent / "begun").touch()
while (Path(__file__).parent.parent / "slow").exists():
    time.sleep(0.1)
"""


def lay_slow_pages(house: House) -> Path:
    """A folder of pages that hang at their start while its file `slow` is there."""
    folder = house.database.parent
    (folder / "plugins").mkdir(parents=True, mode=0o700)
    (folder / "metadata.yaml").write_text("title: slow\n")
    (folder / "plugins" / "slow.py").write_text(SLOW)
    return folder


@pytest.mark.long
@pytest.mark.slow
def test_sigterm_while_the_pages_are_started_ends_both(house: House) -> None:
    """It used to wait for up to a minute until they answered."""
    house.configure()
    folder = lay_slow_pages(house)
    (folder / "slow").touch()
    process = subprocess.Popen(
        [SEEDWATCH, "--config", str(house.config), "run", "--pages"], stderr=subprocess.PIPE, text=True
    )
    wait_until((folder / "begun").exists)
    process.terminate()
    began = time.monotonic()
    _, said = process.communicate()
    assert (process.returncode, time.monotonic() - began < STOP) == (0, True)
    assert "event=stopped" in said
    assert "event=stop-forced" not in said


@pytest.mark.long
@pytest.mark.slow
def test_sigterm_while_the_pages_are_started_again_ends_both(house: House) -> None:
    house.configure()
    folder = lay_slow_pages(house)
    daemon = house.run("--pages")
    (folder / "slow").touch()
    (folder / "begun").unlink()
    os.kill(wait_until(lambda: find_pages(daemon.process.pid)), signal.SIGKILL)
    wait_until((folder / "begun").exists)
    assert daemon.stop() == 0
    assert daemon.found("event=stop-forced") is None


@pytest.mark.long
@pytest.mark.slow
def test_sigterm_with_everything_under_way_is_a_stop_like_any_other(house: House) -> None:
    """A hundred pages are being fetched and read, and the receiver never ends its answer."""
    for outlet in house.newsroom.outlets:
        for _ in range(25):
            house.newsroom.publish(outlet, on_topic=True)
    house.receiver.fail(status=200, delay=60.0, times=None)
    house.configure(*house.newsroom.outlets)
    daemon = house.run("--pages")
    wait_until(lambda: house.receiver.deliveries)
    assert daemon.stop() == 0
    assert daemon.found("event=stop-forced") is None
    assert house.rows("SELECT count(*) FROM links WHERE state = 'pending'")[0][0] > 0
    assert house.rows("SELECT count(*) FROM alerts WHERE lease IS NOT NULL") == [(0,)]


HANGS = """
import asyncio, os, signal, threading, time
from monitor.daemon import stop_signal

stop_signal.BOUND = 0.2

async def hang():
    stop = stop_signal.StopSignal()
    stop.watch(asyncio.get_running_loop())
    os.kill(os.getpid(), signal.SIGTERM)
    await stop.wait()
    print("asked", flush=True)
    threading.Thread(target=time.sleep, args=(600,)).start()  # as a look-up that nobody answers
    time.sleep(600)

asyncio.run(hang())
"""


BLOCKS = """
import asyncio, os, signal, threading
from monitor.daemon import stop_signal

stop_signal.BOUND = 0.2

async def hang():
    stop = stop_signal.StopSignal()
    stop.watch(asyncio.get_running_loop())
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
    print("asked", flush=True)
    threading.Event().wait()  # the loop itself never comes to see the signal

asyncio.run(hang())
"""


@pytest.mark.parametrize("what", [HANGS, BLOCKS])
def test_what_hangs_does_not_keep_a_stop_waiting(what: str) -> None:
    found = subprocess.run([sys.executable, "-c", what], capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stdout) == (0, "asked\n")
    assert "event=stop-forced seconds=0.2" in found.stderr


def test_sigterm_before_the_daemon_runs_is_a_clean_end() -> None:
    code = (
        "import os, signal\nfrom monitor.daemon.stop_signal import leave_early\n"
        "signal.signal(signal.SIGTERM, leave_early)\nos.kill(os.getpid(), signal.SIGTERM)\nprint('never')"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL  # and nothing of it is left in ours
