"""The stored articles as they are judged and told again: a back-test reads them in order, a few hundred at a time.

It writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model.moment import Dateline, Moment, Precision
from monitor.model.page import Article
from monitor.model.topic import Evidence, Match
from monitor.storage.articles.story_growth import REPORTS
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_stamp

# When a piece came to us; what was there before has been news when it was published.
_AT = "CASE WHEN a.backlog THEN coalesce(a.published_at, a.first_seen_at) ELSE a.stored_at END"
# What is read of an article to judge it.
_READ = "id, url, source, title, lead, text, background, language, dateline_place"
_LAST = 2**63 - 1  # beyond every number of a row
_CHUNK = 500  # rows in memory at once; full texts, so a few megabytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A stored piece by its words: `article` has its title, lead, text, language and repeated paragraphs."""

    id: int
    source: str
    article: Article


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPiece(StoredText):
    """A stored piece with what alerts on it say; `article` as it was read last, as far as alerts tell of it."""

    content_hash: str
    revision: int
    story_id: int
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPiece(StoredText):
    """A stored piece as it is judged anew; `article` has its dateline's place, too.

    `day` is that of its publication (ISO 8601), of the first sight where the outlet gives no date. `mark` is what a
    person said of it for the topic asked for, None where nobody did.
    """

    day: str
    copy: bool
    mark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedPiece:
    """A verdict by which a topic accepts a piece, or did when it told of it; `terms` are those found.

    `at` is when the piece was settled; of what the outlet had before the watch began, when it was published.
    `began` is the revision it was first told of, `first_score` the score that it had at its first. `same_text`:
    it has the text of what it copies.
    """

    id: int
    at: datetime
    story_id: int
    source: str
    language: str | None
    title: str
    revision: int
    copy_of: int | None
    same_text: bool
    score: float
    terms: tuple[str, ...]
    began: int | None
    first_score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRevision:
    """A text that an outlet gave a piece; `score` is what an alert of it had, None where there was none.

    `ours`: the extractor made it. `repeats`: the earlier revision whose text it has again.
    """

    number: int
    at: datetime
    kinds: tuple[str, ...]
    substance: bool | None
    repeats: int | None
    ours: bool
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOpening:
    """How a stored piece begins, and the verdict that a topic gave on it when it came in; None where it gave none.

    `day` is that of its publication (ISO 8601), of the first sight where the outlet gives no date.
    """

    id: int
    day: str
    title: str
    lead: str | None
    opening: str
    match: Match | None


