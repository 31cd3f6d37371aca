"""The pages in a real browser: every page by links from the home page, nothing run, nothing refused, no barrier.

Two archives: a plain one, and one with hostile words in everything an outlet writes. CI
installs chromium and axe-core and fails where these tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from archive import ArchiveSize, fill_archive
from chromium import AXE, Tab, find_chromium, list_barriers, open_browser

from monitor.config.load import parse_config
from monitor.daemon.pages_process import start_pages

KINDS = {
    "overview": r"/",
    "matches": r"/matches(\?.*)?",
    "search": r"/search(\?.*)?",
    "article": r"/article/\d+",
    "changes": r"/article/\d+/changes/\d+/\d+",
    "story": r"/story/\d+",
    "source": r"/source/[^/]+",
    "topic": r"/topic/[^/.]+",
}
VISITED = 2  # pages of each kind
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_chromium() is None, reason="needs chromium: apt-get install chromium"),
    pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core beside chromium: npm install --no-save axe-core@4"),
]


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with open_browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="module", params=["plain", "hostile"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the home page."""
    path = tmp_path_factory.mktemp("archive") / "seedwatch.db"
    fill_archive(path, ArchiveSize(articles=400, days=5), hostile=request.param == "hostile")
    config = parse_config(f"[store]\npath = {json.dumps(str(path))}\n[pages]\nport = 0\n", "config.toml")
    with start_pages(config) as pages:
        yield pages.address


def walk(tab: Tab, home: str) -> dict[str, list[str]]:
    """The pages that links lead to from the home page, a few of each kind, in the order they were met."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    waiting, seen = [home], {home}
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = next((name for name, pattern in KINDS.items() if re.fullmatch(pattern, path)), None)
        if kind is None or len(found[kind]) == VISITED:
            continue
        found[kind].append(address)
        tab.open(address)
        assert tab.status == 200, address
        for link in tab.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"):
            target = urljoin(address, link).split("#")[0]
            if urlsplit(target).netloc == parts.netloc and target not in seen:
                seen.add(target)
                waiting.append(target)
    return found


def test_every_page_is_reached_readable_and_quiet(tab: Tab, home: str, tmp_path: Path) -> None:
    tab.complaints.clear()
    tab.look(width=1280)
    found = walk(tab, home)
    assert [kind for kind, addresses in found.items() if not addresses] == []
    axe = AXE.read_text("utf-8")
    barriers: list[str] = []
    wide: list[str] = []
    for kind, addresses in found.items():
        for width, dark in ((1280, False), (1280, True), (320, False)):
            tab.look(width=width, dark=dark)
            tab.open(addresses[0])
            tab.picture(tmp_path / f"{kind}-{width}{'-dark' if dark else ''}.png")
            if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wide.append(f"{width}: {addresses[0]}")
            if width == 1280:
                barriers += [f"{addresses[0]}{' dark' if dark else ''}: {one}" for one in list_barriers(tab, axe)]
            assert tab.evaluate("document.title") != "ran", f"a script of an outlet ran on {addresses[0]}"
    tab.look(width=800, media="print")
    tab.open(found["article"][0])
    assert tab.evaluate("getComputedStyle(document.querySelector('.top')).display") == "none"
    assert {"complaints": tab.complaints, "barriers": barriers, "wide": wide} == {
        "complaints": [],
        "barriers": [],
        "wide": [],
    }
    assert len(list(tmp_path.glob("*.png"))) == 3 * len(KINDS)


@pytest.mark.parametrize("path", ["seedwatch", "seedwatch/alerts", "seedwatch/new_matches", "seedwatch/articles/1"])
def test_the_pages_of_datasette_bar_nobody(tab: Tab, home: str, path: str) -> None:
    """They are reached by "Data"; what theirs lacks, db/static adds."""
    tab.look(width=1280)
    tab.open(urljoin(home, path))
    assert (tab.status, list_barriers(tab, AXE.read_text("utf-8"))) == (200, [])


def test_a_keyboard_reaches_the_content_first(tab: Tab, home: str) -> None:
    tab.look(width=1280)
    tab.open(home)
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().left >= 0") is True
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13)
    assert tab.evaluate("document.activeElement.id") == "main"


def test_a_search_is_typed_and_found(tab: Tab, home: str) -> None:
    tab.look(width=1280)
    tab.open(home)
    tab.evaluate("document.querySelector('.find input').value = 'the'; 0")
    tab.submit("document.querySelector('.find').requestSubmit()")
    assert tab.evaluate("location.pathname + location.search") == "/search?q=the"
    assert tab.evaluate("document.querySelectorAll('.card').length") > 0
