"""Limits of a process, tried in processes of their own."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys

import pytest

from monitor.process_limits import RELAXED, forgo_collector, pause_collector, relax_collector

CODE = "from monitor.process_limits import {0}; import resource; print({0}({1}), resource.getrlimit(resource.{2}))"


def run(call: str, argument: str, which: str, limit: tuple[int, int] | None) -> subprocess.CompletedProcess[str]:
    def settle() -> None:
        if limit is not None:
            resource.setrlimit(getattr(resource, which), limit)

    code = CODE.format(call, argument, which)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, preexec_fn=settle)


@pytest.mark.parametrize(("hard", "cap"), [(None, 1_500_000_000), (900_000_000, 900_000_000)])
def test_the_smaller_of_both_limits_of_memory_holds(hard: int | None, cap: int) -> None:
    found = run("limit_memory", "1_500_000_000", "RLIMIT_AS", None if hard is None else (hard, hard))
    assert (found.stdout, found.stderr) == (f"{cap} ({cap}, {cap})\n", "")


@pytest.mark.parametrize(
    ("limit", "now"),
    [((200, 300), "300 (300, 300)\n"), ((64, 5000), "4096 (4096, 5000)\n"), ((4500, 5000), "4500 (4500, 5000)\n")],
)
def test_as_many_files_as_may_be_are_allowed(limit: tuple[int, int], now: str) -> None:
    assert run("raise_file_limit", "", "RLIMIT_NOFILE", limit).stdout == now


def test_too_few_files_are_refused_with_the_cure() -> None:
    found = run("raise_file_limit", "", "RLIMIT_NOFILE", (24, 24))
    assert found.returncode == 1
    assert "only 24 files may be open at once, seedwatch needs 128: raise it with `ulimit -n`" in found.stderr


@pytest.mark.parametrize(
    ("limit", "now"),
    [((800_000_000, 1_200_000_000), 1_200_000_000), ((900_000_000, resource.RLIM_INFINITY), resource.RLIM_INFINITY)],
)
def test_a_soft_limit_of_memory_is_raised(limit: tuple[int, int], now: int) -> None:
    assert run("raise_memory_limit", "", "RLIMIT_AS", limit).stdout == f"{now} ({now}, {now})\n"


def test_too_little_memory_is_refused_with_the_cure() -> None:
    found = run("raise_memory_limit", "", "RLIMIT_AS", (700_000_000, 700_000_000))
    assert found.returncode == 1
    assert "only 0.7 GB of addresses may be used, seedwatch needs 1.0" in found.stderr
    assert "LimitAS= of the service" in found.stderr


@pytest.mark.parametrize("running", [True, False])
def test_the_collector_runs_again_only_where_it_ran(running: bool) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if running else gc.disable()
        with pause_collector():
            inside = gc.isenabled()
        assert (inside, gc.isenabled()) == (False, running)
    finally:
        gc.enable() if before else gc.disable()


def test_the_collector_looks_seldom_only_inside() -> None:
    before = gc.get_threshold()
    with relax_collector():
        inside = gc.get_threshold()
    assert (inside, gc.get_threshold()) == (RELAXED, before)
    assert before != RELAXED


def test_what_a_last_command_built_is_never_looked_through() -> None:
    class Kept:
        """A value in a circle, which only the collector would drop."""

        def __init__(self) -> None:
            self.itself = self
            self.rest = [[number] for number in range(100_000)]

    before = gc.get_freeze_count()
    collections = [generation["collections"] for generation in gc.get_stats()]
    try:
        with forgo_collector():
            assert not gc.isenabled()
            Kept()
        assert gc.isenabled()
        assert gc.get_freeze_count() - before > 100_000
        assert [generation["collections"] for generation in gc.get_stats()] == collections
    finally:
        gc.unfreeze()
