"""What is no article in live crawls: each kind a counted outcome with its evidence, none of them text or a revision."""

from __future__ import annotations

from typing import Any

import pytest
from drive import HTML, LoopbackAnswer, Rig, page, text

TOLD = {"title": "The quay is mended at last"}
NOTICE = "<noscript>You need to enable JavaScript to run this app.</noscript>"
LOGIN = (
    b"<html><head><title>Sign in</title></head><body><h1>Sign in</h1><form><input type='password'></form></body></html>"
)
# Path → what stands there (None: a redirect to the login page), outcome, reason.
WALLS: dict[str, tuple[bytes | None, str, str]] = {
    "/servicepipe": (
        b"<html><div id='id_captcha_frame_div'></div></html>",
        "blocked",
        "Servicepipe challenge page, status 200",
    ),
    "/cloudflare": (
        b"<html><title>Just a moment...</title></html>",
        "blocked",
        "Cloudflare challenge page, status 200",
    ),
    "/ddos-guard": (b"<html><title>DDoS-Guard</title></html>", "blocked", "DDoS-Guard challenge page, status 200"),
    "/consent": (
        b"<html><body><h1>Herald</h1><p>We value your privacy. Accept all cookies?</p></body></html>",
        "consent",
        "only a consent notice stands on the page",
    ),
    "/paywall": (
        b"<html><body><h1>The quay is mended at last</h1><p>Subscribe to continue reading.</p></body></html>",
        "paywall",
        "an offer to subscribe stands in the article's place",
    ),
    "/members": (None, "not-article", "redirected to a login page: {login}"),
    "/form": (LOGIN, "not-article", "a login form stands in the article's place"),
    "/shell": (
        f"<html><body>{NOTICE}<div id='root'></div></body></html>".encode(),
        "not-article",
        "needs JavaScript: it says 'You need to enable JavaScript to run this app.'",
    ),
    "/front": (
        b"<html><head><link rel='canonical' href='/'></head><body><h1>Herald</h1><p>News</p></body></html>",
        "gone",
        "soft 404: the page calls the front page its address",
    ),
    "/quoting": (
        (
            b"<html><head><link rel='canonical' href='/'><title>Nothing found for The quay is mended at last</title>"
            b"</head><body><h1>The ferry runs again</h1><p>The council met, and the boats wait.</p></body></html>"
        ),
        "gone",
        "soft 404: the page calls the front page its address",
    ),
}


async def walls(rig: Rig) -> dict[str, Any]:
    """Every link was an article first; then each kind of wall stands in its place."""
    outlet = rig.outlet()
    for number, path in enumerate(WALLS):
        outlet.article(path, f"Harbour report {number}")
    outlet.routes["/login"] = LoopbackAnswer(headers=HTML, body=LOGIN)
    outlet.feed(*({"path": path, "title": f"Harbour report {n}"} for n, path in enumerate(WALLS)))
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        await running.minutes(20)
        for path, (body, _, _) in WALLS.items():
            to = {"Location": outlet.url("/login?next=/")}
            outlet.routes[path] = (
                LoopbackAnswer(status=302, headers=to) if body is None else LoopbackAnswer(headers=HTML, body=body)
            )
        outlet.feed(*({"path": path, **TOLD} for path in WALLS))
        await running.minutes(7)
        links = await running.rows(
            "SELECT replace(url, rtrim(url, replace(url, '/', '')), '/'), outcome, reason FROM links ORDER BY id"
        )
        revisions = await running.rows("SELECT DISTINCT revision FROM articles")
        fetches = await running.rows("SELECT outcome, count(*) FROM fetches WHERE outcome <> 'new' GROUP BY outcome")
    return {"links": links, "revisions": revisions, "fetches": fetches, "login": outlet.url("/login?next=/")}


