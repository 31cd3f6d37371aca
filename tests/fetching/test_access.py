"""A person's own access to an outlet: sent to that outlet's site only, and shown nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from drive import LoopbackAnswer, Rig

from monitor.fetching.transport.access import AccessUnusable, Cookie, read_access
from monitor.model.source import Endpoint, Source

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def source(folder: Path, **files: str) -> Source:
    """A source with these files, by the name of its key."""
    for key, words in files.items():
        (folder / key).write_text(words)
        (folder / key).chmod(0o600)
    return Source(
        name="news",
        spider="feed",
        title="News",
        address="https://news.example",
        every=600,
        endpoints=(Endpoint(kind="feed", url="https://news.example/feed"),),
        **{key: str(folder / key) for key in files},
    )


def test_headers_and_cookies_of_both_forms(tmp_path: Path) -> None:
    jar = (
        ".news.example\tTRUE\t/\tTRUE\t1900000000\tsession\ts3cret\n#HttpOnly_news.example\tFALSE\t/a\tFALSE\t0\tid\t7"
    )
    found = read_access(source(tmp_path, headers_file="Authorization: Bearer abc\n", cookies_file=f"a=1; b=2\n{jar}\n"))
    assert found is not None
    assert found.headers == (("Authorization", "Bearer abc"),)
    assert found.cookies == (
        Cookie(name="a", value="1"),
        Cookie(name="b", value="2"),
        Cookie(name="session", value="s3cret", domain=".news.example", secure=True, expires=1_900_000_000),
        Cookie(name="id", value="7", domain="news.example", path="/a"),
    )
    assert (found.sites, found.plain) == (frozenset({"news.example"}), False)
    assert "s3cret" not in repr(found)
    assert "abc" not in repr(found)
    assert read_access(source(tmp_path)) is None


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://news.example/", "host wide"),
        ("https://news.example/a/b", "host wide deep"),
        ("https://www.news.example/a", "wide"),
        ("http://news.example/", "host"),
        ("https://other.example/", ""),
    ],
)
def test_where_a_cookie_goes(url: str, names: str) -> None:
    cookies = (
        Cookie(name="host", value="1", domain="news.example"),
        Cookie(name="wide", value="1", domain=".news.example", secure=True),
        Cookie(name="deep", value="1", domain="news.example", path="/a", secure=True),
        Cookie(name="old", value="1", expires=1_000_000_000),
    )
    assert " ".join(each.name for each in cookies if each.concerns(url, NOW)) == names


@pytest.mark.parametrize(
    ("key", "words", "said"),
    [
        ("headers_file", "s3cret", "holds a line that is no header"),
        ("headers_file", ": pa55", "holds a line that is no header"),
        ("cookies_file", "s3cret", "holds a line that is no cookie"),
    ],
)
def test_what_cannot_be_used_is_said_without_its_words(tmp_path: Path, key: str, words: str, said: str) -> None:
    with pytest.raises(AccessUnusable, match=said) as raised:
        read_access(source(tmp_path, **{key: words}))
    assert words not in str(raised.value)


async def subscribed(rig: Rig) -> dict[str, Any]:
    """An outlet that shows its pages to whoever brings the cookie, and one piece of which leads to another site."""
    outlet, other = rig.outlet(), rig.outlet("other.test")
    other.article("/b")
    outlet.article("/a")
    outlet.routes["/b"] = LoopbackAnswer(status=302, headers={"Location": other.url("/b")})
    outlet.feed({"path": "/a"}, {"path": "/b"})
    for name, words in {"h": "X-Key: k3y\n", "c": "session=s3cret\n"}.items():
        (rig.folder / name).write_text(words)
        (rig.folder / name).chmod(0o600)
    files = 'headers_file = "h"\ncookies_file = "c"'
    rig.config(rig.feeds(outlet.url("/feed"), more=files), allow=("news.test", "other.test"))
    async with rig.engine() as running:
        await running.minutes(3)
        kept = await running.rows("SELECT group_concat(sql) FROM sqlite_master")
        stored = str(await running.rows("SELECT * FROM articles, links, fetches, endpoints, sources, polls")) + str(
            kept
        )
    return {
        "own": sorted({(a.path, a.headers.get("cookie"), a.headers.get("x-key")) for a in outlet.log}),
        "other": sorted({(a.path, a.headers.get("cookie"), a.headers.get("x-key")) for a in other.log}),
        "stored": "s3cret" in stored or "k3y" in stored,
    }


def test_own_access_goes_to_the_outlets_site_and_over_no_redirect(drive: Any) -> None:
    own = ["session=s3cret", "k3y"]
    assert drive(subscribed) == {
        "own": [[path, *own] for path in ("/a", "/b", "/feed", "/robots.txt")],
        "other": [[path, None, None] for path in ("/b", "/robots.txt")],
        "stored": False,
    }


async def unreadable(rig: Rig) -> list[Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a"})
    rig.config(rig.feeds(outlet.url("/feed"), more='cookies_file = "none"'))
    async with rig.engine() as running:
        await running.minutes(3)
        reasons = await running.rows("SELECT DISTINCT reason FROM polls WHERE outcome = 'failed'")
    return [len(outlet.log), [reason.replace(str(rig.folder), "") for [reason] in reasons]]


def test_without_its_access_an_outlet_is_not_asked_at_all(drive: Any) -> None:
    asked, [reason] = drive(unreadable)
    assert asked == 0
    assert reason.startswith("cookies: ")
