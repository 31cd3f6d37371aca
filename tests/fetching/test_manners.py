"""How outlets are asked: conditionally, at their pace, by their robots.txt, under our name (RELIABILITY P1-P11)."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from drive import HTML, START, XML, LoopbackAnswer, Rig, index, rss, sitemap

from monitor import __version__


def validators(asked: Any) -> list[str | None]:
    return [asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")]


async def unchanged(rig: Rig, polls: int) -> dict[str, Any]:
    """A feed that answers 304 to its own validators, byte for byte, and to no others."""
    outlet = rig.outlet()
    etag, modified = 'W/"a \u00e9 b"', "Mon, 2 Mar 2026 05:00:00 GMT"  # odd, and not ours to mend
    headers = {**XML, "ETag": etag, "Last-Modified": modified}
    body = rss({"link": outlet.url("/a")})

    def feed(asked: Any) -> LoopbackAnswer:
        same = asked.headers.get("if-none-match") == etag and asked.headers.get("if-modified-since") == modified
        return LoopbackAnswer(status=304, headers={}) if same else LoopbackAnswer(headers=headers, body=body)

    outlet.routes["/feed"] = feed
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/feed"), every="1m"))
    async with rig.engine() as running:
        while len(outlet.asked("/feed")) < polls:
            await running.minutes(1)
        rows = await running.rows("SELECT state, outcome FROM links")
        outcomes = await running.rows("SELECT DISTINCT outcome FROM polls WHERE outcome <> 'open'")
    sent = [validators(asked) for asked in outlet.asked("/feed")[:polls]]
    return {"sent": sent, "links": rows, "polls": outcomes, "articles": len(outlet.asked("/a"))}


def test_a_hundred_unchanged_polls_are_one_unconditional_request(drive: Any) -> None:
    both = ['W/"a \u00e9 b"', "Mon, 2 Mar 2026 05:00:00 GMT"]
    assert drive(unchanged, polls=100) == {
        "sent": [[None, None], *[both] * 99],
        "links": [["done", "new"]],
        "polls": [["ok"]],
        "articles": 1,
    }


async def changing(rig: Rig) -> list[Any]:
    """One answer a poll; what the next request carries."""
    outlet = rig.outlet()
    script = [
        (200, {"ETag": '"1"', "Last-Modified": "L1"}),
        (200, {"ETag": '"2"', "Last-Modified": "L1"}),  # P2: the tag changes, the date stays
        (304, {"ETag": '"3"'}),  # P2: a 304 carries a new tag, and says nothing of the date
        (304, {}),
        (500, {"ETag": '"error"'}),  # says nothing of the feed
        (200, {"Last-Modified": "L2"}),  # P3: the tag vanishes
        (200, {}),  # P3: both vanish
        (200, {"ETag": '"4"'}),
        (200, {"ETag": '"not-a-feed"', "Content-Type": "text/html"}),  # its links were never read
        (200, {"ETag": '"5"'}),
    ]
    pages = iter(script)

    def feed(_: Any) -> LoopbackAnswer:
        status, headers = next(pages, (304, {}))
        html = headers.get("Content-Type") == "text/html"
        body = b"<html><body>Maintenance</body></html>" if html else rss({"link": outlet.url("/a")})
        return LoopbackAnswer(status=status, headers={**XML, **headers}, body=body)

    outlet.routes["/feed"] = feed
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/feed"), every="1m"))
    async with rig.engine() as running:
        while len(outlet.asked("/feed")) <= len(script):
            await running.minutes(1)
    return [validators(asked) for asked in outlet.asked("/feed")[: len(script) + 1]]


def test_validators_follow_the_last_good_answer(drive: Any) -> None:
    assert drive(changing) == [
        [None, None],
        ['"1"', "L1"],
        ['"2"', "L1"],
        ['"3"', "L1"],
        ['"3"', "L1"],
        ['"3"', "L1"],
        [None, "L2"],
        [None, None],
        ['"4"', None],
        ['"4"', None],
        ['"5"', None],
    ]


async def restarts(rig: Rig) -> dict[str, Any]:
    outlet, other = rig.outlet(), rig.outlet("other.test")
    for one in (outlet, other):
        one.feed({"path": "/a"}, headers={"ETag": '"1"'})
        one.article("/a")
    rig.config(
        rig.feeds(outlet.url("/feed"), every="30m")
        + f'[sources.other]\nspider = "feed"\nevery = "1h"\nfeeds = ["{other.url("/feed")}"]\n',
        allow=["news.test", "other.test"],
    )
    async with rig.engine() as running:
        await running.minutes(2)
        due = await running.rows("SELECT name, next_poll_at FROM sources ORDER BY name")
    first = [outlet.paths(), other.paths()]
    for _ in range(10):
        async with rig.engine() as running:
            await running.minutes(2)
            kept = await running.rows("SELECT name, next_poll_at FROM sources ORDER BY name")
    return {"first": first, "after": [outlet.paths(), other.paths()], "same": due == kept}


def test_a_restart_asks_for_nothing_before_its_time(drive: Any) -> None:
    asked = [["/feed", "/robots.txt", "/a"]] * 2
    assert drive(restarts) == {"first": asked, "after": asked, "same": True}


async def busy(rig: Rig, status: int, wish: str | None, place: str) -> dict[str, Any]:
    """`place` answers `status` once; the whole host rests, also over a restart."""
    outlet = rig.outlet()
    refusals = [LoopbackAnswer(status=status, headers={"Retry-After": wish} if wish else {})]
    outlet.feed({"path": "/a"}, {"path": "/b"}, {"path": "/c"})
    for name in "abc":
        outlet.article(f"/{name}")
    outlet.robots("")
    good = outlet.routes[place]
    outlet.routes[place] = lambda _: refusals.pop() if refusals else good
    rig.config(rig.feeds(outlet.url("/feed"), every="1m"))
    async with rig.engine() as running:
        await running.minutes(0.5)
        waiting = await running.rows("SELECT state, attempts FROM links ORDER BY id")
    stopped_at = (rig.clock.now() - START).total_seconds()
    async with rig.engine() as running:
        await running.minutes(12)
        links = await running.rows("SELECT state, outcome FROM links ORDER BY id")
        fetches = await running.rows("SELECT count(*) FROM fetches GROUP BY link_id ORDER BY link_id")
    times = outlet.times()
    before = [at for at in times if at <= stopped_at]
    return {
        "waiting": waiting,
        "links": links,
        "fetches": fetches,
        "asked": outlet.paths()[: len(before)],
        "rest": min(at for at in times if at > stopped_at) - before[-1],
    }


WISHES = {
    "seconds": ("300", 300),
    "date": (format_datetime(START + timedelta(seconds=300), usegmt=True), 290),
    "past": ("Mon, 02 Mar 2020 06:00:00 GMT", 60),
    "zero": ("0", 60),
    "nonsense": ("soon", 60),
    "none": (None, 60),
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wish", WISHES)
def test_a_busy_page_gives_its_host_a_rest(drive: Any, status: int, wish: str) -> None:
    header, least = WISHES[wish]
    result = drive(busy, status=status, wish=header, place="/a")
    # The one that was asked has used a try; its neighbours wait for the host and have not.
    assert result.pop("rest") >= least
    assert result == {
        "waiting": [["pending", 1], ["pending", 0], ["pending", 0]],
        "links": [["done", "new"]] * 3,
        "fetches": [[2], [1], [1]],
        "asked": ["/feed", "/robots.txt", "/a"],
    }


@pytest.mark.parametrize("place", ["/feed", "/robots.txt"])
def test_a_busy_feed_or_robots_file_gives_its_host_a_rest(drive: Any, place: str) -> None:
    result = drive(busy, status=503, wish="300", place=place)
    assert result["rest"] >= 300
    assert result["asked"] == (["/feed"] if place == "/feed" else ["/feed", "/robots.txt"])
    assert result["links"] == [["done", "new"]] * 3
    assert [row[1] for row in result["waiting"]] == ([] if place == "/feed" else [1, 0, 0])


async def busy_elsewhere(rig: Rig) -> dict[str, Any]:
    """The articles lie on another host than the feed, and that one is busy for five minutes."""
    outlet, pages = rig.outlet(), rig.outlet("pages.test")
    refusals = [LoopbackAnswer(status=429, headers={"Retry-After": "300"})]
    outlet.feed({"link": pages.url("/a")}, {"link": pages.url("/b")})
    pages.article("/b")
    pages.article("/a")
    good = pages.routes["/a"]
    pages.routes["/a"] = lambda _: refusals.pop() if refusals else good
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"), allow=["news.test", "pages.test"])
    async with rig.engine() as running:
        await running.minutes(4)
        polls = await running.rows("SELECT count(*) FROM polls")
    async with rig.engine() as running:
        await running.minutes(0.5)
        early = pages.paths()
        await running.minutes(4)
        links = await running.rows("SELECT state, outcome FROM links ORDER BY id")
    return {"polls": polls, "early": early, "links": links}


def test_links_wait_for_a_host_that_is_not_their_feeds(drive: Any) -> None:
    assert drive(busy_elsewhere) == {
        "polls": [[1]],  # nobody looks again and again whether the rest is over
        "early": ["/robots.txt", "/a"],
        "links": [["done", "new"], ["done", "new"]],
    }


async def gone(rig: Rig) -> list[Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/gone"})
    outlet.routes["/gone"] = LoopbackAnswer(status=410, headers=HTML, body=b"<html>Gone</html>")
    rig.config(rig.feeds(outlet.url("/feed"), every="1h"))
    async with rig.engine() as running:
        await running.minutes(24 * 60)
        rows = await running.rows("SELECT state, outcome, next_attempt_at FROM links")
    return [rows, len(outlet.asked("/gone"))]


def test_a_page_that_is_gone_is_left_alone(drive: Any) -> None:
    assert drive(gone) == [[["gone", "gone", None]], 3]


async def news_in_the_first_of_many(rig: Rig) -> list[str]:
    """What is asked for at the second poll, of which the first endpoint has news."""
    outlet = rig.outlet()
    names = [f"/feed{number}" for number in range(6)]
    for name in names:
        outlet.feed(path=name)
    outlet.article("/new")
    rig.config(rig.feeds(*map(outlet.url, names)))
    async with rig.engine() as running:
        await running.minutes(2)
        outlet.feed({"path": "/new"}, path="/feed0")
        before = len(outlet.log)
        await running.minutes(5)
    return outlet.paths()[before:]


def test_news_does_not_wait_for_the_endpoints_still_to_be_asked(drive: Any) -> None:
    """At a pause of 1.5 s before each, six would keep it waiting nine seconds; one is under way already."""
    found = drive(news_in_the_first_of_many)
    assert found == ["/feed0", "/feed1", "/robots.txt", "/new", "/feed2", "/feed3", "/feed4", "/feed5"]


async def sitemap_polls(rig: Rig, *, feed: bool, rest: int = 0) -> dict[str, int]:
    """How often a sitemap, and a feed beside it where there is one, is asked in ten minutes of an interval of one."""
    outlet = rig.outlet()
    outlet.xml("/map.xml", sitemap((outlet.url("/c"), START)))
    outlet.article("/c")
    outlet.xml("/feed", rss({"link": outlet.url("/c")}).replace(b"<item>", b"<ttl>%d</ttl><item>" % rest))
    source = '[sources.news]\nspider = "sitemap"\nevery = "1m"\narticle = "/c"\n'
    beside = f'feeds = ["{outlet.url("/feed")}"]\n' if feed else ""
    rig.config(f'{source}sitemaps = ["{outlet.url("/map.xml")}"]\n{beside}')
    async with rig.engine() as running:
        await running.minutes(10)
    return {path: len(outlet.asked(path)) for path in ("/map.xml", "/feed")}


@pytest.mark.parametrize(
    ("feed", "rest", "most"),
    [
        (True, 0, {"/map.xml": 1, "/feed": 8}),
        (True, 60, {"/map.xml": 8, "/feed": 1}),  # as every Ghost writes it
        (False, 0, {"/map.xml": 8, "/feed": 0}),
    ],
)
def test_a_sitemap_keeps_its_sources_pace_where_no_other_list_breaks_news(
    drive: Any, feed: bool, rest: int, most: dict[str, int]
) -> None:
    found = drive(sitemap_polls, feed=feed, rest=rest)
    assert {path: min(asked, most[path]) for path, asked in found.items()} == most


async def unchanged_index(rig: Rig) -> list[list[Any]]:
    """A sitemap index that never changes, with an ETag; the part it names gets a piece ten minutes later."""
    outlet = rig.outlet()
    outlet.robots("User-agent: *\nDisallow: /n/")
    whole = LoopbackAnswer(headers={**XML, "ETag": '"one"'}, body=index(outlet.url("/part.xml")))
    outlet.routes["/index.xml"] = lambda asked: (
        LoopbackAnswer(status=304) if asked.headers.get("if-none-match") == '"one"' else whole
    )
    outlet.xml("/part.xml", sitemap((outlet.url("/n/1"), rig.clock.now())))
    rig.config(f'[sources.news]\nspider = "sitemap"\nevery = "1m"\nsitemaps = ["{outlet.url("/index.xml")}"]\n')
    async with rig.engine() as running:
        await running.minutes(10)
        outlet.xml("/part.xml", sitemap(*((outlet.url(f"/n/{n}"), rig.clock.now()) for n in (2, 1))))
        await running.minutes(3)
        return await running.rows("SELECT url FROM links ORDER BY id")


def test_parts_are_asked_for_though_their_index_stays_as_it_is(drive: Any) -> None:
    found = drive(unchanged_index)
    assert [url.rpartition("/")[2] for (url,) in found] == ["1", "2"]


async def said(rig: Rig) -> dict[str, Any]:
    """Everything a full poll puts on the wire, with a server that would like to set cookies."""
    outlet = rig.outlet()
    cookie = {"Set-Cookie": "visit=1; Path=/"}
    outlet.feed({"path": "/a?utm_source=rss&id=7#top"}, {"path": "/moved"}, headers=cookie)
    outlet.article("/a")
    outlet.article("/b")
    outlet.routes["/moved"] = LoopbackAnswer(status=302, headers={"Location": "/b", **cookie})
    outlet.xml("/map.xml", sitemap((outlet.url("/c"), START)))
    outlet.article("/c")
    rig.config(
        rig.feeds(outlet.url("/feed"), sitemaps=[outlet.url("/map.xml")]),
        fetch='contact = "desk@example.org"',
    )
    async with rig.engine() as running:
        await running.minutes(0.7)
    return {
        "paths": outlet.paths(),
        "methods": sorted({a.method for a in outlet.log}),
        "agents": sorted({a.headers["user-agent"] for a in outlet.log}),
        "encodings": sorted({a.headers["accept-encoding"] for a in outlet.log}),
        "names": sorted({name for a in outlet.log for name in a.headers}),
        "accept": [outlet.asked("/feed")[0].headers["accept"], outlet.asked("/map.xml")[0].headers["accept"]],
    }


def test_what_is_said_on_the_wire(drive: Any) -> None:
    result = drive(said)
    (encodings,) = result.pop("encodings")
    assert {"gzip", "br"} <= {part.strip() for part in encodings.split(",")}
    assert result == {
        "paths": ["/feed", "/robots.txt", "/map.xml", "/a?id=7", "/c", "/moved", "/b"],
        "methods": ["GET"],
        "agents": [f"seedwatch/{__version__} (+https://github.com/seedwatch/seedwatch; desk@example.org)"],
        "names": ["accept", "accept-encoding", "accept-language", "host", "user-agent"],
        "accept": [
            "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
            "application/xml, text/xml, */*;q=0.5",
        ],
    }
