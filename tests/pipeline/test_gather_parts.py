"""The further pages of a piece are asked for one after the other, and what ends that is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from newswire import NOW

from monitor.model.page import Page
from monitor.pipeline.ingest.gather_parts import PARTS, gather_parts

FIRST = "https://gull.example/7"
PROSE = "<p>The harbour council voted on Tuesday evening to reopen the old grain quay to ferries.</p>"


def page(number: int, more: int | None, *, status: int = 200, final_url: str | None = None) -> Page:
    address = FIRST if number == 1 else f"{FIRST}?page={number}"
    link = f"<a rel='next' href='{FIRST}?page={more}'>Next page</a>" if more is not None else ""
    return Page(
        url=address,
        final_url=final_url or address,
        status=status,
        headers={"content-type": "text/html"},
        body=f"<html><body><h1>Quay</h1>{PROSE}{link}</body></html>".encode(),
        fetched_at=NOW,
    )


async def inline(fn: Callable[..., Any], *args: Any) -> Any:
    return fn(*args)


def gather(answers: Mapping[int, Page | str]) -> tuple[list[str], str | None, list[str]]:
    asked: list[str] = []

    async def fetch(address: str) -> Page | str:
        asked.append(address)
        return answers[int(address.partition("=")[2])]

    found = asyncio.run(gather_parts(page(1, 2), f"{FIRST}?page=2", fetch, inline))
    return [part.url.partition("=")[2] for part in found.parts], found.untold, [url.partition("=")[2] for url in asked]


@pytest.mark.parametrize(
    ("answers", "read", "untold"),
    [
        ({2: page(2, 3), 3: page(3, None)}, ["2", "3"], None),
        ({2: page(2, 3), 3: page(3, 2)}, ["2", "3"], "it was read before"),
        ({2: page(2, 3), 3: "robots.txt forbids it"}, ["2"], "robots.txt forbids it"),
        ({2: page(2, 3), 3: page(3, 4, status=503)}, ["2"], "status 503, may pass"),
        (
            {2: page(2, None, final_url="https://tern.example/7?page=2")},
            [],
            "it leads to another site: https://tern.example/7?page=2",
        ),
    ],
)
def test_pages_are_asked_for_to_the_end(answers: dict[int, Page | str], read: list[str], untold: str | None) -> None:
    assert gather(answers) == (read, untold, [str(number) for number in answers])


def test_there_is_a_cap() -> None:
    read, untold, asked = gather({number: page(number, number + 1) for number in range(2, 40)})
    assert (read, asked) == ([str(number) for number in range(2, PARTS + 2)], read)
    assert untold == "9 further pages were read, as many as are asked for"
