"""Begins processes by forking one that has loaded what they need: its memory is theirs, too, until they write to it.

It is to `multiprocessing` what that package's own fork server is, but for four things: every group of processes has one
of its own, which ends with it; what stands in `__main__` is not imported; no process outlives the one that began it,
however that ends; and where one process is all that is wanted, the server becomes it, for two of them would take 30 MB
more. It must not know what the processes do.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import pkgutil
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from multiprocessing import connection, popen_forkserver, reduction, resource_tracker, spawn, util
from multiprocessing.context import ForkServerContext, set_spawning_popen
from multiprocessing.forkserver import read_signed, write_signed
from multiprocessing.process import BaseProcess
from typing import Any

from monitor.pipeline.early_server import EarlyServer, take_early_server
from monitor.process_limits import end_with_parent

_MOST_FILES = 64  # that one process is handed: pipes and locks of its pool
_CODE = (
    "import sys; sys.path[:] = sys.argv[3].splitlines(); from monitor.pipeline.fork_server import serve_forks; "
    "serve_forks(int(sys.argv[1]), int(sys.argv[2]), alone=sys.argv[4] == 'alone', preload=sys.argv[5:])"
)
# Libraries of numbers begin a thread for every core, each with memory of its own, for matrices that we do not have.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class ForkServer:
    """A process that forks others; begun with the first of them, never anew.

    What `preload` names is imported ("a.b") or called ("a.b:c") there once, in the place of every process. With `alone`
    it forks none: it becomes the process that is asked for, and the next has a server of its own.
    """

    def __init__(self, preload: Sequence[str] = (), *, alone: bool = False) -> None:
        self.context = _Context(self)
        self._preload = tuple(preload)
        self._alone = alone
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[bytes] | EarlyServer] = []
        self._socket: socket.socket | None = None
        self._killed = False

    def fork(self, files: Sequence[int]) -> tuple[int, int, subprocess.Popen[bytes] | EarlyServer | None]:
        """Ask for a process that is handed `files`; where its number and exit code come from, where its work goes, and
        the process itself where the server became it: it tells no exit code.

        It runs once the server has loaded everything. Raises OSError where there is none any more.
        """
        told, tells = os.pipe()
        work, given = os.pipe()
        try:
            with self._lock:
                self._socket = self._socket or self._begun()
                tracker = resource_tracker.getfd()
                assert tracker is not None  # noqa: S101  the locks of a pool made it run
                socket.send_fds(self._socket, [b"f"], [work, tells, tracker, *files])
                if self._alone:
                    self._socket.close()
                    self._socket = None
        except BaseException:
            os.close(told)
            os.close(given)
            raise
        finally:
            os.close(work)
            os.close(tells)
        return told, given, self._processes[-1] if self._alone else None

    def kill(self) -> None:
        """End the server at once, and on Linux what it has forked; nothing can be forked any more."""
        with self._lock:
            if self._socket is not None:
                self._socket.close()
            self._killed = True
        for process in self._processes:
            process.kill()
            process.wait()

    def _begun(self) -> socket.socket:
        """The server at work. It ends with the thread that calls this, of which PR_SET_PDEATHSIG tells."""
        if self._killed:
            raise OSError("the fork server has ended")
        if self._alone and (early := take_early_server(self._preload)) is not None:
            self._processes = [process for process in self._processes if process.poll() is None] + [early]
            return early.socket
        ours, its = socket.socketpair()
        with its:
            kind = "alone" if self._alone else "forks"
            words = [_CODE, str(its.fileno()), str(os.getpid()), "\n".join(sys.path), kind, *self._preload]
            self._processes = [process for process in self._processes if process.poll() is None]
            process = subprocess.Popen(  # noqa: S603  our own interpreter, no shell
                [sys.executable, *util._args_from_interpreter_flags(), "-c", *words],  # type: ignore[attr-defined]
                stdin=subprocess.DEVNULL,
                env=os.environ | ONE_THREAD,
                pass_fds=[its.fileno()],
            )
            self._processes.append(process)
        return ours


class _Inherited:
    """A file that was handed to a process, by its place among those."""

    files: tuple[int, ...] = ()

    def __init__(self, place: int) -> None:
        self.place = place

    def detach(self) -> int:
        return self.files[self.place]


class _Popen(popen_forkserver.Popen):
    """A process of a server's; the rest is as `multiprocessing` has it."""

    DupFd = _Inherited  # type: ignore[assignment]

    def __init__(self, process: BaseProcess, server: ForkServer) -> None:
        self._server = server
        self._own: subprocess.Popen[bytes] | EarlyServer | None = (
            None  # the process, where it is a server's that became it
        )
        super().__init__(process)

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        if self._own is None:
            return super().poll(flag)
        if self.returncode is None and connection.wait([self.sentinel], 0 if flag == os.WNOHANG else None):
            self.returncode = self._own.wait()
        return self.returncode

    def _launch(self, process: BaseProcess) -> None:
        prepared = spawn.get_preparation_data(process.name)
        packed = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump({key: value for key, value in prepared.items() if "main" not in key}, packed)
            reduction.dump(process, packed)
        finally:
            set_spawning_popen(None)
        self.sentinel, given, self._own = self._server.fork(self._fds)  # type: ignore[attr-defined]
        self.finalizer = util.Finalize(self, util.close_fds, (os.dup(given), self.sentinel))  # type: ignore[attr-defined]
        with open(given, "wb") as file:
            file.write(packed.getbuffer())
        self.pid = read_signed(self.sentinel)


