"""Who printed one text, what each of them changed in it, a story's pieces and a piece's place; it must not compare."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.identity.first_report import Appearance
from monitor.identity.independent_sources import count_independent_sources
from monitor.model.identity import Decision, Difference
from monitor.model.source import NAMELESS
from monitor.storage.articles.archive import StoredText, article_of_row
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import parse_optional_stamp, parse_stamp

# When a piece was there at the latest: when its outlet says it came, without a date when we saw it first. A date that
# is a day only begins at midnight: by that every such outlet would have been first.
_AT = """
    CASE WHEN a.published_precision IN ('day', 'month')
         THEN min(a.first_seen_at, strftime('%Y-%m-%dT%H:%M:%fZ', a.published_at, '+1 ' || a.published_precision))
         ELSE coalesce(a.published_at, a.first_seen_at) END AS at
"""
_PIECES = f"""
    SELECT a.id, a.url, a.source, a.title, a.agency, a.copy_of, a.similarity, {_AT}, d.added, d.cut,
           a.published_at, a.published_precision
      FROM articles AS a LEFT JOIN differences AS d ON d.article_id = a.id
     WHERE a.id IN ({{}}) ORDER BY at, a.id LIMIT :limit
"""  # noqa: S608  constants
# Seeds, which nobody reported to us, make up a story only while it has no other piece.
_REPORTED = "baseline = 0 OR NOT EXISTS (SELECT 1 FROM articles WHERE story_id = {} AND baseline = 0)"
_OF_A_STORY = _PIECES.format(
    f"SELECT id FROM articles WHERE story_id = :of AND ({_REPORTED.format(':of')})"  # noqa: S608  constants
)
_OF_A_TEXT = _PIECES.format("SELECT :of UNION ALL SELECT id FROM articles WHERE copy_of = :of")

# A poll goes on while pages are fetched: one that ended before is the last look without the piece. A link may stand
# long before its page does: then the fetch before the one that gave the piece is.
_APPEARANCES = """
    SELECT a.source, a.stored_at,
           CASE WHEN a.published_zone <> 'assumed' AND a.published_precision IN ('second', 'minute', 'hour')
                THEN a.published_at END AS claimed_at,
           nullif(max(
             coalesce((SELECT started_at FROM polls WHERE source = a.source AND outcome IN ('ok', 'partial')
               AND started_at < a.first_seen_at AND finished_at < a.first_seen_at
               ORDER BY started_at DESC LIMIT 1), ''),
             coalesce((SELECT at FROM links JOIN fetches ON link_id = links.id WHERE links.article_id = a.id
               AND at <= a.stored_at ORDER BY at DESC LIMIT 1 OFFSET 1), '')
           ), '') AS looked_at
      FROM articles AS a
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPosition:
    """Which report of its story an article is, from how many outlets, and who had it first."""

    story_id: int
    report: int
    outlets: int
    independent: int  # sources: one wire in twelve outlets is one
    first_source: str
    first_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPiece:
    """A piece of which a (rule, channel) `pair` has an alert that is sent or to be told.

    `content_hash` is that of the text as it was told, None where that revision is kept no more; `present`: that is its
    text still.
    """

    pair: tuple[str, str]
    article_id: int
    url: str
    appearance: Appearance
    content_hash: str | None
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryReport(StoredText):
    """A piece of a story that copies no other, and when it came out."""

    at: datetime


