"""A daemon with nothing due asks its database nothing, until a due time comes or anybody writes."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.daemon.quiet_wait import QuietWait

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Work:
    """Due at a time; busy or not. `asked` counts the questions."""

    def __init__(self, due: datetime | None) -> None:
        self.due = due
        self.busy = False
        self.asked = 0

    async def next_due(self) -> datetime | None:
        self.asked += 1
        return self.due


class Desk:
    def __init__(self, folder: Path, due: datetime | None) -> None:
        self.path = folder / "test.db"
        self.log = folder / "test.db-wal"
        self.now, self.wall = NOON, NOON.timestamp()
        self.work = Work(due)
        self.write("one", -60)
        self.quiet = QuietWait(self.work, self.path, lambda: self.now, lambda: self.wall)

    def write(self, text: str, seconds: float) -> None:
        """The files, as written so many seconds from noon."""
        for file in (self.path, self.log):
            file.write_text(text)
            os.utime(file, (NOON.timestamp() + seconds,) * 2)

    def look(self) -> None:
        asyncio.run(self.quiet.look())


def test_it_is_quiet_after_a_look_until_the_due_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path, NOON + timedelta(minutes=5))
    assert not desk.quiet.is_quiet()
    desk.look()
    assert desk.quiet.is_quiet()
    desk.now = NOON + timedelta(minutes=5)
    assert not desk.quiet.is_quiet()


def test_with_nothing_due_at_all_it_stays_quiet(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.look()
    desk.now += timedelta(days=400)
    assert desk.quiet.is_quiet()


def test_a_look_is_believed_for_a_minute(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.look()
    desk.wall += 60
    assert not desk.quiet.is_quiet()
    desk.look()
    assert desk.quiet.is_quiet()


@pytest.mark.parametrize(("text", "seconds"), [("two", -30), ("longer", -60)])
def test_what_anybody_writes_ends_it(tmp_path: Path, text: str, seconds: float) -> None:
    desk = Desk(tmp_path, None)
    desk.look()
    desk.write(text, seconds)
    assert not desk.quiet.is_quiet()


def test_work_under_way_ends_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.look()
    desk.work.busy = True
    assert not desk.quiet.is_quiet()


def test_what_was_written_this_second_may_hide_more_and_is_not_believed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.look()
    desk.write("two", -0.5)
    desk.look()
    assert (desk.quiet.is_quiet(), desk.work.asked) == (False, 1)
    desk.wall += 1
    desk.look()
    assert (desk.quiet.is_quiet(), desk.work.asked) == (True, 2)


def test_a_file_that_is_gone_is_never_quiet(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.look()
    desk.log.unlink()
    assert not desk.quiet.is_quiet()
    desk.look()
    assert not desk.quiet.is_quiet()


def test_after_a_rest_it_looks_every_other_second_and_never_after_a_due_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path, NOON + timedelta(seconds=61.5))
    desk.look()
    waits = []
    for second in range(64):
        desk.now, desk.wall = NOON + timedelta(seconds=second), NOON.timestamp() + second
        if second == 59:
            desk.look()  # a look is believed for a minute: looking again ends no rest
        waits.append((desk.quiet.is_quiet(), desk.quiet.choose_wait(1)))
    assert waits[:30] == [(True, 1)] * 30
    assert waits[30:60] == [(True, 2)] * 30
    assert waits[60:] == [(True, 1.5), (True, 1), (False, 1), (False, 1)]


@pytest.mark.parametrize("busy", [True, False])
def test_what_anybody_writes_or_begins_ends_the_rest(tmp_path: Path, busy: bool) -> None:
    desk = Desk(tmp_path, None)
    desk.look()
    assert desk.quiet.is_quiet()
    desk.wall += 40
    assert (desk.quiet.is_quiet(), desk.quiet.choose_wait(1)) == (True, 2)
    if busy:
        desk.work.busy = True
    else:
        desk.write("longer", 20)
    assert (desk.quiet.is_quiet(), desk.quiet.choose_wait(1)) == (False, 1)
    desk.work.busy = False
    desk.look()
    assert (desk.quiet.is_quiet(), desk.quiet.choose_wait(1)) == (True, 1)
