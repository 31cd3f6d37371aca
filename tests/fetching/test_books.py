"""The ledger's promises in live crawls: nothing listed is lost, every page has one outcome, every fault is visible."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from drive import HTML, START, LoopbackAnswer, Rig, index, sitemap


async def every_outcome(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    pages = {
        "/new": None,
        "/gone": LoopbackAnswer(status=410, headers=HTML, body=b"<html>Gone</html>"),
        "/missing": LoopbackAnswer(status=404, headers=HTML, body=b"<html>Not here</html>"),
        "/error": LoopbackAnswer(status=500, headers=HTML, body=b"<html>Error</html>"),
        "/cut": LoopbackAnswer(headers=HTML, body=b"<html>" + b"x" * 5_000, keep=100),
        "/reset": LoopbackAnswer(reset=True),
        "/empty": LoopbackAnswer(headers=HTML, body=b"<html><head><title>x</title></head><body></body></html>"),
        "/private": None,
    }
    outlet.robots("User-agent: *\nDisallow: /private")
    outlet.feed(*({"path": path} for path in pages))
    for path, answer in pages.items():
        if answer is None:
            outlet.article(path)
        else:
            outlet.routes[path] = answer
    rig.config(rig.feeds(outlet.url("/feed"), every="2d"))
    async with rig.engine() as running:
        await running.minutes(10 * 24 * 60)
        return {
            "one each": await running.rows("SELECT count(*) FROM fetches WHERE outcome IS NULL OR outcome = ''"),
            "agree": await running.rows(
                "SELECT count(*) FROM links JOIN fetches ON fetches.id = (SELECT max(id) FROM fetches "
                "WHERE link_id = links.id) WHERE links.outcome IS NOT fetches.outcome "
                "OR links.reason IS NOT fetches.reason"
            ),
            "tries": await running.rows(
                "SELECT count(*) FROM links WHERE attempts <> (SELECT count(*) FROM fetches WHERE link_id = links.id)"
            ),
            "links": await running.rows("SELECT state, outcome, attempts FROM links ORDER BY id"),
            "problems": await running.rows("SELECT kind, count(*) FROM problems GROUP BY kind"),
            "waiting": await running.rows("SELECT count(*) FROM links WHERE next_attempt_at IS NOT NULL"),
        }


def test_every_fetch_has_one_outcome_and_every_link_an_end(drive: Any) -> None:
    assert drive(every_outcome) == {
        "one each": [[0]],
        "agree": [[0]],
        "tries": [[0]],
        "links": [
            ["done", "unchanged", 2],  # looked at again after a day
            ["gone", "gone", 3],
            ["gone", "gone", 5],  # 404 just after it was announced: tried at 15, 30, 60 and 300 s
            ["given-up", "failed", 10],
            ["given-up", "failed", 12],  # broke off: twice more, after 15 and 30 s
            ["given-up", "failed", 10],
            ["given-up", "no-text", 10],
            ["refused", "refused", 1],
        ],
        "problems": [["given-up", 4]],
        "waiting": [[0]],
    }


async def ladder(rig: Rig, cut: bool) -> list[float]:
    outlet = rig.outlet()
    outlet.feed({"path": "/error"})
    outlet.routes["/error"] = (
        LoopbackAnswer(headers=HTML, body=b"<html>" + b"x" * 5_000, keep=100)
        if cut
        else LoopbackAnswer(status=500, headers=HTML, body=b"<html>Error</html>")
    )
    rig.config(rig.feeds(outlet.url("/feed"), every="30d"))
    async with rig.engine() as running:
        await running.minutes(8 * 24 * 60)
    times = outlet.times("/error")
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.mark.parametrize("cut", [False, True])
def test_a_failed_link_is_tried_again_on_the_ladder(drive: Any, cut: bool) -> None:
    first = (15, 30) if cut else ()
    rungs = (*first, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 86_400, 86_400)
    waits = drive(ladder, cut=cut)
    assert len(waits) == len(rungs)
    # ±20 %, and up to two requests' pause at the host.
    assert [wait for wait, rung in zip(waits, rungs, strict=True) if not 0.8 * rung <= wait <= 1.2 * rung + 5] == []


async def troubled(rig: Rig, then: str) -> list[float]:
    """When a page is asked for whose answer breaks off twice, and what comes `then`."""
    outlet = rig.outlet()
    outlet.feed({"path": "/n"})
    asked: list[int] = []
    cut = {"headers": HTML, "body": b"<html>" + b"x" * 5_000, "keep": 100}
    broken = LoopbackAnswer(status=502, headers=HTML, body=b"<html>Bad gateway</html>")

    def answer(_: Any) -> LoopbackAnswer:
        asked.append(1)
        if then == "busy":
            return LoopbackAnswer(**{**cut, "status": 429, "headers": {**HTML, "Retry-After": "900"}})
        if len(asked) <= 2:
            return LoopbackAnswer(**cut)
        return broken if then == "broken" else LoopbackAnswer(status=404, headers=HTML, body=b"<html>No</html>")

    outlet.routes["/n"] = answer
    rig.config(rig.feeds(outlet.url("/feed"), every="30d"))
    async with rig.engine() as running:
        await running.minutes(40)
    times = outlet.times("/n")
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.mark.parametrize(
    ("then", "rungs"),
    [
        ("broken", (15, 30, 60, 300)),  # the ladder of the other failure begins at its first rung
        ("missing", (15, 30, 15, 30, 60, 300)),  # as of a page that is not there yet
        ("busy", (900, 900)),  # its status was told before it broke off
    ],
)
def test_answers_that_broke_off_are_no_tries_of_another_failure(drive: Any, then: str, rungs: tuple[int, ...]) -> None:
    waits = drive(troubled, then=then)[: len(rungs)]
    assert len(waits) == len(rungs)
    slack = 0 if then != "busy" else 900
    wrong = [wait for wait, rung in zip(waits, rungs, strict=True) if not 0.8 * rung <= wait <= 1.2 * rung + 5 + slack]
    assert wrong == []


async def reworded(rig: Rig) -> dict[str, Any]:
    """A feed announces a piece anew: the same words again, another headline, a given-up page with a new summary."""
    outlet = rig.outlet()
    outlet.article("/a", "The quay is mended")
    outlet.routes["/b"] = LoopbackAnswer(status=410, headers=HTML, body=b"<html>Gone</html>")
    first = [{"path": "/a", "title": "The quay"}, {"path": "/b", "title": "A boat"}]
    outlet.feed(*first)
    rig.config(rig.feeds(outlet.url("/feed"), every="2h"))
    async with rig.engine() as running:
        await running.minutes(24 * 60)
        quiet = [len(outlet.asked("/a")), len(outlet.asked("/b"))]
        outlet.article("/a", "The quay is mended at last", "It took them all of eleven weeks and four days.")
        outlet.article("/b", "A boat of the old kind")
        outlet.feed({**first[0], "title": "The quay at last"}, {**first[1], "summary": "It is back."})
        await running.minutes(150)
        links = await running.rows("SELECT state, outcome, attempts, title FROM links ORDER BY id")
        revisions = await running.rows("SELECT revision FROM articles ORDER BY id")
    return {"quiet": quiet, "asked": [len(outlet.asked("/a")), len(outlet.asked("/b"))], "links": links, "r": revisions}


def test_a_changed_announcement_makes_a_link_due_again(drive: Any) -> None:
    assert drive(reworded) == {
        "quiet": [2, 3],  # a known piece is looked at again after two hours
        "asked": [3, 4],
        "links": [["done", "revision", 1, "The quay at last"], ["done", "new", 1, "A boat"]],
        "r": [[2], [1]],
    }


async def modified(rig: Rig) -> dict[str, Any]:
    """WordPress says that a post changed, and nothing but when: its headline stays."""
    outlet = rig.outlet()
    posts = [
        {
            "id": n,
            "link": outlet.url(f"/p{n}"),
            "title": {"rendered": f"Post {n}"},
            "modified_gmt": "2026-03-02T05:00:00",
        }
        for n in (1, 2)
    ]
    for n in (1, 2):
        outlet.article(f"/p{n}", f"Post {n} of the quay")

    def listed() -> None:
        outlet.routes["/wp-json/wp/v2/posts"] = LoopbackAnswer(
            headers={"Content-Type": "application/json"}, body=json.dumps(posts).encode()
        )

    listed()
    table = f'[sources.news]\nspider = "wordpress"\naddress = "{outlet.url("")}"\nfeeds = []\nevery = "10m"\n'
    rig.config(table)
    async with rig.engine() as running:
        await running.minutes(60)
        quiet = [len(outlet.asked(f"/p{n}")) for n in (1, 2)]
        outlet.article("/p2", "Post 2 of the quay", "It took them all of eleven weeks and four days.")
        posts[1]["modified_gmt"] = "2026-03-02T07:00:00"
        listed()
        await running.minutes(60)
        keys = await running.rows("SELECT key, state, outcome FROM links ORDER BY id")
        polls = await running.rows("SELECT DISTINCT outcome FROM polls")
    return {"quiet": quiet, "asked": [len(outlet.asked(f"/p{n}")) for n in (1, 2)], "keys": keys, "polls": polls}


def test_a_list_that_says_changed_has_the_link_fetched_again(drive: Any) -> None:
    found = drive(modified)
    assert (found["quiet"], found["asked"], found["polls"]) == ([1, 1], [1, 2], [["ok"]])
    assert [(key.rpartition(":")[2], state, outcome) for key, state, outcome in found["keys"]] == [
        ("1", "done", "new"),
        ("2", "done", "revision"),
    ]


async def backlog(rig: Rig, failures: int) -> list[Any]:
    """Old and undated pieces were there before; one published while the first polls failed was not."""
    outlet = rig.outlet()
    items = [
        {"path": "/old", "date": START - timedelta(hours=3)},
        {"path": "/undated"},
        {"path": "/fresh", "date": START + timedelta(seconds=20)},
    ]
    outlet.feed(*items)
    good = outlet.routes["/feed"]
    left = [LoopbackAnswer(status=500)] * failures
    outlet.routes["/feed"] = lambda _: left.pop() if left else good
    for item in [*items, {"path": "/next"}, {"path": "/late"}]:
        outlet.article(item["path"])
    rig.config(rig.feeds(outlet.url("/feed"), every="1m"))
    async with rig.engine() as running:
        await running.minutes(20)
        # A late announcement of an old piece is news to us: nobody could have seen it before.
        outlet.feed({"path": "/next"}, {"path": "/late", "date": START - timedelta(hours=1)}, *items)
        await running.minutes(20)
        return await running.rows("SELECT backlog, state FROM links ORDER BY id")


@pytest.mark.parametrize("failures", [0, 3])
def test_only_what_was_there_before_is_backlog(drive: Any, failures: int) -> None:
    assert drive(backlog, failures=failures) == [[1, "done"], [1, "done"], [0, "done"], [0, "done"], [0, "done"]]


async def archive(rig: Rig) -> dict[str, Any]:
    """A sitemap index: years of archive, then a new part with this month's pieces after days of silence."""
    outlet = rig.outlet()

    def put(part: str, **pages: datetime | None) -> None:
        outlet.xml(part, sitemap(*((outlet.url(f"/{name}"), at) for name, at in pages.items())))
        for name in pages:
            outlet.article(f"/{name}")

    outlet.xml("/index.xml", index(outlet.url("/part1.xml")))
    put(
        "/part1.xml",
        old=START - timedelta(days=3),
        undated=None,
        yesterday=START - timedelta(days=1),
    )
    rig.config(
        f'[sources.news]\nspider = "sitemap"\nevery = "1h"\npages = 5\nsitemaps = ["{outlet.url("/index.xml")}"]\n'
    )
    first = "SELECT replace(url, rtrim(url, replace(url, '/', '')), ''), state, backlog FROM links ORDER BY id"
    async with rig.engine() as running:
        await running.minutes(30)
        before = await running.rows(first)
    rig.clock.advance_to(START + timedelta(days=5))  # nobody ran seedwatch
    outlet.xml("/index.xml", index(outlet.url("/part2.xml"), outlet.url("/part1.xml")))
    put("/part2.xml", missed=START + timedelta(days=1, hours=3), today=START + timedelta(days=4, hours=23))
    put("/part1.xml", old=START + timedelta(days=4, hours=20), undated=None, yesterday=START - timedelta(days=1))
    async with rig.engine() as running:
        await running.minutes(150)
        after = await running.rows(first)
    return {"before": before, "after": after}


