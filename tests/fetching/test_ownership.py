"""Every outlet owns its own pieces: what one does to another's, before and after the owner announces it.

Two outlets on loopback, the daemon's engine, a real store and a real receiver. Of the owner's piece there is one
article, under its own name, with its own text, and each rule is told once.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from drive import HTML, START, Rig, index, sitemap
from two_outlets import HOUR, TITLE, Stage, dated, html, source

from monitor.newsroom.loopback import LoopbackAnswer as Answer
from monitor.newsroom.loopback import LoopbackRequest as Asked

pytestmark = pytest.mark.slow  # each plays a day of two outlets

ONCE = {
    "told": [["desk", "article.matched", "owner", "/900"], ["own", "article.matched", "owner", "/900"]],
    "stored": [["owner", "/900", TITLE, 1, 0]],
}
ORDERS = ["attack first", "owner first"]


class Play(ABC):
    """One row: what the rival does (`attack`), what the owner does (`publish`), and what the rival does then."""

    hosts = ("owner.test", "rival.test")
    lasts = 3 * HOUR  # between the steps
    live_first = True  # whether the owner's page stands before anybody announces it
    joins_late = False  # whether the rival is added to the configuration only when it attacks
    more: ClassVar[dict[str, str]] = {}  # further endpoints of the rival

    def __init__(self, stage: Stage) -> None:
        self.stage, self.owner, self.rival = stage, stage.owner, stage.rival

    def page(self) -> Answer:
        return html(TITLE)

    def item(self) -> dict[str, Any]:
        return {"path": "/900", "title": TITLE}

    def publish(self) -> None:
        self.owner.routes["/900"] = self.page()
        self.owner.feed(self.item(), {"path": "/0", "title": "Nothing yet"})

    @abstractmethod
    def attack(self) -> None:
        """What the rival does to the owner's piece."""

    def afterwards(self) -> None:  # noqa: B027  most do nothing then
        """What the rival does when both have happened."""


class Absent(Play):
    """Row 1: it lists an address that is still 404."""

    live_first = False
    lasts = 8 * HOUR

    def attack(self) -> None:
        self.rival.feed({"link": self.owner.url("/900"), "title": "Something at the quay"})


class Refused(Absent):
    """Row 1: it lists an address that is still a login page."""

    def attack(self) -> None:
        if "/900" not in self.owner.routes:
            self.owner.routes["/900"] = Answer(
                headers=HTML,
                body=b"<html><title>Log in</title><body><form><input type='password'></form></body></html>",
            )
        super().attack()


class Guid(Play):
    """Row 2: its own page has the guid of the owner's node."""

    def guid(self) -> str:
        return f"900 at {self.owner.url('')}"

    def item(self) -> dict[str, Any]:
        return {"path": "/900", "title": TITLE, "guid": self.guid()}

    def attack(self) -> None:
        self.rival.article("/x", "A pier")
        self.rival.feed({"path": "/x", "title": "A pier", "guid": self.guid()})


class GuidOfAbsent(Guid):
    """Row 2: the guid of the owner's node on another of the owner's addresses, which does not exist."""

    lasts = 8 * HOUR

    def attack(self) -> None:
        self.rival.feed({"link": self.owner.url("/never"), "title": "A pier", "guid": self.guid()})


class Redirect(Play):
    """Row 3: its link redirects to the piece, and later serves an altered text."""

    def attack(self) -> None:
        self.rival.routes["/r"] = Answer(status=302, headers={"Location": self.owner.url("/900")})
        self.rival.feed({"path": "/r", "title": "Seen elsewhere"})

    def afterwards(self) -> None:
        self.rival.routes["/r"] = html(TITLE, more="All of it is altered.")
        self.rival.feed({"path": "/r", "title": "Seen elsewhere, altered", "summary": "Altered."})


class RedirectGone(Redirect):
    """Row 3: its link redirects to the piece, and later to an address of the owner's that is not there."""

    def afterwards(self) -> None:
        self.rival.routes["/r"] = Answer(status=302, headers={"Location": self.owner.url("/never")})
        self.rival.feed({"path": "/r", "title": "Seen elsewhere, gone", "summary": "Gone."})


