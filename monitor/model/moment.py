"""Points in time with the precision and the carrier that gave them: values without logic or IO."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.packing.field_state import get_state, set_state


class Precision(StrEnum):
    """How exact a `Moment` is."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time as an outlet stated it.

    `at` is aware UTC; `raw` the string it was read from; `zone` how the offset was known: "offset" (it stood
    in the string), "unix", "outlet" (the outlet's configured zone) or "assumed" (UTC for want of better);
    `carrier` which part of the outlet said so: "api", "json-ld", "rdfa", "unix", "meta", "feed", "sitemap",
    "dateline", "text", "address", "htmldate" or "given" (backfill input).
    """

    at: datetime
    raw: str
    zone: str
    precision: Precision
    carrier: str

    __getstate__, __setstate__ = get_state, set_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """`BAKU, April 8. /TASS/.`: where and when a report was filed, by which agency; no year stands there."""

    place: str | None
    month: int | None
    day: int | None
    agency: str | None
    raw: str

    __getstate__, __setstate__ = get_state, set_state
