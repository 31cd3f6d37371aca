"""The spiders as a person runs them: `scrapy crawl …`, in a process of its own, against real servers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.newsroom.fault import Fault
from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.piece import Piece
from spiders import settings

ROOT = Path(__file__).parents[2]
Crawl = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[tuple[Newsroom, dict[str, list[Piece]]]]:
    """Every outlet with twelve pieces, one of them about the topic."""
    start = datetime.now(UTC) - timedelta(hours=6)
    with Newsroom(now=lambda: datetime.now(UTC), seed=5) as room:
        pieces = {
            name: [room.publish(name, on_topic=n == 3, at=start + timedelta(minutes=20 * n)) for n in range(12)]
            for name in room.outlets
        }
        yield room, pieces


@pytest.fixture
def crawl(newsroom, tmp_path) -> Crawl:
    """Run a spider by its name; what it exported."""
    room, _ = newsroom
    for outlet in room.outlets.values():
        outlet.clear()
        outlet.forget_log()

    def run(spider: str, **arguments: str) -> list[dict[str, Any]]:
        given = [part for key, value in arguments.items() for part in ("-a", f"{key}={value}")]
        out = tmp_path / "out.jsonl"
        command = [sys.executable, "-m", "scrapy", "crawl", spider, *given, "-O", str(out), "-s", "DOWNLOAD_DELAY=0"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return [json.loads(line) for line in out.read_text("utf-8").splitlines()]

    return run


def expected(room: Newsroom, pieces: list[Piece]) -> dict[str, tuple[str, str]]:
    return {room.url(piece): (piece.title, piece.published_at.replace(microsecond=0).isoformat()) for piece in pieces}


def got(items: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    assert len({item["url"] for item in items}) == len(items)
    return {item["url"].partition("?")[0]: (item["title"], item["published_at"]) for item in items}


def test_scrapy_lists_the_spiders():
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["commonspace", "drupal", "feed", "listing", "sitemap", "tass", "wordpress"]


def test_tass(newsroom, crawl):
    room, pieces = newsroom
    outlet = room.outlets["tass"]
    items = crawl("tass", address=outlet.address)
    assert got(items) == expected(room, pieces["tass"])
    assert {item["identity"] for item in items} == {f"tass:{piece.number}" for piece in pieces["tass"]}
    assert all(item["text"] and item["lead"] for item in items)
    asked = outlet.log
    assert asked[0].path == "/robots.txt"
    assert not [log.path for log in asked if "search" in log.path]
    assert {log.headers["user-agent"] for log in asked} == {settings.USER_AGENT}
    assert not [log for log in asked if {"cookie", "referer"} & log.headers.keys()]


def test_tass_through_each_endpoint_alone(newsroom, crawl):
    room, pieces = newsroom
    address = room.outlets["tass"].address
    everything = expected(room, pieces["tass"])
    assert got(crawl("tass", address=address, feeds="", sitemaps="", pages="3")) == everything
    assert got(crawl("tass", address=address, feeds="", api="false")) == everything
    assert got(crawl("tass", address=address, sitemaps="", api="false")) == everything


def test_commonspace(newsroom, crawl):
    room, pieces = newsroom
    outlet = room.outlets["commonspace"]
    items = crawl("commonspace", address=outlet.address, pages="3")
    assert {item["url"] for item in items} == set(expected(room, pieces["commonspace"]))
    queries = {log.path.partition("?")[2] for log in outlet.log}
    assert queries <= {"", "page=1", "page=2", "page=3"}


def test_feed(newsroom, crawl):
    room, pieces = newsroom
    outlet = room.outlets["wordpress"]
    items = crawl("feed", feeds=f"{outlet.address}/feed/")
    assert {item["url"] for item in items} == set(expected(room, pieces["wordpress"][-10:]))  # WordPress lists ten


@pytest.mark.parametrize(("spider", "outlet"), [("wordpress", "wordpress"), ("drupal", "commonspace")])
def test_list_apis_of_content_systems(newsroom, crawl, spider, outlet):
    room, pieces = newsroom
    address = room.outlets[outlet].address
    items = crawl(spider, address=address, feeds="")
    assert {item["url"] for item in items} == set(expected(room, pieces[outlet]))
    host = address.removeprefix("http://")
    assert {item["identity"] for item in items} == {f"{spider}:{host}:{piece.number}" for piece in pieces[outlet]}


def test_listing(newsroom, crawl):
    room, pieces = newsroom
    table = room.outlets["milligazete"].source()
    items = crawl(
        "listing",
        listings=table["address"] + table["listings"][0],
        **{key: table[key] for key in ("article", "identity", "zone")},
        pages="5",
    )
    assert {item["url"] for item in items} == set(expected(room, pieces["milligazete"]))
    assert {item["identity"] for item in items} == {f"milligazete:{piece.number}" for piece in pieces["milligazete"]}


def test_sitemap(newsroom, crawl):
    room, pieces = newsroom
    items = crawl("sitemap", sitemaps=f"{room.outlets['tass'].address}/sitemap.xml")
    assert got(items) == expected(room, pieces["tass"])


def test_a_person_can_ask_for_a_few(newsroom, crawl):
    room, _ = newsroom
    assert len(crawl("tass", address=room.outlets["tass"].address, max="3")) == 3


def test_redirects_lead_and_challenges_stop(newsroom, crawl):
    room, pieces = newsroom
    outlet = room.outlets["tass"]
    blocked, moved = pieces["tass"][0], pieces["tass"][1]
    outlet.fault(Fault(path=f"{blocked.path}$", challenge=True))
    outlet.fault(Fault(path=f"{moved.path}$", redirect="{path}/amp"))
    items = crawl("tass", address=outlet.address, api="false")
    assert sorted(item["title"] for item in items) == sorted(
        piece.title for piece in pieces["tass"] if piece is not blocked
    )
    assert {item["identity"] for item in items if item["title"] == moved.title} == {f"tass:{moved.number}"}


def test_robots_are_obeyed(newsroom, crawl):
    room, pieces = newsroom
    outlet = room.outlets["tass"]
    before, outlet.robots = outlet.robots, "User-agent: seedwatch\nDisallow: /userApi/\n"
    try:
        items = crawl("tass", address=outlet.address)
    finally:
        outlet.robots = before
    assert got(items) == expected(room, pieces["tass"])
    assert not [log for log in outlet.log if log.path.startswith("/userApi/")]


def test_settings_undo_what_scrapy_leaves_open():
    assert {
        "tls": settings.DOWNLOAD_VERIFY_CERTIFICATES,
        "console": settings.TELNETCONSOLE_ENABLED,
        "remote": settings.REMOTE_CONTROL_ENABLED,
        "robots": settings.ROBOTSTXT_OBEY,
        "cookies": settings.COOKIES_ENABLED,
        "schemes": settings.DOWNLOAD_HANDLERS,
    } == {
        "tls": True,
        "console": False,
        "remote": False,
        "robots": True,
        "cookies": False,
        "schemes": {"data": None, "file": None, "ftp": None, "s3": None},
    }
    assert (settings.DOWNLOAD_MAXSIZE, settings.DOWNLOAD_TIMEOUT) == (10_000_000, 30)