class Words(Play):
    """Its entry carries a whole text and another headline for the owner's address."""

    def attack(self) -> None:
        body = "".join(f"<p>All of it is altered, in paragraph {n} of many. {'Words. ' * 60}</p>" for n in range(9))
        self.rival.feed({"link": self.owner.url("/900"), "title": "The quay is altered", "summary": body})


class Canonical(Play):
    """Row 4: a blog of the same host company calls the owner's address its own."""

    hosts = ("owner.substack.com", "rival.substack.com")

    def attack(self) -> None:
        head = f"<link rel='canonical' href='{self.owner.url('/900')}'>"
        self.rival.routes["/p"] = html("Another tale of the quay", head, more="All of it is altered.")
        self.rival.feed({"path": "/p", "title": "Another tale of the quay"})


class Backlog(Play):
    """Row 5: an undated item of its first poll redirects to the fresh piece."""

    joins_late = True

    def attack(self) -> None:
        self.rival.routes["/r"] = Answer(status=302, headers={"Location": self.owner.url("/900")})
        self.rival.feed({"path": "/r", "title": "Seen elsewhere"})


class BacklogDirect(Backlog):
    """Row 5: an undated item of its first poll is the address of the fresh piece."""

    def attack(self) -> None:
        self.rival.feed({"link": self.owner.url("/900"), "title": "Seen elsewhere"})


class BacklogDated(Backlog):
    """Row 5, where the owner's page says when it was published."""

    def page(self) -> Answer:
        return html(TITLE, dated(1))


class OldCopy(Play):
    """Row 6: a new part of its sitemap names an old-dated copy of the fresh text."""

    more: ClassVar = {"sitemaps": "/sitemap.xml"}

    def attack(self) -> None:
        self.rival.xml("/sitemap.xml", index(self.rival.url("/part.xml")))
        self.rival.xml("/part.xml", sitemap((self.rival.url("/copy"), START - timedelta(hours=20))))
        self.rival.routes["/copy"] = html(TITLE, dated(-20))


class Archived(Play):
    """It lists the owner's address in a sitemap, as years old."""

    more: ClassVar = {"sitemaps": "/sitemap.xml"}

    def attack(self) -> None:
        self.rival.xml("/sitemap.xml", sitemap((self.owner.url("/900"), START - timedelta(days=900))))


class First(Play):
    """Row 7: it lists the live address first."""

    def attack(self) -> None:
        self.rival.feed({"link": self.owner.url("/900"), "title": "Seen elsewhere"})


class Carriers(Play):
    """Whatever else can carry an address or an identity says the owner's, in its feed, its sitemaps and its pages."""

    more: ClassVar = {"sitemaps": "/sitemap.xml"}

    def guid(self) -> str:
        return f"900 at {self.owner.url('')}"

    def item(self) -> dict[str, Any]:
        return {"path": "/900", "title": TITLE, "guid": self.guid()}

    def attack(self) -> None:
        target = self.owner.url("/900")
        said = {"@type": "NewsArticle", "headline": TITLE, "url": target, "mainEntityOfPage": {"@id": target}}
        links = "".join(
            f"<link rel='{rel}' href='{target}'>"
            for rel in ("amphtml", "shortlink", "alternate", "canonical", "original")
        )
        head = f"{links}<meta property='og:url' content='{target}'><base href='{target}'>"
        head += f"<script type='application/ld+json'>{json.dumps(said)}</script>"
        served = html("Another tale of the quay", head, more="All of it is altered.")
        own = replace(served, body=served.body.replace(b"<article", b"<article data-history-node-id='900'"))
        refresh = {
            **HTML,
            "Refresh": f"0; url={target}",
            "Link": f'<{target}>; rel="canonical"',
            "Content-Location": target,
        }
        self.rival.routes |= {"/p": own, "/q": replace(own, headers=refresh)}
        self.owner.routes["/out"] = Answer(status=302, headers={"Location": self.rival.url("/p")})  # an open redirect
        entries = [
            f"<id>{target}</id><link href='/p'/><link rel='via' href='{target}'/><link rel='related' href='{target}'/>",
            f"<id>{self.guid()}</id><link href='{self.rival.url('/q')}'/><link rel='canonical' href='{target}'/>",
            f"<id>out</id><link href='{self.owner.url('/out')}'/>",
        ]
        atom = "".join(
            f"<entry xml:base='{self.owner.url('/')}'>{entry}<title>Altered</title></entry>" for entry in entries
        )
        self.rival.xml("/feed", f"<feed xmlns='http://www.w3.org/2005/Atom'>{atom}</feed>".encode())
        self.rival.xml("/sitemap.xml", index(self.owner.url("/parts.xml")))
        self.owner.xml("/parts.xml", sitemap((target, START)))

    def afterwards(self) -> None:
        self.rival.feed(*({"link": self.owner.url(f"/900?x={n}"), "title": f"Altered {n}"} for n in range(3)))


