"""A profile is quiet when the matches that its names promise do not come, and no longer when half of them do."""

from __future__ import annotations

import pytest

from monitor.model.topic import TopicCounts
from monitor.topics.quiet_topic import estimate_matches, is_quiet_topic

BEFORE = TopicCounts(named=100, matched=50)


@pytest.mark.parametrize(
    ("before", "recent", "already", "found"),
    [
        (BEFORE, TopicCounts(20, 2), False, True),
        (BEFORE, TopicCounts(20, 3), False, False),
        (BEFORE, TopicCounts(15, 0), False, False),  # 7.5 expected: too few to tell
        (BEFORE, TopicCounts(16, 0), False, True),
        (TopicCounts(0, 0), TopicCounts(100, 0), False, False),  # a new topic
        (TopicCounts(100, 0), TopicCounts(100, 0), False, False),  # one that never matched anything
        (BEFORE, TopicCounts(20, 4), True, True),  # between the bounds it stays what it was
        (BEFORE, TopicCounts(20, 5), True, False),
        (BEFORE, TopicCounts(2, 1), True, True),
        (BEFORE, TopicCounts(2, 2), True, False),
        (BEFORE, TopicCounts(0, 0), True, False),  # its names no longer appear
        (TopicCounts(100, 1), TopicCounts(100, 1), True, True),  # weeks later: what was before is quiet, too
    ],
)
def test_when_a_profile_is_quiet(before: TopicCounts, recent: TopicCounts, already: bool, found: bool) -> None:
    assert is_quiet_topic(before, recent, already=already) is found


def test_what_is_expected() -> None:
    assert estimate_matches(BEFORE, TopicCounts(30, 0)) == 15.0
    assert estimate_matches(TopicCounts(0, 0), TopicCounts(30, 0)) == 0.0
