"""Offsets from UTC as dates state them: numbers, abbreviations, IANA names; it must not guess a zone from a place.

An abbreviation that means several zones has the one that news prints most ("IST" is India's, "BST" Britain's, "CST"
North America's); the rest are left out, and a date with one of those has no known offset.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# Minutes east of UTC.
_ABBREVIATIONS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "met": 60, "mest": 120, "mez": 60,
    "mesz": 120, "cet": 60, "cest": 120, "sast": 120, "eet": 120, "eest": 180, "msk": 180, "msd": 240, "trt": 180,
    "eat": 180, "cat": 120, "wat": 60, "samt": 240, "azt": 240, "get": 240, "gst": 240, "irst": 210, "yekt": 300,
    "pkt": 300, "uzt": 300, "ist": 330, "npt": 345, "omst": 360, "krat": 420, "wib": 420, "ict": 420, "irkt": 480,
    "hkt": 480, "sgt": 480, "pht": 480, "awst": 480, "wita": 480, "yakt": 540, "jst": 540, "kst": 540, "wit": 540,
    "acst": 570, "acdt": 630, "vlat": 600, "aest": 600, "aedt": 660, "magt": 660, "pett": 720, "nzst": 720,
    "nzdt": 780, "nst": -210, "ndt": -150, "at": -240, "ast": -240, "adt": -180, "et": -300, "est": -300,
    "edt": -240, "ct": -360, "cst": -360, "cdt": -300, "mt": -420, "mst": -420, "mdt": -360, "pt": -480, "pst": -480,
    "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "brt": -180, "art": -180, "clt": -240, "cot": -300,
}  # fmt: skip
_FURTHEST = 14 * 60  # minutes: Kiribati; what says more is a mistake
_SIGNED = re.compile(
    r"(?:UTC|GMT|UT|[A-Z]{3,4})?\s?(?P<sign>[-+−]{1,2})(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?::?00)?Z?", re.I
)
_NAMED = re.compile(r"[A-Za-z]+(?:/[A-Za-z]+(?:[_-][A-Za-z]+)*){1,2}|Etc/GMT[+-]\d{1,2}")


def to_utc(local: datetime, zone: str) -> datetime | None:
    """The naive `local` time in UTC, by an offset ("+0300", "GMT-07:00"), an abbreviation or an IANA name.

    None where `zone` is unknown, or further than 14 h from UTC. OverflowError beyond the calendar.
    """
    if (signed := _SIGNED.fullmatch(zone)) is not None:
        minutes = int(signed["hours"]) * 60 + int(signed["minutes"] or 0)
        if minutes > _FURTHEST:
            return None
        # "--0700" is a minus written twice (Miniflux's list of forms).
        east = minutes if signed["sign"] == "+" else -minutes
        return (local - timedelta(minutes=east)).replace(tzinfo=UTC)
    if (offset := _ABBREVIATIONS.get(zone.lower())) is not None:
        return (local - timedelta(minutes=offset)).replace(tzinfo=UTC)
    if _NAMED.fullmatch(zone):
        try:
            return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        except (KeyError, ValueError, OSError):  # no such zone; a folder of zones
            return None
    return None
