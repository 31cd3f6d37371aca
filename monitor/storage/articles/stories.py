"""Stories with what tells them apart, found by their words; it must not judge what belongs together.

All of it is in indexed tables, so that a restart needs no rebuild, and a look-up costs the same few reads whether
there are a thousand stories or a million.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import ItemsView, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from math import sqrt

from monitor.model.story import ALGORITHM, StoryProfile, StoryVector
from monitor.storage.connection import Connection, Row, pack_list, pack_numbers
from monitor.storage.texts.word_counts import WordCounts
from monitor.storage.texts.word_weights import pack_counts, pack_weights, unpack_counts, unpack_weights
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp

# A word that more stories hold is a subject; those told last suffice, since events are told within days.
_HOLDERS = 32
_CANDIDATES = 12  # stories compared with one text: on the labelled events the right one is among the first three
# Profiles kept read, 4 to 20 kB each: a piece is compared with those told last, as the pieces before it were.
_READ = 512

_encode = json.JSONEncoder(ensure_ascii=False).encode


class _StoredWeights(Mapping[str, float]):
    """Weights as bytes, read when they are asked for: of a dozen profiles compared one is changed."""

    __slots__ = ("_found", "packed")

    def __init__(self, packed: bytes) -> None:
        self.packed = packed
        self._found: dict[str, float] | None = None

    def __getitem__(self, key: str) -> float:
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, float]:
        if self._found is None:
            self._found = unpack_weights(self.packed)
        return self._found

    def items(self) -> ItemsView[str, float]:
        return self._read().items()


# What a row says; the same values are given to all who ask, and nobody changes them.
@lru_cache(maxsize=_READ)
def _read_profile(
    story_id: int, texts: int, words: bytes, names: bytes, central: bytes, since: str | None, until: str | None
) -> StoryProfile:
    return StoryProfile(
        story_id=story_id,
        texts=texts,
        weights=unpack_weights(words),
        names=unpack_counts(names),
        central=_StoredWeights(central or words),
        since=parse_optional_stamp(since),
        until=parse_optional_stamp(until),
    )


class Stories:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self.word_counts = WordCounts(db)

    def candidates(self, vector: StoryVector) -> tuple[StoryProfile, ...]:
        """Stories that a text may belong to, those that share its most telling words first.

        A word counts the less the more stories hold it. Only profiles of the present algorithm come back.
        """
        shared: defaultdict[int, float] = defaultdict(float)
        rows = self.db.execute(
            "SELECT w.value AS word, (SELECT group_concat(story_id) FROM "
            "(SELECT story_id FROM story_words WHERE word = w.value ORDER BY touched DESC LIMIT ?)) AS held "
            "FROM json_each(?) AS w",
            (_HOLDERS, pack_list(vector.search_words)),
        ).fetchall()
        for row in rows:
            holders = row["held"].split(",") if row["held"] else []
            if holders:
                share = vector.weights[row["word"]] / sqrt(len(holders))
                for number in map(int, holders):
                    shared[number] += share
        likely = sorted(shared, reverse=True)  # of equal ones the newest first
        likely.sort(key=shared.__getitem__, reverse=True)
        del likely[_CANDIDATES:]
        return self._load_profiles(likely) if likely else ()

    def _load_profiles(self, numbers: Iterable[int]) -> tuple[StoryProfile, ...]:
        """The profiles of stories in the order given, without those of another algorithm."""
        rows = self.db.execute(
            "SELECT apart, story_id, texts, words, names, central, since, until FROM json_each(?) AS n "
            "CROSS JOIN story_profiles ON story_id = n.value "
            "WHERE algorithm = ? ORDER BY n.key",
            (pack_numbers(numbers), ALGORITHM),
        )
        return tuple(map(self._profile, rows.fetchall()))

    def profile(self, story_id: int) -> StoryProfile | None:
        """What tells a story from others; None where it was written by another algorithm, or never."""
        return next(iter(self._load_profiles((story_id,))), None)

    def save_profile(self, profile: StoryProfile, touched: int, *, fresh: bool = False) -> None:
        """Remember a profile in the place of an earlier one; `touched` is the article that was told last.

        `fresh`: the story has none yet.
        """
        if not fresh:
            self._unindex(profile.story_id)
        indexed = profile.search_words
        words = pack_weights(profile.weights)
        # Of one text, as most stories have, the sum is the vector of the most central one, and is written once.
        central = words if profile.central is profile.weights else _packed(profile.central)
        self.db.execute(
            "INSERT OR REPLACE INTO story_profiles "
            "(story_id, algorithm, texts, words, names, central, since, until, apart, touched, indexed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(profile.story_id, ALGORITHM, profile.texts),
                *(words, pack_counts(profile.names), b"" if central == words else central),
                *(format_optional_stamp(profile.since), format_optional_stamp(profile.until)),
                *(_encode(sorted(profile.apart)), touched, _encode(indexed)),
            ),
        )
        self.db.execute(
            "INSERT INTO story_words (word, touched, story_id) SELECT value, ?, ? FROM json_each(?)",
            (touched, profile.story_id, pack_list(indexed)),
        )

    def set_title(self, story_id: int, title: str) -> None:
        """Name a story after its most central piece."""
        self.db.execute("UPDATE stories SET title = ? WHERE id = ?", (title, story_id))

    def resolve(self, story_id: int) -> int:
        """The story that a number stands for now: the one into which it was merged, or itself."""
        while (
            row := self.db.execute(
                "SELECT merged_into FROM stories WHERE id = ? AND merged_into IS NOT NULL", (story_id,)
            ).fetchone()
        ) is not None:
            story_id = row["merged_into"]
        return story_id

    def merge(self, profile: StoryProfile, gone: int, *, article_id: int, similarity: float, now: datetime) -> None:
        """Move a story's articles and alerts into another, whose `profile` speaks for both from now on.

        The number of the story that is `gone` stays, and stands for the other; `article_id` brought them together.
        """
        kept = profile.story_id
        moved = self.db.execute("UPDATE articles SET story_id = ? WHERE story_id = ?", (kept, gone)).rowcount
        self.db.execute("UPDATE alerts SET story_id = ? WHERE story_id = ?", (kept, gone))
        self._unindex(gone)
        self.db.execute("DELETE FROM story_profiles WHERE story_id = ?", (gone,))
        self.db.execute("UPDATE stories SET merged_into = ? WHERE id = ?", (kept, gone))
        self._span(kept)
        self.save_profile(profile, article_id)
        self._record("merged", kept, gone, article_id, similarity, moved, now)

    def split(self, story_id: int, articles: Iterable[int], now: datetime) -> int:
        """Open a story with articles of another, and their alerts; its number. `parted` must follow."""
        cursor = self.db.execute(
            "INSERT INTO stories (title, first_at, last_at) SELECT title, ?, ? FROM stories WHERE id = ?",
            (format_stamp(now), format_stamp(now), story_id),
        )
        assert cursor.lastrowid is not None  # noqa: S101  an INSERT that did not raise made a row
        fresh = cursor.lastrowid
        for number in articles:
            self.db.execute("UPDATE articles SET story_id = ? WHERE id = ?", (fresh, number))
            self.db.execute("UPDATE alerts SET story_id = ? WHERE article_id = ?", (fresh, number))
        self._span(story_id)
        self._span(fresh)
        return fresh

    def record_split(
        self,
        left: StoryProfile,
        fresh: StoryProfile,
        article_id: int,
        *,
        similarity: float,
        articles: int,
        now: datetime,
    ) -> None:
        """Remember what tells the two stories apart from now on, and that one was parted from the other."""
        for profile in (left, fresh):
            (last,) = self.db.execute("SELECT max(id) FROM articles WHERE story_id = ?", (profile.story_id,)).fetchone()
            self.save_profile(profile, last)
        self._record("split", left.story_id, fresh.story_id, article_id, similarity, articles, now)

    def mute(self, story_id: int, now: datetime, until: datetime | None) -> None:
        """Tell nobody of a story, until a time or for good; an earlier mute of it is replaced."""
        self.db.execute(
            "UPDATE stories SET muted_at = ?, muted_until = ? WHERE id = ?",
            (format_stamp(now), format_optional_stamp(until), story_id),
        )

    def unmute(self, story_id: int) -> bool:
        """Tell of a story again; False where it was not muted."""
        return bool(
            self.db.execute(
                "UPDATE stories SET muted_at = NULL, muted_until = NULL WHERE id = ? AND muted_at IS NOT NULL",
                (story_id,),
            ).rowcount
        )

    def mute_reason(self, story_id: int | None, now: datetime) -> str | None:
        """Why nobody is told of a story at present, None where it is not muted."""
        row = self.db.execute(
            "SELECT muted_until FROM stories WHERE id = ? AND muted_at IS NOT NULL "
            "AND (muted_until IS NULL OR muted_until > ?)",
            (story_id, format_stamp(now)),
        ).fetchone()
        if row is None:
            return None
        until = f" until {row['muted_until'][:16].replace('T', ' ')} UTC" if row["muted_until"] else ""
        return f"a person muted story {story_id}{until}"

    def changes(self, story_id: int) -> list[Row]:
        """What was merged into a story, or parted from it, oldest first."""
        return list(
            self.db.execute(
                "SELECT * FROM story_changes WHERE story_id = ? OR other_id = ? ORDER BY id", (story_id, story_id)
            )
        )

    def _profile(self, row: Row) -> StoryProfile:
        apart, *values = row
        profile = _read_profile(*values)
        return profile if apart == "[]" else replace(profile, apart=self._resolve_all(apart))

    def _resolve_all(self, numbers: str) -> frozenset[int]:
        return frozenset(map(self.resolve, json.loads(numbers)))

    def _span(self, story_id: int) -> None:
        """First article and times of a story, after articles moved."""
        self.db.execute(
            "UPDATE stories SET (first_article_id, first_at, last_at) = "
            "(SELECT min(id), min(stored_at), max(stored_at) FROM articles WHERE story_id = stories.id) WHERE id = ?",
            (story_id,),
        )

    def _record(
        self, kind: str, story_id: int, other: int, article_id: int, similarity: float, articles: int, now: datetime
    ) -> None:
        self.db.execute(
            "INSERT INTO story_changes (at, kind, story_id, other_id, article_id, similarity, articles) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (format_stamp(now), kind, story_id, other, article_id, similarity, articles),
        )

    def _unindex(self, story_id: int) -> None:
        self.db.execute(
            "DELETE FROM story_words WHERE word IN (SELECT w.value FROM story_profiles, json_each(indexed) AS w "
            "WHERE story_id = :story) AND touched = (SELECT touched FROM story_profiles WHERE story_id = :story) "
            "AND story_id = :story",
            {"story": story_id},
        )


def _packed(weights: Mapping[str, float]) -> bytes:
    return weights.packed if isinstance(weights, _StoredWeights) else pack_weights(weights)
