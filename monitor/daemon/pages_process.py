"""Serves the Datasette pages as a process of its own, read-only; it must not write to the database or import it.

The process is handed no secret: of the environment only what Python and the locale need. It reads a key of its own,
which signs buttons and feeds and nothing else. It ends with its parent, however that ends.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from monitor.config.schema import Config
from monitor.config.starter import find_starter_root
from monitor.delivery.marks.spool import load_pages_key, open_spool
from monitor.errors import SeedwatchError, StopAsked, StoreError
from monitor.process_limits import limit_memory

log = logging.getLogger(__name__)

_PASSED_ON = ("PATH", "HOME", "LANG", "LANGUAGE", "TMPDIR", "TZ", "VIRTUAL_ENV")
_PASSED_ON_PREFIXES = ("LC_", "PYTHON", "DATASETTE_")
PUBLIC = "SEEDWATCH_PUBLIC"  # where people reach the pages: db/plugins answers under that name, and takes marks
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  what to call for "all addresses"
# Bytes of address space: Datasette maps 0.6 GB with its threads, SQLite is held to 0.26 GB by db/plugins/sql_limits.py,
# and rows of large texts are copied twice on their way out.
_MEMORY = 1_200_000_000
_DEADLINE = 60.0  # seconds until it answers: 0.6 s on two idle cores, many times that while a test suite runs beside it


def find_pages_folder(config: Config) -> Path:
    """The Datasette configuration directory: the one the database lies in, else ./db, else the shipped one."""
    for candidate in (Path(config.store.path).parent, Path("db")):
        if (candidate / "metadata.yaml").is_file() and not _anybody_writes(candidate):
            return candidate.resolve()
    return find_starter_root() / "db"


def _anybody_writes(path: Path) -> bool:
    """Whether other users may put files there, as into /tmp: a plugin in such a folder would run as us."""
    return bool(path.stat().st_mode & stat.S_IWOTH)


def build_pages_command(config: Config) -> list[str]:
    """The command line that serves the configured database, as a person could type it.

    Raises StoreError when there is no database yet.
    """
    return [sys.executable, "-P", "-m", "datasette", *_arguments(config, config.pages.port)]


def _arguments(config: Config, port: int) -> list[str]:
    database = Path(config.store.path).resolve()
    if not database.is_file():
        raise StoreError(f"{database}: no database yet: `seedwatch run` or `seedwatch once` makes it")
    home = find_pages_folder(config)
    words = [
        *("serve", str(database)),
        *("--host", config.pages.host),
        *("--port", str(port)),
        *("--metadata", str(home / "metadata.yaml")),
    ]
    for option, name in (("--plugins-dir", "plugins"), ("--template-dir", "templates")):
        if (home / name).is_dir():
            words += (option, str(home / name))
    if (home / "static").is_dir():
        words += ("--static", f"static:{home / 'static'}")
    if (home / "settings.json").is_file():
        for name, value in json.loads((home / "settings.json").read_text("utf-8")).items():
            words += ("--setting", name, str(int(value)) if isinstance(value, bool) else str(value))
    return words


def filter_environment(of: Mapping[str, str]) -> dict[str, str]:
    """What the pages' process may see of an environment: no secret of ours or of anybody else."""
    return {name: value for name, value in of.items() if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The running pages; `address` is what a person opens."""

    process: subprocess.Popen[bytes]
    host: str
    port: int

    @property
    def address(self) -> str:
        host = _ANY.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def stop(self, grace: float = 5.0) -> None:
        """End it; safe to call twice. A page that will not finish within `grace` seconds is cut off."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def wait(self) -> int:
        """Wait until it ends; its exit code."""
        return self.process.wait()

    def __enter__(self) -> Pages:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_pages(config: Config, *, deadline: float = _DEADLINE, give_up: Callable[[], bool] = lambda: False) -> Pages:
    """Start the pages and return once they answer; blocks for a second or two, so call it in a thread.

    Port 0 takes a free one. Raises StoreError without a database, SeedwatchError when the port is taken or nothing
    answers within `deadline` seconds, StopAsked where `give_up`, which is asked meanwhile, said so first.
    """
    port = _port(config.pages.host, config.pages.port)
    _prepare_marks(Path(config.store.path))
    process = subprocess.Popen(  # noqa: S603  our own interpreter, no shell
        [sys.executable, "-P", "-m", "monitor.daemon.pages_process", *_arguments(config, port)],
        stdin=subprocess.PIPE,  # never written to: it closes when we die, and that ends the pages
        stdout=subprocess.DEVNULL,
        env=filter_environment(os.environ) | ({PUBLIC: config.pages.public} if config.pages.public else {}),
        start_new_session=True,  # Ctrl-C is for the daemon, which then stops us
    )
    pages = Pages(process=process, host=config.pages.host, port=port)
    try:
        _await_answer(pages, time.monotonic() + deadline, give_up)
    except BaseException:
        pages.stop()
        raise
    return pages


def _prepare_marks(database: Path) -> None:
    """The key of the pages and the folder for what people mark there; without them pages are shown all the same."""
    if not database.is_file():
        return
    try:
        load_pages_key(database)
        open_spool(database)
    except StoreError as error:
        log.warning("event=pages-take-no-marks reason=%r", str(error))


def _await_answer(pages: Pages, end: float, give_up: Callable[[], bool]) -> None:
    while time.monotonic() < end:
        if give_up():
            raise StopAsked("the pages were to end before they had begun")
        if pages.process.poll() is not None:
            raise SeedwatchError(
                f"the pages ended at once (code {pages.process.returncode}); what Datasette said stands above"
            )
        try:
            socket.create_connection((_ANY.get(pages.host, pages.host), pages.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SeedwatchError(f"the pages did not answer in time at {pages.address}")


def _port(host: str, port: int) -> int:
    """A port that is free now; a taken one is found here, for Datasette would leave a traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SeedwatchError(
                f"the pages cannot listen on {host}:{port} ({error.strerror}): choose another [pages] port, "
                "0 takes a free one"
            ) from None
        return int(probe.getsockname()[1])


def _serve(words: Sequence[str]) -> None:
    """The process itself: watch for the end of its parent, then be Datasette. Logs warnings and worse only."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_memory(_MEMORY)
    logging.disable(logging.INFO)  # a line a request would drown the daemon's own log
    from datasette.cli import cli  # type: ignore[import-untyped]

    cli(list(words))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _serve(sys.argv[1:])
