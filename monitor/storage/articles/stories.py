"""Stories with what tells them apart, found by their words; it must not judge what belongs together.

All of it is in indexed tables, so that a restart needs no rebuild, and a look-up costs the same few reads whether
there are a thousand stories or a million.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from math import sqrt

from monitor.model.story import StoryProfile, StoryVector
from monitor.storage.connection import Connection, Row
from monitor.storage.texts.unwritten import Unwritten
from monitor.storage.timestamps import format_optional_stamp, format_stamp

_CANDIDATES = 12  # stories compared with one text: on the labelled events the right one is among the first three


class Stories:
    def __init__(self, db: Connection, unwritten: Unwritten) -> None:
        self.db = db
        self.word_counts = unwritten.word_counts
        self._index = unwritten.stories

    def candidates(self, vector: StoryVector) -> tuple[StoryProfile, ...]:
        """Stories that a text may belong to, those that share its most telling words first.

        A word counts the less the more stories hold it. Only profiles of the present algorithm come back.
        """
        shared: defaultdict[int, float] = defaultdict(float)
        words = vector.search_words
        for word, holders in zip(words, self._index.find_holders(words), strict=True):
            if holders:
                share = vector.weights[word] / sqrt(len(holders))
                for number in holders:
                    shared[number] += share
        likely = sorted(shared, reverse=True)  # of equal ones the newest first
        likely.sort(key=shared.__getitem__, reverse=True)
        del likely[_CANDIDATES:]
        return self._load_profiles(likely) if likely else ()

    def _load_profiles(self, numbers: Iterable[int]) -> tuple[StoryProfile, ...]:
        """The profiles of stories in the order given, without those of another algorithm."""
        return tuple([self._resolve_apart(profile) for profile in self._index.load(numbers)])

    def profile(self, story_id: int) -> StoryProfile | None:
        """What tells a story from others; None where it was written by another algorithm, or never."""
        return next(iter(self._load_profiles((story_id,))), None)

    def save_profile(self, profile: StoryProfile, touched: int, *, fresh: bool = False) -> None:
        """Remember a profile in the place of an earlier one; `touched` is the article that was told last.

        `fresh`: the story has none yet.
        """
        self._index.save(profile, touched, fresh=fresh)

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
        self._index.delete(gone)
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

    def _resolve_apart(self, profile: StoryProfile) -> StoryProfile:
        """The profile with the numbers that the stories apart have now."""
        if not profile.apart:
            return profile
        return replace(profile, apart=frozenset(map(self.resolve, profile.apart)))

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
