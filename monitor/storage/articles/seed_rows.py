"""Seed articles in the database that no folder holds any more, and topics that no configuration names: removed."""

from __future__ import annotations

from collections.abc import Collection

from monitor.storage.connection import Connection
from monitor.storage.texts.unwritten import Unwritten

_OF_ARTICLE = ("aliases", "revisions", "matches", "marks", "differences", "bands", "fingerprints")
_OF_TOPIC = ("matches", "topic_terms", "suggestions")


class SeedRows:
    """`seed:TOPIC/FILE` is the identity of a seed article."""

    def __init__(self, db: Connection, unwritten: Unwritten) -> None:
        self.db = db
        self._unwritten = unwritten

    def remove_absent(self, topic: str, files: Collection[str]) -> int:
        """Remove the seeds of a topic that are not among these files any more; how many there were.

        One that an alert or a change of stories names stays: what was told must stay explained.
        """
        return self._remove([number for number, owner, file in self._list() if owner == topic and file not in files])

    def remove_topics_except(self, topics: Collection[str]) -> dict[str, int]:
        """Remove what the database keeps of topics that are configured no more; by their names, of how many pieces
        they had matched the verdict went.

        Their seeds, verdicts and terms go; what people marked stays, for it was their work, and so do alerts.
        """
        gone = [row["name"] for row in self.db.execute("SELECT name FROM topics") if row["name"] not in topics]
        self._remove([number for number, owner, _ in self._list() if owner not in topics])
        found = {}
        for name in gone:
            (matched,) = self.db.execute(
                "SELECT count(*) FROM matches WHERE topic = ? AND matched = 1", (name,)
            ).fetchone()
            for table in _OF_TOPIC:
                self.db.execute(f"DELETE FROM {table} WHERE topic = ?", (name,))  # noqa: S608  names of ours
            self.db.execute("DELETE FROM topics WHERE name = ?", (name,))
            found[name] = matched
        return found

    def rename_topic(self, old: str, new: str) -> None:
        """The seeds of a topic are those of a topic of another name, which has none yet."""
        for number, owner, file in self._list():
            if owner == old:
                name = f"seed:{new}/{file}"
                taken = "UPDATE OR IGNORE articles SET identity = ?1, url = ?1 WHERE id = ?2"
                if self.db.execute(taken, (name, number)).rowcount:
                    self.db.execute(
                        "UPDATE OR REPLACE aliases SET key = replace(key, ?, ?) WHERE article_id = ?",
                        (f"seed:{owner}/{file}", name, number),
                    )

    def _list(self) -> list[tuple[int, str, str]]:
        """(number, topic, file) of every seed article."""
        rows = self.db.execute("SELECT id, identity FROM articles WHERE source = 'seeds' AND baseline = 1").fetchall()
        found = []
        for row in rows:
            owner, _, file = str(row["identity"]).removeprefix("seed:").partition("/")
            found.append((row["id"], owner, file))
        return found

    def _remove(self, numbers: Collection[int]) -> int:
        return sum(self._remove_one(number) for number in numbers)

    def _remove_one(self, number: int) -> bool:
        told = self.db.execute(
            "SELECT 1 FROM alerts WHERE article_id = :id UNION ALL SELECT 1 FROM story_changes WHERE article_id = :id",
            {"id": number},
        ).fetchone()
        if told is not None:
            return False
        story = self.db.execute("SELECT story_id FROM articles WHERE id = ?", (number,)).fetchone()["story_id"]
        self._unwritten.hand_over()
        for table in _OF_ARTICLE:
            self.db.execute(f"DELETE FROM {table} WHERE article_id = ?", (number,))  # noqa: S608  names of ours
        self.db.execute("UPDATE articles SET copy_of = NULL, similarity = NULL WHERE copy_of = ?", (number,))
        self.db.execute("DELETE FROM articles WHERE id = ?", (number,))
        self._remove_story(story)
        return True

    def _remove_story(self, story: int) -> None:
        """Remove a story that no article tells any more, unless others point at it."""
        pointed = self.db.execute(
            "SELECT 1 FROM articles WHERE story_id = :id UNION ALL SELECT 1 FROM alerts WHERE story_id = :id "
            "UNION ALL SELECT 1 FROM story_changes WHERE :id IN (story_id, other_id) "
            "UNION ALL SELECT 1 FROM stories WHERE merged_into = :id",
            {"id": story},
        ).fetchone()
        if pointed is None:
            self.db.execute("DELETE FROM story_words WHERE story_id = ?", (story,))
            self.db.execute("DELETE FROM story_profiles WHERE story_id = ?", (story,))
            self.db.execute("DELETE FROM stories WHERE id = ?", (story,))
