"""The link ledger: every link an endpoint announced, until it is answered for; "seen" is not "handled"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.gap import ListedLink
from monitor.model.page import FetchFacts, LinkAnswer, Outcome
from monitor.model.source import Entry, Validators
from monitor.storage.connection import Connection, Row
from monitor.storage.sources.entry_json import (
    ClaimChange,
    compare_claims,
    decode_entry,
    encode_entry,
    has_new_claim,
    hash_claim,
)
from monitor.storage.sources.hints import TOO_MANY_HINTS, ClaimHints, HintPaces, TurnOf
from monitor.storage.sources.link_owners import FirstWord, LinkOwners, SpeaksFor
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp, parse_stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One URL we owe an answer for; with `revisit`, one of a known piece that is looked at again.

    `gone_since`: the first look that did not find the piece, None when the last one did. `validators` and `headline`
    are those of the page as it was read last. `voices`: how many sources have announced it. `answers` counts what
    became of it: a page that was asked for before the last of them is too late.
    """

    id: int
    key: str
    source: str
    url: str
    entry: Entry
    attempts: int
    backlog: bool
    first_seen_at: datetime
    article_id: int | None = None
    revisit: bool = False
    revisits: int = 0
    gone_since: datetime | None = None
    validators: Validators = field(default_factory=Validators)
    headline: str | None = None
    voices: int = 1
    answers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChanges:
    """What one answer of an endpoint changed in the ledger, in links; `listed` are its entries in their order.

    `first_words`: links that had led to an article on the word of others."""

    seen: int
    new: int
    changed: int
    listed: tuple[ListedLink, ...] = ()
    first_words: tuple[FirstWord, ...] = ()


_DUE = tuple(
    f"SELECT * FROM links INDEXED BY {index} WHERE source = ? AND state = 'pending' AND next_attempt_at <= ? "  # noqa: S608
    f"AND {which} ORDER BY next_attempt_at, id LIMIT ?"
    for index, which in (("links_news", "backlog = 0"), ("links_pending", "backlog <> 0"))
)
NOTHING_LISTED = ListedChanges(seen=0, new=0, changed=0)
REMOVED_LINK = "removed"  # state of a link whose article was taken out for good (storage/removals.py)