class Archive:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def pieces(self, topic: str, newest: int | None = None) -> Iterator[ArchivedPiece]:
        """The present text of every article but the seeds, oldest row first.

        Of a large archive only the `newest` so many by their day are read where that is given. No transaction is held
        between chunks, so a daemon beside is never kept from writing; what it adds meanwhile is read too.
        """
        last, since = 0, "" if newest is None else self._since(newest)
        while rows := self.db.execute(
            f"SELECT {_READ}, copy_of IS NOT NULL AS copy, "  # noqa: S608
            "substr(coalesce(published_at, first_seen_at), 1, 10) AS day, "
            "(SELECT verdict FROM marks WHERE article_id = articles.id AND topic = ?) AS mark "
            "FROM articles WHERE id > ? AND baseline = 0 AND coalesce(published_at, first_seen_at) >= ? "
            "ORDER BY id LIMIT ?",
            (topic, last, since, _CHUNK),
        ).fetchall():
            yield from map(_archived, rows)
            last = rows[-1]["id"]

    def count_pieces(self) -> int:
        """How many `pieces` there are."""
        return int(self.db.execute("SELECT count(*) AS n FROM articles WHERE baseline = 0").fetchone()["n"])

    def list_openings(self, topic: str, before: int | None, limit: int, size: int) -> list[JudgedOpening]:
        """So many pieces from the one stored last before the article `before` on, the newest first, seeds and copies
        left out; `size` characters of each text."""
        rows = self.db.execute(
            "SELECT a.id, substr(coalesce(a.published_at, a.first_seen_at), 1, 10) AS day, a.title, a.lead, "
            "substr(a.text, 1, ?) AS opening, m.score, m.threshold, m.matched, m.evidence FROM articles AS a "
            "LEFT JOIN matches AS m ON m.article_id = a.id AND m.topic = ? "
            "WHERE a.id < ? AND a.baseline = 0 AND a.copy_of IS NULL ORDER BY a.id DESC LIMIT ?",
            (size, topic, _LAST if before is None else before, limit),
        )
        return [_opening(row, topic) for row in rows]

    def find_piece(self, article_id: int) -> StoredText | None:
        """The present text of one article, None where there is none of that number."""
        row = self.db.execute(
            f"SELECT {_READ} FROM articles WHERE id = ?",  # noqa: S608
            (article_id,),
        ).fetchone()
        return None if row is None else StoredText(id=row["id"], source=row["source"], article=_judged(row))

    def list_newest_texts(self, newest: int) -> list[tuple[str, str | None, str]]:
        """Headline, lead and text of the `newest` so many articles, seeds and copies left out, newest first."""
        rows = self.db.execute(
            "SELECT title, lead, text FROM articles WHERE baseline = 0 AND copy_of IS NULL "
            "ORDER BY coalesce(published_at, first_seen_at) DESC, id DESC LIMIT ?",
            (newest,),
        )
        return [(row["title"], row["lead"], row["text"]) for row in rows]

    def count_texts(self, most: int) -> int:
        """How many articles there are, seeds and copies left out; `most` where there are more."""
        row = self.db.execute(
            "SELECT count(*) AS n FROM (SELECT 1 FROM articles WHERE baseline = 0 AND copy_of IS NULL LIMIT ?)", (most,)
        ).fetchone()
        return int(row["n"])

    def list_texts_since(self, since: datetime, newest: int) -> list[tuple[str, str | None, str, str]]:
        """Headline, lead, text and background (JSON) of the `newest` so many articles first seen since then."""
        rows = self.db.execute(
            "SELECT title, lead, text, background FROM articles WHERE baseline = 0 AND first_seen_at >= ? "
            "ORDER BY first_seen_at DESC, id DESC LIMIT ?",
            (format_stamp(since), newest),
        )
        return [(row["title"], row["lead"], row["text"], row["background"]) for row in rows]

    def list_accepted(self, topics: Sequence[str], since: datetime | None) -> list[AcceptedPiece]:
        """Every verdict by which one of the topics accepts a piece, or did when it told of it; seeds left out.

        By time and piece, the best verdict on a piece last.
        """
        marks = ", ".join("?" * len(topics))
        rows = self.db.execute(
            f"SELECT a.id, {_AT} AS at, a.story_id, a.source, a.language, a.title, a.revision, a.copy_of, "  # noqa: S608
            "a.content_hash = (SELECT content_hash FROM articles WHERE id = a.copy_of) AS same, "
            "m.topic, m.score, m.evidence, "
            "(SELECT min(revision) FROM alerts WHERE article_id = a.id AND topic = m.topic "
            "AND event IN ('article.matched', 'story.grew')) AS began, "
            "(SELECT score FROM alerts WHERE article_id = a.id AND topic = m.topic AND score IS NOT NULL "
            "AND event IN ('article.matched', 'story.grew') ORDER BY revision, created_at LIMIT 1) AS first_score "
            "FROM matches AS m JOIN articles AS a ON a.id = m.article_id "
            f"WHERE m.topic IN ({marks}) AND a.baseline = 0 AND (m.matched = 1 OR began IS NOT NULL) "
            f"AND {_AT} >= ? ORDER BY at, a.id, m.score, m.topic",
            (*topics, format_optional_stamp(since) or ""),
        )
        return [_accepted(row) for row in rows]

    def edits(self, article_id: int) -> list[PastRevision]:
        """The texts that an outlet gave a piece, in their order, the first among them."""
        rows = self.db.execute(
            "SELECT number, seen_at AS at, kinds, substance, repeats, cause, "
            "(SELECT score FROM alerts WHERE article_id = r.article_id AND revision = r.number AND score IS NOT NULL "
            "LIMIT 1) AS score FROM revisions AS r WHERE article_id = ? ORDER BY number",
            (article_id,),
        )
        return [
            PastRevision(
                number=row["number"],
                at=parse_stamp(row["at"]),
                kinds=tuple(json.loads(row["kinds"])),
                substance=None if row["substance"] is None else bool(row["substance"]),
                repeats=row["repeats"],
                ours=row["cause"] == "extractor",
                score=row["score"],
            )
            for row in rows
        ]

    def titles(self, story_id: int, until: datetime, but: int) -> list[str]:
        """The newest headlines that a story had by then, that of the article `but` left out."""
        rows = self.db.execute(
            f"SELECT title FROM articles AS a WHERE story_id = ? AND {_AT} <= ? AND id <> ? "  # noqa: S608
            "ORDER BY id DESC LIMIT ?",
            (story_id, format_stamp(until), but, REPORTS),
        )
        return [row["title"] for row in rows]

    def _since(self, newest: int) -> str:
        """The time from which on the `newest` so many pieces are; an empty text where there are no more."""
        row = self.db.execute(
            "SELECT coalesce(published_at, first_seen_at) AS at FROM articles WHERE baseline = 0 "
            "ORDER BY at DESC LIMIT 1 OFFSET ?",
            (newest - 1,),
        ).fetchone()
        return "" if row is None else str(row["at"])


