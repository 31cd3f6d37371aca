"""A piece on several pages is fetched to its end, by the manners of any request; what is missing is told."""

from __future__ import annotations

from typing import Any

from drive import HTML, NOTHING, LoopbackAnswer, Rig, page
from two_outlets import Stage, source

HOURS = 60.0
LINK = b"<p><a rel='next' href='/a?page=%d'>Next page</a></p></article>"


def part(number: int, *, last: bool = False) -> LoopbackAnswer:
    body = page("The quay", f"The council met for the {number}. time on the matter of the quay, and voted again.")
    if number > 1:
        body = body.replace(b" was seen near the The quay", b" was seen on page %d" % number)
    return LoopbackAnswer(headers=HTML, body=body if last else body.replace(b"</article>", LINK % (number + 1)))


async def several(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a", "title": "The quay"})
    answers = {None: part(1), "2": part(2), "3": part(3, last=True)}
    outlet.routes["/a"] = lambda asked: answers[asked.query.get("page")]
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"))
    states = []
    async with rig.engine() as running:
        await running.minutes(1)
        states.append(await running.rows("SELECT complete, complete_reason FROM articles"))
        answers["3"] = NOTHING
        await running.minutes(3 * HOURS)
        states.append(await running.rows("SELECT outcome, reason FROM fetches ORDER BY id"))
        text = await running.rows("SELECT text FROM articles")
        revisions = await running.rows("SELECT count(*) FROM revisions")
    lines = text[0][0].split("\n\n")
    return {"states": states, "voted": [line for line in lines if "met for the" in line], "revisions": revisions}


def test_a_piece_on_several_pages_is_read_to_its_end(drive: Any) -> None:
    found = drive(several)
    assert found == {
        "states": [
            [["yes", "all 3 pages of it were read"]],
            [["new", None], ["failed", "page 3: status 404"]],
        ],
        "voted": [
            f"The council met for the {number}. time on the matter of the quay, and voted again."
            for number in (1, 2, 3)
        ],
        "revisions": [[1]],
    }


async def completed(rig: Rig) -> dict[str, Any]:
    """The second page answers 404 at first, and comes before the piece is looked at again; later its text is edited."""
    stage = Stage(rig)
    answers = {None: part(1), "2": NOTHING}
    stage.owner.routes["/a"] = lambda asked: answers[asked.query.get("page")]
    stage.configure(source("owner", feeds=[stage.owner.url("/feed")]))
    states = []
    async with rig.engine() as running:
        await running.minutes(HOURS)
        stage.owner.feed({"path": "/a", "title": "The quay"}, {"path": "/0", "title": "Nothing yet"})
        await running.minutes(2 * HOURS)
        where = "FROM articles WHERE title = 'The quay'"
        states.append(await running.rows(f"SELECT complete, revision {where}"))
        answers["2"] = part(2, last=True)
        await running.minutes(12 * HOURS)
        states.append(await running.rows(f"SELECT complete, revision {where}"))
        told = stage.told()
        edited = part(2, last=True).body.replace(b"voted again", b"voted again, and lost by 60 votes to 40")
        answers["2"] = LoopbackAnswer(headers=HTML, body=edited)
        await running.minutes(60 * HOURS)
        return {"states": states, "told": told, "later": stage.told()}


def test_a_part_that_becomes_the_whole_is_no_edit(drive: Any) -> None:
    """Those who were told of the piece by its first page hear nothing; of what is edited afterwards they do."""
    found = drive(completed)
    assert found == {
        "states": [[["no", 1]], [["yes", 2]]],
        "told": [["desk", "article.matched", "owner", "/a"], ["own", "article.matched", "owner", "/a"]],
        "later": [
            ["desk", "article.edited", "owner", "/a"],
            ["desk", "article.matched", "owner", "/a"],
            ["own", "article.matched", "owner", "/a"],
        ],
    }


async def barred(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a", "title": "The quay"})
    outlet.routes["/robots.txt"] = LoopbackAnswer(
        headers={"Content-Type": "text/plain"}, body=b"User-agent: *\nDisallow: /*page="
    )
    outlet.routes["/a"] = part(1)
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"))
    async with rig.engine() as running:
        await running.minutes(1)
        return {
            "asked": len(outlet.asked("/a")),
            "rows": await running.rows("SELECT complete, complete_reason FROM articles"),
        }


def test_robots_txt_binds_further_pages(drive: Any) -> None:
    found = drive(barred)
    assert found["asked"] == 1
    [[complete, reason]] = found["rows"]
    assert (complete, "robots.txt" in reason) == ("no", True)
