"""The script is the same every time, hands each event out once, heals, and leaves everything reachable."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import httpx
import pytest

from monitor.clock import SimulatedClock
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.script import Event, Script

SEEDS = (1, 7, 23)


def play(script: Script, newsroom: Newsroom, clock: SimulatedClock) -> list[Event]:
    done = []
    for event in script.due(clock.now()):
        script.apply(newsroom, event)
        done.append(event)
    while (at := script.next_at()) is not None:
        clock.advance_to(at)
        for event in script.due(clock.now()):
            script.apply(newsroom, event)
            done.append(event)
    return done


def test_the_same_script(clock: SimulatedClock) -> None:
    first = Script.of_hours(start=clock.now(), seed=4)
    assert first.events == Script.of_hours(start=clock.now(), seed=4).events
    assert first.events != Script.of_hours(start=clock.now(), seed=5).events


@pytest.mark.parametrize("seed", SEEDS)
def test_three_hours(seed: int, clock: SimulatedClock) -> None:
    script = Script.of_hours(start=clock.now(), seed=seed)
    live = [event for event in script.events if event.at >= script.start]
    assert Counter(e.outlet for e in script.events if e.at < script.start) == {
        "tass": 40,
        "commonspace": 8,
        "milligazete": 8,
        "wordpress": 8,
    }
    assert {event.kind for event in script.events if event.at < script.start} == {"publish"}
    kinds = Counter(event.kind for event in live)
    assert kinds["publish"] == 38
    assert (kinds["reissue"], kinds["delete"], kinds["fault"]) == (1, 1, kinds["clear"])
    assert kinds["copy"] >= 2
    assert kinds["edit"] >= 4
    assert {e.outlet for e in live if e.kind == "publish" and e.on_topic} == {
        "tass",
        "commonspace",
        "milligazete",
        "wordpress",
    }
    assert max(event.at for event in live) <= script.end - timedelta(minutes=24)
    faults = [event.fault for event in live if event.kind == "fault" and event.fault is not None]
    for field in ("retry_after", "delay", "pace", "truncate", "redirect", "charset", "challenge", "reset"):
        assert any(getattr(fault, field) for fault in faults), field
    assert any(fault.not_modified for fault in faults)
    assert {429, 500, 502, 503} <= {fault.status for fault in faults}


@pytest.mark.parametrize("seed", SEEDS)
def test_played_through(seed: int, newsroom: Newsroom, clock: SimulatedClock, web: httpx.Client) -> None:
    script = Script.of_hours(start=clock.now(), seed=seed)
    assert play(script, newsroom, clock) == list(script.events)
    assert (script.due(clock.now()), script.next_at()) == ([], None)
    kinds = Counter(event.kind for event in script.events)
    pieces = newsroom.published()
    assert len(pieces) == kinds["publish"] + kinds["copy"] + kinds["reissue"]
    assert len({piece.key for piece in pieces}) == len(pieces)
    gone = {record.piece.key for record in newsroom.ledger if record.kind == "deleted"}
    for piece in pieces:
        answer = web.get(newsroom.url(piece))
        assert answer.status_code == (410 if piece.key in gone else 200)
        assert (piece.paragraphs[-1][-20:].replace('"', "&quot;").replace("'", "&#x27;") in answer.text) != (
            piece.key in gone
        )
    assert not any(record.piece.on_topic for record in newsroom.ledger if record.kind == "deleted")


def test_paces_and_no_faults(clock: SimulatedClock) -> None:
    script = Script.of_hours(
        start=clock.now(), seed=2, hours=5, paces={"wordpress": 2}, backlog={}, on_topic=0.5, faults=False
    )
    publications = [event for event in script.events if event.kind == "publish"]
    assert (len(publications), sum(event.on_topic for event in publications)) == (10, 5)
    assert {event.kind for event in script.events} <= {"publish", "copy", "edit"}
