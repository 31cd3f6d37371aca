"""Labels that say how long ago something was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model.moment import Moment, Precision
from monitor.text.times.relative_dates import parse_relative_date

SEEN = datetime(2026, 11, 12, 10, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "at", "precision"),
    [
        ("Updated 3 hours ago", datetime(2026, 11, 12, 7, tzinfo=UTC), Precision.HOUR),
        ("an hour ago", datetime(2026, 11, 12, 9, tzinfo=UTC), Precision.HOUR),
        ("25 min ago", datetime(2026, 11, 12, 9, tzinfo=UTC), Precision.HOUR),
        ("2 days ago", datetime(2026, 11, 10, tzinfo=UTC), Precision.DAY),
        ("vor 3 Stunden", datetime(2026, 11, 12, 7, tzinfo=UTC), Precision.HOUR),
        ("il y a 2 jours", datetime(2026, 11, 10, tzinfo=UTC), Precision.DAY),
        ("hace 5 horas", datetime(2026, 11, 12, 5, tzinfo=UTC), Precision.HOUR),
        ("3 часа назад", datetime(2026, 11, 12, 7, tzinfo=UTC), Precision.HOUR),
        ("3 saat önce", datetime(2026, 11, 12, 7, tzinfo=UTC), Precision.HOUR),
        ("3時間前", datetime(2026, 11, 12, 7, tzinfo=UTC), Precision.HOUR),
    ],
)
def test_labels(label: str, at: datetime, precision: Precision) -> None:
    assert parse_relative_date(label, SEEN) == Moment(
        at=at, raw=label, zone="assumed", precision=precision, carrier="text"
    )


@pytest.mark.parametrize("label", ["", "3 hours of talks", "the council that met three hours ago " * 3, "in 3 hours"])
def test_what_is_no_label(label: str) -> None:
    assert parse_relative_date(label, SEEN) is None