ROWS = {
    row.__name__: row for row in Play.__subclasses__() + [s for r in Play.__subclasses__() for s in r.__subclasses__()]
}


async def act(rig: Rig, row: str, order: str) -> dict[str, Any]:
    kind = ROWS[row]
    stage = Stage(rig, kind.hosts)
    play = kind(stage)
    if kind.more:
        stage.rival.xml("/sitemap.xml", index())
    lists = {key: [stage.rival.url(path)] for key, path in kind.more.items()}
    if kind.joins_late:
        stage.configure(source("owner", feeds=[stage.owner.url("/feed")]))
    else:
        stage.both(**lists)
    async with rig.engine() as running:
        await running.minutes(HOUR)
    if kind.live_first:
        stage.owner.routes["/900"] = play.page()
    for step in order.split(" ")[0], "both":
        if step in ("attack", "both") and not (step == "both" and order.startswith("attack")):
            play.attack()
            if kind.joins_late:
                stage.both(**lists)
        if step in ("owner", "both") and not (step == "both" and order.startswith("owner")):
            play.publish()
        async with rig.engine() as running:
            await running.minutes(kind.lasts)
    play.afterwards()
    async with rig.engine() as running:
        await running.minutes(5 * HOUR)
        return await stage.result(running)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("row", ROWS)
def test_the_owners_piece_is_stored_and_told_once_as_its_own(drive: Any, row: str, order: str) -> None:
    assert drive(act, row=row, order=order) == ONCE


# — row 8: an outlet's own pages share a name ——————————————————————————————————————————————————————————————————————————

SHARED = {
    "canonical": "<link rel='canonical' href='/view'>",
    "shortlink": "<link rel='shortlink' href='/?p=2'>",
}


async def share(rig: Rig, name: str) -> dict[str, Any]:
    stage = Stage(rig)

    def view(asked: Asked) -> Answer:
        return html(f"The quay, part {asked.query['id']}", SHARED[name])

    stage.owner.routes["/view"] = view
    stage.both()
    async with rig.engine() as running:
        await running.minutes(HOUR)
        for newest in (1, 2, 3):
            items = [{"path": f"/view?id={n}", "title": f"The quay, part {n}"} for n in range(newest, 0, -1)]
            stage.owner.feed(*items)
            await running.minutes(2 * HOUR)
        return {
            **await stage.result(running),
            "problems": await running.rows("SELECT kind, subject FROM problems WHERE kind <> 'gap'"),
            "shared": [row[0] for row in await running.rows("SELECT texts FROM shared_names ORDER BY texts")],
        }