class Links:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self.owners = LinkOwners(db)
        self.hints = ClaimHints(db)
        self.paces = HintPaces(db)

    def upsert_listed(
        self,
        source: str,
        endpoint_id: int,
        announced: Iterable[Entry],
        now: datetime,
        *,
        backlog_before: datetime | None,
        archived_before: datetime | None,
        speaks_for: SpeaksFor,
        site_of: Callable[[str], str] | None = None,
    ) -> ListedChanges:
        """Write what an endpoint lists.

        `backlog_before`: set on an endpoint's first good answer; entries older than that, or undated, were
        there before anybody asked (a sitemap dates changes only: what changed since is taken for new).
        `archived_before`: entries an endpoint dates earlier are archive (a sitemap reaches back years), kept but
        not fetched; undated ones are archive on a first answer only.
        `speaks_for`: whether a source speaks for an address. A link whose announcement changed is due again, whatever
        became of it, where its own source or one that speaks for the address says so; and so is one that another source
        announces for the first time, unless it has been answered (DESIGN.md, "Who may say what").
        `site_of` maps an address to its site; without it hints have no pace.
        """
        turn_of = self.paces.keep_pace(source, speaks_for, site_of, now)
        new = changed = hints = 0
        listed: list[ListedLink] = []
        first_words: list[FirstWord] = []
        for stated in announced:
            # One piece may be announced by its outlet's id here and by its address there, or get a new guid.
            entry, row = self.owners.match(stated, source, speaks_for)
            said = hash_claim(entry)
            at = when.at if (when := entry.published or entry.modified) else None
            backlog = backlog_before is not None and (at is None or at < backlog_before)
            archived = archived_before is not None and (at < archived_before if at else backlog_before is not None)
            first = fresh = False
            if row is None:
                bound = endpoint_id if speaks_for(source, entry.url) else None
                turn = None if archived else turn_of(entry)
                link_id = self._insert(source, bound, entry, now, turn, backlog=backlog, archived=archived)
                new += turn is not None
                governs = True
            else:
                link_id = row["id"]
                self.db.execute("UPDATE links SET last_seen_at = ? WHERE id = ?", (format_stamp(now), link_id))
                if row["state"] == REMOVED_LINK:  # whatever is announced of it, nothing is kept or fetched
                    before = self._said(link_id, endpoint_id, said, now)
                    listed.append(ListedLink(link=link_id, fresh=before is None, new=False, at=at))
                    continue
                own = speaks_for(source, entry.url)
                first = not self.owners.is_heard(link_id, source)
                governs = own or row["source"] == source
                if first:
                    fresh = self._first_word(row, source, endpoint_id, entry, turn_of, speaks_for, backlog, archived)
                    new += fresh
                    if row["article_id"] is not None:  # whatever its state: it may wait to be read again
                        word = FirstWord(
                            link=link_id,
                            article_id=row["article_id"],
                            source=source,
                            entry=entry,
                            asked=row["url"],
                            backlog=backlog or archived,
                            own=own,
                        )
                        first_words.append(word)
                # An undated one says nothing new by being listed again: it stays archive until its words change.
                elif governs and row["state"] == "archived" and at is not None and not archived:
                    new += self._due_again(link_id, entry, turn_of)
            before = self._said(link_id, endpoint_id, said, now)
            # Compared with what the same endpoint said before: a feed and a listing word one headline differently.
            change = ClaimChange.NONE if before is None else compare_claims(before, said)
            if governs and change is ClaimChange.FIGURES:
                if self.hints.take(link_id, endpoint_id, hints, now):
                    hints += 1
                    changed += self._due_again(link_id, entry, turn_of)
            elif governs and change is ClaimChange.WORDS:
                changed += self._due_again(link_id, entry, turn_of)
            listed.append(ListedLink(link=link_id, fresh=before is None, new=row is None or fresh, at=at))
        return ListedChanges(
            seen=len(listed), new=new, changed=changed, listed=tuple(listed), first_words=tuple(first_words)
        )

    def _first_word(
        self,
        row: Row,
        source: str,
        endpoint_id: int,
        entry: Entry,
        turn_of: TurnOf,
        speaks_for: SpeaksFor,
        backlog: bool,
        archived: bool,
    ) -> bool:
        """A source announces a link for the first time that others announced before; whether that is news of it.

        The link becomes its own where it speaks for the address and whoever has it does not; it is entrusted to it
        where the one that has it is asked no more. Unless it has been answered with an article it is due at its turn.
        """
        owners, link_id = self.owners, row["id"]
        done = row["state"] == "done"
        taken = speaks_for(source, entry.url) and not speaks_for(row["source"], entry.url)
        if taken:
            owners.take(link_id, source, endpoint_id, entry, backlog=backlog)
            owners.add_voice(link_id, backlog=backlog)
        else:
            owners.add_voice(link_id, backlog=backlog)
            if not owners.is_active(row["source"]):
                owners.entrust(link_id, source)
        if done:
            return taken
        if archived:  # what others wait for is not put off by an old date
            return False
        if (turn := turn_of(entry)) is not None:
            owners.bring_forward(link_id, turn)
        return taken or row["state"] == "archived"

    def _insert(
        self,
        source: str,
        endpoint_id: int | None,
        entry: Entry,
        now: datetime,
        turn: datetime | None,
        *,
        backlog: bool,
        archived: bool,
    ) -> int:
        """`endpoint_id`: whose newest entry so far bounds the piece's date, None where it has no say in that.

        `turn`: when it may be asked for, None where it is archive or a hint too many.
        """
        state = "archived" if archived else "pending" if turn is not None else "refused"
        cursor = self.db.execute(
            "INSERT INTO links (key, source, url, title, published_at, entry, backlog, first_seen_at, last_seen_at, "
            "state, outcome, reason, next_attempt_at, not_before) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT newest_at FROM endpoints WHERE id = ?))",
            (
                entry.key,
                source,
                entry.url,
                entry.title,
                format_optional_stamp(entry.published.at if entry.published else None),
                encode_entry(entry),
                backlog,
                format_stamp(now),
                format_stamp(now),
                state,
                Outcome.REFUSED if state == "refused" else None,
                TOO_MANY_HINTS if state == "refused" else None,
                format_optional_stamp(turn),
                endpoint_id,
            ),
        )
        assert cursor.lastrowid is not None  # noqa: S101  an INSERT that did not raise made a row
        return cursor.lastrowid

    def _said(self, link_id: int, endpoint_id: int, said: str, now: datetime) -> str | None:
        """Write down what an endpoint says of a link; what it said before, None where it lists it the first time."""
        row = self.db.execute(
            "SELECT said FROM sightings WHERE link_id = ? AND endpoint_id = ?", (link_id, endpoint_id)
        ).fetchone()
        if row is None:
            self.db.execute(
                "INSERT INTO sightings (link_id, endpoint_id, at, said) VALUES (?, ?, ?, ?)",
                (link_id, endpoint_id, format_stamp(now), said),
            )
            return None
        before: str = row["said"]
        if before != said:
            self.db.execute(
                "UPDATE sightings SET said = ? WHERE link_id = ? AND endpoint_id = ?",
                (said, link_id, endpoint_id),
            )
        return before

    def _due_again(self, link_id: int, entry: Entry, turn_of: TurnOf) -> bool:
        """What an outlet says anew is worth a try, at its turn; what waits goes on waiting, with the new words."""
        self.db.execute(
            "UPDATE links SET entry = ?, title = ? WHERE id = ?", (encode_entry(entry), entry.title, link_id)
        )
        state = self.db.execute("SELECT state FROM links WHERE id = ?", (link_id,)).fetchone()["state"]
        if state == "pending" or (turn := turn_of(entry)) is None:
            return False
        self.owners.bring_forward(link_id, turn)
        return True

    def requeue_archived(self, source: str, now: datetime, since: datetime | None = None) -> int:
        """Make the archive of a source due now, as backlog; how many links that is.

        `since` leaves alone what is dated earlier, and what is undated: nobody can say that it is younger. Their
        entries say `details["backfill"]`, until the outlet says something else of them.
        """
        revived = self.db.execute(
            "UPDATE links SET state = 'pending', backlog = 1, attempts = 0, next_attempt_at = :now, "
            "entry = json_set(entry, '$.details.backfill', json('true')) "
            "WHERE source = :source AND state = 'archived' AND (:since IS NULL OR "
            "coalesce(json_extract(entry, '$.published.at'), json_extract(entry, '$.modified.at')) >= :since)",
            {"source": source, "now": format_stamp(now), "since": format_optional_stamp(since)},
        )
        return revived.rowcount

    def postpone(self, links: Mapping[int, datetime]) -> None:
        """Pending links, by number, that could not be asked for until a moment; it counts as no try."""
        self.db.executemany(
            "UPDATE links SET next_attempt_at = max(next_attempt_at, ?) WHERE id = ? AND state = 'pending'",
            [(format_stamp(until), number) for number, until in links.items()],
        )

    def due(self, source: str, now: datetime, limit: int, *, without: Collection[int] = ()) -> list[Link]:
        """Pending links of a source whose time has come, except those already under way: news before backlog, for an
        archive of thousands must not keep it waiting, and the longest due first."""
        most, rows = limit + len(without), list[Row]()
        for which in _DUE:  # each in the order of its index: those beyond the limit are not read
            if len(rows) < most:
                rows += self.db.execute(which, (source, format_stamp(now), most - len(rows)))
        return [link_from_row(row) for row in rows if row["id"] not in without][:limit]

    def settle(self, claimed: Link, answer: LinkAnswer, fetched: FetchFacts) -> None:
        """The one outcome of one fetch: the link's new state and the row that tells of it.

        `claimed` is the link as it was when it was asked for. What was announced of it for the first time since is not
        answered by a page that may be older: the link is due again, whatever became of this fetch. So it is where
        another source has announced it since, unless the fetch gave an article.
        """
        asked = "SELECT entry, source, voices, hinted_by FROM links WHERE id = ?"
        row = self.db.execute(asked, (claimed.id,)).fetchone()
        if row["hinted_by"] is not None and not claimed.revisit:
            self.hints.learn(claimed.id, row["hinted_by"], answer.outcome)
        state, due, tries = answer.state, answer.next_attempt_at, claimed.attempts + 1
        changed = row["source"] == claimed.source and has_new_claim(decode_entry(row["entry"]), claimed.entry)
        if changed or (state != "done" and row["voices"] > claimed.voices):
            state, due, tries = "pending", fetched.at, 0
        self.db.execute(
            "UPDATE links SET state = ?, outcome = ?, reason = ?, next_attempt_at = ?, attempts = ?, "
            "article_id = coalesce(?, article_id), answers = answers + 1 WHERE id = ?",
            (state, answer.outcome, answer.reason, format_optional_stamp(due), tries, answer.article_id, claimed.id),
        )
        self.db.execute(
            "INSERT INTO fetches (link_id, at, final_url, status, bytes, outcome, reason, agent) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(claimed.id, format_stamp(fetched.at), fetched.final_url, fetched.status, fetched.size),
                *(answer.outcome, answer.reason, fetched.agent),
            ),
        )

    def record_reread(self, link_id: int, outcome: Outcome, article_id: int) -> None:
        """A kept page of the link has become an article after all."""
        self.db.execute(
            "UPDATE links SET state = 'done', outcome = ?, reason = NULL, next_attempt_at = NULL, article_id = ? "
            "WHERE id = ?",
            (outcome, article_id, link_id),
        )

    def one(self, number: int) -> Link:
        """The link of a number."""
        return link_from_row(self.db.execute("SELECT * FROM links WHERE id = ?", (number,)).fetchone())

    def find(self, text: str) -> Row | None:
        """The ledger's row for a URL or a key."""
        row: Row | None = self.db.execute("SELECT * FROM links WHERE key = ? OR url = ?", (text, text)).fetchone()
        return row

    def of_article(self, article_id: int) -> Row | None:
        """The first link that led to an article."""
        row: Row | None = self.db.execute(
            "SELECT * FROM links WHERE article_id = ? ORDER BY id LIMIT 1", (article_id,)
        ).fetchone()
        return row

    def sightings(self, link_id: int) -> list[Row]:
        """Which endpoints announced a link, when first; earliest first."""
        return list(
            self.db.execute(
                "SELECT endpoints.kind, endpoints.url, sightings.at FROM sightings "
                "JOIN endpoints ON endpoints.id = endpoint_id WHERE link_id = ? ORDER BY sightings.at, endpoints.id",
                (link_id,),
            )
        )

    def fetches(self, link_id: int) -> list[Row]:
        """Every fetch of a link with its outcome, earliest first."""
        return list(self.db.execute("SELECT * FROM fetches WHERE link_id = ? ORDER BY id", (link_id,)))

    def count_states(self) -> dict[str, dict[str, int]]:
        """By source, how many of its links are in which state."""
        found: dict[str, dict[str, int]] = {}
        for row in self.db.execute("SELECT source, state, count(*) AS n FROM links GROUP BY source, state"):
            found.setdefault(row["source"], {})[row["state"]] = row["n"]
        return found

    def counts(self, source: str) -> dict[str, int]:
        """How many links of a source are in which state."""
        rows = self.db.execute("SELECT state, count(*) AS n FROM links WHERE source = ? GROUP BY state", (source,))
        return {row["state"]: row["n"] for row in rows}


def link_from_row(row: Row, *, revisit: bool = False) -> Link:
    """A row of `links` as a value."""
    return Link(
        id=row["id"],
        key=row["key"],
        source=row["source"],
        url=row["url"],
        entry=decode_entry(row["entry"]),
        attempts=row["attempts"],
        backlog=bool(row["backlog"]),
        first_seen_at=parse_stamp(row["first_seen_at"]),
        article_id=row["article_id"],
        revisit=revisit,
        revisits=row["revisits"],
        gone_since=parse_optional_stamp(row["gone_since"]),
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        headline=row["headline"],
        voices=row["voices"],
        answers=row["answers"],
    )
