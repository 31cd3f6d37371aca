"""What an alert's policy lets through, and what it holds back until when."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.policy import (
    WARM_UP,
    Hold,
    PolicyInput,
    after_earlier,
    budget_hold,
    filter_reason,
    find_day_start,
    find_next_time,
    format_timedelta,
    hold_for,
    is_filter_reason,
    limit_per_minute,
    quiet_hold,
    warm_up_hold,
)
from monitor.model.alert import AlertHistory, Policy, QuietWindow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietWindow(start=time(22), end=time(7))


def at(hour: int, minute: int = 0, *, day: int = 2, month: int = 3) -> datetime:
    """A moment by Berlin's clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def piece(**changes: object) -> PolicyInput:
    return PolicyInput(**{"source": "tass", "language": "en", "score": 0.7, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("policy", "found", "reason"),
    [
        (Policy(), piece(), None),
        (Policy(sources=frozenset({"tass"})), piece(), None),
        (
            Policy(sources=frozenset({"tern"})),
            piece(),
            "its outlet tass is not among the sources of this alert",
        ),
        (Policy(languages=frozenset({"en", "ru"})), piece(language="en-GB"), None),
        (Policy(languages=frozenset({"ru"})), piece(language=None), None),  # to miss one is worse
        (Policy(languages=frozenset({"ru"})), piece(), "its language en is not among the languages of this alert"),
        (Policy(rules=frozenset({"fire"})), piece(terms=("ferry", "rule fire: burns")), None),
        (
            Policy(rules=frozenset({"fire", "flood"})),
            piece(terms=("rule fires: x", "fire")),
            "no rule of this alert matches it (fire, flood)",
        ),
        (Policy(minimum=0.7), piece(), None),
        (Policy(minimum=0.71), piece(), "its score 0.70 is under the minimum 0.71 of this alert"),
    ],
)
def test_what_is_none_of_an_alerts_business_has_a_reason(
    policy: Policy, found: PolicyInput, reason: str | None
) -> None:
    assert filter_reason(policy, found) == reason
    assert reason is None or is_filter_reason(reason)


def test_no_other_reason_is_one_of_an_alerts_business() -> None:
    others = (
        "same text as https://tern.example/1, which alerted already",
        "it was backfilled",
        "quiet hours until 07:00",
    )
    assert not any(map(is_filter_reason, (*others, warm_up_hold(NOON).reason)))


def test_without_limits_nothing_waits() -> None:
    told = AlertHistory(told_at=NOON, sent=(0.9,) * 99, seen=(0.9,) * 99, minute=999)
    assert hold_for(Policy(), NOON, 0.1, told) is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(21, 59), None),
        (at(22), at(7, day=3)),
        (at(3), at(7)),
        (at(6, 59), at(7)),
        (at(7), None),
    ],
)
def test_quiet_hours_span_midnight_and_end_by_the_clock_of_their_zone(now: datetime, until: datetime | None) -> None:
    found = quiet_hold(Policy(quiet=NIGHT, zone="Europe/Berlin"), now)
    reason = "quiet hours until 07:00 Europe/Berlin"
    assert found == (None if until is None else Hold(kind="quiet", reason=reason, until=until))
    noon = Policy(quiet=QuietWindow(start=time(12), end=time(13)))
    assert [quiet_hold(noon, NOON.replace(hour=hour)) is None for hour in (11, 12, 13)] == [True, False, True]


def test_quiet_hours_end_at_seven_in_both_nights_of_the_change_of_clocks() -> None:
    policy = Policy(quiet=NIGHT, zone="Europe/Berlin")
    spring, autumn = (quiet_hold(policy, at(23, day=day, month=month)) for day, month in ((28, 3), (24, 10)))
    assert spring is not None
    assert autumn is not None
    assert (spring.until, autumn.until) == (
        datetime(2026, 3, 29, 5, tzinfo=UTC),  # 7 h later than 22:00, by a night of one hour less
        datetime(2026, 10, 25, 6, tzinfo=UTC),
    )


HOUR = timedelta(hours=1)
RESTS = Hold(kind="cooldown", reason="this story alerted less than 1h ago", until=NOON + HOUR)


@pytest.mark.parametrize(
    ("history", "later", "urgent", "expected"),
    [
        (AlertHistory(told_at=NOON), timedelta(0), False, RESTS),
        (AlertHistory(told_at=NOON), HOUR - timedelta(seconds=1), False, RESTS),
        (AlertHistory(told_at=NOON), HOUR, False, None),
        (AlertHistory(), timedelta(0), False, None),  # the first of its story
        (AlertHistory(told_at=NOON), timedelta(0), True, None),  # a correction
    ],
)
def test_a_story_that_alerted_rests(
    history: AlertHistory, later: timedelta, urgent: bool, expected: Hold | None
) -> None:
    assert hold_for(Policy(cooldown=HOUR), NOON + later, 0.9, history, urgent=urgent) == expected