def test_a_sitemaps_archive_stays_unfetched_and_its_news_does_not(drive: Any) -> None:
    before = [["yesterday", "done", 1], ["old", "archived", 1], ["undated", "archived", 1]]
    assert drive(archive) == {
        "before": before,
        # `old` was changed; what came while nobody watched was dated after we began, and is news.
        "after": [
            ["yesterday", "done", 1],
            ["old", "done", 1],
            ["undated", "archived", 1],
            ["today", "done", 0],
            ["missed", "done", 0],
        ],
    }


async def guids(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.article("/a")
    outlet.feed({"path": "/a", "guid": "one"})
    outlet.feed({"path": "/a?utm_source=second", "guid": "two"}, path="/feed2")
    rig.config(rig.feeds(outlet.url("/feed"), outlet.url("/feed2"), every="10m"))
    async with rig.engine() as running:
        await running.minutes(11)
        outlet.feed({"path": "/a", "guid": "three"})
        await running.minutes(22)
        return {
            "links": await running.rows("SELECT count(*) FROM links"),
            "articles": await running.rows("SELECT count(*), sum(revision) FROM articles"),
            "sightings": await running.rows("SELECT count(*) FROM sightings"),
        }


def test_one_address_under_several_guids_is_one_article(drive: Any) -> None:
    result = drive(guids)
    assert result["articles"] == [[1, 1]]
    assert result["links"][0][0] <= 2  # two addresses at most, the tracked one being another


async def many(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    paths = [f"/{number}" for number in range(250)]
    outlet.feed(*({"path": path} for path in paths))
    for path in paths:
        outlet.routes[path] = LoopbackAnswer(headers={"Content-Type": "application/pdf"}, body=b"%PDF-1.7")
    rig.config(rig.feeds(outlet.url("/feed"), every="1d"), fetch="delay = 0.1")
    async with rig.engine() as running:
        await running.minutes(5)
        polls = await running.rows("SELECT outcome, requests, seen, new_links FROM polls ORDER BY id")
        links = await running.rows("SELECT count(*) FROM links WHERE attempts = 1 AND state <> 'pending'")
    asked = outlet.paths()
    return {
        "polls": polls,
        "links": links,
        "asked": sorted(asked[2:]) == sorted(paths),
        "order": asked[2:202] == paths[:200],
    }


def test_many_links_are_fetched_over_several_crawls(drive: Any) -> None:
    assert drive(many) == {
        "polls": [["ok", 202, 250, 250], ["ok", 50, 0, 0]],
        "links": [[250]],
        "asked": True,
        "order": True,
    }
