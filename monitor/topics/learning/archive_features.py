"""The archive of a topic's outlets as learning counts it, once for all topics of a language; no store is read here."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.text.words.tokens import split_tokens
from monitor.topics.shares.text_features import Features, count_features, make_passages

NEWEST = 2_000  # pieces of an archive that are read: a hundred are enough, more than this change nothing


class ArchiveFeatures:
    """Pieces of an archive, each as headline, lead and text."""

    def __init__(self, pieces: Sequence[tuple[str, str | None, str]], day: str) -> None:
        """`day` is the ISO date on which they were read."""
        self.day = day
        self._pieces = pieces
        self._counted: dict[str, tuple[Features, ...]] = {}

    def count(self, language: str) -> tuple[Features, ...]:
        """The features of every piece, read in one language; counted once."""
        if language not in self._counted:
            self._counted[language] = tuple(
                count_features(
                    make_passages(
                        (
                            (title, split_tokens(title)),
                            (lead or "", split_tokens(lead or "")),
                            (text, split_tokens(text)),
                        )
                    ),
                    language,
                )
                for title, lead, text in self._pieces
            )
        return self._counted[language]


NO_ARCHIVE = ArchiveFeatures((), "")
