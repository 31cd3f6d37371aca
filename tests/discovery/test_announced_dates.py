"""Which announced dates are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.discovery.announced_dates import believe_dates
from monitor.model.moment import Moment, Precision
from monitor.model.source import Entry, Listing

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def said(at: datetime | None, precision: Precision = Precision.SECOND) -> Moment | None:
    return None if at is None else Moment(at=at, raw="", zone="offset", precision=precision, carrier="feed")


def believed(*dates: datetime | None, precision: Precision = Precision.SECOND) -> list[datetime | None]:
    entries = tuple(
        Entry(url=f"https://a.example/{n}", key=str(n), endpoint="e", published=said(at, precision), modified=said(at))
        for n, at in enumerate(dates)
    )
    found = believe_dates(Listing(entries=entries), NOW).entries
    assert all(entry.published is None or entry.published.at == at for entry, at in zip(found, dates, strict=True))
    return [entry.modified and entry.modified.at for entry in found]


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("dates", "kept"),
    [
        ((NOW - HOUR, NOW + HOUR, None), (NOW - HOUR, None, None)),
        ((datetime(2038, 1, 19, tzinfo=UTC), NOW), (None, NOW)),
        (tuple(NOW - timedelta(seconds=n) for n in range(6)), (None,) * 6),
        ((NOW - 9 * HOUR,) * 5, (None,) * 5),
        ((NOW - 9 * HOUR,) * 4, (NOW - 9 * HOUR,) * 4),
        ((*(NOW,) * 5, None), (*(NOW,) * 5, None)),
        ((*(NOW,) * 5, NOW - HOUR), (*(NOW,) * 5, NOW - HOUR)),
        ((*(NOW - 9 * HOUR,) * 8, NOW - HOUR, None), (*(None,) * 8, NOW - HOUR, None)),
        ((*(NOW - n * timedelta(seconds=9) for n in range(9)), NOW - HOUR), (*(None,) * 9, NOW - HOUR)),
        ((*(NOW - HOUR,) * 8, *(NOW - n * HOUR for n in range(2, 6))),) * 2,
        ((NOW, NOW - timedelta(seconds=1)), (None, None)),
        ((NOW + 4 * HOUR, NOW + HOUR, NOW, NOW - 3 * HOUR, NOW - 5 * HOUR), (None, None, None, None, NOW - 5 * HOUR)),
        ((NOW + 4 * HOUR, NOW - HOUR, NOW - 4 * HOUR), (None, None, NOW - 4 * HOUR)),
        ((NOW + 16 * HOUR, NOW - HOUR, NOW), (None, NOW - HOUR, NOW)),
        ((), ()),
    ],
)
def test_what_is_believed(dates: tuple[datetime | None, ...], kept: tuple[datetime | None, ...]) -> None:
    assert tuple(believed(*dates)) == kept


def test_a_bare_day_may_have_begun_east_of_here() -> None:
    entry = Entry(url="https://a.example/", key="1", endpoint="e", published=said(NOW + 13 * HOUR, Precision.DAY))
    assert believe_dates(Listing(entries=(entry,)), NOW).entries == (entry,)
