"""How long a poll's lease lasts by the agent's own reckoning, which is never longer than the desk's."""

from __future__ import annotations

from monitor.clock import measure_elapsed


class LeaseClock:
    """The lease of one poll, or of a crawl of the desk's own process, which nobody takes away (`until` None).

    Reckoned by a clock that nobody sets, from when the lease was asked for: the desk reckons from later.
    """

    def __init__(self, until: float | None = None) -> None:
        """`until` is by `measure_elapsed`."""
        self._until = until

    def extend(self, asked: float, seconds: float) -> None:
        """The desk holds the lease for `seconds` after it was asked at `asked`."""
        if self._until is not None:
            self._until = max(self._until, asked + seconds)

    def lapse(self) -> None:
        """The desk has said that the poll is nobody's, or another's."""
        if self._until is not None:
            self._until = 0.0

    @property
    def lapsed(self) -> bool:
        """Whether the lease has run out."""
        return not self.lasts(0.0)

    def lasts(self, seconds: float) -> bool:
        """Whether it holds for so long from now on."""
        return self._until is None or measure_elapsed() + seconds < self._until