def _opening(row: Row, topic: str) -> JudgedOpening:
    match = row["evidence"] is not None and Match(
        topic=topic,
        score=row["score"],
        threshold=row["threshold"],
        matched=bool(row["matched"]),
        evidence=tuple(Evidence(**item) for item in json.loads(row["evidence"])),
    )
    return JudgedOpening(
        id=row["id"],
        day=row["day"],
        title=row["title"],
        lead=row["lead"],
        opening=row["opening"],
        match=match or None,
    )


def article_of_row(row: Row) -> Article:
    """A row of `articles`, as far as its words matter."""
    return Article(
        url=row["url"],
        identity=None,
        title=row["title"],
        lead=row["lead"],
        text=row["text"],
        language=row["language"],
        background=tuple((start, end) for start, end in json.loads(row["background"])),
    )


def piece_of_row(row: Row) -> StoredPiece:
    """A whole row of `articles`."""
    published = row["published_at"] and Moment(
        at=parse_stamp(row["published_at"]),
        raw=row["published_raw"],
        zone=row["published_zone"],
        precision=Precision(row["published_precision"]),
        carrier=row["published_from"],
    )
    article = replace(
        article_of_row(row),
        identity=row["identity"],
        published=published,
        agency=row["agency"],
        complete=row["complete"],
        complete_reason=row["complete_reason"],
        rungs=json.loads(row["rungs"]),
    )
    return StoredPiece(
        id=row["id"],
        source=row["source"],
        article=article,
        content_hash=row["content_hash"],
        revision=row["revision"],
        story_id=row["story_id"],
        first_seen_at=parse_stamp(row["first_seen_at"]),
    )


def _judged(row: Row) -> Article:
    """What verdicts are given on."""
    place = row["dateline_place"]
    dateline = Dateline(place=place, month=None, day=None, agency=None, raw=place) if place else None
    return replace(article_of_row(row), dateline=dateline)


def _archived(row: Row) -> ArchivedPiece:
    return ArchivedPiece(
        id=row["id"],
        source=row["source"],
        article=_judged(row),
        day=row["day"],
        copy=bool(row["copy"]),
        mark=row["mark"],
    )


def _accepted(row: Row) -> AcceptedPiece:
    return AcceptedPiece(
        id=row["id"],
        at=parse_stamp(row["at"]),
        story_id=row["story_id"],
        source=row["source"],
        language=row["language"],
        title=row["title"],
        revision=row["revision"],
        copy_of=row["copy_of"],
        same_text=bool(row["same"]),
        score=row["score"],
        terms=tuple(item["term"] for item in json.loads(row["evidence"])),
        began=row["began"],
        first_score=row["first_score"],
    )
