"""Publishing, editing, deleting, re-issuing: what becomes visible where and when, and what the ledger says."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta

import httpx
import pytest

from monitor.clock import SimulatedClock
from monitor.config.schema import Config
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.piece import Piece

PLACES = {
    ("tass", "rss"): "/rss/v2.xml",
    ("tass", "sitemap"): "/sitemap/sitemap_news0.xml",
    ("commonspace", "rss"): "/taxonomy/term/24/feed",
    ("commonspace", "listing"): "/region/south-caucasus",
    ("milligazete", "listing"): "/",
    ("commonspace", "jsonapi"): "/jsonapi/node/article",
    ("wordpress", "rss"): "/feed/",
    ("wordpress", "sitemap"): "/sitemap.xml",
    ("wordpress", "rest"): "/wp-json/wp/v2/posts",
    ("wordpress", "listing"): "/",
}


def where(newsroom: Newsroom, web: httpx.Client, piece: Piece) -> set[str]:
    """The endpoints of the piece's outlet that name it now."""
    outlet = newsroom.outlets[piece.outlet]
    found = {
        endpoint
        for (name, endpoint), path in PLACES.items()
        if name == piece.outlet and piece.path in web.get(outlet.address + path).text
    }
    if piece.outlet == "tass":
        wish = {"sectionId": 4954, "limit": 100, "type": "all", "timestamp": 2_000_000_000}
        if piece.path in web.post(outlet.address + "/userApi/categoryNewsList", json=wish).text:
            found.add("api")
    return found


@pytest.mark.parametrize("name", ["tass", "commonspace", "milligazete", "wordpress"])
def test_a_piece_is_visible_when_its_time_comes(
    name: str, newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock
) -> None:
    outlet = newsroom.outlets[name]
    piece = newsroom.publish(name, section="politics", at=clock.now() + timedelta(minutes=1))
    assert (where(newsroom, web, piece), newsroom.published()) == (set(), [])
    assert piece.title not in web.get(outlet.url(piece)).text
    clock.advance_to(piece.published_at)
    assert (where(newsroom, web, piece), newsroom.published()) == (set(outlet.endpoints), [piece])
    newsroom.delete(piece)
    assert where(newsroom, web, piece) == set()
    assert newsroom.published() == [piece]


def test_endpoints_may_be_limited(newsroom: Newsroom, web: httpx.Client) -> None:
    for name, outlet in newsroom.outlets.items():
        for endpoint in outlet.endpoints:
            piece = newsroom.publish(name, endpoints={endpoint}, section="politics")
            assert where(newsroom, web, piece) == {endpoint}
            assert piece.title[:20] in httpx.get(outlet.url(piece), trust_env=False).text.replace("&#x27;", "'")
    with pytest.raises(ValueError, match="milligazete announces nothing on rss"):
        newsroom.publish("milligazete", endpoints={"rss"})


def test_copies_edits_and_reissues(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    original = newsroom.publish("wordpress", on_topic=True, author="A Desk")
    copy = newsroom.publish("milligazete", copy_of=original)
    again = newsroom.publish("wordpress", copy_of=copy)
    clock.advance_to(clock.now() + timedelta(minutes=9))
    edited = newsroom.edit(original)
    corrected = newsroom.edit(original, title="Talks put off")
    reissued = newsroom.reissue(original)
    assert copy.text == again.text == original.text
    assert len({original.title, copy.title, again.title}) == 3
    assert (copy.copy_of, again.copy_of, reissued.copy_of) == (original.key,) * 3
    assert edited.paragraphs[:-1] == original.paragraphs
    assert (edited.key, edited.path, edited.modified_at) == (original.key, original.path, clock.now())
    assert (corrected.title, corrected.paragraphs) == ("Talks put off", edited.paragraphs)
    assert (reissued.title, reissued.text) == (corrected.title, corrected.text)
    assert reissued.path != original.path
    assert "Talks put off" in web.get(newsroom.url(original)).text
    assert [(record.kind, record.piece) for record in newsroom.ledger] == [
        ("published", original),
        ("published", copy),
        ("published", again),
        ("edited", edited),
        ("edited", corrected),
        ("reissued", reissued),
    ]
    assert json.loads(newsroom.ledger[1].line()) == {
        "kind": "published",
        "at": "2026-03-02T21:30:00+00:00",
        "key": copy.key,
        "outlet": "milligazete",
        "url": newsroom.url(copy),
        "title": copy.title,
        "published_at": "2026-03-02T21:30:00+00:00",
        "on_topic": True,
        "beat": "karabakh",
        "copy_of": original.key,
        "change": None,
    }


def test_the_same_seed_makes_the_same_newsroom(clock: SimulatedClock) -> None:
    def pieces(seed: int) -> list[Piece]:
        with Newsroom(now=clock.now, seed=seed) as newsroom:
            return [newsroom.publish(name, on_topic=n % 2 == 0) for n in range(6) for name in newsroom.outlets]

    assert pieces(3) == pieces(3)
    assert pieces(3) != pieces(4)


def test_sources_are_a_configuration(newsroom: Newsroom) -> None:
    assert tomllib.loads(newsroom.sources_toml()) == {"sources": newsroom.sources()}
    config = Config.model_validate(tomllib.loads(newsroom.sources_toml()))
    assert {name: (s.spider, s.every) for name, s in config.sources.items()} == {
        "tass": ("tass", 300),
        "commonspace": ("commonspace", 600),
        "milligazete": ("listing", 900),
        "wordpress": ("wordpress", 600),
    }


def test_request_log(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock) -> None:
    tass = newsroom.outlets["tass"]
    web.get(tass.address + "/rss/v2.xml?a=1", headers={"User-Agent": "tester", "If-None-Match": '"x"'})
    web.post(tass.address + "/userApi/categoryNewsList", content=b"{}")
    got = [(e.method, e.path, e.status, e.at, e.body, e.headers.get("if-none-match")) for e in tass.log]
    assert got == [
        ("GET", "/rss/v2.xml?a=1", 200, clock.now(), b"", '"x"'),
        ("POST", "/userApi/categoryNewsList", 400, clock.now(), b"{}", None),
    ]
    assert tass.log[0].headers["user-agent"] == "tester"
    tass.forget_log()
    assert (tass.log, newsroom.outlets["wordpress"].log) == ([], [])
