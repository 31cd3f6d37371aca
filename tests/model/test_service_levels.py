"""How the service levels read: as lines, and as a document."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from monitor.model.service_levels import (
    LEVEL_NOTES,
    DelayLevel,
    DiscoveryLevel,
    LossLevel,
    MissLevel,
    RepeatLevel,
    ServiceLevels,
    build_level_document,
    say_levels,
)

LEVELS = ServiceLevels(
    at=datetime(2026, 3, 9, 6, tzinfo=UTC),
    since=datetime(2026, 3, 2, 6, tzinfo=UTC),
    discovery=DiscoveryLevel(
        seen=10, estimated=10.1, score=0.989, low=0.9063, high=0.9987, compared=1, alone=("tern",)
    ),
    misses=MissLevel(open_gaps=1, sources=1, hours=2.5, closed=1),
    losses=LossLevel(dead=2, since=datetime(2026, 3, 8, tzinfo=UTC), untold=1, share=0.285714),
    repeats=RepeatLevel(delivered=5, repeated=1, resent=2),
    delay=DelayLevel(alerts=4, undated=1, median=30.0, p95=7200.0),
)


def say_span(seconds: float) -> str:
    return f"{seconds:g} s"


def test_what_went_wrong_is_said() -> None:
    assert say_levels(LEVELS, say_span) == {
        "discovery": "98.9% (90.6% to 99.9%), 10 pieces of 1 sources; not known of 1 more",
        "misses": "1 open gap of 1 source, 9000 s in all; 1 closed",
        "losses": "2 given up, 1 piece nobody was told of, 28.57% of the alerts of these days",
        "repeats": "1 of 5 first alerts on a piece; 2 sent again with the same id",
        "delay": "half within 30 s, 95 % within 7200 s, of 4 first alerts; 1 without a time left out",
    }


def test_what_went_well_is_said_and_what_is_not_known() -> None:
    good = replace(
        LEVELS,
        discovery=replace(LEVELS.discovery, alone=()),
        misses=MissLevel(open_gaps=0, sources=0, hours=0.0, closed=3),
        losses=LossLevel(dead=0, since=None, untold=0, share=0.0),
        delay=replace(LEVELS.delay, undated=0),
    )
    said = say_levels(good, say_span)
    assert (said["discovery"], said["misses"], said["losses"], said["delay"]) == (
        "98.9% (90.6% to 99.9%), 10 pieces of 1 sources",
        "no open gap, 3 closed",
        "none",
        "half within 30 s, 95 % within 7200 s, of 4 first alerts",
    )
    unknown = replace(
        LEVELS,
        discovery=DiscoveryLevel(
            seen=0, estimated=None, score=None, low=None, high=None, compared=0, alone=("gull", "tern")
        ),
        losses=replace(LEVELS.losses, share=None),
        delay=DelayLevel(alerts=0, undated=2, median=None, p95=None),
    )
    said = say_levels(unknown, say_span)
    assert (said["discovery"], said["losses"], said["delay"]) == (
        "not known: nothing to compare at 2 of 2 sources",
        "2 given up, 1 piece nobody was told of",
        "not known: no alert on a piece with a time, 2 without",
    )


def test_the_document_says_of_each_level_how_it_is_computed_and_what_it_cannot_see() -> None:
    found = build_level_document(LEVELS, lambda moment: f"{moment:%d %H}")
    assert list(found) == ["at", "since", *LEVEL_NOTES]
    assert (found["at"], found["since"]) == ("09 06", "02 06")
    note = LEVEL_NOTES["losses"]
    assert found["losses"] == {
        "title": "Lost alerts",
        "dead": 2,
        "since": "08 00",
        "untold": 1,
        "share": 0.285714,
        "how": note.how,
        "blind": note.blind,
    }
    assert all(found[name]["how"] and found[name]["blind"] for name in LEVEL_NOTES)
