"""How times, spans and numbers read on the pages; everything is UTC and takes `now` as an argument."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

# Besides controls: marks that reorder or hide what a person reads (as in the alerts' document).
_HIDDEN = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def read_stamp(text: str | None) -> datetime | None:
    """A stored time ("2026-01-02T03:04:05.678Z") as an aware datetime; None for none and for what is no time."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def show_span(seconds: float) -> str:
    """A length of time in at most two units: "45 s", "3 min", "3 min 20 s", "2 h 5 min", "3 d 4 h", "40 d"."""
    rest = max(0, round(seconds))
    if rest < 60:
        return f"{rest} s"
    if rest < 600 and rest % 60:
        return f"{rest // 60} min {rest % 60} s"
    if rest < 3600:
        return f"{round(rest / 60)} min"
    if rest < 86_400:
        minutes = rest % 3600 // 60
        return f"{rest // 3600} h {minutes} min" if minutes else f"{rest // 3600} h"
    hours = rest % 86_400 // 3600
    return f"{rest // 86_400} d {hours} h" if hours and rest < 7 * 86_400 else f"{rest // 86_400} d"


def show_age(at: str | None, now: datetime) -> str:
    """How long ago a stored time was, in one unit: "3 min ago"; "in 4 min" for one to come, "never" for none."""
    moment = read_stamp(at)
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    span = show_rough(abs(seconds))
    return f"{span} ago" if seconds >= 0 else f"in {span}"


def show_rough(seconds: float) -> str:
    """A length of time in one unit: "45 s", "8 min", "3 h", "2 d"."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def show_time(at: str | None, precision: str | None = None) -> str:
    """A stored time to the minute, "2026-11-13 21:56"; no more than its precision says ("day", "month")."""
    moment = read_stamp(at)
    if moment is None:
        return "no date"
    return moment.strftime({"day": "%Y-%m-%d", "month": "%Y-%m"}.get(precision or "", "%Y-%m-%d %H:%M"))


def show_day(day: str) -> str:
    """ "2026-11-21" as "Saturday 21 November 2026"."""
    moment = datetime.fromisoformat(day)
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def show_number(value: float) -> str:
    """Thousands apart by a thin space, "12 345"; a fraction with one digit."""
    return f"{value:,.1f}".replace(",", "\u2009") if isinstance(value, float) else f"{value:,}".replace(",", "\u2009")


def count_noun(number: int, noun: str, plural: str | None = None) -> str:
    """ "1 article", "2 articles", "0 matches"."""
    return f"{show_number(number)} {noun if number == 1 else plural or noun + 's'}"


def say_shortfall(reason: str) -> str:
    """Why a text stayed below a threshold, as a verdict names it: a phrase, or else what the text lacks."""
    line = clean_line(reason)
    return line if line.startswith(("reads like ", "named only ")) else f"lacks {line}"


def cut_text(text: str, most: int) -> str:
    """`text`, or its first `most` characters at most with an ellipsis: to the last space there, where there is one."""
    if len(text) <= most:
        return text
    space = text.rfind(" ", most // 2, most)
    return text[: space if space > 0 else most] + " …"


def clean_line(text: str | None) -> str:
    """One line without control characters and without marks that hide or reorder text."""
    visible = _HIDDEN.sub("", text or "")
    return " ".join("".join(_visible(letter) for letter in visible).split())


def clean_lines(text: str | None) -> str:
    """As `clean_line`, with line breaks kept."""
    visible = _HIDDEN.sub("", text or "")
    return "".join(letter if letter == "\n" else _visible(letter) for letter in visible)


def _visible(letter: str) -> str:
    kind = unicodedata.category(letter)
    return "" if kind == "Cs" else " " if kind == "Cc" else letter


def list_days(last: datetime, number: int) -> list[str]:
    """The last `number` days, today included, oldest first, as "2026-11-21"."""
    return [f"{last - timedelta(days=back):%Y-%m-%d}" for back in range(number - 1, -1, -1)]
