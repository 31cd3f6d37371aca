"""Reads "3 hours ago" against the moment a page was fetched; it must not read anything but a short label."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from monitor.model.moment import Moment, Precision

# A unit's beginnings in English, German, Dutch, French, Spanish, Italian, Portuguese, Turkish, Azerbaijani, Polish,
# Russian, Ukrainian, Chinese, Japanese and Korean.
_UNITS = (
    (timedelta(minutes=1), "min|dakika|dəqiqə|мин|хв|хвилин|分|분"),
    (
        timedelta(hours=1),
        "hour|hr|std|stunde|uur|heure|hora|ora|ore|saat|godzin|час|годин|小时|小時|時間|시간|h(?=[\\s.]|$)",
    ),
    (timedelta(days=1), "day|tag|dag|jour|día|dia|giorn|gün|dni|dzie|день|дня|дней|дні|днів|天|日|일"),
)
_UNIT = "|".join(f"(?P<u{place}>{words})" for place, (_, words) in enumerate(_UNITS))
_AGO = r"ago|geleden|fa|atrás|atras|önce|əvvəl|temu|назад|тому|前|전"
_BEFORE = r"vor|il y a|hace|há"
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        rf"(?<!\d)(?P<number>\d{{1,2}}|an?|une?|einer?)\s*(?:{_UNIT})\w*\.?\s*(?:{_AGO})",
        rf"\b(?:{_BEFORE})\s+(?P<number>\d{{1,2}}|an?|une?|einer?)\s*(?:{_UNIT})",
    )
)
_SHORT = 60  # characters of a label: what is longer is a sentence


def parse_relative_date(text: str, seen: datetime) -> Moment | None:
    """The moment that a label like "Updated 3 hours ago" on a page fetched at `seen` means; None where it is none.

    Minutes and hours give hour precision, days the day's; carrier "text".
    """
    label = " ".join(text.split())
    if len(label) > _SHORT:
        return None
    for form in _FORMS:
        if (found := form.search(label)) is not None:
            number = int(found["number"]) if found["number"].isdigit() else 1
            unit = next(step for place, (step, _) in enumerate(_UNITS) if found[f"u{place}"])
            at = seen - number * unit
            if unit >= timedelta(days=1):
                at = at.replace(hour=0, minute=0, second=0, microsecond=0)
                return Moment(at=at, raw=label, zone="assumed", precision=Precision.DAY, carrier="text")
            at = at.replace(minute=0, second=0, microsecond=0)
            return Moment(at=at, raw=label, zone="assumed", precision=Precision.HOUR, carrier="text")
    return None
