"""The names of articles, each with the site that stated it, and whose articles are; it must not decide.

A name that different texts of one site claim has lost its meaning there, and is kept as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.storage.connection import Connection, pack_list
from monitor.storage.timestamps import format_stamp, parse_stamp
from monitor.text.urls import is_web_url, strip_scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedName:
    """A name that different texts of one site claim; `texts`: how many articles were found to, the first among them."""

    key: str
    texts: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """What is known of names that a site states: whose each is, and those that lost their meaning there.

    `articles` gives the number of the article, and whether it was asked for under the name. `removed`: one of them, or
    the text, is that of a piece that was removed for good. `printed`: an article has the text.
    """

    articles: Mapping[str, tuple[int, bool]]
    shared: frozenset[str]
    removed: bool
    printed: bool

    def find_article(self, keys: Iterable[str], *, asked: bool) -> int | None:
        """The oldest article that is called so; `asked`: that was asked for so."""
        found = (self.articles[key] for key in keys if key in self.articles)
        return min((number for number, was_asked in found if was_asked or not asked), default=None)


class Names:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def look_up(self, names: Iterable[str], site: str, content_hash: str) -> KnownNames:
        """What is known of names that a site states, and of a text, in one read."""
        rows = self.db.execute(
            "SELECT n.value AS name, s.key IS NOT NULL AS shared, a.article_id, a.asked, "
            "r.article_id IS NOT NULL AS removed FROM json_each(:names) AS n "
            "LEFT JOIN shared_names AS s ON s.site = :site AND s.key = n.value "
            "LEFT JOIN aliases AS a ON a.key = n.value AND a.site = :site "
            "LEFT JOIN removals AS r ON r.article_id = a.article_id UNION ALL "
            "SELECT NULL, 0, (SELECT id FROM articles WHERE content_hash = :hash LIMIT 1), 0, "
            "EXISTS (SELECT 1 FROM removed_texts WHERE site = :site AND content_hash = :hash)",
            {"names": pack_list(dict.fromkeys(names)), "site": site, "hash": content_hash},
        ).fetchall()
        named = [row for row in rows if row["name"] is not None]
        return KnownNames(
            articles={
                row["name"]: (row["article_id"], bool(row["asked"])) for row in named if row["article_id"] is not None
            },
            shared=frozenset(row["name"] for row in named if row["shared"]),
            removed=any(row["removed"] for row in rows),
            printed=rows[-1]["article_id"] is not None,
        )

    def add(self, article_id: int, keys: Iterable[str], stated: Iterable[str] = (), *, site: str = "") -> None:
        """Remember names by which a site calls this article; a name never moves to another article.

        It was asked for under `keys`; `stated` are what its page calls it.
        """
        asked = dict.fromkeys(keys)
        names = dict.fromkeys((*asked, *stated))
        self.db.execute(
            "INSERT INTO aliases (key, site, article_id, asked) SELECT value, ?, ?, key < ? FROM json_each(?) "
            "WHERE true ON CONFLICT (key, site) "
            "DO UPDATE SET asked = max(asked, excluded.asked) WHERE article_id = excluded.article_id",
            (site, article_id, len(asked), pack_list(names)),
        )

    def share(self, names: Iterable[str], site: str, article_id: int, now: datetime) -> tuple[str, ...]:
        """Note that another text claims these names of an article; those by which the article was known.

        `count_shared` counts the other text.

        An article keeps a name under which it was asked for; one that it only stated is no address of its any more.
        """
        claimed, lost = [], []
        for name in dict.fromkeys(names):
            known = self.db.execute(
                "SELECT asked FROM aliases WHERE key = ? AND site = ? AND article_id = ?", (name, site, article_id)
            ).fetchone()
            if known is None:
                continue
            claimed.append(name)
            self.db.execute(
                "INSERT INTO shared_names (site, key, texts, first_at, last_at) VALUES (?, ?, 1, ?, ?) "
                "ON CONFLICT (site, key) DO NOTHING",
                (site, name, format_stamp(now), format_stamp(now)),
            )
            if not known["asked"]:
                lost.append(name)
                self.db.execute("DELETE FROM aliases WHERE key = ? AND site = ?", (name, site))
        self._restore_address(article_id, site, lost)
        return tuple(claimed)

    def _restore_address(self, article_id: int, site: str, lost: list[str]) -> None:
        """Put the address at which an article was asked for in the place of one that it only claimed."""
        if self.address(article_id) not in lost:
            return
        rows = self.db.execute(
            "SELECT key FROM aliases WHERE article_id = ? AND site = ? AND asked = 1", (article_id, site)
        )
        asked = {row["key"] for row in rows}
        links = self.db.execute("SELECT url FROM links WHERE article_id = ? ORDER BY id", (article_id,))
        own = next((row["url"] for row in links if strip_scheme(row["url"]) in asked), None)
        if own is None:  # it was read through a redirect only
            own = min((key for key in asked if is_web_url(key)), default=None)
        if own is not None:
            self.db.execute("UPDATE articles SET url = ? WHERE id = ?", (own, article_id))

    def count_shared(self, names: Iterable[str], site: str, now: datetime) -> None:
        """One more article was stored whose page claims these names."""
        self.db.executemany(
            "UPDATE shared_names SET texts = texts + 1, last_at = ? WHERE site = ? AND key = ?",
            [(format_stamp(now), site, name) for name in dict.fromkeys(names)],
        )

    def shared(self, site: str, limit: int) -> tuple[SharedName, ...]:
        """The names that lost their meaning on a site, the most claimed first."""
        rows = self.db.execute(
            "SELECT * FROM shared_names WHERE site = ? ORDER BY texts DESC, key LIMIT ?", (site, limit)
        )
        return tuple(
            SharedName(
                key=row["key"],
                texts=row["texts"],
                first_at=parse_stamp(row["first_at"]),
                last_at=parse_stamp(row["last_at"]),
            )
            for row in rows
        )

    def is_identity_taken(self, identity: str) -> bool:
        """Whether an article has this identity."""
        return self.db.execute("SELECT 1 FROM articles WHERE identity = ?", (identity,)).fetchone() is not None

    def is_address_taken(self, url: str) -> bool:
        """Whether an article has this address."""
        return self.db.execute("SELECT 1 FROM articles WHERE url = ? LIMIT 1", (url,)).fetchone() is not None

    def is_asked(self, article_id: int, url: str, site: str) -> bool:
        """Whether an article was asked for at an address, in whatever spelling."""
        row = self.db.execute(
            "SELECT 1 FROM aliases WHERE key = ? AND site = ? AND article_id = ? AND asked = 1",
            (strip_scheme(url), site, article_id),
        ).fetchone()
        return row is not None

    def is_number_taken(self, alert: str, article_id: int) -> bool:
        """Whether the alert of this id is about another article."""
        row = self.db.execute("SELECT article_id FROM alerts WHERE id = ?", (alert,)).fetchone()
        return row is not None and row["article_id"] != article_id

    def owner(self, article_id: int) -> tuple[str, bool]:
        """The source of an article, and whether it is backlog."""
        row = self.db.execute("SELECT source, backlog FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row["source"], bool(row["backlog"])

    def hand_to(self, article_id: int, source: str, *, backlog: bool) -> None:
        """The article is this source's, and backlog or not, from now on."""
        self.db.execute("UPDATE articles SET source = ?, backlog = ? WHERE id = ?", (source, backlog, article_id))

    def address(self, article_id: int) -> str:
        """The address of an article."""
        return str(self.db.execute("SELECT url FROM articles WHERE id = ?", (article_id,)).fetchone()["url"])

    def is_hinted(self, article_id: int, source: str, *, besides: str) -> bool:
        """Whether links led to an article, and its source has announced none of them, but for the address `besides`."""
        row = self.db.execute(
            "SELECT 1 FROM links WHERE article_id = :id AND NOT EXISTS (SELECT 1 FROM links CROSS JOIN sightings "
            "ON link_id = links.id CROSS JOIN endpoints ON endpoints.id = endpoint_id "
            "WHERE article_id = :id AND endpoints.source = :source AND links.url <> :besides) LIMIT 1",
            {"id": article_id, "source": source, "besides": besides},
        ).fetchone()
        return row is not None

    def put_address(self, article_id: int, url: str, *, asked: str, source: str) -> None:
        """Give an article the address `url` of a page, where its source has announced what was asked for."""
        self.db.execute(
            "UPDATE articles SET url = ? WHERE id = ? AND EXISTS (SELECT 1 FROM links CROSS JOIN sightings "
            "ON link_id = links.id CROSS JOIN endpoints ON endpoints.id = endpoint_id "
            "WHERE links.url = ? AND endpoints.source = ?)",
            (url, article_id, asked, source),
        )

    def replace_hinted_address(self, article_id: int, url: str, source: str) -> None:
        """Give an article the address `url` that its source announced, where it has one that only others announced."""
        spelled = strip_scheme(self.address(article_id))
        rows = self.db.execute(
            "SELECT links.url, max(endpoints.source = ?) AS own FROM links JOIN sightings ON link_id = links.id "
            "JOIN endpoints ON endpoints.id = endpoint_id WHERE article_id = ? GROUP BY links.id",
            (source, article_id),
        )
        announced = [bool(row["own"]) for row in rows if strip_scheme(row["url"]) == spelled]
        if announced and not any(announced):
            self.db.execute("UPDATE articles SET url = ? WHERE id = ?", (url, article_id))

    def copied(self, article_id: int) -> tuple[int | None, bool]:
        """The article that this one copies, None where it copies none, and whether their texts are equal."""
        row = self.db.execute(
            "SELECT a.copy_of, a.content_hash = o.content_hash AS equal FROM articles AS a "
            "LEFT JOIN articles AS o ON o.id = a.copy_of WHERE a.id = ?",
            (article_id,),
        ).fetchone()
        return row["copy_of"], bool(row["equal"])
