"""Marking from pages, and private feeds: a real server of the pages, the spool beside a real database."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from archive import ArchiveSize, fill_archive
from chromium import AXE, find_chromium, list_barriers, open_browser

from monitor.alerting.page_token import PageMark, sign_page_mark
from monitor.config.load import parse_config
from monitor.daemon.pages_process import Pages, start_pages
from monitor.delivery.marks.intake import apply_marks
from monitor.delivery.marks.spool import MOST, load_pages_key, open_spool
from monitor.storage import Store
from monitor.storage.connection import connect_database

PUBLIC = "https://watch.example.org"
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database on the real clock: who looks at a simulation marks nothing."""
    path = fill_archive(tmp_path_factory.mktemp("marks") / "seedwatch.db", ArchiveSize(articles=120, days=3))
    with closing(connect_database(path)) as db:
        db.execute("DELETE FROM simulated_clock")
    return path


@pytest.fixture
def database(archive: Path, tmp_path: Path) -> Path:
    with closing(connect_database(archive)) as db:  # a database in use is copied by SQLite
        db.execute("VACUUM INTO ?", (str(tmp_path / "seedwatch.db"),))
    return tmp_path / "seedwatch.db"


def serve(database: Path, **pages: str) -> Pages:
    words = "".join(f"{name} = {json.dumps(value)}\n" for name, value in pages.items())
    config = parse_config(f"[store]\npath = {json.dumps(str(database))}\n[pages]\nport = 0\n{words}", "config.toml")
    return start_pages(config)


@pytest.fixture(scope="module")
def pages(archive: Path) -> Iterator[Pages]:
    with serve(archive) as served:
        yield served


@pytest.fixture(scope="module")
def public(archive: Path) -> Iterator[Pages]:
    with serve(archive, public=PUBLIC) as served:
        yield served


def ask(
    pages: Pages, path: str, form: dict[str, str] | None = None, method: str | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    with closing(http.client.HTTPConnection(pages.host, pages.port, timeout=60)) as connection:
        body = None if form is None else urlencode(form)
        kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method or ("GET" if form is None else "POST"), path, body, {**kind, **sent})
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read().decode("utf-8")


def buttons(page: str) -> dict[str, str]:
    """The tokens of a page's buttons by their spoken names, of the first piece on it."""
    found = re.findall(r'<button name="token" value="([^"]+)"[^>]*aria-label="([^"]+)"', page)
    return {name: token for token, name in reversed(found)}


def waiting(database: Path) -> list[str]:
    return sorted(path.name for path in open_spool(database).iterdir())


def take(database: Path) -> dict[str, int]:
    """What the daemon makes of the spool."""
    with Store(database) as store:
        topics = ("ports", "banks", "chips", "flooding", "energy", "breaches")
        return dict(asyncio.run(apply_marks(store, None, load_pages_key(database), topics, datetime.now(UTC))))


def test_a_button_marks_and_the_topic_counts_it(database: Path) -> None:
    with serve(database) as pages:
        matched = json.loads(ask(pages, "/matches.json?topic=ports")[2])["cards"][0]["id"]
        back = "matches?topic=ports&period=30d"
        status, _, page = ask(pages, f"/{back}")
        tokens = buttons(page)
        assert (status, set(tokens)) == (200, {"Relevant to ports", "Irrelevant to ports"})
        (form,) = set(re.findall(r'<form class="mark" method="post" action="([^"]+)">', page))
        assert (form, unescape(re.findall(r'name="back" value="([^"]+)"', page)[0])) == ("./mark", back)
        for name in ("Irrelevant to ports", "Relevant to ports", "Irrelevant to ports"):  # the last word counts
            sent = ask(pages, "/mark", {"token": tokens[name], "back": back}, **SAME)
            assert (sent[0], sent[1]["location"]) == (303, f"{back}#piece-{matched}")
        assert len(waiting(database)) == 2
        page = ask(pages, f"/article/{matched}")[2]
        assert "waits for the monitor" in page
        assert re.findall(r'aria-pressed="true" aria-label="([^"]+)"', page) == ["Irrelevant to ports"]
        assert take(database) == {"relevant": 1, "irrelevant": 1}
        page = ask(pages, f"/article/{matched}")[2]
        assert "Marked irrelevant for ports" in page
        assert "waits for the monitor" not in page
        topic = json.loads(ask(pages, "/topic/ports.json")[2])["marks"]
        assert topic == {
            "topic": "ports",
            "marked": 1,
            "relevant": 0,
            "matched": 1,
            "right": 0,
            "missed": 0,
            "precision": 0.0,
        }
        assert (
            "1 marked by people: 0 relevant, 1 of them matched, 0 rightly (precision 0 %)"
            in ask(pages, "/topic/ports")[2]
        )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://watch.example.org"},  # the pages are not public here
    ],
)
def test_another_site_marks_nothing(pages: Pages, archive: Path, headers: dict[str, str]) -> None:
    token = buttons(ask(pages, "/matches")[2]).popitem()[1]
    assert ask(pages, "/mark", {"token": token, "back": "matches"}, **headers)[0] == 403
    assert waiting(archive) == []


