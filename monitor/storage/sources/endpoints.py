"""Where endpoints are asked, and whether still: those that moved and those that are gone; it must not decide.

What they answered stands with `sources`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.discovery.poll_interval import is_permanent_move
from monitor.model.source import Endpoint, Source, Validators
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_optional_stamp, format_stamp, parse_stamp


class SourceEndpoints:
    """Endpoints that one source was asked at, as they stood when they were read: one statement tells all."""

    COLUMNS = (
        "endpoints.id, endpoints.key, kind, url, etag, last_modified, last_at, next_at, last_error, "
        "endpoints.failures, gone_at, moved_to, moved_at, unchanged, distrusted_until, cut_offs"
    )

    def __init__(self, rows: Iterable[Row]) -> None:
        """`rows` have the columns named above; one without a `key` is none."""
        self._rows = [row for row in rows if row["key"] is not None]

    def list_due(self, source: Source, now: datetime) -> tuple[Endpoint, ...]:
        """The configured endpoints whose own time has come."""
        at = format_stamp(now)
        waiting = {row["key"] for row in self._rows if row["gone_at"] is not None or (row["next_at"] or "") > at}
        return tuple(endpoint for endpoint in source.endpoints if endpoint.key not in waiting)

    def find_next_due(self, source: Source) -> datetime | None:
        """When the first of the configured endpoints may be asked again; None where one may be now, or all are gone."""
        known = {row["key"]: row for row in self._rows}
        asked = [row for endpoint in source.endpoints if (row := known.get(endpoint.key)) is None or not row["gone_at"]]
        dated = [row["next_at"] for row in asked if row is not None and row["next_at"] is not None]
        return parse_stamp(min(dated)) if dated and len(dated) == len(asked) else None

    def find_first_asked(self, since: str, now: datetime) -> datetime | None:
        """When the first of them was asked since a stamp, no later than `now`; None where none was.

        Of a list of several pages it is the last page asked for.
        """
        asked = [row["last_at"] for row in self._rows if row["last_at"] is not None and row["last_at"] >= since]
        return min(parse_stamp(min(asked)), now) if asked else None

    def are_all_gone(self, source: Source) -> bool:
        """Whether every configured endpoint has said that it is gone for good."""
        gone = {row["key"] for row in self._rows if row["gone_at"] is not None}
        return {endpoint.key for endpoint in source.endpoints} <= gone

    def list_cut_off(self, source: Source, least: int) -> list[Row]:
        """The configured endpoints whose answers broke off `least` times in a row or more."""
        keys = {endpoint.key for endpoint in source.endpoints}
        return [row for row in self._rows if row["cut_offs"] >= least and row["gone_at"] is None and row["key"] in keys]

    def list_failing(self, source: Source, least: float) -> list[Row]:
        """The configured endpoints whose failures in a row weigh `least` or more, the worst first."""
        keys = {endpoint.key for endpoint in source.endpoints}
        found = [
            row for row in self._rows if row["failures"] >= least and row["gone_at"] is None and row["key"] in keys
        ]
        return sorted(found, key=lambda row: (-row["failures"], row["id"]))

    def map_addresses(self) -> Mapping[str, str]:
        """By endpoint key, where those are asked that have moved for good."""
        return {row["key"]: row["moved_to"] for row in self._rows if row["moved_at"] is not None}

    def map_validators(self) -> Mapping[str, Validators]:
        """By endpoint key, what the next conditional request carries."""
        return {row["key"]: _validators(row) for row in self._rows if _has_validators(row)}

    def map_checks(self, after: int, now: datetime) -> Mapping[str, Validators]:
        """The validators of endpoints to be checked, by key: they said "not modified" `after` times in a row."""
        at = format_stamp(now)
        return {
            row["key"]: _validators(row)
            for row in self._rows
            if row["unchanged"] >= after and _has_validators(row) and (row["distrusted_until"] or "") <= at
        }

    def list_distrusted(self, now: datetime) -> frozenset[str]:
        """The keys of endpoints that are asked without validators because they lied."""
        at = format_stamp(now)
        return frozenset(row["key"] for row in self._rows if (row["distrusted_until"] or "") > at)

    def list_trusted_again(self, now: datetime) -> list[tuple[int, str]]:
        """Numbers and addresses of those that lied and whose time is over by now."""
        at = format_stamp(now)
        return [
            (row["id"], row["url"])
            for row in self._rows
            if row["distrusted_until"] is not None and row["distrusted_until"] <= at
        ]


def _has_validators(row: Row) -> bool:
    return row["etag"] is not None or row["last_modified"] is not None


def _validators(row: Row) -> Validators:
    return Validators(etag=row["etag"], last_modified=row["last_modified"])


class Endpoints:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def record_redirect(self, endpoint_id: int, moved: str | None, now: datetime) -> str | None:
        """Note a good answer and where permanent redirects led to it (None: nowhere).

        The address, when it is from now on asked directly (`is_permanent_move`). A redirect to another address,
        or an answer without one, begins the count anew.
        """
        row = self.db.execute(
            "SELECT moved_to, moved_since, moved_times, moved_at FROM endpoints WHERE id = ?", (endpoint_id,)
        ).fetchone()
        if moved is None:
            if row["moved_to"] is not None and row["moved_at"] is None:
                self.clear_redirect(endpoint_id)
            return None
        if row["moved_to"] != moved:
            self.db.execute(
                "UPDATE endpoints SET moved_to = ?, moved_since = ?, moved_times = 1, moved_at = NULL WHERE id = ?",
                (moved, format_stamp(now), endpoint_id),
            )
            return None
        times = row["moved_times"] + 1
        settled = is_permanent_move(times, parse_stamp(row["moved_since"]), now)
        self.db.execute(
            "UPDATE endpoints SET moved_times = ?, moved_at = ? WHERE id = ?",
            (times, format_stamp(now) if settled else None, endpoint_id),
        )
        return moved if settled else None

    def clear_redirect(self, endpoint_id: int) -> None:
        """It is asked at its configured address again: the other one gave nothing, or is no longer named."""
        self.db.execute(
            "UPDATE endpoints SET moved_to = NULL, moved_since = NULL, moved_times = 0, moved_at = NULL WHERE id = ?",
            (endpoint_id,),
        )

    def record_reading(
        self, endpoint_id: int, dropped: Mapping[str, int], *, whole: bool, opening: bool, now: datetime
    ) -> None:
        """Note what an answer listed that became no entry, by reason, and whether all of it could be read; `opening`
        where it is one of the first that are waited for to be whole."""
        self.db.execute(
            "UPDATE endpoints SET dropped = ?, dropped_because = ?, openings = openings + ?, "
            "whole_at = CASE WHEN ? THEN coalesce(whole_at, ?) ELSE whole_at END WHERE id = ?",
            (
                sum(dropped.values()),
                json.dumps(dropped, ensure_ascii=False) if dropped else None,
                opening,
                whole,
                format_stamp(now),
                endpoint_id,
            ),
        )

    def note_cut_off(self, endpoint_id: int, said: str) -> None:
        """Its answer broke off once more; `said` in words. Asked again before those that answered well."""
        self.db.execute(
            "UPDATE endpoints SET cut_offs = cut_offs + 1, last_error = ? WHERE id = ?", (said, endpoint_id)
        )

    def ask_first(self, source: Source, keys: Iterable[str], others_at: datetime | None) -> None:
        """Have those endpoints of a source asked at its next turn; the others no sooner than then, if it is stated."""
        first = json.dumps(sorted(keys))
        self.db.execute(
            "UPDATE endpoints SET next_at = CASE WHEN key IN (SELECT value FROM json_each(:first)) THEN NULL "
            "ELSE coalesce(max(coalesce(next_at, ''), :others_at), next_at) END WHERE source = :source "
            "AND key IN (SELECT value FROM json_each(:configured))",
            {
                "first": first,
                "others_at": format_optional_stamp(others_at),
                "source": source.name,
                "configured": json.dumps([endpoint.key for endpoint in source.endpoints]),
            },
        )

    def end_backoff(self, source: str) -> None:
        """Let those be asked now that wait because they failed; what a server wishes to wait stays."""
        self.db.execute("UPDATE endpoints SET next_at = NULL WHERE source = ? AND failures > 0", (source,))

    def mark_gone(self, endpoint_id: int, now: datetime) -> None:
        """It answered 410: it is not asked again until a person says so (`Sources.resume`)."""
        self.db.execute(
            "UPDATE endpoints SET gone_at = coalesce(gone_at, ?) WHERE id = ?", (format_stamp(now), endpoint_id)
        )
