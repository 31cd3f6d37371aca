"""The daemon as people run it, for tests: a process of its own in a folder with a configuration, and what it said."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from sys import executable
from typing import Any

from sqlite_utils.utils import sqlite3

from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.receiver import Receiver

ROOT = Path(__file__).resolve().parents[1]
SEEDWATCH = str(Path(executable).with_name("seedwatch"))
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DEADLINE = 180.0  # seconds for anything a daemon is waited for; a healthy one needs a few, on a busy machine many
STOP = 10.0  # RELIABILITY R4


def wait_until(condition: Callable[[], Any], deadline: float = DEADLINE) -> Any:
    """The first true value of `condition`, which is asked again and again until `deadline` seconds have gone."""
    end = time.monotonic() + deadline
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {deadline} s"
        time.sleep(0.05)
    return found


def find_pages(pid: int) -> int | None:
    """The process that serves the pages of a daemon, whichever of its threads started it."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            if b"monitor.daemon.pages_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
    return None


class Daemon:
    """A running `seedwatch run`; `lines` is what it has said on stderr so far."""

    def __init__(self, config: Path, *options: str, log: tuple[str, ...] = ()) -> None:
        command = [SEEDWATCH, "--config", str(config), *log, "run", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as words:
            self.lines.extend(words)

    def said(self, words: str) -> str:
        """The first line with these words, waited for."""
        return str(wait_until(lambda: self.process.poll() is not None or self.found(words)) and self.found(words))

    def found(self, words: str) -> str | None:
        return next((line for line in tuple(self.lines) if words in line), None)

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        """SIGTERM and the exit code; fails where that takes longer than it may."""
        self.process.terminate()
        code = self.process.wait(STOP)
        self._reader.join()
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()


class House:
    """A folder with a configuration, and the newsroom and receiver that it names."""

    def __init__(self, folder: Path, newsroom: Newsroom, receiver: Receiver, stack: ExitStack) -> None:
        self.newsroom = newsroom
        self.receiver = receiver
        self.config = folder / "config.toml"
        self.database = folder / "db" / "seedwatch.db"
        self._stack = stack
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        (folder / "receiver.secret").write_text(SECRET)
        (folder / "receiver.secret").chmod(0o600)

    def configure(self, *outlets: str, extra: str = "", alert_backlog: bool = True) -> None:
        """Write config.toml with these outlets of the newsroom, polled as rarely as can be."""
        tables = self.newsroom.sources()
        words = [extra]
        for name in outlets:
            table = {**tables[name], "every": "20h", "alert_backlog": alert_backlog}
            words += [f"[sources.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
        words += ["[fetch]", 'allow = ["127.0.0.1"]', "delay = 0", "[topics.karabakh]", 'seeds = "seeds"']
        words += ["[channels.desk]", 'kind = "webhook"', f'url = "{self.receiver.address}"']
        words += ['secret_file = "receiver.secret"', "[alerts.desk]", 'topics = ["karabakh"]', 'channels = ["desk"]']
        words += ["[pages]", "port = 0"]
        self.config.write_text("\n".join(words) + "\n")

    def run(self, *options: str) -> Daemon:
        daemon = Daemon(self.config, *options)
        self._stack.callback(daemon.close)
        daemon.said("event=start")
        return daemon

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SEEDWATCH, "--config", str(self.config), *words], capture_output=True, text=True, timeout=DEADLINE
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        db = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return [tuple(row) for row in db.execute(query)]
        finally:
            db.close()

    def asked(self, outlet: str, path: str) -> int:
        """How often that address of an outlet was asked for."""
        return sum(logged.path.split("?")[0] == path for logged in self.newsroom.outlets[outlet].log)
