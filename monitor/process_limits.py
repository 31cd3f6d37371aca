"""What this process may use of the machine, and for how long; it must know nothing of news."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.errors import SeedwatchError

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
FEWEST_FILES = 128  # a crawl of 16 sources, the workers' pipes, the database, deliveries
WANTED_FILES = 4096
# Bytes of address space of the daemon: its code, threads and buffers map 0.9 GB, though it uses 0.2 GB. With 0.7 GB no
# thread could be begun.
LEAST_MEMORY = 1_000_000_000
RELAXED = 20_000, 20, 50  # thresholds of the collector where many values pass; its own are 700, 10 and 10


def limit_memory(memory: int) -> int:
    """Cap the address space at `memory` bytes, or at the hard limit the process was born with where that is less.

    The cap in bytes.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    least = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (least, least))
    return least


def raise_memory_limit() -> int:
    """Allow this process all the address space that its hard limit lets; the limit now, RLIM_INFINITY for none.

    Raises SeedwatchError where that is too little: a daemon that can begin no thread hangs or loses its way.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY and hard < LEAST_MEMORY:
        raise SeedwatchError(
            f"only {hard / 1e9:.1f} GB of addresses may be used, seedwatch needs {LEAST_MEMORY / 1e9:.1f}, and 2 GB to "
            "read the largest pages: raise it with `ulimit -v`, or LimitAS= of the service"
        )
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    return hard


def raise_file_limit() -> int:
    """Allow as many open files as the hard limit and our needs let; the limit now.

    Raises SeedwatchError where even that is too few: a daemon out of files can neither fetch, write nor end well.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    top = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft == resource.RLIM_INFINITY or soft >= top:
        top = soft
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (top, hard))
    if top != resource.RLIM_INFINITY and top < FEWEST_FILES:
        raise SeedwatchError(
            f"only {top} files may be open at once, seedwatch needs {FEWEST_FILES}: raise it with `ulimit -n`, or "
            "LimitNOFILE= of the service"
        )
    return top


def end_with_parent(parent: int) -> None:
    """End as soon as the process `parent` does, which began this one."""
    if sys.platform == "linux":
        import ctypes  # late: commands load this module, too, and none of them needs it

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before prctl
        os._exit(1)


@contextmanager
def pause_collector() -> Iterator[None]:
    """The garbage collector stands still inside, unless it stood before.

    For work that builds many values and drops none: it would look through them again and again, for a third of the
    time, and find nothing.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@contextmanager
def relax_collector() -> Iterator[None]:
    """The garbage collector looks seldom inside: for work through which many values pass that hold no circles.

    At its own thresholds it takes a tenth of the time of judging texts and settling them.
    """
    before = gc.get_threshold()
    gc.set_threshold(*RELAXED)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def forgo_collector() -> Iterator[None]:
    """As `pause_collector`, for a command at whose end the process ends, too.

    What it built is not looked through when the collector runs again, nor by the interpreter at its end.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if running:
            gc.enable()
