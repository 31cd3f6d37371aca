"""What a transaction has told of its texts and writes when it ends; it must not begin or end one."""

from __future__ import annotations

from monitor.storage.connection import Connection
from monitor.storage.texts.band_index import BandIndex
from monitor.storage.texts.seen_version import SeenVersion
from monitor.storage.texts.story_index import StoryIndex
from monitor.storage.texts.word_counts import WordCounts


class Unwritten:
    """Bands, stories and words of one connection.

    Other statements that read their tables come after `write`, those that write them after `hand_over`.
    """

    def __init__(self, db: Connection) -> None:
        self.seen = SeenVersion(db)
        self.bands = BandIndex(db)
        self.stories = StoryIndex(db, self.seen)
        self.word_counts = WordCounts(db, self.seen)
        self._parts: tuple[BandIndex | StoryIndex | WordCounts, ...] = (self.bands, self.stories, self.word_counts)

    def begin(self) -> None:
        """A transaction begins."""
        self.seen.begin()
        for part in self._parts:
            part.begin()

    def write(self) -> None:
        """Write what was told since this was called last, in the caller's transaction."""
        for part in self._parts:
            part.write()

    def hand_over(self) -> None:
        """Write what was told, and remember nothing: other statements write these tables next."""
        self.write()
        for part in self._parts:
            part.clear()

    def end(self) -> None:
        """The transaction was committed, all of it written before."""
        self.seen.end()

    def forget(self) -> None:
        """The transaction was rolled back, and with it what was read or written in it."""
        for part in self._parts:
            part.forget()

    def mark(self) -> tuple[tuple[int, int], ...]:
        """A part of the transaction begins; `forget_part` takes what this gives."""
        return tuple([part.mark() for part in self._parts])

    def forget_part(self, mark: tuple[tuple[int, int], ...]) -> None:
        """A part of the transaction was rolled back: what was told since `mark`, and what was written since."""
        for part, its in zip(self._parts, mark, strict=True):
            part.forget_part(its)