def test_every_wall_is_an_outcome_and_no_text(drive: Any) -> None:
    found = drive(walls)
    assert {path: [outcome, reason] for path, outcome, reason in found["links"]} == {
        path: [outcome, reason.format(login=found["login"])] for path, (_, outcome, reason) in WALLS.items()
    }
    assert found["revisions"] == [[1]]
    counted = dict(found["fetches"])
    assert counted.keys() == {"blocked", "consent", "paywall", "not-article", "gone"}


FRONT = "".join(f"<p>{text(f'teaser {n}')}</p>" for n in range(4))
# A front page that takes itself for an article and quotes the headline announced: nothing in it gives it away.
SOFT = (
    "<html lang='en'><head><meta property='og:type' content='article'></head><body><article>"
    f"<h1>Welcome to the harbour</h1><h2>{TOLD['title']}</h2>{FRONT}</article></body></html>"
).encode()


async def soft(rig: Rig, robots: str = "") -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.robots(robots)
    asked: list[str] = []

    def nowhere(path: str) -> LoopbackAnswer:
        asked.append(path)
        return LoopbackAnswer(headers=HTML, body=SOFT)

    outlet.otherwise = lambda got: nowhere(got.path)
    outlet.article("/news/one", "The first of the quays")
    outlet.feed({"path": "/news/one", "title": "The first of the quays"})
    rig.config(rig.feeds(outlet.url("/feed"), every="12h"))
    async with rig.engine() as running:
        await running.minutes(50 * 60)
        outlet.article("/news/three", "The third quay")
        outlet.feed({"path": "/news/two", **TOLD}, {"path": "/news/three", "title": "The third quay"})
        await running.minutes(8 * 24 * 60)
        known = await running.rows("SELECT source, status, outcome, reason, title FROM absences")
        links = await running.rows("SELECT outcome, reason FROM links ORDER BY id")
        titles = await running.rows("SELECT title FROM articles ORDER BY id")
        troubles = await running.rows("SELECT DISTINCT outcome FROM polls")
    probes = [path for path in asked if path.startswith("/news/no-such-page-")]
    return {
        "probes": [len(probes), len(set(probes))],
        "known": known,
        "links": links,
        "titles": titles,
        "polls": troubles,
        "agents": len({got.headers["user-agent"] for got in outlet.log}),
    }


def test_a_soft_404_is_learned_from_a_nonsense_address_once_a_week(drive: Any) -> None:
    found = drive(soft)
    why = "99% of its text is what the site shows for an address that does not exist"
    assert found == {
        "probes": [2, 2],
        "known": [["news", 200, "new", None, "Welcome to the harbour"]],
        "links": [  # the known pieces are looked at again
            ["unchanged", None],
            ["not-article", f"soft 404: headline 'Welcome to the harbour', {why}"],
            ["unchanged", None],
        ],
        "titles": [["The first of the quays"], ["The third quay"]],
        "polls": [["ok"]],
        "agents": 1,
    }


def test_where_robots_forbid_it_nothing_is_asked(drive: Any) -> None:
    found = drive(soft, robots="User-agent: *\nDisallow: /news/no-such\n")
    assert (found["probes"], found["polls"]) == ([0, 0], [["ok"]])
    [[source, status, outcome, reason, title]] = found["known"]
    assert (source, status, outcome, title) == ("news", None, "refused", None)
    assert reason.startswith("robots.txt of news.test")
    assert "forbids /news/no-such-page-" in reason


@pytest.mark.parametrize("status", [404, 500])
def test_an_honest_site_teaches_nothing(drive: Any, status: int) -> None:
    assert drive(honest, status=status) == {404: [["gone", None]], 500: [["failed", None]]}[status]


async def honest(rig: Rig, status: int) -> Any:
    outlet = rig.outlet()
    outlet.robots("")
    outlet.otherwise = lambda _: LoopbackAnswer(status=status, headers=HTML, body=page("Oh dear"))
    outlet.article("/one")
    outlet.feed({"path": "/one"})
    rig.config(rig.feeds(outlet.url("/feed"), every="12h"))
    async with rig.engine() as running:
        await running.minutes(50 * 60)
        return await running.rows("SELECT outcome, title FROM absences")
