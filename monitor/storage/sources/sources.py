"""Sources, their endpoints, polls and hosts: what is due, who holds which host, what each answer was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from monitor.model.poll import NetworkReach, PollLease, PollResult, Robots
from monitor.model.source import Endpoint, Source, Validators
from monitor.storage.connection import Row, pack_list
from monitor.storage.leases.host_leases import IS_BACKLOG_FIRST, HostLeases
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_optional_stamp, parse_stamp

# When the first link that waits of a source is due and its host may be asked, of all of them the first.
_WAITS = " UNION ALL ".join(
    f"SELECT waits_at, coalesce(next_turn_at, '') AS rests FROM sources INDEXED BY {index} LEFT JOIN hosts "  # noqa: S608
    f"USING (host) WHERE {which} AND enabled = 1 AND paused_at IS NULL"
    for index, which in (("sources_news", "news_at IS NOT NULL"), ("sources_backlog", IS_BACKLOG_FIRST))
)
_NEXT_LINK = f"SELECT min(max(waits_at, rests)) AS at FROM ({_WAITS})"  # noqa: S608  names of ours


class Sources(HostLeases):
    def sync(
        self,
        sources: Iterable[Source],
        host: Callable[[Source], str],
        first_poll: Callable[[Source], datetime],
        now: datetime,
    ) -> None:
        """Make the rows follow the configuration; sources that left it are kept, disabled, with their articles.

        A known source keeps its due time (no burst after a restart), but a shorter interval takes effect.
        """
        names: list[str] = []
        for source in sources:
            names.append(source.name)
            self.db.execute(
                "INSERT INTO sources (name, spider, title, address, host, every, enabled, added_at, next_poll_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET spider = excluded.spider, "
                "title = excluded.title, address = excluded.address, host = excluded.host, every = excluded.every, "
                "enabled = excluded.enabled, next_poll_at = CASE WHEN excluded.every < sources.every "
                "THEN min(sources.next_poll_at, excluded.next_poll_at) ELSE sources.next_poll_at END",
                (
                    source.name,
                    source.spider,
                    source.title,
                    source.address,
                    host(source),
                    source.every,
                    source.enabled,
                    format_stamp(now),
                    format_stamp(first_poll(source)),
                ),
            )
        self.db.execute(
            "UPDATE sources SET enabled = 0 WHERE name NOT IN (SELECT value FROM json_each(?))", (pack_list(names),)
        )

    def breaks_news_elsewhere(self, source: Source) -> bool | None:
        """Whether one of the configured lists that are no sitemaps is asked about as often as `every` says.

        False where each of them is gone, waits after failures, or wished to be left alone for longer (ttl, max-age);
        None where there is none.
        """
        lists = {endpoint.key for endpoint in source.endpoints if endpoint.kind != "sitemap"}
        if not lists:
            return None
        rows = self.db.execute("SELECT key, last_at, next_at, gone_at FROM endpoints WHERE source = ?", (source.name,))
        patient = timedelta(seconds=2 * source.every)
        waiting = {
            row["key"]
            for row in rows
            if row["gone_at"]
            or (
                row["last_at"]
                and row["next_at"]
                and parse_stamp(row["next_at"]) - parse_stamp(row["last_at"]) > patient
            )
        }
        return not lists <= waiting

    def add_endpoint(self, source: str, endpoint: Endpoint) -> int:
        """The number of an endpoint, made where it is new."""
        self.db.execute(
            "INSERT INTO endpoints (source, kind, url, key) VALUES (?, ?, ?, ?) ON CONFLICT (source, key) DO NOTHING",
            (source, endpoint.kind, endpoint.url, endpoint.key),
        )
        row = self.db.execute(
            "SELECT id FROM endpoints WHERE source = ? AND key = ?", (source, endpoint.key)
        ).fetchone()
        return int(row["id"])

    def record_success(
        self,
        endpoint_id: int,
        *,
        status: int | None,
        validators: Validators | None,
        unchanged: bool | None = None,
        entries: int | None,
        newest: datetime | None,
        next_at: datetime | None,
        cut_off: bool = False,
        now: datetime,
    ) -> None:
        """A good answer: the validators of exactly the links written in this same transaction.

        `validators` None leaves those that are known: a further page of the endpoint answered, not its first. So it is
        with `unchanged`, by which a "not modified" is counted, and a list begins the count anew. Where
        it was `cut_off`, `validators` None, what its last whole answer said stays.
        """
        self.db.execute(
            "UPDATE endpoints SET last_at = :now, last_status = :status, next_at = :next_at, "
            "last_error = iif(:first OR cut_offs = 0, NULL, last_error), "
            "last_ok_at = iif(:cut_off OR NOT (:first OR cut_offs = 0), last_ok_at, :now), "
            "cut_offs = iif(:first, 0, cut_offs), entries = coalesce(:entries, entries), "
            "newest_at = coalesce(:newest, newest_at), "
            "failures = 0, etag = iif(:first, :etag, etag), last_modified = iif(:first, :modified, last_modified), "
            "unchanged = CASE :unchanged WHEN 1 THEN unchanged + 1 WHEN 0 THEN 0 ELSE unchanged END WHERE id = :id",
            {
                "now": format_stamp(now),
                "status": status,
                "next_at": format_optional_stamp(next_at),
                "cut_off": cut_off,
                "entries": entries,
                "newest": format_optional_stamp(newest),
                "first": validators is not None,
                "etag": validators.etag if validators else None,
                "modified": validators.last_modified if validators else None,
                "unchanged": unchanged,
                "id": endpoint_id,
            },
        )

    def record_failure(
        self,
        endpoint_id: int,
        *,
        status: int | None,
        error: str,
        weight: float,
        next_at: Callable[[float], datetime | None],
        now: datetime,
    ) -> None:
        """An answer that was none; what was known of the endpoint stays.

        `next_at` gets what its failures in a row weigh, this one's `weight` with them.
        """
        row = self.db.execute("SELECT failures FROM endpoints WHERE id = ?", (endpoint_id,)).fetchone()
        failures = row["failures"] + weight
        self.db.execute(
            "UPDATE endpoints SET last_at = ?, last_status = ?, last_error = ?, next_at = ?, failures = ? WHERE id = ?",
            (format_stamp(now), status, error, format_optional_stamp(next_at(failures)), failures, endpoint_id),
        )

    def finish(
        self, turn: PollLease, result: PollResult, now: datetime, *, rests_until: datetime | None = None
    ) -> bool:
        """Close a poll, free the host, set when the source is due next; False, nothing written, where it is closed.

        `rests_until` is when others may ask the host, at once where absent.
        """
        closed = self.db.execute(
            "UPDATE polls SET outcome = ?, finished_at = ?, requests = ?, seen = ?, new_links = ?, stored = ?, "
            "reason = ?, books = NULL WHERE id = ? AND outcome = 'open'",
            (
                *(result.outcome, format_stamp(now), result.requests, result.seen, result.new_links, result.stored),
                *(result.reason, turn.poll),
            ),
        )
        if not closed.rowcount:
            return False
        good = format_stamp(now) if result.outcome in ("ok", "partial") and turn.whole else None
        self.db.execute(
            "UPDATE sources SET state = ?, reason = ?, failures = ?, last_poll_at = ?, "
            "last_ok_at = coalesce(?, last_ok_at), baselined_at = coalesce(baselined_at, ?), "
            "next_poll_at = coalesce(?, next_poll_at), others_at = ?, "
            "last_new_at = coalesce(?, last_new_at) WHERE name = ?",
            (
                result.state,
                result.standing if result.state != "ok" else None,
                result.failures,
                format_stamp(now),
                good,
                good,
                format_optional_stamp(result.next_poll_at),
                format_optional_stamp(result.others_at),
                format_stamp(now) if result.new_links else None,
                turn.source,
            ),
        )
        self.free_hosts(turn.poll, rests_until)
        return True

    def rest_host(self, host: str, until: datetime) -> None:
        """Leave a host alone until then (Retry-After); a longer rest already asked for stands."""
        self.db.execute(
            "INSERT INTO hosts (host, next_turn_at) VALUES (?, ?) ON CONFLICT (host) DO UPDATE "
            "SET next_turn_at = max(coalesce(next_turn_at, ''), excluded.next_turn_at)",
            (host, format_stamp(until)),
        )

    def measure_reach(self) -> NetworkReach:
        """Whether anybody out there answers."""
        row = self.db.execute(
            "SELECT count(*) AS tried, coalesce(sum(answered), 0) AS answered, max(reason) AS reason FROM ("
            "SELECT sources.name, max(endpoints.last_status IS NOT NULL) AS answered, max(sources.reason) AS reason "
            "FROM sources JOIN endpoints ON endpoints.source = sources.name "
            "WHERE enabled = 1 AND endpoints.last_at IS NOT NULL GROUP BY sources.name)"
        ).fetchone()
        return NetworkReach(tried=row["tried"], answered=row["answered"], reason=row["reason"])

    def pause(self, source: str, now: datetime) -> bool:
        """Ask a source nothing more until `resume`; False where it is paused already. Raises KeyError."""
        paused = self.row(source)["paused_at"] is None
        self.db.execute(
            "UPDATE sources SET paused_at = coalesce(paused_at, ?) WHERE name = ?", (format_stamp(now), source)
        )
        return paused

    def poll_now(self, source: str, now: datetime) -> None:
        """Make a source and its endpoints due, as far as none of them is gone for good."""
        self.db.execute(
            "UPDATE sources SET next_poll_at = min(next_poll_at, ?) WHERE name = ?", (format_stamp(now), source)
        )
        self.db.execute("UPDATE endpoints SET next_at = NULL WHERE source = ?", (source,))

    def resume(self, source: str, now: datetime) -> None:
        """Poll a source from now on, all its endpoints, paused, stopped or backed off as it may be. Raises KeyError."""
        self.row(source)
        self.db.execute(
            "UPDATE sources SET paused_at = NULL, next_poll_at = ?, failures = 0, "
            "state = CASE state WHEN 'stopped' THEN 'unsteady' ELSE state END WHERE name = ?",
            (format_stamp(now), source),
        )
        self.db.execute("UPDATE endpoints SET gone_at = NULL, next_at = NULL, failures = 0 WHERE source = ?", (source,))

    def robots(self, host: str) -> Robots | None:
        """The host's robots.txt as kept, whatever its age."""
        row = self.db.execute(
            "SELECT robots_status, robots_text, robots_at FROM hosts WHERE host = ? AND robots_at IS NOT NULL",
            (host,),
        ).fetchone()
        if row is None:
            return None
        return Robots(status=row["robots_status"], text=row["robots_text"] or "", at=parse_stamp(row["robots_at"]))

    def keep_robots(self, host: str, robots: Robots) -> None:
        """Keep a robots.txt over restarts."""
        self.db.execute(
            "INSERT INTO hosts (host, robots_status, robots_text, robots_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (host) DO UPDATE SET robots_status = excluded.robots_status, "
            "robots_text = excluded.robots_text, robots_at = excluded.robots_at",
            (host, robots.status, robots.text, format_stamp(robots.at)),
        )

    def next_due(self) -> datetime | None:
        """When the next poll or link try is due and its host may be asked, None when nothing is.

        Polls are read in the order in which they are due, up to the first that is due after one whose host may be asked
        by then; of the links that wait, the first of each source.
        """
        row = self.db.execute(_NEXT_LINK).fetchone()
        first: str | None = row["at"]
        polls = self.db.execute(
            "SELECT next_poll_at AS at, coalesce(next_turn_at, '') AS rests FROM sources LEFT JOIN hosts USING (host) "
            "WHERE enabled = 1 AND paused_at IS NULL AND state <> 'stopped' ORDER BY next_poll_at"
        )
        for poll in polls:
            if first is not None and poll["at"] >= first:
                break
            due = max(poll["at"], poll["rests"])
            first = due if first is None else min(first, due)
        polls.close()
        return parse_optional_stamp(first)

    def hosts_resting(self, now: datetime) -> dict[str, datetime]:
        """The hosts that asked to be left alone, and until when."""
        rows = self.db.execute("SELECT host, next_turn_at FROM hosts WHERE next_turn_at > ?", (format_stamp(now),))
        return {row["host"]: parse_stamp(row["next_turn_at"]) for row in rows}

    def added_at(self, source: str) -> datetime:
        """Since when the source is watched."""
        row = self.db.execute("SELECT added_at FROM sources WHERE name = ?", (source,)).fetchone()
        return parse_stamp(row["added_at"])

    def row(self, source: str) -> Row:
        """A source's row; raises KeyError for a name that is not there."""
        found: Row | None = self.db.execute("SELECT * FROM sources WHERE name = ?", (source,)).fetchone()
        if found is None:
            raise KeyError(source)
        return found

    def all(self) -> list[Row]:
        """Every source, by name."""
        return list(self.db.execute("SELECT * FROM sources ORDER BY enabled DESC, name"))

    def endpoints(self, source: str) -> list[Row]:
        """Every endpoint a source was ever asked at."""
        return list(self.db.execute("SELECT * FROM endpoints WHERE source = ? ORDER BY kind, url", (source,)))

    def polls(self, source: str, limit: int) -> list[Row]:
        """The last polls, newest first."""
        return list(
            self.db.execute(
                "SELECT id, source, started_at, finished_at, outcome, requests, seen, new_links, stored, reason, agent "
                "FROM polls WHERE source = ? ORDER BY started_at DESC, id DESC LIMIT ?",
                (source, limit),
            )
        )
