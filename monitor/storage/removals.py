"""Takes an article's texts out of every table for good and keeps it out; it must not decide what is to go.

What stays: the row with its address, names (`aliases`), hashes of its texts and times, so that the same piece is known
for removed wherever it turns up again on its site, and the record of the removal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.model.source import Entry
from monitor.storage.connection import Connection
from monitor.storage.sources.entry_json import encode_entry
from monitor.storage.texts.unwritten import Unwritten
from monitor.storage.timestamps import format_stamp, parse_stamp

REMOVED = "(removed)"  # stands where a headline has to stand
_OF_ARTICLE = ("revisions", "matches", "marks", "differences", "bands", "fingerprints")
# Columns of `articles` that tell of the text, with what they hold afterwards.
_BLANK = {
    **dict.fromkeys(("lead", "dateline_place", "dateline_raw", "agency", "attribution", "section", "image")),
    **dict.fromkeys(("complete_reason", "published_raw", "modified_raw", "similarity", "copy_of")),
    **dict.fromkeys(("authors", "tags", "notes", "background", "conflicts"), "[]"),
    "title": REMOVED,
    "text": "",
    "rungs": "{}",
    "words": 0,
}
_MERGE = 500  # pages of the full-text index that one step merges


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """The record of a removal; `versions` is how many texts the piece had."""

    article_id: int
    url: str
    removed_at: datetime
    reason: str | None
    versions: int


class Removals:
    def __init__(self, db: Connection, unwritten: Unwritten) -> None:
        self.db = db
        self._unwritten = unwritten

    def get(self, article_id: int) -> Removal | None:
        """The record of a removal."""
        row = self.db.execute(
            "SELECT article_id, url, removed_at, reason, versions FROM removals WHERE article_id = ?", (article_id,)
        ).fetchone()
        if row is None:
            return None
        return Removal(
            article_id=row["article_id"],
            url=row["url"],
            removed_at=parse_stamp(row["removed_at"]),
            reason=row["reason"],
            versions=row["versions"],
        )

    def list_names(self, article_id: int) -> tuple[str, ...]:
        """Every address and name by which an article is known."""
        rows = self.db.execute(
            "SELECT key FROM aliases WHERE article_id = :id UNION SELECT url FROM articles WHERE id = :id "
            "UNION SELECT url FROM links WHERE article_id = :id UNION SELECT key FROM links WHERE article_id = :id "
            "UNION SELECT final_url FROM fetches JOIN links ON links.id = link_id WHERE article_id = :id "
            "AND final_url IS NOT NULL",
            {"id": article_id},
        )
        return tuple(row["key"] for row in rows)

    def list_copies(self, article_id: int) -> tuple[str, ...]:
        """Addresses of pieces that repeat an article's text; they are articles of their own."""
        rows = self.db.execute("SELECT url FROM articles WHERE copy_of = ? ORDER BY id", (article_id,))
        return tuple(row["url"] for row in rows)

    def keep_out(self, article_id: int, reason: str | None, now: datetime) -> int:
        """Write the record, with the hashes of every text that the piece had; how many versions there were."""
        self.db.execute(
            "INSERT OR IGNORE INTO removed_texts (site, content_hash, article_id) "
            "SELECT site, content_hash, :id FROM (SELECT DISTINCT site FROM aliases WHERE article_id = :id), "
            "(SELECT content_hash FROM revisions WHERE article_id = :id "
            "UNION SELECT content_hash FROM articles WHERE id = :id)",
            {"id": article_id},
        )
        return int(
            self.db.execute(
                "INSERT INTO removals (article_id, url, removed_at, reason, versions) "
                "SELECT id, url, ?, ?, revision FROM articles WHERE id = ? RETURNING versions",
                (format_stamp(now), reason, article_id),
            ).fetchone()["versions"]
        )

    def erase_texts(self, article_id: int) -> None:
        """Take the text, its versions, and what was learned or judged of it out of the tables of articles."""
        self.db.execute(
            "UPDATE differences SET cut = '[]' WHERE article_id IN (SELECT id FROM articles WHERE copy_of = ?)",
            (article_id,),
        )
        self.db.execute("UPDATE articles SET copy_of = NULL, similarity = NULL WHERE copy_of = ?", (article_id,))
        self._unwritten.hand_over()
        for table in _OF_ARTICLE:
            self.db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608  names of ours
        self.db.execute("UPDATE departures SET reason = '' WHERE article_id = ?", (article_id,))
        assignments = ", ".join(f"{column} = ?" for column in _BLANK)
        self.db.execute(
            f"UPDATE articles SET {assignments}, content_hash = 'removed:' || id WHERE id = ?",  # noqa: S608
            (*_BLANK.values(), article_id),
        )

    def erase_links(self, article_id: int, names: Collection[str]) -> int:
        """Take out what was announced of a piece and the pages that were kept of it; how many links there are.

        The links stay, in the state "removed": they are neither fetched nor looked at again.
        """
        marks = ", ".join("?" * len(names))
        rows = self.db.execute(
            f"SELECT id FROM links WHERE article_id = ? OR url IN ({marks}) OR key IN ({marks})",  # noqa: S608
            (article_id, *names, *names),
        ).fetchall()
        for row in rows:
            self.erase_link(row["id"])
        return len(rows)

    def erase_link(self, link_id: int) -> None:
        """One link: what was announced, what its page was called, and its kept pages."""
        row = self.db.execute("SELECT url, key FROM links WHERE id = ?", (link_id,)).fetchone()
        self.db.execute(
            "UPDATE links SET state = 'removed', entry = ?, title = NULL, headline = NULL, reason = NULL, etag = NULL, "
            "last_modified = NULL, revisit_at = NULL, next_attempt_at = NULL WHERE id = ?",
            (encode_entry(Entry(url=row["url"], key=row["key"], endpoint="")), link_id),
        )
        self.db.execute("UPDATE fetches SET reason = NULL WHERE link_id = ?", (link_id,))
        digests = [
            one["digest"] for one in self.db.execute("SELECT digest FROM captures WHERE link_id = ?", (link_id,))
        ]
        self.db.execute("DELETE FROM captures WHERE link_id = ?", (link_id,))
        for digest in digests:
            self.db.execute(
                "DELETE FROM pages WHERE digest = :digest "
                "AND NOT EXISTS (SELECT 1 FROM captures WHERE digest = :digest)",
                {"digest": digest},
            )

    def list_alerts(self, article_id: int) -> list[tuple[str, bytes]]:
        """(id, body) of the alerts that may quote a piece: its own, those of its story, those that tell of them."""
        return [
            (row["id"], bytes(row["body"]))
            for row in self.db.execute(
                "SELECT id, body FROM alerts WHERE article_id = :id "
                "OR story_id = (SELECT story_id FROM articles WHERE id = :id) "
                "OR id IN (SELECT told_by FROM alerts WHERE article_id = :id UNION ALL "
                "SELECT reported_by FROM alerts WHERE article_id = :id)",
                {"id": article_id},
            )
        ]

    def replace_body(self, alert: str, body: bytes) -> None:
        """Another document in the place of an alert's, and nothing of what receivers answered."""
        self.db.execute("UPDATE alerts SET body = ? WHERE id = ?", (body, alert))
        self.db.execute("UPDATE attempts SET response = NULL WHERE alert_id = ?", (alert,))

    def hold_alerts(self, article_id: int) -> int:
        """Send no alert of a piece any more; how many waited."""
        return self.db.execute(
            "UPDATE alerts SET state = 'held', hold = NULL, release_at = NULL, next_attempt_at = NULL, lease = NULL, "
            "leased_until = NULL, reason = 'the article was removed' WHERE article_id = ? "
            "AND state IN ('pending', 'held')",
            (article_id,),
        ).rowcount

    def delete_sample(self, source: str, page: bytes) -> None:
        """A page of an outlet that templates are learned from."""
        self.db.execute("DELETE FROM samples WHERE source = ? AND page = ?", (source, page))

    def forget_story_words(self, story_id: int, words: Collection[str], *, counted: bool) -> None:
        """Drop what tells a story from others, and count the words of a text no more; a profile may follow."""
        self._forget_profile(story_id)
        self._unwritten.word_counts.take_back(words, whole=counted)

    def is_story_empty(self, story_id: int) -> bool:
        """Whether every text of a story was taken out."""
        rows = self.db.execute(
            "SELECT 1 FROM articles AS a WHERE story_id = ? "
            "AND NOT EXISTS (SELECT 1 FROM removals WHERE article_id = a.id) LIMIT 1",
            (story_id,),
        )
        return rows.fetchone() is None

    def forget_story(self, story_id: int) -> None:
        """Drop what tells a story without texts from others, and its headline; how common its words are stays known."""
        self._forget_profile(story_id)
        self.db.execute("UPDATE stories SET title = ? WHERE id = ?", (REMOVED, story_id))

    def _forget_profile(self, story_id: int) -> None:
        self._unwritten.hand_over()
        self.db.execute("DELETE FROM story_words WHERE story_id = ?", (story_id,))
        self.db.execute("DELETE FROM story_profiles WHERE story_id = ?", (story_id,))

    def sweep_index(self) -> bool:
        """One step of merging the full-text index, which keeps deleted words until then; False when it is done.

        https://www.sqlite.org/fts5.html#the_merge_command
        """
        before = self.db.total_changes
        self.db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('merge', ?)", (_MERGE,))
        return self.db.total_changes - before >= 2

    def begin_sweep(self) -> None:
        """Mark all of the full-text index for merging."""
        self.db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('merge', ?)", (-_MERGE,))

    def rewrite_file(self, path: Path) -> bool:
        """Write the whole file anew, without what was deleted, and cut the WAL; False where readers were in the way.

        Deleted words stay in free pages and in the gaps of others until then, whatever `secure_delete` says: it does
        not reach what was moved before. Needs as much room as the file has; others wait to write meanwhile. Raises
        DatabaseError where it cannot be done.
        """
        self.db.execute("VACUUM")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        wal = path.with_name(f"{path.name}-wal")
        return not wal.exists() or wal.stat().st_size == 0