class _Forked(BaseProcess):
    _start_method = None

    def __init__(self, server: ForkServer, options: dict[str, Any]) -> None:
        super().__init__(**options)
        self._server = server

    def _Popen(self, process: BaseProcess) -> _Popen:
        return _Popen(process, self._server)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key != "_server"}


class _Context(ForkServerContext):
    """What pebble begins its processes by."""

    def __init__(self, server: ForkServer) -> None:
        self._server = server

    def Process(self, **options: Any) -> _Forked:  # type: ignore[override]
        return _Forked(self._server, options)


def serve_forks(number: int, parent: int, *, alone: bool, preload: Sequence[str]) -> None:
    """Be the server: load, then fork for whoever holds the other end of the socket `number`, until that is closed.

    With `alone` it becomes the first process that is asked for.
    """
    end_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the daemon
    gc.disable()  # it would find nothing to collect
    for name in preload:
        if callable(found := pkgutil.resolve_name(name)):
            found()
    logging.disable(logging.ERROR)  # libraries complain of every odd page; the outcome says what matters
    gc.collect()
    gc.freeze()  # the collector writes into what it looks at, and what is written to is shared no more
    gc.enable()
    ended, wakes = os.pipe()
    for file in (ended, wakes):
        os.set_blocking(file, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # wakes the selector
    signal.set_wakeup_fd(wakes)
    running: dict[int, int] = {}  # process number → where its exit code goes
    server = os.getpid()
    with socket.socket(fileno=number) as asked, selectors.DefaultSelector() as selector:
        selector.register(asked, selectors.EVENT_READ)
        selector.register(ended, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if ended in ready:
                os.read(ended, 65_536)
                _tell_ends(running)
            if asked in ready:
                said, files, _, _ = socket.recv_fds(asked, 1, _MOST_FILES)
                if not said:
                    return
                work, tells, tracker, *handed = files
                if alone:
                    write_signed(tells, server)  # it stays open: that it closes is how the end is noticed
                    _become(parent, work, tracker, handed, (asked.detach(), ended, wakes))
                pid = os.fork()
                if pid == 0:
                    _become(server, work, tracker, handed, (asked.detach(), ended, wakes, tells, *running.values()))
                write_signed(tells, pid)
                running[pid] = tells
                for file in (work, tracker, *handed):
                    os.close(file)


def _tell_ends(running: dict[int, int]) -> None:
    """Tell of each process that has ended how it did."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        tells = running.pop(pid)
        try:
            write_signed(tells, os.waitstatus_to_exitcode(status))
        except BrokenPipeError:
            logging.getLogger(__name__).debug("event=nobody-asks pid=%d", pid)
        os.close(tells)


def _become(server: int, work: int, tracker: int, handed: Sequence[int], unused: Sequence[int]) -> None:
    """Be the process that was forked; never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        end_with_parent(server)
        for file in unused:
            os.close(file)
        _Inherited.files = tuple(handed)
        resource_tracker._resource_tracker._fd = tracker  # type: ignore[attr-defined]
        code = spawn._main(work, os.dup(work))
    except Exception:  # whatever it was, it ends this process alone and never goes on into the server's own loop
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(code)
