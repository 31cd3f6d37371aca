"""CPU seconds and memory of a process and all it started, from /proc; looked at a few times a second."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 8  # looks between two readings of the memory, which cost the kernel more than the rest
_AGAIN = 40  # looks after which a process of another session is looked at again: its number may be another's by then


class ProcessTree:
    """Of a process that lives shorter than the time between two looks only what its parent waited for is counted."""

    def __init__(self) -> None:
        self._ticks: dict[int, int] = {}
        self._before: dict[int, int] = {}
        self._foreign: set[str] = set()  # numbers of processes of other sessions
        self._looks = 0
        self.peak_bytes = 0

    def reset(self) -> None:
        """Count from here."""
        self._before, self.peak_bytes = dict(self._ticks), 0

    @property
    def cpu_seconds(self) -> float:
        """Of all processes seen since the last reset."""
        return sum(ticks - self._before.get(pid, 0) for pid, ticks in self._ticks.items()) / _TICKS

    def look(self, session: int) -> None:
        """Count every process of a session (a process started with start_new_session leads one)."""
        total, weigh = 0, self._looks % _EVERY == 0
        if self._looks % _AGAIN == 0:
            self._foreign.clear()
        self._looks += 1
        for name in os.listdir("/proc"):
            if not name.isdecimal() or name in self._foreign:
                continue
            folder = Path("/proc", name)
            with suppress(OSError, IndexError, ValueError):
                fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                if int(fields[3]) != session:
                    self._foreign.add(name)
                    continue
                self._ticks[int(name)] = int(fields[11]) + int(fields[12])
                total += _read_memory(folder) if weigh else 0
        self.peak_bytes = max(self.peak_bytes, total)


def _read_memory(process: Path) -> int:
    """Bytes of a process, what it shares with others divided among them (Pss), so that forked workers count once."""
    for line in (process / "smaps_rollup").read_text("utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
