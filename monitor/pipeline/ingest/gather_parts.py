"""Asks for the further pages of a piece that stands on several, one after the other; it must not read their text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from monitor.model.page import Page, Rejection
from monitor.text.urls import has_same_site

PARTS = 9  # pages that are fetched behind the first: an alert waits for them, and each costs the outlet's pause

FetchPart = Callable[[str], Awaitable[Page | str]]  # the page at an address, or in words why there is none


async def gather_parts(page: Page, more: str, fetch: FetchPart, work: Callable[..., Awaitable[Any]]) -> Page:
    """`page` with its further pages; `more` is the address of the second one.

    Stops at the piece's end, at `PARTS` pages, at an address that was asked for before, and at the first page that
    does not come, is an error or lies on another site; `untold` says which of these it was, but for the end. `work`
    runs a function in a worker process.
    """
    parts: list[Page] = []
    asked = {page.url, page.final_url}
    following: str | None = more
    untold: str | None = None
    while following is not None and untold is None:
        if len(parts) >= PARTS:
            untold = f"{PARTS} further pages were read, as many as are asked for"
        elif following in asked:
            untold = "it was read before"
        else:
            asked.add(following)
            answer = await fetch(following)
            if isinstance(answer, str):
                untold = answer
            elif not has_same_site(answer.final_url, page.final_url):
                untold = f"it leads to another site: {answer.final_url}"
            else:
                found: str | Rejection | None = await work(_locate_next, answer)
                if isinstance(found, Rejection):
                    untold = found.reason
                else:
                    parts.append(answer)
                    following = found
    return replace(page, parts=tuple(parts), untold=untold)


def _locate_next(page: Page) -> str | Rejection | None:
    """In a worker: where the part behind `page` stands."""
    from monitor.extraction.further_parts import (
        locate_next_part,  # its libraries take 40 MB that the daemon need not have
    )

    return locate_next_part(page)