@pytest.mark.parametrize("name", SHARED)
def test_pages_that_share_a_name_are_pieces_of_their_own(drive: Any, name: str) -> None:
    found = drive(share, name=name)
    assert (
        sorted(row[:2] for row in found["told"]) == [["desk", "article.matched"]] * 3 + [["own", "article.matched"]] * 3
    )
    assert [row[2:4] for row in found["stored"]] == [[f"The quay, part {n}", 1] for n in (1, 2, 3)]
    assert found["problems"] == [["shared-address", "owner"]]
    assert max(found["shared"]) == 3


# — row 9: what leaves the configuration ———————————————————————————————————————————————————————————————————————————————


async def leave(rig: Rig, how: str) -> dict[str, Any]:
    """The owner's page answers 500 while its source is renamed, paused or taken out; the rival lists it, too."""
    stage = Stage(rig)
    stage.both()
    async with rig.engine() as running:
        await running.minutes(HOUR)
        stage.owner.routes["/900"] = Answer(status=500, headers=HTML)
        stage.owner.feed({"path": "/900", "title": "Notes of the day"})  # else the feed's words speak at once
        if how != "renamed":
            stage.rival.feed({"link": stage.owner.url("/900"), "title": "Seen elsewhere"})
        await running.minutes(70)
        if how == "paused":
            await running.engine.store.do(running.engine.store.sources.pause, "owner", rig.clock.now())
    rival = source("rival", feeds=[stage.rival.url("/feed")])
    if how == "renamed":
        stage.configure(source("harbour", feeds=[stage.owner.url("/feed")]), rival, own="harbour")
    if how == "removed":
        stage.configure(rival, own="rival")
    stage.owner.routes["/900"] = html(TITLE)
    async with rig.engine() as running:
        await running.minutes(12 * HOUR)
        return {"told": [row[:3] for row in stage.told()], "polls": len(stage.owner.asked("/feed"))}


@pytest.mark.parametrize(("how", "outlet"), [("renamed", "harbour"), ("paused", "owner"), ("removed", "rival")])
def test_what_waited_under_a_source_that_is_asked_no_more_is_fetched(drive: Any, how: str, outlet: str) -> None:
    found = drive(leave, how=how)
    assert found["told"] == [[rule, "article.matched", outlet] for rule in ("desk", "own")]


# — a feed on a host of its own ————————————————————————————————————————————————————————————————————————————————————————


async def abroad(rig: Rig) -> dict[str, Any]:
    """The owner's feed stands on the rival's host; its configuration says so only after a while."""
    stage = Stage(rig)
    here = [{"link": stage.owner.url(f"/{n}"), "title": f"Tale {n}"} for n in range(4)]
    for n in range(4):
        stage.owner.article(f"/{n}", f"Tale {n}")
    stage.rival.feed(*here)
    stage.configure(source("owner", feeds=[stage.rival.url("/feed")]))
    found: dict[str, Any] = {}
    async with rig.engine() as running:
        await running.minutes(HOUR)
        stage.owner.routes["/900"] = html(TITLE)
        stage.rival.feed(
            {"link": stage.owner.url("/900"), "title": TITLE, "guid": "900 at " + stage.owner.url("")}, *here
        )
        await running.minutes(2 * HOUR)
        found["told"] = stage.told()
        found["open"] = await running.rows("SELECT kind, subject, cure FROM problems WHERE closed_at IS NULL")
    stage.configure(source("owner", feeds=[stage.rival.url("/feed")]) + f'address = "{stage.owner.url("")}"\n')
    async with rig.engine() as running:
        await running.minutes(2 * HOUR)
        found["closed"] = await running.rows("SELECT kind FROM problems WHERE closed_at IS NOT NULL")
        found["again"] = stage.told()
    return {**found, "feed": stage.rival.url("/feed")}


def test_a_feed_on_a_host_of_its_own_is_told_of_and_says_what_to_write(drive: Any) -> None:
    found = drive(abroad)
    assert found["told"] == found["again"] == ONCE["told"]
    cure = 'if owner.test is its own site, set address = "https://owner.test" in [sources.owner]; if not, leave it'
    assert found["open"] == [["foreign-site", f"owner {found['feed']}", cure]]
    assert found["closed"] == [["foreign-site"]]
