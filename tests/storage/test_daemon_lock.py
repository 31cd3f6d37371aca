from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.errors import AlreadyRunning, StoreGone
from monitor.storage import Store
from monitor.storage.daemon_lock import Lock

HOLD = (
    "import sys; from pathlib import Path; from monitor.storage.daemon_lock import Lock\n"
    "lock = Lock(Path(sys.argv[1])); lock.take(); print('held', flush=True); sys.stdin.read()"
)


def test_a_lock_is_held_by_one_and_names_it(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "a.db"), Lock(tmp_path / "a.db")
    assert (first.is_free(), first.holder()) == (True, None)
    first.take()
    assert (second.is_free(), second.holder()) == (False, os.getpid())
    with pytest.raises(AlreadyRunning, match=f"as process {os.getpid()}: stop it first"):
        second.take()
    first.release()
    first.release()
    assert (second.is_free(), second.holder()) == (True, None)
    second.take()
    second.release()


def test_databases_are_locked_apart(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "a.db"), Lock(tmp_path / "b.db")
    first.take()
    second.take()
    first.release()
    second.release()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db.lock", "b.db.lock"]


def test_that_there_was_a_database_outlasts_its_daemon_and_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Store(path, sole=True):
        pass
    lock = Lock(path)
    assert lock.find_loss() is None
    for found in tmp_path.glob("a.db*"):
        if found != lock.path:
            found.unlink()
    for sole in (True, False):
        with pytest.raises(StoreGone, match=r"a\.db: there was a database and it is gone: .* delete a\.db\.lock too"):
            Store(path, sole=sole)
    assert not path.exists()
    lock.path.unlink()
    Store(path, sole=True).close()


def test_a_daemon_that_died_before_it_made_a_database_may_make_it(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "a.db")
    lock.take()
    lock.release()
    Store(tmp_path / "a.db", sole=True).close()


def test_the_file_is_private(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "db" / "a.db")
    lock.take()
    assert lock.path.stat().st_mode & 0o777 == 0o600
    lock.release()


def test_the_kernel_frees_the_lock_of_a_killed_daemon(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "a.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        lock = Lock(tmp_path / "a.db")
        assert lock.holder() == holder.pid
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    assert (lock.is_free(), lock.holder()) == (True, None)
    lock.take()
    assert lock.path.read_text() == f"{os.getpid()}\n"
    lock.release()
