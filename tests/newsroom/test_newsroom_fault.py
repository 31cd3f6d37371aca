"""Every fault does on the wire what it says, where and as long as it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

import httpx
import pytest

from monitor.clock import SimulatedClock
from monitor.newsroom.fault import Fault
from monitor.newsroom.newsroom import Newsroom

FEED = "/rss/v2.xml"


@pytest.fixture
def feed(newsroom: Newsroom) -> str:
    newsroom.publish("tass", title="Baku — “talks”")
    return newsroom.outlets["tass"].address + FEED


def test_times_and_path_and_method(newsroom: Newsroom, web: httpx.Client, feed: str) -> None:
    newsroom.fault("tass", Fault(path="^/rss/", status=503, times=2, method="GET"))
    sitemap = feed.replace(FEED, "/sitemap.xml")
    assert [web.get(sitemap).status_code, web.post(feed).status_code] == [200, 200]
    assert [web.get(feed).status_code for _ in range(4)] == [503, 503, 200, 200]


def test_until_cleared(newsroom: Newsroom, web: httpx.Client, feed: str) -> None:
    broken, other = Fault(path=FEED, status=500), Fault(path="^/sitemap", status=502)
    newsroom.fault("tass", broken)
    newsroom.fault("tass", other)
    assert [web.get(feed).status_code for _ in range(3)] == [500] * 3
    newsroom.clear("tass", broken)
    assert (web.get(feed).status_code, web.get(feed.replace(FEED, "/sitemap.xml")).status_code) == (200, 502)
    newsroom.clear("tass")
    assert web.get(feed.replace(FEED, "/sitemap.xml")).status_code == 200


@pytest.mark.parametrize(
    ("wish", "header"),
    [
        (None, None),
        (120, "120"),
        ("soon", "soon"),
        (datetime(2026, 3, 2, 22, tzinfo=UTC), "Mon, 02 Mar 2026 22:00:00 GMT"),
    ],
)
def test_retry_after(
    wish: int | str | datetime | None, header: str | None, newsroom: Newsroom, web: httpx.Client, feed: str
) -> None:
    newsroom.fault("tass", Fault(status=429, retry_after=wish))
    answer = web.get(feed)
    assert (answer.status_code, answer.headers.get("retry-after"), answer.headers.get("etag")) == (429, header, None)


def test_truncate_breaks_off(newsroom: Newsroom, web: httpx.Client, feed: str) -> None:
    whole = web.get(feed).content
    newsroom.fault("tass", Fault(truncate=40, times=1))
    got = []
    with web.stream("GET", feed) as answer:
        assert int(answer.headers["content-length"]) == len(whole)
        with pytest.raises(httpx.RemoteProtocolError):
            got.extend(answer.iter_raw(1))
    assert b"".join(got) == whole[:40]
    assert web.get(feed).content == whole


def test_reset(newsroom: Newsroom, web: httpx.Client, feed: str) -> None:
    newsroom.fault("tass", Fault(reset=True, times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        web.get(feed)
    assert web.get(feed).status_code == 200
    assert [entry.status for entry in newsroom.outlets["tass"].log] == [0, 200]


def test_redirect(newsroom: Newsroom, web: httpx.Client, feed: str) -> None:
    newsroom.fault("tass", Fault(path="v2.xml$", redirect="{path}?again=1"))
    answer = web.get(feed)
    assert (answer.status_code, answer.headers["location"]) == (302, "/rss/v2.xml?again=1")
    assert web.get(feed, follow_redirects=True).status_code == 200
    newsroom.clear("tass")
    newsroom.fault("tass", Fault(redirect="http://elsewhere.example/", status=301))
    answer = web.get(feed)
    assert (answer.status_code, answer.headers["location"]) == (301, "http://elsewhere.example/")


def test_wrong_charset(newsroom: Newsroom, web: httpx.Client, feed: str) -> None:
    right = web.get(feed)
    newsroom.fault("tass", Fault(charset="windows-1252"))
    wrong = web.get(feed)
    assert wrong.content == right.content.decode().encode("windows-1252")
    assert wrong.headers["content-type"] == right.headers["content-type"]
    assert {"etag", "last-modified"} & wrong.headers.keys() == set()
    with pytest.raises(UnicodeDecodeError):
        wrong.content.decode()


def test_challenge(newsroom: Newsroom, web: httpx.Client, feed: str) -> None:
    newsroom.fault("tass", Fault(challenge=True, times=1))
    answer = web.get(feed)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=UTF-8")
    assert 1500 < len(answer.content) < 3800
    for mark in ("id_captcha_frame_div", "servicepipe.ru/static/checkjs", "/exhkqyad"):
        assert mark in answer.text


def test_not_modified_lie(newsroom: Newsroom, web: httpx.Client, clock: SimulatedClock, feed: str) -> None:
    etag = web.get(feed).headers["etag"]
    newsroom.fault("tass", Fault(not_modified=True))
    clock.advance_to(clock.now() + timedelta(minutes=1))
    piece = newsroom.publish("tass")
    assert web.get(feed, headers={"If-None-Match": etag}).status_code == 304
    assert piece.title in web.get(feed).text  # who asks without a condition gets the truth
    newsroom.clear("tass")
    assert web.get(feed, headers={"If-None-Match": etag}).status_code == 200


def test_late_and_dripping(newsroom: Newsroom, web: httpx.Client, feed: str) -> None:
    """Bounds from below only: a slow machine may be slower."""
    whole = web.get(feed).content
    began = monotonic()
    newsroom.fault("tass", Fault(delay=0.15, times=1))
    assert web.get(feed).content == whole
    assert monotonic() - began >= 0.15
    newsroom.fault("tass", Fault(pace=len(whole) * 8, times=1))
    began = monotonic()
    assert web.get(feed).content == whole
    assert monotonic() - began >= 0.12


def test_stop_cuts_a_dripping_answer(clock: SimulatedClock, web: httpx.Client) -> None:
    with Newsroom(now=clock.now, seed=1) as newsroom:
        newsroom.fault("tass", Fault(pace=1))
        with web.stream("GET", newsroom.outlets["tass"].address + FEED) as answer:
            newsroom.stop()
            with pytest.raises(httpx.RemoteProtocolError):
                answer.read()
    with pytest.raises(httpx.ConnectError):
        web.get(newsroom.outlets["tass"].address + FEED)
