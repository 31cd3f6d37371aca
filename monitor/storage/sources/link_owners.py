"""Who a link belongs to: which sources announced it, who fetches it, and its change of hands; it must not decide trust.

A link is one address for all sources. `links.source` is the announcer that fetches it, `sightings` are all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model.source import Entry
from monitor.storage.connection import Connection, Row
from monitor.storage.sources.entry_json import encode_entry
from monitor.storage.timestamps import format_optional_stamp, format_stamp
from monitor.text.urls import normalize_url

# (source, address) → whether the source speaks for the address's site
SpeaksFor = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWord:
    """A source announced for the first time a link that had led to an article before.

    `asked` is the address at which it was fetched. `backlog`: its announcement says that the piece was there before.
    `own`: the source speaks for the address's site.
    """

    link: int
    article_id: int
    source: str
    entry: Entry
    asked: str
    backlog: bool
    own: bool


class LinkOwners:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def find(self, entry: Entry) -> Row | None:
        """The link of an announced key or address, whoever announced it."""
        row: Row | None = self.db.execute(
            "SELECT id, key, source, url, state, article_id FROM links WHERE key = :key OR url = :url "
            "ORDER BY key <> :key LIMIT 1",
            {"key": entry.key, "url": entry.url},
        ).fetchone()
        return row

    def match(self, entry: Entry, source: str, speaks_for: SpeaksFor) -> tuple[Entry, Row | None]:
        """The link that a source announces, None where it is new, and the announcement under a key that is its own.

        The user's rules may give two outlets' pieces one id: the link it names on another site is not this one.
        """
        row = self.find(entry)
        if row is None or speaks_for(source, row["url"]) or not speaks_for(source, entry.url):
            return entry, row
        entry = replace(entry, key=normalize_url(entry.url))
        return entry, self.find(entry)

    def is_heard(self, link_id: int, source: str) -> bool:
        """Whether any endpoint of a source has announced the link."""
        row = self.db.execute(
            "SELECT 1 FROM sightings JOIN endpoints ON endpoints.id = endpoint_id "
            "WHERE link_id = ? AND endpoints.source = ? LIMIT 1",
            (link_id, source),
        ).fetchone()
        return row is not None

    def is_active(self, source: str) -> bool:
        """Whether a source is asked at all: configured, switched on, not paused."""
        row = self.db.execute(
            "SELECT 1 FROM sources WHERE name = ? AND enabled = 1 AND paused_at IS NULL", (source,)
        ).fetchone()
        return row is not None

    def present(self, link_id: int) -> tuple[str, bool, int]:
        """The source that has the link by now, whether it is backlog, and how often it was answered."""
        row = self.db.execute("SELECT source, backlog, answers FROM links WHERE id = ?", (link_id,)).fetchone()
        return row["source"], bool(row["backlog"]), row["answers"]

    def take(self, link_id: int, source: str, endpoint_id: int, entry: Entry, *, backlog: bool) -> None:
        """The link is this source's from now on, in its words; the state stays.

        The key becomes the source's own where no other link has it.
        """
        self.db.execute("UPDATE OR IGNORE links SET key = ? WHERE id = ?", (entry.key, link_id))
        self.db.execute(
            "UPDATE links SET source = ?, url = ?, title = ?, published_at = ?, entry = ?, backlog = ?, "
            "not_before = (SELECT newest_at FROM endpoints WHERE id = ?) WHERE id = ?",
            (
                source,
                entry.url,
                entry.title,
                format_optional_stamp(entry.published.at if entry.published else None),
                encode_entry(entry),
                backlog,
                endpoint_id,
                link_id,
            ),
        )

    def entrust(self, link_id: int, source: str) -> None:
        """Another announcer fetches the link from now on; whose words it carries stays."""
        self.db.execute("UPDATE links SET source = ? WHERE id = ?", (source, link_id))

    def add_voice(self, link_id: int, *, backlog: bool) -> None:
        """One more source announced the link: it is backlog only while all of them say so."""
        self.db.execute(
            "UPDATE links SET voices = voices + 1, backlog = backlog AND ? WHERE id = ?", (backlog, link_id)
        )

    def make_due(self, link_id: int, now: datetime) -> None:
        """A link starts anew: due now with no try used."""
        self.db.execute(
            "UPDATE links SET state = 'pending', attempts = 0, next_attempt_at = ? WHERE id = ?",
            (format_stamp(now), link_id),
        )

    def bring_forward(self, link_id: int, at: datetime) -> None:
        """A link starts anew with no try used: due at a moment, or earlier where it waits for an earlier one."""
        self.db.execute(
            "UPDATE links SET state = 'pending', attempts = 0, next_attempt_at = "
            "CASE WHEN state = 'pending' THEN min(next_attempt_at, :at) ELSE :at END WHERE id = :id",
            {"id": link_id, "at": format_stamp(at)},
        )

    def hand_over(self, source: str, now: datetime, speaks_for: SpeaksFor) -> int:
        """Give the unanswered links of a source that is asked no more to other active sources that announced them.

        To one that speaks for the address's site where there is one, else to the first that announced it; due now.
        Looks at known pieces go along. How many links changed hands; those that nobody else lists stay.
        """
        rows = self.db.execute(
            "SELECT links.id, links.url, links.state, endpoints.source AS other FROM links "
            "JOIN sightings ON link_id = links.id JOIN endpoints ON endpoints.id = endpoint_id "
            "JOIN sources ON sources.name = endpoints.source "
            "WHERE links.source = :source AND (links.state = 'pending' OR revisit_at IS NOT NULL) "
            "AND endpoints.source <> :source AND enabled = 1 AND paused_at IS NULL ORDER BY links.id, sightings.at",
            {"source": source},
        ).fetchall()
        heirs: dict[int, Row] = {}
        for row in rows:
            best = heirs.get(row["id"])
            if best is None or (speaks_for(row["other"], row["url"]) and not speaks_for(best["other"], row["url"])):
                heirs[row["id"]] = row
        for number, row in heirs.items():
            self.entrust(number, row["other"])
            if row["state"] == "pending":
                self.make_due(number, now)
        return len(heirs)

    def waiting(self, source: str) -> int:
        """How many links of a source wait to be fetched."""
        row = self.db.execute(
            "SELECT count(*) AS n FROM links WHERE source = ? AND state = 'pending'", (source,)
        ).fetchone()
        return int(row["n"])

    def add_target(self, of: int, url: str, source: str, article_id: int, now: datetime) -> int:
        """The link of an address that a redirect of link `of` led to, answered with the article that stands there.

        A link that is there already keeps its state: it is owed an answer of its own. The link's number.
        """
        entry = Entry(url=url, key=normalize_url(url), endpoint="")
        if (row := self.find(entry)) is not None:
            return int(row["id"])
        cursor = self.db.execute(
            "INSERT INTO links (key, source, url, entry, backlog, first_seen_at, last_seen_at, state, outcome, "
            "article_id) SELECT ?, ?, ?, ?, backlog, first_seen_at, ?, 'done', 'new', ? FROM links WHERE id = ?",
            (entry.key, source, url, encode_entry(entry), format_stamp(now), article_id, of),
        )
        return int(cursor.lastrowid or 0)

    def has_announced(self, article_id: int, source: str, *, besides: int) -> bool:
        """Whether a source has announced a piece by any link other than `besides`."""
        row = self.db.execute(
            "SELECT 1 FROM links JOIN sightings ON link_id = links.id JOIN endpoints ON endpoints.id = endpoint_id "
            "WHERE article_id = ? AND endpoints.source = ? AND links.id <> ? LIMIT 1",
            (article_id, source, besides),
        ).fetchone()
        return row is not None
