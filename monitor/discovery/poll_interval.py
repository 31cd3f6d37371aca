"""What a failure weighs, how long a source without news is left alone, what caching headers ask: pure; asks nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.backoff import DAY
from monitor.discovery.retry import POLL_CAP
from monitor.model.source import Validators

# What one failed poll weighs (the weights of mediacloud's rss-fetcher): the outlet says there is nothing of the kind,
# it fails by itself, or nobody was reached and the fault may be ours.
REFUSED, FAILED, UNREACHED = 1.0, 0.5, 0.25
# From this weight in a row a source is called failing: two refusals, three failures, or six polls nobody answered.
FAILING = 1.5

# RELIABILITY P13: the interval holds for any source with news; it lengthens for one without any for two weeks.
DEARTH = timedelta(days=14)

# Sitemaps are long and slow to change: beside a feed, a list or an API they close gaps, they do not break news.
_SITEMAP_REST = 3600.0
# Where the other lists want longer rests, the sitemap breaks the news. An entry weighs some 200 bytes: 2 kB a second.
_ENTRY_REST = 0.1

HOURS_A_WEEK = 168
_LONGEST_VALIDATOR = 1_000  # characters; of real ones the longest have some 200, and each goes with every request
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", re.I)
_NEVER = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.I)


def failure_weight(status: int | None) -> float:
    """What a poll weighs whose endpoint answered `status` and gave nothing; None: nobody answered."""
    if status is None:
        return UNREACHED
    # 304 reaches here where nothing was asked that could be unchanged: the server's fault.
    return FAILED if status in (304, 429) or status >= 500 else REFUSED


def choose_poll_interval(every: float, dearth: timedelta) -> float:
    """Seconds between polls of a source that has announced nothing new for `dearth`.

    `every` up to two weeks; then twice as long for each day more, to 24 h (or `every`, where that is longer).
    """
    days = (dearth - DEARTH) / timedelta(days=1)
    if days < 0:
        return every
    doubled: float = every * 2.0 ** min(days + 1, 30)
    return min(doubled, max(POLL_CAP, every))


def choose_sitemap_rest(entries: int, *, breaks_news_elsewhere: bool | None) -> float:
    """Seconds for which a sitemap of so many entries rests, where its source's interval is shorter.

    An hour beside a list that breaks the news; by its length where none of the other lists is asked often
    enough to; none where there are no others (`breaks_news_elsewhere` None).
    """
    if breaks_news_elsewhere is None:
        return 0.0
    return _SITEMAP_REST if breaks_news_elsewhere else min(_SITEMAP_REST, entries * _ENTRY_REST)


# What `init` proposes. A feed turns over once in its window: three polls in one lose nothing though two of them fail.
_PROPOSED = (300, 600, 900, 1800, 3600)
_BUSY = 120  # for an outlet that puts out a piece in four minutes or faster: news is waited for there
_PACE = 10  # of the newest dates
_WINDOW_POLLS = 3


def propose_poll_interval(dates: Iterable[datetime], now: datetime) -> int | None:
    """Seconds between polls for an outlet whose list shows pieces of these dates; None where too few are dated.

    Half the usual time between two pieces, and at most a third of what the list reaches back: 2 minutes to an hour.
    """
    past = sorted({date for date in dates if date <= now}, reverse=True)
    if len(past) < 3:
        return None
    newest = past[:_PACE]
    pace = (newest[0] - newest[-1]).total_seconds() / (len(newest) - 1)
    most = min(pace / 2, (now - past[-1]).total_seconds() / _WINDOW_POLLS)
    if most <= _BUSY:
        return _BUSY
    return next((step for step in reversed(_PROPOSED) if step <= most), _PROPOSED[0])


def parse_freshness(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which an answer calls itself fresh, 0 … 24 h; None where it says nothing.

    RFC 9111, 4.2.1: Cache-Control's max-age, else Expires less Date; 4.2.3: less the Age it has already. `headers`
    have names in lower case. no-cache and no-store ask to be revalidated, which every poll does.
    """
    control = headers.get("cache-control", "")
    if _NEVER.search(control):
        return None
    if found := _MAX_AGE.search(control):
        life = float(found[1])
    else:
        expires = _http_date(headers.get("expires"))
        if expires is None:
            return None
        life = (expires - (_http_date(headers.get("date")) or now)).total_seconds()
    age = headers.get("age", "").strip()
    return min(max(0.0, life - (float(age[:10]) if age.isdecimal() else 0.0)), POLL_CAP)


def read_validators(headers: Mapping[str, str]) -> Validators:
    """What an answer gives for the next conditional request, byte for byte; one that is too long is none.

    `headers` have names in lower case.
    """
    etag, modified = (
        value if value is not None and len(value) <= _LONGEST_VALIDATOR else None
        for value in (headers.get("etag"), headers.get("last-modified"))
    )
    return Validators(etag=etag, last_modified=modified)


def _http_date(value: str | None) -> datetime | None:
    """An HTTP date as aware UTC; None for anything else ("0" and "-1" are common in Expires)."""
    try:
        date = parsedate_to_datetime((value or "").strip())
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def next_open_hour(at: datetime, closed: frozenset[int]) -> datetime:
    """The first moment from `at` on that is in none of the `closed` hours of the week (0 is Monday 00:00 UTC).

    Hours that fill a whole week are a mistake and close nothing; a day at most is waited (RELIABILITY P5).
    """
    if len(closed) >= HOURS_A_WEEK:
        return at
    moment, last = at, at + timedelta(seconds=DAY)
    while moment.weekday() * 24 + moment.hour in closed and moment < last:
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(moment, last)


# RELIABILITY P7: followed at once, believed after three polls over a day or more.
MOVED_TIMES, MOVED_FOR = 3, timedelta(hours=24)


def is_permanent_move(times: int, since: datetime, now: datetime) -> bool:
    """Whether permanent redirects to one address, seen at `times` polls since `since`, replace the configured one."""
    return times >= MOVED_TIMES and now - since >= MOVED_FOR
