"""A profile is quiet when the matches that its names promise do not come, and no longer when half of them do."""

from __future__ import annotations

import pytest

from monitor.core.quiet import Heard, expected, quiet

BEFORE = Heard(named=100, matched=50)


@pytest.mark.parametrize(
    ("before", "recent", "already", "found"),
    [
        (BEFORE, Heard(20, 2), False, True),
        (BEFORE, Heard(20, 3), False, False),
        (BEFORE, Heard(15, 0), False, False),  # 7.5 expected: too few to tell
        (BEFORE, Heard(16, 0), False, True),
        (Heard(0, 0), Heard(100, 0), False, False),  # a new topic
        (Heard(100, 0), Heard(100, 0), False, False),  # one that never matched anything
        (BEFORE, Heard(20, 4), True, True),  # between the bounds it stays what it was
        (BEFORE, Heard(20, 5), True, False),
        (BEFORE, Heard(2, 1), True, True),
        (BEFORE, Heard(2, 2), True, False),
        (BEFORE, Heard(0, 0), True, False),  # its names no longer appear
        (Heard(100, 1), Heard(100, 1), True, True),  # weeks later: what was before is quiet, too
    ],
)
def test_when_a_profile_is_quiet(before: Heard, recent: Heard, already: bool, found: bool) -> None:
    assert quiet(before, recent, already=already) is found


def test_what_is_expected() -> None:
    assert expected(BEFORE, Heard(30, 0)) == 15.0
    assert expected(Heard(0, 0), Heard(30, 0)) == 0.0
