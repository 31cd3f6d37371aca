"""Who may ask which host, until when: polls that are claimed, renewed and freed, and single turns beside them.

A host is held by a poll (`hosts.lease` is its number) or for one request of a poll that holds another host ("turn" and
its number). A host without a lease may still have `leased_until`: the pause after its last request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model.poll import PollLease
from monitor.storage.connection import Connection, Row, pack_list
from monitor.storage.timestamps import format_stamp, parse_optional_stamp

# robots.txt as kept, None for none → seconds between two requests to its host
PauseOf = Callable[[str | None], float]


_FORGOTTEN = timedelta(hours=1)

_ROW = "name, sources.host AS host, failures, next_poll_at, sources.rowid AS number, lease"
_FREE = "coalesce(leased_until, '') <= :now AND coalesce(next_turn_at, '') <= :now "  # a lease that ran out apart
_ACTIVE = f"enabled = 1 AND paused_at IS NULL AND {_FREE}"


def _select(index: str, which: str, *, whole: bool = False, news: bool = False) -> str:
    """Sources in the order of an index, so that no more of them are read than are looked at."""
    return (
        f"SELECT {_ROW}, {whole:d} AS whole, {news:d} AS news FROM sources INDEXED BY {index} "  # noqa: S608  names of ours
        f"LEFT JOIN hosts ON hosts.host = sources.host WHERE {which} AND {_ACTIVE}"
    )


# Who is due for links alone: the poll is not due, or never will be.
_AHEAD, _NEVER = "(state = 'stopped') = 0 AND next_poll_at > :now", "(state = 'stopped') = 1"
_NEWS = "news_at IS NOT NULL AND news_at <= :now"
IS_BACKLOG_FIRST = "waits_at < coalesce(news_at, '~')"  # in the words of the index
_BACKLOG = f"{IS_BACKLOG_FIRST} AND waits_at <= :now AND coalesce(news_at, '~') > :now"
# SQLite merges what each part gives in its order, row by row: https://www.sqlite.org/eqp.html#compound_queries
_ORDER = " ORDER BY next_poll_at, number"
_OWING = " UNION ALL ".join(_select("sources_news", f"{at} AND {_NEWS}", news=True) for at in (_AHEAD, _NEVER)) + _ORDER
_OTHERS = (
    " UNION ALL ".join(
        [
            _select("sources_due", "next_poll_at <= :now AND state <> 'stopped'", whole=True),
            *(_select("sources_backlog", f"{at} AND {_BACKLOG}") for at in (_AHEAD, _NEVER)),
        ]
    )
    + _ORDER
)
_NAMED = (
    f"SELECT {_ROW}, 1 AS whole, 0 AS news FROM sources LEFT JOIN hosts ON hosts.host = sources.host "  # noqa: S608
    f"WHERE name IN (SELECT value FROM json_each(:only)) AND {_FREE}ORDER BY name"
)


def _no_pause(_: str | None) -> float:
    """Whoever crawls in one process keeps the pauses by itself."""
    return 0.0


class _Turns:
    """Rows in the order in which they are looked at: news and others in turn, each read when its turn comes."""

    def __init__(self, owing: Iterator[Row], others: Iterator[Row]) -> None:
        self._rows = {True: owing, False: others}
        self._next = {news: next(rows, None) for news, rows in self._rows.items()}

    def take(self, *, news: bool) -> Row | None:
        """The next that owes news, or the next of the others, and of these where there is none; None at the end."""
        if self._next[news] is None:
            news = not news
        if (row := self._next[news]) is not None:
            self._next[news] = next(self._rows[news], None)
        return row


class HostLeases:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self._news_was_last = dict[str | None, bool]()  # agent → whether its last turn was given for news owed

    def recover(self, now: datetime) -> int:
        """Close what a crash of this process left open: its polls become "aborted" and due at once, their leases lapse;
        how many polls.

        The polls of agents go on: their leases lapse by themselves where nobody renews them. Those whose lease ran out
        an hour ago are closed, too: their source may never be claimed again, and no host's pause is longer.
        """
        self.db.execute(
            "UPDATE polls SET outcome = 'aborted', finished_at = ?, books = NULL, reason = 'its lease ran out' "
            "WHERE outcome = 'open' AND agent IS NOT NULL AND NOT EXISTS (SELECT 1 FROM hosts "
            "WHERE lease = CAST(polls.id AS TEXT) AND leased_until > ?)",
            (format_stamp(now), format_stamp(now - _FORGOTTEN)),
        )
        self.db.execute(
            "UPDATE hosts SET lease = NULL, leased_until = NULL WHERE lease IS NOT NULL AND NOT EXISTS (SELECT 1 "
            "FROM polls WHERE id = CAST(replace(hosts.lease, 'turn ', '') AS INTEGER) AND agent IS NOT NULL "
            "AND outcome = 'open')"
        )
        self.db.execute(
            "UPDATE sources SET next_poll_at = min(next_poll_at, ?) WHERE name IN "
            "(SELECT source FROM polls WHERE outcome = 'open' AND agent IS NULL)",
            (format_stamp(now),),
        )
        aborted = self.db.execute(
            "UPDATE polls SET outcome = 'aborted', finished_at = ?, reason = 'seedwatch stopped in the middle of it' "
            "WHERE outcome = 'open' AND agent IS NULL",
            (format_stamp(now),),
        )
        return aborted.rowcount

    def claim(
        self,
        now: datetime,
        until: datetime,
        limit: int,
        *,
        only: Iterable[str] | None = None,
        agent: str | None = None,
        fits: Callable[[str], bool] = lambda _: True,
        pause_of: PauseOf = _no_pause,
    ) -> list[PollLease]:
        """Lease due sources, one per host; `only` names sources to take at once.

        Each who asks is given in turn one that owes news, which is known to be there and few requests away, and the
        longest overdue of all others: an outlet whose news is owed for ever, for its pages fail, keeps no room from
        polls.

        A source is due when its poll is, or when one of its links waits for another try. A poll whose lease has run
        out is closed by the one that takes its host: whatever still comes of it is too late. `agent` is who asks, None
        for this process; `fits` says of a source whether it may have it. `pause_of` is kept after a lease that ran out.
        """
        at, turns = {"now": format_stamp(now)}, list[PollLease]()
        taken: set[str] = set()  # hosts, as whose rows may have been read before
        with closing(self.db.cursor()) as owing, closing(self.db.cursor()) as others:
            if only is None:
                rows = _Turns(owing.execute(_OWING, at), others.execute(_OTHERS, at))
            else:
                rows = _Turns(iter(()), others.execute(_NAMED, {**at, "only": pack_list(only)}))
            while (row := rows.take(news=not self._news_was_last.get(agent, False))) is not None:
                if row["host"] in taken or not fits(row["name"]):
                    continue
                if len(turns) >= limit:
                    return [replace(turn, crowded=True) for turn in turns]
                if row["lease"] is not None:
                    if self._wait(row["host"], now, pause_of) is not None:
                        continue
                    self._close_lapsed(row["host"], now)
                taken.add(row["host"])
                self._news_was_last[agent] = bool(row["news"])
                turns.append(self._open_poll(row, now, until, agent))
        return turns

    def _open_poll(self, row: Row, now: datetime, until: datetime, agent: str | None) -> PollLease:
        cursor = self.db.execute(
            "INSERT INTO polls (source, started_at, agent) VALUES (?, ?, ?)", (row["name"], format_stamp(now), agent)
        )
        assert cursor.lastrowid is not None  # noqa: S101  an INSERT that did not raise made a row
        self._lease(row["host"], str(cursor.lastrowid), until)
        return PollLease(source=row["name"], poll=cursor.lastrowid, whole=bool(row["whole"]), failures=row["failures"])

    def _lease(self, host: str, lease: str, until: datetime) -> None:
        self.db.execute(
            "INSERT INTO hosts (host, lease, leased_until) VALUES (:host, :lease, :until) ON CONFLICT (host) DO "
            "UPDATE SET lease = :lease, leased_until = :until",
            {"host": host, "lease": lease, "until": format_stamp(until)},
        )

    def _wait(self, host: str, now: datetime, pause_of: PauseOf) -> datetime | None:
        """Until when the host is held or rests, None where it is free by now.

        Whoever held it to the end of its lease may have asked it until then: the pause begins there.
        """
        row = self.db.execute(
            "SELECT lease, leased_until, next_turn_at, robots_text FROM hosts WHERE host = ?", (host,)
        ).fetchone()
        if row is None:
            return None
        held, rests = parse_optional_stamp(row["leased_until"]), parse_optional_stamp(row["next_turn_at"])
        if held is not None and row["lease"] is not None:
            held += timedelta(seconds=pause_of(row["robots_text"]))
        until = max((at for at in (held, rests) if at is not None), default=now)
        return until if until > now else None

    def _close_lapsed(self, host: str, now: datetime) -> None:
        """Close the poll that has held the host for too long; a turn's poll holds another host."""
        self.db.execute(
            "UPDATE polls SET outcome = 'aborted', finished_at = ?, books = NULL, reason = 'its lease ran out' "
            "WHERE id = (SELECT CAST(lease AS INTEGER) FROM hosts WHERE host = ?) AND outcome = 'open'",
            (format_stamp(now), host),
        )

    def is_open(self, poll: int) -> bool:
        """Whether a poll still runs: an answer to one that was closed meanwhile is too late."""
        return self.db.execute("SELECT 1 FROM polls WHERE id = ? AND outcome = 'open'", (poll,)).fetchone() is not None

    def renew(self, agent: str, polls: Iterable[int], until: datetime) -> frozenset[int]:
        """Hold the hosts of these polls until then, as far as they are the agent's and open; those that are."""
        kept = set()
        for poll in polls:
            renewed = self.db.execute(
                "UPDATE hosts SET leased_until = max(leased_until, :until) WHERE lease = :lease AND EXISTS "
                "(SELECT 1 FROM polls WHERE id = :poll AND agent = :agent AND outcome = 'open')",
                {"until": format_stamp(until), "lease": str(poll), "poll": poll, "agent": agent},
            )
            if renewed.rowcount:
                kept.add(poll)
        return frozenset(kept)

    def take_turn(
        self, host: str, poll: int, now: datetime, until: datetime, pause_of: PauseOf = _no_pause
    ) -> datetime | None:
        """Hold a host for one request of a poll that holds another; None where it does, else when to ask again."""
        if (busy := self._wait(host, now, pause_of)) is not None:
            return busy
        self._close_lapsed(host, now)
        self._lease(host, f"turn {poll}", until)
        return None

    def leave_turn(self, host: str, poll: int, rests_until: datetime) -> None:
        """The request is over; the host rests until then. Nothing is written where the turn was another's by now."""
        self.db.execute(
            "UPDATE hosts SET lease = NULL, leased_until = ? WHERE host = ? AND lease = ?",
            (format_stamp(rests_until), host, f"turn {poll}"),
        )

    def free_hosts(self, poll: int, rests_until: datetime | None) -> None:
        """A poll is closed: its host, and one it may still have a turn at, are free, after a pause where one is due."""
        self.db.execute(
            "UPDATE hosts SET lease = NULL, leased_until = ? WHERE lease IN (?, ?)",
            (None if rests_until is None else format_stamp(rests_until), str(poll), f"turn {poll}"),
        )

    def holds(self, agent: str, host: str) -> bool:
        """Whether an open poll of the agent holds the host, or has a turn at it."""
        row = self.db.execute(
            "SELECT 1 FROM hosts JOIN polls ON polls.id = CAST(replace(hosts.lease, 'turn ', '') AS INTEGER) "
            "WHERE host = ? AND agent = ? AND outcome = 'open'",
            (host, agent),
        ).fetchone()
        return row is not None
