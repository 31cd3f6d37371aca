"""Articles with their revisions, aliases and stories, and the one read that identity decisions need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

from monitor.model.identity import Decision, Edit, NearArticle, Recall, RevisionText, Signature, StoredArticle, Version
from monitor.model.page import PageToSettle, PieceNames, Reading
from monitor.storage.articles.archive import StoredPiece, piece_of_row
from monitor.storage.articles.names import KnownNames, Names
from monitor.storage.connection import Connection, Row, pack_list, pack_numbers
from monitor.storage.texts.reading_columns import encode_conflicts, list_columns
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp

_STORED = "id, url, source, revision, title, content_hash, published_at, story_id, baseline, backlog"
# Equal texts beyond this many are one much-copied wire; the window rule needs the nearest few only.
_SAME_TEXT = 20
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReading:
    """What reading an article's page gave last; `rungs` says which carrier gave each field."""

    title: str
    text: str
    rungs: Mapping[str, str]


class Articles:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self._names = Names(db)

    def recall(self, keys: Iterable[str], content_hash: str, *, names: Iterable[str] = (), site: str = "") -> Recall:
        """What is known of a piece: by the keys under which it was asked for, else by what its page names it; by text.

        A key counts as such for the article that was asked for under it before; that a page states it is a name.
        `site` is the one that served it: what another site calls by these names is none of its pieces.
        """
        asked, stated = tuple(keys), tuple(names)
        found = self._names.look_up((*asked, *stated), site, content_hash)
        return self.recall_named(found, asked, content_hash, names=stated)

    def recall_named(
        self, found: KnownNames, keys: Iterable[str], content_hash: str, *, names: Iterable[str] = ()
    ) -> Recall:
        """As `recall`, of names and a text that were looked up."""
        asked = tuple(keys)
        number = found.find_article(asked, asked=True)
        addressed = number is not None
        number = number or found.find_article((*asked, *names), asked=False)
        known = self._load(number) if number else None
        topics: frozenset[str] = frozenset()
        before: Version | None = None
        texts: tuple[RevisionText, ...] = ()
        read_by, cut = ("", ""), False
        if known is not None:
            told = self.db.execute(
                "SELECT topic FROM matches WHERE article_id = :id AND matched = 1 UNION "
                "SELECT topic FROM alerts WHERE article_id = :id AND topic IS NOT NULL",
                {"id": known.id},
            )
            topics = frozenset(match["topic"] for match in told)
            before, cut, texts = self._texts(known)
            read_by = self.read_by(known.id)
        same: list[Row] = []
        if found.printed:
            same = self.db.execute(
                f"SELECT {_STORED} FROM articles WHERE content_hash = ? AND copy_of IS NULL "  # noqa: S608
                "ORDER BY id DESC LIMIT ?",
                (content_hash, _SAME_TEXT),
            ).fetchall()
        return Recall(
            known=known,
            addressed=addressed,
            known_topics=topics,
            before=before,
            texts=texts,
            read_by=read_by,
            cut=cut,
            same_text=tuple(_stored(row) for row in same)[::-1],
        )

    def _load(self, article_id: int) -> StoredArticle:
        return _stored(self.db.execute(f"SELECT {_STORED} FROM articles WHERE id = ?", (article_id,)).fetchone())  # noqa: S608

    def list_like(self, content_hash: str, source: str, originals: Iterable[int]) -> tuple[StoredArticle, ...]:
        """A source's articles with a text, and those that copy one of `originals`; the latest few, first to last."""
        of = tuple(originals)
        found = "SELECT id FROM articles WHERE content_hash = ?"
        if of:  # an empty list would be looked for in every article
            found += f" UNION SELECT id FROM articles WHERE copy_of IN ({', '.join('?' * len(of))})"  # noqa: S608
        rows = self.db.execute(
            f"SELECT {_STORED} FROM articles WHERE id IN ({found}) AND +source = ? ORDER BY id DESC LIMIT ?",  # noqa: S608
            (content_hash, *of, source, _SAME_TEXT),
        )
        return tuple(_stored(row) for row in rows)[::-1]

    def read_by(self, article_id: int) -> tuple[str, str]:
        """The extractor that read an article last, "" where that was not noted, and the rung that gave its text."""
        row = self.db.execute("SELECT extractor, rungs FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row["extractor"] or "", json.loads(row["rungs"]).get("text", "")

    def _texts(self, known: StoredArticle) -> tuple[Version, bool, tuple[RevisionText, ...]]:
        """The text a known article has now, whether that is a part of its piece only, and every one it has had."""
        now = self.db.execute("SELECT title, lead, text, complete FROM articles WHERE id = ?", (known.id,)).fetchone()
        rows = self.db.execute(
            "SELECT number, title, content_hash, repeats FROM revisions WHERE article_id = ? ORDER BY number",
            (known.id,),
        )
        texts = tuple(
            RevisionText(
                number=row["number"], title=row["title"], content_hash=row["content_hash"], repeats=row["repeats"]
            )
            for row in rows
        )
        return Version(title=now["title"], lead=now["lead"], text=now["text"]), now["complete"] == "no", texts

    def load_similar(self, found: Mapping[int, Signature]) -> tuple[NearArticle, ...]:
        """The articles of these signatures, with the originals of those that are copies themselves."""
        if not found:
            return ()
        rows = self.db.execute(
            f"SELECT {_STORED}, copy_of FROM articles WHERE id IN (SELECT value FROM json_each(:found) "  # noqa: S608
            "UNION SELECT copy_of FROM articles WHERE id IN (SELECT value FROM json_each(:found)))",
            {"found": pack_numbers(found)},
        )
        stored = {row["id"]: (_stored(row), row["copy_of"]) for row in rows}
        return tuple(
            NearArticle(article=article, original=stored[copy_of or number][0], signature=signature)
            for number, signature in found.items()
            for article, copy_of in [stored[number]]
        )

    def add(
        self,
        page: PageToSettle,
        names: PieceNames,
        now: datetime,
        *,
        copy_of: StoredArticle | None = None,
        similarity: float | None = None,
        story_id: int | None = None,
    ) -> int:
        """A new article with its first revision and its names, in the story given or in one that it opens.

        `copy_of`: what it copies, with that `similarity`, where it copies anything.
        """
        reading, article = page.reading, page.reading.article
        story_id = self.open_story(article.title, now) if story_id is None else story_id
        published = article.published
        columns = {
            "url": article.url,
            "identity": article.identity,
            "source": page.source,
            "baseline": page.baseline,
            "backlog": page.backlog,
            "copy_of": copy_of.id if copy_of else None,
            "similarity": similarity,
            "story_id": story_id,
            "published_at": format_optional_stamp(published.at if published else None),
            "published_raw": published.raw if published else None,
            "published_zone": published.zone if published else None,
            "published_precision": published.precision if published else None,
            "published_from": published.carrier if published else None,
            "conflicts": encode_conflicts(article),
            "first_seen_at": format_stamp(page.first_seen_at),
            "stored_at": format_stamp(now),
            **list_columns(reading),
        }
        cursor = self.db.execute(_insert_article(tuple(columns)), (*columns.values(), pack_list(names.keys)))
        assert cursor.lastrowid is not None  # noqa: S101  an INSERT that did not raise made a row
        article_id = cursor.lastrowid
        self.db.execute("INSERT INTO unindexed (article_id) VALUES (?)", (article_id,))
        self.db.execute(
            "UPDATE stories SET first_article_id = coalesce(first_article_id, ?), last_at = max(last_at, ?), "
            "articles = articles + ? WHERE id = ?",
            (article_id, format_stamp(now), not page.baseline, story_id),
        )
        self._keep_revision(article_id, 1, reading, now)
        self._names.add(article_id, names.keys, names.stated, site=names.site)
        if article.day_first is not None:
            self.db.execute(
                "INSERT INTO date_orders (source, day_first, dates) VALUES (?, ?, 1) "
                "ON CONFLICT (source, day_first) DO UPDATE SET dates = dates + 1",
                (page.source, article.day_first),
            )
        return article_id

    def date_orders(self, source: str) -> dict[bool, int]:
        """How many articles of a source proved that it puts the day first (True), and the month (False)."""
        rows = self.db.execute("SELECT day_first, dates FROM date_orders WHERE source = ?", (source,))
        return {bool(row["day_first"]): row["dates"] for row in rows}

    def revise(
        self, known: StoredArticle, reading: Reading, names: PieceNames, decision: Decision, now: datetime
    ) -> int:
        """A later text of a known article, with what it changed; returns the revision's number."""
        number = known.revision + 1
        # The text it had so far stood with the article only.
        self.db.execute(
            "UPDATE revisions SET text = (SELECT text FROM articles WHERE id = article_id) "
            "WHERE article_id = ? AND number = ? AND text = ''",
            (known.id, known.revision),
        )
        columns = {"revision": number, **list_columns(reading)}
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self.db.execute(f"UPDATE articles SET {assignments} WHERE id = ?", (*columns.values(), known.id))  # noqa: S608
        self._keep_revision(known.id, number, reading, now, decision.edit, decision.repeats)
        if decision.ours:
            self.mark_extractor_revision(known.id)
        self._names.add(known.id, names.keys, names.stated, site=names.site)
        return number

    def set_extractor(self, article_id: int, extractor: str) -> None:
        """The present extractor reads an article's text as it stands: what differs later is the outlet's."""
        self.db.execute(
            "UPDATE articles SET extractor = ? WHERE id = ? AND extractor IS NOT ?", (extractor, article_id, extractor)
        )

    def mark_extractor_revision(self, article_id: int) -> None:
        """Mark an article's latest revision as ours: the outlet changed nothing, we read its page better."""
        self.db.execute(
            "UPDATE revisions SET cause = 'extractor' WHERE article_id = :id "
            "AND number = (SELECT revision FROM articles WHERE id = :id)",
            {"id": article_id},
        )

    def open_story(self, title: str, now: datetime) -> int:
        """A story without articles, for one that is added next; its number."""
        cursor = self.db.execute(
            "INSERT INTO stories (title, first_at, last_at) VALUES (?, ?, ?)",
            (title, format_stamp(now), format_stamp(now)),
        )
        assert cursor.lastrowid is not None  # noqa: S101  an INSERT that did not raise made a row
        return cursor.lastrowid

    def _keep_revision(
        self,
        article_id: int,
        number: int,
        reading: Reading,
        now: datetime,
        edit: Edit | None = None,
        repeats: int | None = None,
    ) -> None:
        """A row without the text: that is the article's, for as long as it is its latest."""
        article = reading.article
        self.db.execute(
            "INSERT INTO revisions (article_id, number, title, lead, text, content_hash, modified_at, seen_at, kinds, "
            "substance, changes, repeats) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?)",
            (
                article_id,
                number,
                article.title,
                article.lead,
                reading.content_hash,
                format_optional_stamp(article.modified.at if article.modified else None),
                format_stamp(now),
                _encode(edit.kinds) if edit else "[]",
                edit.substance if edit else None,
                _encode([asdict(change) for change in edit.changes]) if edit else "[]",
                repeats,
            ),
        )

    def story_of(self, article_id: int) -> int:
        """The story an article belongs to."""
        row = self.db.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()
        return int(row["story_id"])

    def count_since(self, since: datetime) -> dict[str, int]:
        """Articles stored since then, copies among them, and how many a topic accepts; baseline left out."""
        row = self.db.execute(
            "SELECT count(*) AS articles, coalesce(sum(copy_of IS NOT NULL), 0) AS copies, "
            "coalesce(sum(EXISTS (SELECT 1 FROM matches WHERE article_id = id AND matched = 1)), 0) AS matched "
            "FROM articles WHERE stored_at >= ? AND baseline = 0",
            (format_stamp(since),),
        ).fetchone()
        return dict(row)

    def totals(self) -> dict[str, int]:
        """Over all time, baseline left out: links found, articles stored, duplicates, later revisions, matched."""
        row = self.db.execute(
            "SELECT (SELECT count(*) FROM links) AS found, count(*) AS stored, "
            "coalesce(sum(copy_of IS NOT NULL), 0) AS duplicates, coalesce(sum(revision - 1), 0) AS revisions, "
            "coalesce(sum(id IN (SELECT article_id FROM matches WHERE matched = 1)), 0) AS matched "
            "FROM articles WHERE baseline = 0"
        ).fetchone()
        return dict(row)

    def list_newest(self) -> dict[str, str | None]:
        """By source, when its newest article was published, as far as it says; a stamp."""
        rows = self.db.execute(
            "SELECT name, (SELECT max(published_at) FROM articles WHERE source = name) AS at FROM sources"
        )
        return {row["name"]: row["at"] for row in rows}

    def find(self, text: str) -> Row | None:
        """The article of a URL, a key or a number."""
        row: Row | None = self.db.execute(
            "SELECT * FROM articles WHERE id IN (SELECT article_id FROM aliases WHERE key = ? UNION ALL "
            "SELECT id FROM articles WHERE url = ? UNION ALL SELECT CAST(? AS INTEGER)) ORDER BY id LIMIT 1",
            (text, text, text if text.isdigit() else None),
        ).fetchone()
        return row

    def load(self, text: str) -> StoredPiece | None:
        """What is stored of a URL, a key or a number."""
        row = self.find(text)
        return None if row is None else piece_of_row(row)

    def load_last_reading(self, key: str, *, site: str = "") -> LastReading | None:
        """How the article that a site calls `key` was read last."""
        row = self.db.execute(
            "SELECT title, text, rungs FROM articles WHERE id = "
            "(SELECT article_id FROM aliases WHERE key = ? AND site = ?)",
            (key, site),
        ).fetchone()
        return (
            None if row is None else LastReading(title=row["title"], text=row["text"], rungs=json.loads(row["rungs"]))
        )

    def revisions(self, article_id: int) -> list[Row]:
        """What is known of every text of an article, first to last; the texts themselves are in the view `texts`."""
        return list(self.db.execute("SELECT * FROM revisions WHERE article_id = ? ORDER BY number", (article_id,)))


@lru_cache(maxsize=1)
def _insert_article(columns: tuple[str, ...]) -> str:
    return (
        f"INSERT INTO articles ({', '.join(columns)}, not_before) VALUES ({', '.join('?' * len(columns))}, "  # noqa: S608
        # what an endpoint had listed as newest before it listed the link of one of its keys
        "(SELECT max(not_before) FROM links WHERE key IN (SELECT value FROM json_each(?))))"
    )


def _stored(row: Row) -> StoredArticle:
    return StoredArticle(
        id=row["id"],
        url=row["url"],
        source=row["source"],
        revision=row["revision"],
        title=row["title"],
        content_hash=row["content_hash"],
        published_at=parse_optional_stamp(row["published_at"]),
        story_id=row["story_id"],
        quiet=bool(row["baseline"] or row["backlog"]),
        baseline=bool(row["baseline"]),
    )
