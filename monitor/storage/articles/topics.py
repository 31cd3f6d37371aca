"""Topics as loaded and the matches of articles with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from monitor.model.topic import NEAR, Evidence, Match, TopicCounts
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_stamp, parse_optional_stamp, parse_stamp

if TYPE_CHECKING:  # it brings the tables of word frequencies along
    from monitor.topics.learning.emerging_terms import EmergingReport

_encode = json.JSONEncoder(ensure_ascii=False).encode
_EVIDENCE = tuple(field.name for field in fields(Evidence))
_values = attrgetter(*_EVIDENCE)
_EXAMPLES = 3  # pieces kept of a term that is proposed


class Topics:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def record_profile(self, name: str, profile_hash: str, threshold: float, terms: int, now: datetime) -> None:
        """Note the profile a topic runs with."""
        self.db.execute(
            "INSERT INTO topics (name, profile_hash, threshold, terms, loaded_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET profile_hash = excluded.profile_hash, "
            "threshold = excluded.threshold, terms = excluded.terms, loaded_at = excluded.loaded_at "
            "WHERE topics.profile_hash IS NOT excluded.profile_hash OR topics.threshold IS NOT excluded.threshold",
            (name, profile_hash, threshold, terms, format_stamp(now)),
        )

    def list_hashes(self) -> dict[str, str]:
        """By topic that was loaded, what it matched by."""
        return {row["name"]: row["profile_hash"] for row in self.db.execute("SELECT name, profile_hash FROM topics")}

    def has_told(self, name: str) -> bool:
        """Whether any alert is of a topic."""
        return self.db.execute("SELECT 1 FROM alerts WHERE topic = ? LIMIT 1", (name,)).fetchone() is not None

    def rename(self, old: str, new: str) -> None:
        """Everything that is kept under one name stands under another; of what both have, the first one's stays.

        Keys are checked at the end of the caller's transaction only: matches name their topic.
        """
        self.db.execute("PRAGMA defer_foreign_keys = ON")
        self.db.execute("UPDATE OR IGNORE topics SET name = ? WHERE name = ?", (new, old))
        self.db.execute("DELETE FROM topics WHERE name = ?", (old,))
        tables = self.db.execute(
            "SELECT t.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c "
            "WHERE t.type = 'table' AND c.name = 'topic' ORDER BY t.name"
        ).fetchall()
        for table in tables:  # a topic of that name may have been marked once, and be gone since
            self.db.execute(f"UPDATE OR REPLACE {table['name']} SET topic = ? WHERE topic = ?", (new, old))  # noqa: S608

    def record(self, article_id: int, revision: int, matches: Iterable[Match], now: datetime) -> None:
        """The verdicts on one revision; they replace those on an earlier one.

        Of many topics only some have a verdict: what an earlier revision had of the others goes, too.
        """
        at = format_stamp(now)
        if revision > 1:
            self.db.execute("DELETE FROM matches WHERE article_id = ? AND revision < ?", (article_id, revision))
        self.db.executemany(
            "INSERT OR REPLACE INTO matches "
            "(article_id, topic, revision, score, threshold, matched, evidence, missing, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    article_id,
                    match.topic,
                    revision,
                    match.score,
                    match.threshold,
                    match.matched,
                    _encode([dict(zip(_EVIDENCE, _values(evidence), strict=True)) for evidence in match.evidence]),
                    _encode(match.missing),
                    at,
                )
                for match in matches
            ],
        )

    def matched(self, article_id: int) -> frozenset[str]:
        """The topics that accept the article's present revision."""
        rows = self.db.execute("SELECT topic FROM matches WHERE article_id = ? AND matched = 1", (article_id,))
        return frozenset(row["topic"] for row in rows)

    def verdicts(self, article_id: int) -> list[Row]:
        """All rows of `matches` for an article, best first."""
        return list(
            self.db.execute("SELECT * FROM matches WHERE article_id = ? ORDER BY score DESC, topic", (article_id,))
        )

    def matches(self, article_id: int) -> tuple[Match, ...]:
        """The verdicts on an article's present revision, best first."""
        return tuple(
            Match(
                topic=row["topic"],
                score=row["score"],
                threshold=row["threshold"],
                matched=bool(row["matched"]),
                evidence=tuple(Evidence(**evidence) for evidence in json.loads(row["evidence"])),
            )
            for row in self.verdicts(article_id)
        )

    def summarize(self, since: datetime) -> list[Row]:
        """Every topic that was loaded, with its matches of pieces first seen `since` then, and its newest match."""
        return list(
            self.db.execute(
                "SELECT t.name, t.threshold, t.terms, t.loaded_at, "
                "(SELECT count(*) FROM matches AS m JOIN articles AS a ON a.id = m.article_id WHERE m.topic = t.name "
                "AND m.matched = 1 AND m.at >= :since AND a.first_seen_at >= :since AND a.baseline = 0) AS matched, "
                "(SELECT m.at FROM matches AS m CROSS JOIN articles AS a ON a.id = m.article_id WHERE m.topic = t.name "
                "AND m.matched = 1 AND a.baseline = 0 ORDER BY m.at DESC LIMIT 1) AS last_at "
                "FROM topics AS t ORDER BY t.name",
                {"since": format_stamp(since)},
            )
        )

    def count_pieces(self, topic: str, since: datetime, until: datetime) -> TopicCounts:
        """The pieces that came in from `since` to before `until`: those that name the topic, those that match.

        A piece names it that has two fifths of the threshold, as one of its rarer names gives
        (topics/learning/emerging_terms.py). Seeds and what an outlet had before count for neither.
        """
        row = self.db.execute(
            "SELECT count(*) AS named, coalesce(sum(m.matched), 0) AS matched FROM matches AS m "
            "JOIN articles AS a ON a.id = m.article_id WHERE m.topic = ? AND m.matched IN (0, 1) AND m.at >= ? "
            "AND m.at < ? AND (m.matched OR m.score >= ? * m.threshold) AND a.baseline = 0 AND a.backlog = 0",
            (topic, format_stamp(since), format_stamp(until), NEAR),
        ).fetchone()
        return TopicCounts(named=row["named"], matched=row["matched"])

    def add_version(
        self, topic: str, *, pieces: int, threshold: float, changes: Iterable[str], profile: str, now: datetime
    ) -> None:
        """Keep the text of a profile that was weighed anew against so many pieces, and one line per change."""
        self.db.execute(
            "INSERT INTO profile_versions (topic, made_at, pieces, threshold, changes, profile) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (topic, format_stamp(now), pieces, threshold, json.dumps(list(changes), ensure_ascii=False), profile),
        )

    def loaded_at(self, topic: str) -> datetime | None:
        """When the profile that a topic runs with was loaded first; None for a topic never loaded."""
        row = self.db.execute("SELECT loaded_at FROM topics WHERE name = ?", (topic,)).fetchone()
        return None if row is None else parse_stamp(row["loaded_at"])

    def list_suggestion_times(self) -> dict[str, datetime | None]:
        """By topic that was loaded, when terms were last looked for, in vain or not; None where never."""
        rows = self.db.execute(
            "SELECT t.name, coalesce(s.failed_at, s.made_at) AS tried_at FROM topics AS t "
            "LEFT JOIN suggestions AS s ON s.topic = t.name"
        )
        return {row["name"]: parse_optional_stamp(row["tried_at"]) for row in rows}

    def keep_suggestions(self, topic: str, found: EmergingReport, now: datetime) -> None:
        """Keep what has come up beside a topic, in place of what was found before; a topic never loaded has none."""
        self.db.execute(
            "INSERT OR REPLACE INTO suggestions (topic, made_at, since, until, matched, named, other, reason, terms) "
            "SELECT name, ?, ?, ?, ?, ?, ?, ?, ? FROM topics WHERE name = ?",
            (
                *(format_stamp(now), found.since, found.until, found.matched, found.named, found.other, found.reason),
                json.dumps(
                    [
                        {**asdict(term), "pieces": [int(piece) for piece in term.pieces[:_EXAMPLES]]}
                        for term in found.terms
                    ],
                    ensure_ascii=False,
                ),
                topic,
            ),
        )

    def note_failed_look(self, topic: str, reason: str, now: datetime) -> None:
        """Keep why terms could not be looked for; what was found before stays, with its days."""
        self.db.execute(
            "INSERT INTO suggestions (topic, made_at, matched, named, other, terms, failed_at, reason) "
            "SELECT name, ?1, 0, 0, 0, '[]', ?1, ?2 FROM topics WHERE name = ?3 "
            "ON CONFLICT (topic) DO UPDATE SET failed_at = excluded.failed_at, reason = excluded.reason",
            (format_stamp(now), reason, topic),
        )

    def list_suggested_weights(self, topic: str) -> dict[str, float]:
        """By term that was found beside a topic, the weight proposed."""
        row = self.db.execute("SELECT terms FROM suggestions WHERE topic = ?", (topic,)).fetchone()
        return {} if row is None else {term["term"]: term["weight"] for term in json.loads(row["terms"])}

    def replace_terms(self, topic: str, terms: Iterable[tuple[str, str, float, tuple[str, ...]]]) -> None:
        """Keep what a topic looks for, in place of what it looked for before: (kind, term, weight, seeds) each."""
        self.db.execute("DELETE FROM topic_terms WHERE topic = ?", (topic,))
        self.db.executemany(
            "INSERT OR REPLACE INTO topic_terms (topic, kind, term, weight, seeds) VALUES (?, ?, ?, ?, ?)",
            [
                (topic, kind, term, weight, json.dumps(list(seeds), ensure_ascii=False))
                for kind, term, weight, seeds in terms
            ],
        )