def test_quiet_hours_hold_what_is_urgent_too_and_go_before_a_cooldown() -> None:
    policy = Policy(quiet=QuietWindow(start=time(11), end=time(13)), cooldown=HOUR)
    found = [hold_for(policy, NOON, 1.0, AlertHistory(told_at=NOON), urgent=urgent) for urgent in (False, True)]
    assert [hold.kind if hold else None for hold in found] == ["quiet", "quiet"]


@pytest.mark.parametrize(
    ("budget", "sent", "seen", "score", "reason"),
    [
        (4, (), (), 0.1, None),
        (4, (0.9,), (0.9,), 0.1, None),
        (4, (0.9, 0.5), (0.9, 0.5), 0.6, "half"),  # under the median of .7
        (4, (0.9, 0.5), (0.9, 0.5), 0.7, None),
        (4, (0.9, 0.5), (0.9, 0.5, 0.1, 0.2), 0.6, None),  # what was held counts as seen
        (4, (0.9,) * 4, (0.9,) * 4, 1.0, "spent"),
        (0, (), (), 1.0, "spent"),
        (1, (), (), 0.1, None),
    ],
)
def test_the_second_half_of_a_budget_is_for_the_strong(
    budget: int, sent: tuple[float, ...], seen: tuple[float, ...], score: float, reason: str | None
) -> None:
    found = budget_hold(Policy(budget=budget), NOON, score, AlertHistory(sent=sent, seen=seen))
    told = {
        "half": f"half of the day's budget of {budget} is spent, and what is left is for stronger pieces",
        "spent": f"the day's budget of {budget} is spent",
    }
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    assert found == (None if reason is None else Hold(kind="budget", reason=told[reason], until=midnight))


def test_what_the_budget_holds_is_told_at_the_next_digest() -> None:
    policy = Policy(budget=0, digest=(time(18), time(7)), zone="Europe/Berlin")
    untils = [hold.until for now in (at(6), at(7), at(19)) if (hold := budget_hold(policy, now, 1.0, AlertHistory()))]
    assert untils == [at(7), at(18), at(7, day=3)]


@pytest.mark.parametrize(
    ("history", "until"),
    [
        (AlertHistory(minute=1), None),
        (AlertHistory(minute=2), NOON + timedelta(minutes=1)),
        (AlertHistory(minute=2, window=NOON + timedelta(seconds=20)), NOON + timedelta(seconds=20)),
        (AlertHistory(minute=0, window=NOON + timedelta(seconds=20)), NOON + timedelta(seconds=20)),
        (AlertHistory(minute=2, window=NOON), NOON + timedelta(minutes=1)),
    ],
)
def test_more_than_so_many_a_minute_wait_for_one_digest(history: AlertHistory, until: datetime | None) -> None:
    found = hold_for(limit_per_minute(Policy(), 2), NOON, 1.0, history)
    assert found == (None if until is None else Hold(kind="rush", reason="more than 2 a minute", until=until))


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    assert find_day_start(at(0, 30), "Europe/Berlin") == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert find_day_start(at(0, 30), "UTC") == datetime(2026, 3, 1, tzinfo=UTC)


clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@given(
    st.integers(0, 360 * 1440).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.lists(clocks, min_size=1, max_size=4),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Yerevan", "America/St_Johns"]),
)
def test_the_following_time_is_later_and_never_further_than_a_day_and_a_changed_clock(
    now: datetime, times: list[time], zone: str
) -> None:
    found = find_next_time(now, times, ZoneInfo(zone))
    assert now < found <= now + timedelta(hours=25)
    shown = found.astimezone(ZoneInfo(zone)).time()
    assert shown in times or found.month == 3  # the hour that the clocks skip


@pytest.mark.parametrize(("seconds", "said"), [(90, "90s"), (1800, "30m"), (7200, "2h")])
def test_a_span_is_written_as_in_the_configuration(seconds: int, said: str) -> None:
    assert format_timedelta(timedelta(seconds=seconds)) == said


def test_a_topic_that_warms_up_holds_for_a_week_at_most() -> None:
    now = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    found = warm_up_hold(now)
    assert (found.kind, found.until - now, WARM_UP) == ("warm-up", timedelta(days=7), timedelta(days=7))
    assert found.reason.startswith("the topic is warming up: its alerts wait until 100 pieces of its outlets were read")


@pytest.mark.parametrize(("hold", "owed", "until"), [
    (None, None, None),
    (None, 8, 8),
    (7, None, 7),
    (7, 8, 8),
    (8, 8, 8),
    (9, 8, 9),
])  # fmt: skip
def test_an_edit_waits_as_long_as_what_its_piece_is_owed(hold: int | None, owed: int | None, until: int | None) -> None:
    own = None if hold is None else Hold(kind="quiet", reason="quiet hours", until=at(hold))
    found = after_earlier(own, None if owed is None else at(owed))
    first = Hold(kind="order", reason="an earlier alert on this piece is held back, and comes first", until=at(8))
    assert found == (own if until == hold else first)
    assert found is None or found.until == at(until or 0)
