"""Known pieces are looked at again: quiet edits, pieces taken down and back, walls, and what it costs the outlet."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from drive import HTML, NOTHING, LoopbackAnswer, Rig, page

HOURS = 60.0
CHALLENGE = LoopbackAnswer(headers=HTML, body=b"<html><head><title>Just a moment...</title></head><body></body></html>")


async def quiet_edit(rig: Rig) -> dict[str, Any]:
    """A piece that its outlet edits without a word in the feed, behind validators."""
    outlet = rig.outlet()
    outlet.feed({"path": "/a"})
    first = LoopbackAnswer(headers={**HTML, "ETag": '"one"'}, body=page("The quay", "The vote was 11 to 4."))
    second = LoopbackAnswer(headers={**HTML, "ETag": '"two"'}, body=page("The quay", "The vote was 12 to 3."))
    standing = [first]

    def answer(asked: Any) -> LoopbackAnswer:
        found = standing[-1]
        same = asked.headers.get("if-none-match") == found.headers["ETag"]
        return replace(found, status=304, body=b"") if same else found

    outlet.routes["/a"] = answer
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"))
    async with rig.engine() as running:
        await running.minutes(3 * HOURS)
        standing.append(second)
        await running.minutes(50 * HOURS)
        return {
            "conditions": [asked.headers.get("if-none-match") for asked in outlet.asked("/a")],
            "fetches": await running.rows("SELECT status, outcome, reason FROM fetches"),
            "revisions": await running.rows("SELECT number, kinds FROM revisions"),
            "polls": len(outlet.asked("/feed")),
        }


def test_a_quiet_edit_is_found_with_conditional_requests(drive: Any) -> None:
    found = drive(quiet_edit)
    assert found["conditions"] == [None, '"one"', '"one"', '"two"', None]
    assert found["fetches"] == [
        [200, "new", None],
        [304, "unchanged", "status 304, not modified"],
        [200, "revision", None],
        [304, "unchanged", "status 304, not modified"],
        [200, "unchanged", None],
    ]
    assert found["revisions"] == [[1, "[]"], [2, '["numbers"]']]


async def quiet_headline(rig: Rig) -> dict[str, Any]:
    """A piece that gets another headline; its feed goes on with the first, as one that is cached does."""
    outlet = rig.outlet()
    outlet.feed({"path": "/a", "title": "The quay"}, {"path": "/b", "title": "A pier, rebuilt"})
    outlet.article("/a", "The quay")
    outlet.article("/b", "The pier")
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"))
    async with rig.engine() as running:
        await running.minutes(3 * HOURS)
        outlet.routes["/a"] = LoopbackAnswer(
            headers=HTML,
            body=page("The quay")
            .replace(b"The quay<", b"The quay, by all accounts<")
            .replace(b"'The quay'", b"'The quay, by all accounts'"),
        )
        await running.minutes(30 * HOURS)
        return {
            "revisions": await running.rows("SELECT article_id, number, title, kinds FROM revisions ORDER BY 1, 2"),
            "headlines": await running.rows("SELECT headline FROM links ORDER BY id"),
        }


def test_a_headline_that_changes_on_the_page_only_is_found(drive: Any) -> None:
    """And one that the feed words in its own way, all the while, is no edit."""
    found = drive(quiet_headline)
    assert found == {
        "revisions": [
            [1, 1, "The quay", "[]"],
            [1, 2, "The quay, by all accounts", '["headline"]'],
            [2, 1, "The pier", "[]"],
        ],
        "headlines": [["The quay, by all accounts"], ["The pier"]],
    }


async def taken_down(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a"}, {"path": "/b"})
    for path in ("/a", "/b"):
        outlet.article(path)
    piece = outlet.routes["/a"]
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"))
    states = []
    async with rig.engine() as running:
        await running.minutes(1 * HOURS)
        outlet.routes["/a"] = CHALLENGE
        await running.minutes(3 * HOURS)
        states.append(await running.rows("SELECT state, outcome FROM links ORDER BY id"))
        outlet.routes["/a"] = NOTHING
        await running.minutes(30 * HOURS)
        states.append(await running.rows("SELECT state, outcome FROM links ORDER BY id"))
        outlet.routes["/a"] = piece
        await running.minutes(70 * HOURS)
        states.append(await running.rows("SELECT state, outcome FROM links ORDER BY id"))
        return {
            "states": states,
            "departures": await running.rows("SELECT article_id, reason, returned_at > noticed_at FROM departures"),
            "revisions": await running.rows("SELECT count(*) FROM revisions"),
        }


def test_a_piece_taken_down_is_noticed_and_its_return_and_a_challenge_is_neither(drive: Any) -> None:
    found = drive(taken_down)
    assert found == {
        "states": [
            [["done", "blocked"], ["done", "unchanged"]],
            [["gone", "gone"], ["done", "unchanged"]],
            [["done", "unchanged"], ["done", "unchanged"]],
        ],
        "departures": [[1, "status 404", 1]],
        "revisions": [[2]],
    }


async def many(rig: Rig) -> list[int]:
    """Requests for pages that are known, by poll."""
    outlet = rig.outlet()
    paths = [f"/{number}" for number in range(50)]
    outlet.feed(*({"path": path} for path in paths))
    for path in paths:
        outlet.article(path)
    rig.config(rig.feeds(outlet.url("/feed"), every="10m"), fetch="delay = 0")
    async with rig.engine() as running:
        await running.minutes(110)
        outlet.log.clear()
        await running.minutes(2 * HOURS)
    counts: list[int] = []
    for asked in outlet.log:
        if asked.path == "/feed":
            counts.append(0)
        elif counts:
            counts[-1] += 1
    return counts


def test_looks_are_few_a_poll_and_none_is_lost(drive: Any) -> None:
    counts = drive(many)
    assert (max(counts), sum(counts)) == (20, 50)


async def broken_list(rig: Rig) -> dict[str, Any]:
    """Pages without an h1, called by their title and their list; the list prints a broken entity for a few hours.

    Of the second piece the list alone knows the headline, and changes it.
    """
    outlet = rig.outlet()
    titles = {"/a": b"The quay is rebuilt - Quay News", "/b": b"Quay News"}
    for path, title in titles.items():
        body = page("The quay").replace(b"<title>The quay<", b"<title>" + title + b"<")
        body = re.sub(rb"<h1>.*?</h1>|<meta property='og:title'.*?>", b"", body)
        outlet.routes[path] = LoopbackAnswer(headers=HTML, body=body)

    def publish(end: str = "", second: str = "A pier is built") -> None:
        links = f'<h2><a href="/a">The quay is rebuilt{end}</a></h2><h2><a href="/b">{second}{end}</a></h2>'
        outlet.routes["/list"] = LoopbackAnswer(headers=HTML, body=f"<html><body>{links}</body></html>".encode())

    publish()
    listing = f'listings = ["{outlet.url("/list")}"]\narticle = "/[ab]$"\ntitle = "Quay News"\n'
    rig.config(f'[sources.news]\nspider = "listing"\nevery = "1h"\n{listing}')
    async with rig.engine() as running:
        await running.minutes(3 * HOURS)
        publish("&bogus;&#0; &amp;")
        await running.minutes(3 * HOURS)
        publish(second="A pier is built at last")
        await running.minutes(3 * HOURS)
        return {
            "revisions": await running.rows("SELECT article_id, number, title FROM revisions ORDER BY 1, 2"),
            "headlines": await running.rows("SELECT headline FROM links ORDER BY id"),
        }


def test_a_list_that_prints_broken_headlines_edits_no_piece_whose_page_has_its_own(drive: Any) -> None:
    found = drive(broken_list)
    assert found == {
        "revisions": [
            [1, 1, "The quay is rebuilt"],
            [2, 1, "A pier is built"],
            [2, 2, "A pier is built&bogus;\ufffd &"],
            [2, 3, "A pier is built at last"],
        ],
        "headlines": [["The quay is rebuilt"], [None]],
    }