def test_what_is_no_mark_of_ours_is_refused_in_words(pages: Pages, archive: Path) -> None:
    mark, later = PageMark(article=1, topic="ports", verdict="relevant"), datetime.now(UTC) + timedelta(hours=1)
    key = load_pages_key(archive)
    good = sign_page_mark(mark, later, key)
    refusals = {
        sign_page_mark(mark, later, bytes(32)): (403, "was not made by these pages"),
        sign_page_mark(mark, datetime.now(UTC), key): (410, "open for more than a day"),
        "../../etc/passwd": (400, "This is no mark of these pages."),
        "": (400, "This is no mark of these pages."),
    }
    for token, (status, words) in refusals.items():
        found = ask(pages, "/mark", {"token": token}, **SAME)
        assert (found[0], words in found[2]) == (status, True), token
    assert ask(pages, "/mark", {"token": good, "x": "y" * 20_000}, **SAME)[0] == 413
    assert [ask(pages, "/mark", method=method)[0] for method in ("GET", "PUT")] == [405, 405]
    assert waiting(archive) == []
    for number in range(MOST):
        (open_spool(archive) / f"{number}").touch()
    full = ask(pages, "/mark", {"token": good}, **SAME)
    shutil.rmtree(open_spool(archive))
    open_spool(archive)
    assert (full[0], "Too many marks wait" in full[2]) == (503, True)


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example", "/x", "matches\r\nX: y", "javascript:x", ""]
)
def test_nobody_is_led_away(pages: Pages, archive: Path, back: str) -> None:
    token = buttons(ask(pages, "/matches")[2]).popitem()[1]
    status, headers, _ = ask(pages, "/mark", {"token": token, "back": back}, **SAME)
    for name in waiting(archive):
        (open_spool(archive) / name).unlink()
    assert (status, re.sub(r"\d+", "N", headers["location"])) == (303, "article/N#piece-N")


def test_public_pages_take_marks_through_the_proxy(public: Pages, archive: Path) -> None:
    host = {"Host": "watch.example.org"}
    token = buttons(ask(public, "/matches", **host)[2]).popitem()[1]
    assert ask(public, "/mark", {"token": token}, Origin="https://evil.example", **host)[0] == 403
    assert ask(public, "/mark", {"token": token}, Origin=PUBLIC, **host)[0] == 303
    for name in waiting(archive):
        (open_spool(archive) / name).unlink()


def test_without_the_key_there_are_no_buttons_and_no_mark(database: Path) -> None:
    with serve(database) as pages:
        token = buttons(ask(pages, "/matches")[2]).popitem()[1]
        Path(f"{database}-pages-key").unlink()
        assert 'class="mark"' not in ask(pages, "/matches")[2]
        assert ask(pages, "/mark", {"token": token}, **SAME)[0] == 403
    assert waiting(database) == []


FEEDS = ("/topic/ports", "/story/1", "/matches?topic=ports", "/search?q=freight&name=Freight")


def test_public_feeds_have_a_private_address(database: Path) -> None:
    with serve(database, public=PUBLIC) as public:
        host = {"Host": "watch.example.org"}

        def links(path: str) -> dict[str, str]:
            page = ask(public, path, **host)[2]
            folder = path.partition("?")[0].rpartition("/")[0]
            found = re.findall(r'<link rel="alternate" type="application/(atom|feed)\+\w+"[^>]* href="([^"]+)"', page)
            return {kind: f"{folder}/{unescape(href)}" for kind, href in found}

        for path in FEEDS:
            found = links(path)
            assert set(found) == {"atom", "feed"}
            for href in found.values():
                status, headers, body = ask(public, href, **host)
                assert (status, PUBLIC + href in unescape(body)) == (200, True), href
                assert ask(public, href, If_None_Match=headers["etag"], **host)[0] == 304
                bare = re.sub(r"[?&]key=[^&]+", "", href)
                wrong = href.replace("key=", "key=x")
                assert [ask(public, one, **host)[0] for one in (bare, wrong)] == [403, 403]
        one = links("/topic/ports")["atom"]
        assert ask(public, one.replace("ports", "banks"), **host)[0] == 403
        Path(f"{database}-pages-key").write_bytes(os.urandom(32))  # a new key ends every old address
        assert ask(public, one, **host)[0] == 403
        assert ask(public, links("/topic/ports")["atom"], **host)[0] == 200


def test_feeds_on_loopback_need_no_key(pages: Pages) -> None:
    assert [ask(pages, path)[0] for path in ("/topic/ports.atom", "/matches.feed?topic=ports")] == [200, 200]
    assert "key=" not in ask(pages, "/topic/ports")[2]


@pytest.mark.slow
@pytest.mark.skipif(find_chromium() is None, reason="needs chromium: apt-get install chromium")
@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core beside chromium: npm install --no-save axe-core@4")
def test_a_person_marks_with_the_keyboard_and_without_a_script(
    database: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with serve(database) as pages, open_browser(tmp_path_factory.mktemp("chromium")) as tab:
        tab.look(width=1280)
        tab.call("Emulation.setScriptExecutionDisabled", value=True)
        tab.open(f"{pages.address}topic/ports")
        tab.submit("document.querySelector('.mark button[aria-label^=Irrelevant]').click()")
        assert tab.evaluate("location.pathname") == "/topic/ports"
        assert tab.evaluate("location.hash").startswith("#piece-")
        assert tab.evaluate("document.querySelector('.mark').innerText").endswith("waits for the monitor")
        assert take(database) == {"irrelevant": 1}
        tab.open(f"{pages.address}topic/ports")
        assert "precision 0 %" in tab.evaluate("document.body.innerText")
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
        for page, width, dark in (("topic/ports", 320, False), ("matches", 1280, True), ("article/1", 1280, False)):
            tab.look(width=width, dark=dark)
            tab.open(f"{pages.address}{page}")
            assert tab.evaluate("document.querySelectorAll('.mark button').length") > 0
            assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            assert list_barriers(tab, AXE.read_text("utf-8")) == []
        assert tab.complaints == []
