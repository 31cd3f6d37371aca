"""When each job of the scheduler ended well last, and how often it did not; it must not know what a job does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from monitor.model.vitals import TaskPulse


class JobPulse:
    """`elapsed` gives seconds that nobody can set."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._ended: dict[str, float] = {}
        self._failures: Counter[str] = Counter()

    def expect(self, name: str) -> None:
        """A job that will run from now on."""
        self._ended[name] = self._elapsed()

    def end_well(self, name: str) -> None:
        """It ran."""
        self._ended[name] = self._elapsed()

    def fail(self, name: str) -> None:
        """It ended in an error."""
        self._failures[name] += 1

    def list_tasks(self) -> tuple[TaskPulse, ...]:
        """The jobs by name."""
        now = self._elapsed()
        return tuple(
            TaskPulse(name=name, silent=now - ended, failures=self._failures[name])
            for name, ended in sorted(self._ended.items())
        )
