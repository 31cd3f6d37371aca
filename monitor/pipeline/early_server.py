"""A fork server of readers that is itself forked from the daemon, before that has loaded what it alone needs.

What both need – words, markup, topics, the formats of lists – is loaded before the fork: once at a start in place of
twice, half a second of CPU time. It must be called while the process has one thread, and nothing open that is not meant
for two.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from importlib import import_module

from monitor.process_limits import end_with_parent

_SHARED = ("monitor.pipeline.ingest.read_page", "monitor.extraction.capture", "monitor.discovery.endpoint", "lxml.html")


class EarlyServer:
    """A forked process that loads `preload` and serves once something is asked of it at `socket`."""

    def __init__(self, pid: int, ours: socket.socket, preload: tuple[str, ...]) -> None:
        self.pid = pid
        self.socket = ours
        self.preload = preload
        self._lock = threading.Lock()
        self._code: int | None = None

    def poll(self) -> int | None:
        """How it ended, None while it runs."""
        return self._look(os.WNOHANG)

    def wait(self) -> int:
        """How it ended, once it has."""
        code = self._look(0)
        assert code is not None  # noqa: S101  it was waited for
        return code

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _look(self, flags: int) -> int | None:
        with self._lock:
            if self._code is None:
                try:
                    pid, status = os.waitpid(self.pid, flags)
                except ChildProcessError:  # whoever began the daemon has SIGCHLD ignored: nothing tells how it ended
                    pid, status = self.pid, 0
                if pid != 0:
                    self._code = os.waitstatus_to_exitcode(status)
            return self._code


_forked: list[EarlyServer] = []  # that nobody has taken yet


def fork_early_server(preload: Sequence[str]) -> None:
    """Load what the daemon and its readers share, and fork a server of readers that waits to be taken.

    Where threads run already, and on other systems than Linux, nothing happens.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return
    for name in _SHARED:
        import_module(name)
    ours, its = socket.socketpair()
    parent = os.getpid()
    try:
        pid = os.fork()
    except OSError:  # no room for it now: the first that is asked for is made later
        ours.close()
        its.close()
        return
    if pid == 0:
        ours.close()
        _serve_when_asked(its, parent, preload)
    its.close()
    _forked.append(EarlyServer(pid, ours, tuple(preload)))


def take_early_server(preload: Sequence[str]) -> EarlyServer | None:
    """The server that was forked early for `preload`, once, and as long as it runs."""
    found = next((server for server in _forked if server.preload == tuple(preload)), None)
    if found is None:
        return None
    _forked.remove(found)
    if found.poll() is None:
        return found
    found.socket.close()
    return None


def _serve_when_asked(its: socket.socket, parent: int, preload: Sequence[str]) -> None:
    """Be the server; never returns."""
    code = 1
    try:
        end_with_parent(parent)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for meant in (signal.SIGINT, signal.SIGHUP):  # Ctrl-C and a reload are for the daemon, which has the same name
            signal.signal(meant, signal.SIG_IGN)
        os.closerange(3, its.fileno())  # whatever whoever began the daemon left open
        os.closerange(its.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
        gc.freeze()  # the collector writes into what it looks at, and what is written to is shared no more
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        select.select([its], [], [])  # a daemon with nothing to read has none that is loaded
        from monitor.pipeline.fork_server import ONE_THREAD, serve_forks

        os.environ |= ONE_THREAD
        serve_forks(its.detach(), parent, alone=True, preload=preload)
        code = 0
    except Exception:  # whatever it was, it ends this process alone and never goes on into what the daemon does
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(code)
