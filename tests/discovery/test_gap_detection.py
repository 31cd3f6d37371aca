"""Which lists of one endpoint leave a hole between them, and whose word closes it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discovery.gap_detection import (
    RETRIES,
    detect_gap,
    find_closure,
    reaches_known_ground,
    schedule_gap_retry,
    sort_newest_first,
)
from monitor.model.gap import Closure, LastListing, LinkSample, ListedLink, ListingGap, Witness

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LAST = NOW - timedelta(minutes=10)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def entries(links: str, known: str = "", dates: dict[str, float] | None = None) -> list[ListedLink]:
    """Letters as links; those in `known` were listed by this endpoint before; `dates` in hours ago."""
    return [
        ListedLink(
            link=ord(letter),
            fresh=letter not in known,
            new=letter not in known,
            at=ago(dates[letter]) if dates and letter in dates else None,
        )
        for letter in links
    ]


def seen(links: str, newest: float | None = None) -> LastListing:
    return LastListing(links=tuple(map(ord, links)), newest=None if newest is None else ago(newest), at=LAST)


def numbers(links: str) -> tuple[int, ...]:
    return tuple(map(ord, links))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("abcdef", "xyabcd"),  # two more
        ("abcdef", "uvwxya"),  # the last of them still there
        ("abcdef", "abcdef"),  # nothing new
        ("abcdef", "abc"),  # it shrinks
        ("abcdef", ""),  # it is empty
        ("abcdef", "fedcba"),  # another order
        ("abcdef", "xfedcba"),
        ("abcdef", "xbcdef"),  # one more, and the newest was deleted
        ("abc", "xyzabc"),  # it grows
        ("Pabcdef", "Pxyzabc"),  # a pinned one on top
        ("Pabcdef", "Puvwxya"),
        ("abcdPQ", "xyzaPQ"),  # popular ones at the foot
        ("ab", "xa"),
        ("a", "xa"),
    ],
)
def test_lists_that_meet_leave_no_hole(before: str, after: str) -> None:
    assert detect_gap(seen(before), entries(after, before), NOW) is None


@pytest.mark.parametrize(
    ("before", "after", "still"),
    [
        ("abcdef", "uvwxyz", 0),
        ("abcdef", "xy", 0),  # it shrinks, and nothing of it is known
        ("Pabcdef", "Puvwxyz", 1),  # a pinned one stands where it stood
        ("QPabcdef", "PQuvwxyz", 2),  # two that change places
        ("abcdPQ", "wxyzPQ", 2),  # popular ones at the foot
        ("abcdPQ", "wxyzQP", 2),
        ("a", "x", 0),
    ],
)
def test_lists_that_do_not_meet_leave_one(before: str, after: str, still: int) -> None:
    found = detect_gap(seen(before), entries(after, before), NOW)
    said = f"only {still} of them, which stand still," if still else "none"
    assert found == ListingGap(
        since=LAST,
        until=NOW,
        reason=f"of the {len(before)} entries listed before {said} stood among the {len(after)} listed now",
        anchors=numbers("".join(letter for letter in before if letter not in after)),
    )


def test_a_first_answer_and_an_endpoint_without_a_list_leave_no_hole() -> None:
    assert detect_gap(None, entries("abc"), NOW) is None
    assert detect_gap(seen(""), entries("abc"), NOW) is None


def test_old_pieces_that_this_endpoint_listed_before_are_no_news() -> None:
    """A list of "most read" pieces turns over without anything being lost."""
    assert detect_gap(seen("abc"), entries("opq", known="abcopq"), NOW) is None


def test_the_interval_of_dated_lists_lies_between_the_newest_known_and_the_oldest_new() -> None:
    found = detect_gap(seen("abc", newest=14), entries("xyz", dates={"x": 1, "y": 3, "z": 9}), NOW)
    assert found is not None
    assert (found.since, found.until) == (ago(14), ago(9))


def test_dates_decide_the_order_where_all_have_one() -> None:
    """A pinned piece of last year is no known ground, wherever it stands."""
    dates = {"P": 9_000.0, "x": 3, "y": 2, "z": 1}
    assert sort_newest_first(entries("Pxyz", dates=dates)) == tuple(entries("zyxP", dates=dates))
    found = detect_gap(seen("abcP", newest=14), entries("Pxyz", known="P", dates=dates), NOW)
    assert found is not None
    assert (found.since, found.until) == (ago(14), ago(3))


def test_a_date_of_the_future_does_not_turn_the_interval_round() -> None:
    found = detect_gap(seen("abc", newest=-99), entries("xyz", dates={"x": -50, "y": -60, "z": -70}), NOW)
    assert found is not None
    assert (found.since, found.until) == (LAST, NOW)


def test_a_piece_without_a_date_leaves_the_end_open() -> None:
    found = detect_gap(seen("abc", newest=14), entries("xyz", dates={"x": 1, "y": 3}), NOW)
    assert found is not None
    assert (found.since, found.until) == (ago(14), NOW)


def test_a_dated_list_that_goes_back_far_enough_leaves_no_hole() -> None:
    """New addresses and guids for everything: the list still says what was published since."""
    dates = {"u": 1.0, "v": 20, "w": 30, "x": 40}
    assert detect_gap(seen("abcd", newest=14), entries("uvwx", dates=dates), NOW) is None


def test_one_stray_old_piece_is_not_far_enough() -> None:
    dates = {"u": 1.0, "v": 2, "w": 3, "x": 400}
    assert detect_gap(seen("abcd", newest=14), entries("uvwx", dates=dates), NOW) is not None


@given(
    before=st.integers(1, 60),
    new=st.integers(0, 200),
    window=st.integers(1, 60),
    pinned=st.integers(0, 2),
    popular=st.integers(0, 3),
)
def test_a_moving_window_is_judged_rightly(before: int, new: int, window: int, pinned: int, popular: int) -> None:
    """Pieces 1, 2, 3 … seen through a window, between pinned ones and popular ones of long ago."""
    last, now = before + window, before + window + new

    def shown(latest: int) -> list[int]:
        top, foot = range(-pinned, 0), range(-99, -99 + popular)
        return [*top, *range(latest, latest - window, -1), *foot]

    old = shown(last)
    listed = [ListedLink(link=link, fresh=link not in old, new=False, at=None) for link in shown(now)]
    found = detect_gap(LastListing(links=tuple(old), newest=None, at=LAST), listed, NOW)
    lost = new > window
    if lost and window >= 3 * pinned and window > popular:  # what stands still is a small part of the list
        assert found is not None
    if not lost and new < window:
        assert found is None
    if found is not None:
        assert found.since <= found.until
        assert not set(found.anchors) & set(shown(now))


@pytest.mark.parametrize(
    ("page", "known"),
    [
        (entries("uvab"), True),
        (entries("uvwx"), False),
        (entries("uvwx", dates={"u": 1, "v": 2, "w": 13, "x": 14}), False),
        (entries("uvwx", dates={"u": 1, "v": 2, "w": 14, "x": 15}), True),
        (entries("P", dates={"P": 99}), True),
        (entries("Pu", dates={"P": 99, "u": 3}), False),
        ([], False),
    ],
)
def test_a_deeper_page_reaches_known_ground(page: list[ListedLink], known: bool) -> None:
    assert reaches_known_ground(frozenset(numbers("abc")), ago(14), page) is known


def test_a_gap_is_tried_for_a_week() -> None:
    moments = []
    moment: datetime | None = NOW
    while moment is not None:
        moments.append(moment)
        moment = schedule_gap_retry(len(moments), moment)
    assert [(later - earlier).total_seconds() for earlier, later in pairwise(moments)] == [*RETRIES]
    assert timedelta(days=6) < moments[-1] - NOW < timedelta(days=7)


def witness(number: int = 2, **fields: object) -> Witness:
    given = {"kind": "sitemap", "asked": True, "first_at": ago(900), "listed_at": NOW, "gaps": (), "shared": 100}
    return Witness(number=number, **{**given, **fields})


def word(shared: int, sample: int, who: str = "another endpoint") -> str:
    return f"{who} was read without a break over it and listed {shared} of the {sample} links this one listed"


MONTH = LinkSample(links=100, over=timedelta(days=30))


def test_another_endpoint_closes_a_gap_it_covers() -> None:
    assert find_closure(ago(14), ago(1), MONTH, [witness()], {"sitemap": 100}) == Closure(by=2, because=word(100, 100))


@pytest.mark.parametrize(
    "fields",
    [
        {"first_at": None},
        {"listed_at": None},
        {"first_at": ago(13)},
        {"listed_at": ago(2)},
        {"gaps": ((ago(20), ago(13)),)},
        {"gaps": ((ago(99), ago(98)), (ago(1), NOW))},
        {"shared": 60},
    ],
    ids=["never", "no list", "too late", "too early", "broken before", "broken after", "other pieces"],
)
def test_an_endpoint_that_does_not_cover_it_closes_nothing(fields: dict[str, object]) -> None:
    shared = fields.get("shared", 100)
    assert isinstance(shared, int)
    assert find_closure(ago(14), ago(1), MONTH, [witness(**fields)], {"sitemap": shared}) is None


def test_a_gap_of_its_own_elsewhere_does_not_silence_an_endpoint() -> None:
    apart = witness(gaps=((ago(99), ago(98)), (NOW, NOW)))
    assert find_closure(ago(14), ago(1), MONTH, [apart], {}) == Closure(by=2, because=word(100, 100))


@pytest.mark.parametrize(
    ("links", "missed", "days", "hours", "speaks"),
    [
        (19, 0, 30, 1, False),  # too few to say anything
        (20, 0, 30, 1, True),
        (840, 0, 3.5, 14, True),  # six times what the gap holds
        (840, 0, 3.4, 14, False),
        (6_000, 1, 30, 72, False),
        (6_000, 1, 30, 60, True),
        (6_000, 120, 30, 14, False),  # two in a hundred: some of them are in any gap
        (20, 0, 0, 1, False),
    ],
)
def test_how_much_another_must_have_listed(links: int, missed: int, days: float, hours: float, speaks: bool) -> None:
    sample = LinkSample(links=links, over=timedelta(days=days))
    assert sample.covers_gap(links - missed, timedelta(hours=hours)) is speaks


@given(st.integers(0, 60))
def test_the_doubt_is_never_underestimated(missed: int) -> None:
    """The limit used is one at which so few misses would come by chance in one case of twenty at most."""
    mean = missed + 3 + 1.7 * math.sqrt(missed)
    chance = sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(missed + 1))
    assert chance <= 0.0501


def test_the_sections_of_an_api_speak_together_or_not_at_all() -> None:
    whole = [witness(2, kind="api", shared=60), witness(3, kind="api", shared=50), witness(9, kind="feed", shared=3)]
    together = {"feed": 3, "api": 100}
    who = "the endpoints of kind api together"
    assert find_closure(ago(14), ago(1), MONTH, whole, together) == Closure(by=2, because=word(100, 100, who))
    broken_one = [whole[0], witness(3, kind="api", shared=50, listed_at=ago(3))]
    assert find_closure(ago(14), ago(1), MONTH, broken_one, together) is None


def test_of_a_sitemap_index_one_unbroken_part_stands_for_all() -> None:
    """The index lists no pieces, and a new part of it was never there before."""
    parts = [
        witness(2, first_at=None, shared=0),
        witness(3, asked=False, shared=70),
        witness(4, asked=False, first_at=ago(5), shared=30),
    ]
    who = "the endpoints of kind sitemap together"
    assert find_closure(ago(14), ago(1), MONTH, parts, {"sitemap": 100}) == Closure(by=3, because=word(100, 100, who))
    assert find_closure(ago(14), ago(1), MONTH, [parts[0], parts[2]], {"sitemap": 100}) is None
