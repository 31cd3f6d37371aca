"""Times as the database holds them; one width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """`2026-01-02T03:04:05.678Z`; raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("the store takes aware datetimes only")
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def stamp_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def moment(text: str) -> datetime:
    """The aware UTC datetime of a stamp."""
    return datetime.fromisoformat(text).astimezone(UTC)


def moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else moment(text)
