"""What a feed says of a piece is worth an alert where its page may not be fetched, or cannot be yet."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from drive import HTML, START, LoopbackAnswer, Outlet, Rig, Running, page
from quay_watch import QUAY_HOOK

WATCH = (
    QUAY_HOOK
    + """
[alerts.desk]
topics = ["quay"]
channels = ["hook"]
per = "article"
on = ["new", "edit", "retracted"]
"""
)
TITLE = "The quay is to be rebuilt"


def lay(rig: Rig, outlet: Outlet, every: str = "30m") -> None:
    sink = rig.outlet("sink.test")
    sink.otherwise = LoopbackAnswer(status=200)
    (rig.folder / "hook.secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    hook = f"http://127.0.0.1:{sink.port}/hook"
    rig.config(rig.feeds(outlet.url("/feed"), every=every) + WATCH.format(hook=hook), allow=["127.0.0.1", "news.test"])


async def alerts(running: Running) -> list[list[Any]]:
    """Event, what was read, what is missing and the minute, of each alert that is told."""
    rows = await running.rows("SELECT event, body, created_at FROM alerts WHERE state <> 'held' ORDER BY rowid")
    found = []
    for event, body, at in rows:
        article = json.loads(body)["data"]["article"]
        found.append([event, article["text"], article["missing"], at])
    return found


async def listed(rig: Rig, running: Running, outlet: Outlet, *, summary: str = "A report on the harbour.") -> None:
    """The feed's first answer, then a piece in it."""
    old = {"path": "/n/1", "title": "Nothing yet", "date": START - timedelta(hours=5)}
    outlet.article("/n/1", "Nothing yet")
    outlet.feed(old)
    await running.minutes(40)
    outlet.feed({"path": "/n/2", "title": TITLE, "date": rig.clock.now(), "summary": summary}, old)


async def forbidden(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.robots("User-agent: *\nDisallow: /n/\n")
    lay(rig, outlet)
    async with rig.engine() as running:
        await listed(rig, running, outlet)
        await running.minutes(60)
        return {
            "alerts": await alerts(running),
            "asked": len(outlet.asked("/n/2")),
            "links": await running.rows("SELECT state, outcome FROM links WHERE title LIKE '%quay%'"),
            "text": await running.rows("SELECT title, text, complete FROM articles WHERE baseline = 0"),
        }


def test_a_page_that_may_not_be_fetched_is_told_by_its_feed(drive: Any) -> None:
    found = drive(forbidden)
    [[event, text, missing, _]] = found["alerts"]
    assert (event, text) == ("article.matched", "feed")
    assert missing.startswith("its page was not read: ")
    assert "robots.txt" in missing
    assert found["asked"] == 0
    assert found["links"] == [["refused", "refused"]]
    assert found["text"] == [[TITLE, "A report on the harbour.", "no"]]


async def not_yet(rig: Rig, minutes: float, title: str) -> dict[str, Any]:
    """The page is 404 until `minutes` after its announcement, then there under `title`."""
    outlet = rig.outlet()
    lay(rig, outlet)
    began = []

    def answer(_: Any) -> LoopbackAnswer:
        began.append(rig.clock.now())
        if rig.clock.now() - began[0] < timedelta(minutes=minutes):
            return LoopbackAnswer(status=404, headers=HTML, body=b"<html>not here</html>")
        return LoopbackAnswer(headers=HTML, body=page(title))

    outlet.routes["/n/2"] = answer
    async with rig.engine() as running:
        await listed(rig, running, outlet)
        await running.minutes(120)
        stored = await running.rows("SELECT title, complete, revision FROM articles WHERE backlog = 0 AND baseline = 0")
        gone = await running.rows("SELECT kind FROM problems WHERE closed_at IS NULL")
        told = await alerts(running)
        return {"alerts": [row[:2] for row in told], "stored": stored, "gone": gone}


def test_the_full_text_that_follows_is_a_revision_and_no_second_alert(drive: Any) -> None:
    found = drive(not_yet, minutes=4, title=TITLE)
    assert found["alerts"] == [["article.matched", "feed"]]
    assert found["stored"] == [[TITLE, "unknown", 2]]


def test_a_page_that_is_there_within_the_grace_is_told_by_itself(drive: Any) -> None:
    found = drive(not_yet, minutes=0.3, title=TITLE)
    assert found["alerts"] == [["article.matched", "page"]]
    assert found["stored"] == [[TITLE, "unknown", 1]]


def test_a_page_that_never_comes_is_no_piece_that_was_taken_back(drive: Any) -> None:
    found = drive(not_yet, minutes=5000, title=TITLE)
    assert found["alerts"] == [["article.matched", "feed"]]
    assert found["stored"] == [[TITLE, "no", 1]]


async def unmatched(rig: Rig) -> list[list[Any]]:
    """The feed says nothing of the topic; the page, when it comes, does."""
    outlet = rig.outlet()
    lay(rig, outlet)
    outlet.routes["/n/2"] = LoopbackAnswer(status=503, headers=HTML, body=b"busy")
    async with rig.engine() as running:
        old = {"path": "/n/1", "title": "Nothing yet", "date": START - timedelta(hours=5)}
        outlet.article("/n/1", "Nothing yet")
        outlet.feed(old)
        await running.minutes(40)
        outlet.feed({"path": "/n/2", "title": "A plan for the harbour", "date": rig.clock.now()}, old)
        await running.minutes(45)
        before = await alerts(running)
        outlet.article("/n/2", "A plan for the harbour", "The old quay goes.")
        await running.minutes(240)
        return [before, [row[:2] for row in await alerts(running)]]


def test_an_announcement_without_the_topic_waits_for_its_page(drive: Any) -> None:
    assert drive(unmatched) == [[], [["article.matched", "page"]]]