class Provenance:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def save_difference(self, article_id: int, found: Difference) -> None:
        """Remember what a near-copy adds to its original and cuts from it, in the place of an earlier finding."""
        self.db.execute(
            "INSERT OR REPLACE INTO differences (article_id, added, cut) VALUES (?, ?, ?)",
            (article_id, json.dumps(found.added, ensure_ascii=False), json.dumps(found.cut, ensure_ascii=False)),
        )

    def set_original(self, article_id: int, found: Decision) -> None:
        """An article copies what was found from now on, or nothing; what it adds to that is to be found anew."""
        self.db.execute(
            "UPDATE articles SET copy_of = ?, similarity = ? WHERE id = ?",
            (found.of.id if found.of else None, found.similarity, article_id),
        )
        self.db.execute("DELETE FROM differences WHERE article_id = ?", (article_id,))

    def original_text(self, article_id: int) -> str | None:
        """The present text of the article that this one is a near-copy of; None where it is none."""
        row = self.db.execute(
            "SELECT o.text FROM articles AS a JOIN articles AS o ON o.id = a.copy_of "
            "WHERE a.id = ? AND a.content_hash != o.content_hash",
            (article_id,),
        ).fetchone()
        return None if row is None else str(row["text"])

    def list_family(self, article_id: int, limit: int) -> list[Row]:
        """Articles that carry one text, this one's or its original's, the earliest first."""
        row = self.db.execute("SELECT coalesce(copy_of, id) AS id FROM articles WHERE id = ?", (article_id,)).fetchone()
        return [] if row is None else list(self.db.execute(_OF_A_TEXT, {"of": row["id"], "limit": limit}))

    def has_printed(self, original: int, source: str, article_id: int) -> bool:
        """Whether an outlet had printed a text, an original's or a copy's, before this article."""
        row = self.db.execute(
            "SELECT 1 FROM articles WHERE (id = :of OR copy_of = :of) AND source = :source AND id < :id LIMIT 1",
            {"of": original, "source": source, "id": article_id},
        ).fetchone()
        return row is not None

    def list_told(self, original: int, *, besides: int) -> tuple[ToldPiece, ...]:
        """The pieces of one text, an original and its copies, that rules were told of; each as often as they were."""
        rows = self.db.execute(
            "SELECT DISTINCT rule, channel, a.id, a.url, alerts.revision = a.revision AS present, r.content_hash "
            "FROM articles AS a JOIN alerts ON alerts.article_id = a.id "
            "LEFT JOIN revisions AS r ON r.article_id = a.id AND r.number = alerts.revision "
            "WHERE (a.id = :of OR a.copy_of = :of) AND a.id <> :besides "
            "AND (state <> 'held' OR release_at IS NOT NULL)",
            {"of": original, "besides": besides},
        ).fetchall()
        appearances = {number: self.load_appearance(number) for number in {row["id"] for row in rows}}
        return tuple(
            ToldPiece(
                pair=(row["rule"], row["channel"]),
                article_id=row["id"],
                url=row["url"],
                appearance=appearances[row["id"]],
                content_hash=row["content_hash"],
                present=bool(row["present"]),
            )
            for row in rows
        )

    def get_content_hash(self, article_id: int) -> str:
        """The hash of an article's present text."""
        return str(self.db.execute("SELECT content_hash FROM articles WHERE id = ?", (article_id,)).fetchone()[0])

    def load_appearance(self, article_id: int) -> Appearance:
        """When a piece came out."""
        return _appearance(self.db.execute(f"{_APPEARANCES} WHERE a.id = ?", (article_id,)).fetchone())

    def list_copies(self, article_ids: Iterable[int]) -> tuple[int, ...]:
        """The numbers of all articles that carry the texts of these, each once, in their order."""
        found = {
            row["id"]
            for number in article_ids
            for row in self.db.execute(
                "SELECT c.id FROM articles AS a JOIN articles AS c ON coalesce(a.copy_of, a.id) IN (c.id, c.copy_of) "
                "WHERE a.id = ?",
                (number,),
            )
        }
        return tuple(sorted(found))

    def list_original_reports(self, story_id: int, without: Collection[int] = ()) -> list[StoryReport]:
        """The reports of a story that copy no other, with their texts, but for some numbers; first stored first."""
        rows = self.db.execute(
            "SELECT a.id, a.source, a.url, a.title, a.lead, a.text, a.language, a.background, "  # noqa: S608
            f"{_AT} FROM articles AS a WHERE story_id = ? AND copy_of IS NULL ORDER BY a.id",
            (story_id,),
        )
        return [
            StoryReport(
                id=row["id"],
                source=row["source"],
                article=article_of_row(row),
                at=parse_stamp(row["at"]),
            )
            for row in rows
            if row["id"] not in without
        ]

    def pieces(self, story_id: int, limit: int) -> list[Row]:
        """A story's articles, the earliest first; its seeds only where there is nothing else."""
        return list(self.db.execute(_OF_A_STORY, {"of": story_id, "limit": limit}))

    def story(self, story_id: int) -> Row | None:
        """A story with how many articles, outlets and independent texts it has, counted as `standing` counts."""
        row: Row | None = self.db.execute(
            "SELECT s.id, s.title, s.merged_into, count(a.id) AS articles, "  # noqa: S608
            "count(DISTINCT iif(a.source = :nameless, a.id, a.source)) AS outlets, "
            "count(DISTINCT coalesce(a.copy_of, a.id)) AS texts "
            f"FROM stories AS s LEFT JOIN articles AS a ON a.story_id = s.id AND ({_REPORTED.format('s.id')}) "
            "WHERE s.id = :story GROUP BY s.id",
            {"story": story_id, "nameless": NAMELESS},
        ).fetchone()
        return row

    def standing(self, article_id: int) -> StoryPosition:
        """An article's place in its story as it is now; seeds, which nobody reported to us, do not count."""
        rows = self.db.execute(
            f"SELECT a.id, story_id, source, coalesce(copy_of, a.id) AS text, {_AT} FROM articles AS a "  # noqa: S608
            "WHERE story_id = (SELECT story_id FROM articles WHERE id = :id) AND (baseline = 0 OR a.id = :id) "
            "ORDER BY at, a.id",
            {"id": article_id},
        ).fetchall()
        return StoryPosition(
            story_id=rows[0]["story_id"],
            report=sum(row["id"] <= article_id for row in rows),
            outlets=len({_outlet(row) for row in rows}),
            independent=count_independent_sources((_outlet(row), row["text"]) for row in rows),
            first_source=rows[0]["source"],
            first_at=parse_stamp(rows[0]["at"]),
        )


def _outlet(row: Row) -> str:
    """Whose a piece is; a document of nobody's is an outlet of its own."""
    return f"{NAMELESS} {row['id']}" if row["source"] == NAMELESS else str(row["source"])


def _appearance(row: Row) -> Appearance:
    return Appearance(
        source=row["source"],
        claimed=parse_optional_stamp(row["claimed_at"]),
        seen_at=parse_stamp(row["stored_at"]),
        looked_at=parse_optional_stamp(row["looked_at"]),
    )
