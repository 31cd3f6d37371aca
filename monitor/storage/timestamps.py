"""Times as the database holds them; one width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


def format_stamp(moment: datetime) -> str:
    """`2026-01-02T03:04:05.678Z`; raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("the store takes aware datetimes only")
    return _format_utc(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(maxsize=64)  # a piece has its times written down a dozen times
def _format_utc(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def format_optional_stamp(moment: datetime | None) -> str | None:
    return None if moment is None else format_stamp(moment)


def parse_stamp(text: str) -> datetime:
    """The aware UTC datetime of a stamp."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def parse_optional_stamp(text: str | None) -> datetime | None:
    return None if text is None else parse_stamp(text)
