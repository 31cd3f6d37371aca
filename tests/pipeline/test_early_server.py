"""The readers' server that is forked before the daemon is loaded: one use, one life, and none beyond its parent's."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is forked on Linux only")

BEGIN = """
import json, os, sys, threading
from monitor.pipeline.early_server import fork_early_server, take_early_server
from monitor.pipeline.ingest.workers import Workers
"""


def run(script: str) -> list[object]:
    """What a process of its own that runs `script` prints: one value a line."""
    found = subprocess.run(
        [sys.executable, "-c", BEGIN + script], capture_output=True, text=True, timeout=120, check=False
    )
    assert found.stderr == ""
    return [json.loads(line) for line in found.stdout.splitlines()]


def test_the_first_process_is_the_one_that_was_forked_and_the_next_is_made_anew() -> None:
    script = """
fork_early_server(("wave",))
from monitor.pipeline.early_server import _forked
early = _forked[0].pid
with Workers(1, preload=("wave",)) as pool:
    print(json.dumps(pool.call_now(os.getpid) == early))
    print(json.dumps([pool.call_now(eval, "'wave' in __import__('sys').modules"), "wave" in sys.modules]))
    print(json.dumps(pool.call_now(os.getenv, "OMP_NUM_THREADS")))
    print(json.dumps(pool.call_now(eval, "__import__('os').read(0, 1).decode()")))
    handle = os.pidfd_open(early)
    os.kill(early, 9)
    __import__("select").select([handle], [], [], 30)
    found = [pool.call_now(os.getpid) for _ in range(3)]
    print(json.dumps([found[-1] == early, isinstance(found[-1], int)]))
print(json.dumps(take_early_server(("wave",)) is None))
"""
    assert run(script) == [True, [True, False], "1", "", [False, True], True]


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ('fork_early_server(("wave",))', '("aifc",)'),
        (
            'threading.Thread(target=threading.Event().wait, daemon=True).start(); fork_early_server(("wave",))',
            '("wave",)',
        ),
        ("", '("wave",)'),
    ],
    ids=["something else is to be loaded", "threads run already", "none was forked"],
)
def test_without_one_that_fits_a_process_is_made_anew(before: str, asked: str) -> None:
    script = f"""
{before}
print(json.dumps(take_early_server({asked}) is None))
with Workers(1, preload={asked}) as pool:
    print(json.dumps(pool.call_now(int)))
"""
    assert run(script) == [True, 0]


def test_one_that_has_died_is_not_taken() -> None:
    script = """
fork_early_server(())
from monitor.pipeline.early_server import _forked
server = _forked[0]
server.kill()
print(json.dumps([server.wait(), server.poll(), take_early_server(()) is None]))
server.kill()
"""
    assert run(script) == [[-signal.SIGKILL, -signal.SIGKILL, True]]


def test_it_ends_with_the_process_that_forked_it_and_holds_none_of_its_pipes() -> None:
    script = """
fork_early_server(())
from monitor.pipeline.early_server import _forked
print(json.dumps(_forked[0].pid), flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", BEGIN + script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        handle = os.pidfd_open(json.loads(parent.stdout.readline()))
        parent.kill()
        ended = select.select([handle], [], [], 60)[0]
        os.close(handle)
        assert ended == [handle]
        assert parent.stdout.read() == b""


def test_where_nobody_is_told_of_ended_children_the_next_process_is_made_all_the_same() -> None:
    script = """
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
fork_early_server(())
with Workers(1) as pool:
    first = pool.call_now(os.getpid)
    handle = os.pidfd_open(first)
    os.kill(first, signal.SIGHUP)  # a reload is for the daemon, which has the same name
    print(json.dumps(pool.call_now(os.getpid) == first))
    pool.call_now(signal.alarm, 1)  # it dies when it has nothing to do: right after a call it may hold its pipe's lock
    __import__("select").select([handle], [], [], 30)
    found = [pool.call_now(os.getpid) for _ in range(4)]
    print(json.dumps([isinstance(found[-1], int), found[-1] != first]))
"""
    assert run(script) == [True, [True, True]]
