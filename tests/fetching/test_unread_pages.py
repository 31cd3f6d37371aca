"""An agent asks for no more pages than are read and settled in about a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Any

import pytest

from monitor.fetching.agents import unread_pages
from monitor.fetching.agents.unread_pages import UnreadPages


def play(scene: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(scene())


async def settle_loop() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def ask_for(unread: UnreadPages, said: list[str], name: str, *, wait: bool = True) -> None:
    """Ask for a page that lasts for one round of the loop."""
    async with unread.ask(wait=wait):
        said.append(name)
        await asyncio.sleep(0)


def test_who_asks_waits_until_pages_are_settled_the_first_first() -> None:
    async def scene() -> list[str]:
        unread, said = UnreadPages(1), list[str]()
        with ExitStack() as reading:
            for _ in range(2):
                reading.enter_context(unread.read())
            with unread.read():
                asked = [asyncio.create_task(ask_for(unread, said, name)) for name in ("given up", "one", "two")]
                await settle_loop()
                said.append("three pages under way")
                await ask_for(unread, said, "at another's host", wait=False)
                asked[0].cancel()
                await settle_loop()
            said.append("two")
            await asyncio.wait(asked)
        return said

    assert play(scene) == ["three pages under way", "at another's host", "two", "one", "two"]


def test_a_page_that_waits_for_its_next_part_makes_room() -> None:
    async def scene() -> list[str]:
        unread, said = UnreadPages(1), []

        async def ask() -> None:
            async with unread.ask(wait=True):
                said.append("asked")

        with ExitStack() as reading:
            for _ in range(2):
                reading.enter_context(unread.read())
            with unread.read():
                asked = asyncio.create_task(ask())
                await settle_loop()
                said.append("part")
                with unread.put_aside():
                    await asyncio.wait([asked], timeout=5)
                said.append("page")
        return said

    assert play(scene) == ["part", "asked", "page"]


def test_a_turn_that_its_waiter_no_longer_wants_is_the_nexts() -> None:
    async def scene() -> list[str]:
        unread, said = UnreadPages(1), []

        async def ask(name: str) -> None:
            async with unread.ask(wait=True):
                said.append(name)

        with ExitStack() as reading:
            for _ in range(2):
                reading.enter_context(unread.read())
            with unread.read():
                first, second = asyncio.create_task(ask("first")), asyncio.create_task(ask("second"))
                await settle_loop()
            first.cancel()  # it has the turn, and has not begun yet
            await asyncio.wait([first, second], timeout=5)
        return said

    assert play(scene) == ["second"]


def test_who_comes_just_when_a_turn_was_given_waits_behind_the_one_that_has_it() -> None:
    async def scene() -> list[str]:
        unread, said = UnreadPages(1), list[str]()
        with ExitStack() as reading:
            for _ in range(2):
                reading.enter_context(unread.read())
            with unread.read():
                asked = [asyncio.create_task(ask_for(unread, said, name)) for name in ("first", "second")]
                await settle_loop()
            await ask_for(unread, said, "newcomer")  # before the first has gone on
            await asyncio.wait(asked)
        return said

    assert play(scene) == ["first", "second", "newcomer"]


def test_the_limit_follows_the_pace_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(unread_pages, "measure_elapsed", lambda: now[0])
    unread = UnreadPages(2)

    def settle(pages: int, seconds: float) -> float:
        for _ in range(pages):
            now[0] += 60.0  # without a page: that says nothing of the pace
            with unread.read():
                now[0] += seconds
        return round(unread.limit)

    async def answer(pages: int, seconds: float) -> float:
        for _ in range(pages):
            async with unread.ask(wait=True):
                now[0] += seconds
        return round(unread.limit)

    assert [unread.limit, settle(100, 0.05), settle(3, 10.0), settle(100, 0.05)] == [4, 30, 4, 30]
    assert asyncio.run(answer(200, 2.0)) == 60  # forty pages are read until one comes
    assert asyncio.run(answer(200, 30.0)) == 120


def test_the_limit_falls_while_no_page_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(unread_pages, "measure_elapsed", lambda: now[0])
    unread, found = UnreadPages(2), list[int]()
    for _ in range(100):
        with unread.read():
            now[0] += 0.05
    with unread.read():
        for waited in (0.0, 0.05, 0.1, 9.0):
            now[0] += waited
            found.append(round(unread.limit))
    assert [*found, round(unread.limit)] == [30, 30, 10, 4, 4]


def test_a_process_without_a_bound_never_waits() -> None:
    async def scene() -> bool:
        unread = UnreadPages()
        with ExitStack() as reading:
            for _ in range(1_000):
                reading.enter_context(unread.read())
            async with unread.ask(wait=True):
                return True

    assert play(scene)
