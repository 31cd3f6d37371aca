"""`seedwatch demo` as a process: its promised figures, out of ledgers that are not ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.commands.demo import START, Ledgers, compare_ledgers
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.receiver import ReceivedDelivery
from monitor.newsroom.script import Script

KEYS = ["published", "stored", "duplicates", "revisions", "matched", "alerts", "delivered", "lost", "repeated"]


def demo(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from monitor.commands.cli import main; main()", "demo", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.mark.long
@pytest.mark.slow
def test_the_figures_as_one_document(tmp_path: Path) -> None:
    done = demo(tmp_path, "--json")
    found = json.loads(done.stdout)
    assert list(found) == KEYS
    assert (found["lost"], found["repeated"], found["stored"]) == (0, 0, found["published"])
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])
    assert min(found[name] for name in ("duplicates", "revisions", "matched", "alerts", "delivered")) > 0
    assert found["alerts"] == found["delivered"]


@pytest.mark.long
@pytest.mark.slow
def test_the_story_for_people_ends_with_the_figures(tmp_path: Path) -> None:
    done = demo(tmp_path, "--hours", "1", "--seed", "2", "--no-serve")
    told = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (0, "")
    assert any(re.match(r"\d\d:\d\d:\d\d article\.matched: \S", line) for line in told)
    assert told[0] == "4 simulated outlets on 127.0.0.1 put out 1 h of news; nothing leaves this machine"
    figures = next(number for number, line in enumerate(told) if " published, " in line)
    reasons = [re.fullmatch(r"  +(\d+) (\S.*)", line) for line in told[figures + 4 :]]
    total = re.fullmatch(
        r"  held: (\d+) alerts that were decided not to be sent, each with its reason:", told[figures + 3]
    )
    assert total is not None
    assert sum(int(found[1]) for found in reasons if found) == int(total[1])
    assert re.fullmatch(
        r"(?P<all>\d+) published, (\d+) found, (?P=all) stored, \d+ duplicates, \d+ revisions, \d+ matched, "
        r"\d+ alerted, \d+ delivered, 0 lost, 0 repeated",
        told[figures],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A newsroom after half an hour of its script, nobody watching."""

    newsroom: Newsroom
    owed: list[str]


def alert(newsroom: Newsroom, key: str, number: int, event: str = "article.matched") -> ReceivedDelivery:
    piece = next(piece for piece in newsroom.published() if piece.key == key)
    body: dict[str, Any] = {"type": event, "data": {"article": {"url": newsroom.url(piece), "title": piece.title}}}
    return ReceivedDelivery(
        at=START,
        path="/hook",
        webhook_id=f"msg_{number}",
        timestamp=None,
        signature_ok=True,
        body=body,
        raw=b"",
        headers={},
        status=200,
    )


@pytest.fixture
def day() -> Iterator[Day]:
    now = START + timedelta(minutes=55)
    script = Script.of_hours(start=START, seed=1, hours=1)
    with Newsroom(now=lambda: now, seed=1) as newsroom:
        for event in script.due(now):
            script.apply(newsroom, event)
        owed = [p.key for p in newsroom.published() if p.on_topic and p.published_at >= START and p.copy_of is None]
        yield Day(newsroom=newsroom, owed=owed)


def test_what_nobody_was_told_of_is_lost(day: Day) -> None:
    assert day.owed
    found = compare_ledgers(day.newsroom, [], START)
    assert set(day.owed) <= set(found.lost)
    assert (found.repeated, found.delivered, found.published) == ((), 0, len(day.newsroom.published()))


def test_one_alert_a_piece_pays_and_a_second_is_a_repeat(day: Day) -> None:
    paid = [alert(day.newsroom, key, number) for number, key in enumerate(day.owed)]
    assert compare_ledgers(day.newsroom, paid, START) == Ledgers(
        published=len(day.newsroom.published()), lost=(), repeated=(), delivered=len(paid)
    )
    again = compare_ledgers(day.newsroom, [*paid, alert(day.newsroom, day.owed[0], 99)], START)
    assert (again.lost, again.repeated) == ((), ("msg_99",))


def test_an_edit_that_never_happened_is_a_repeat(day: Day) -> None:
    told = [alert(day.newsroom, day.owed[0], 1), alert(day.newsroom, day.owed[0], 2, "article.edited")]
    assert compare_ledgers(day.newsroom, told, START).repeated == ("msg_2",)
