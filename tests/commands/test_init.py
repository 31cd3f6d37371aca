"""`seedwatch init URL` as a person types it: real servers on loopback, the command in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.config.load import load_config, resolve_sources
from monitor.newsroom.fault import Fault
from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest
from monitor.newsroom.newsroom import Newsroom

MINE = '# mine\n[fetch]\nallow = ["127.0.0.1", "localhost"]  # here\ndelay = 0\ntimeout = "5s"\n'
HTML, XML = {"Content-Type": "text/html; charset=utf-8"}, {"Content-Type": "application/xml"}
NOTHING = LoopbackAnswer(status=404, headers=HTML, body=b"<html><body>There is nothing here.</body></html>")
TEXT = " ".join(f"The council of the harbour met for the {n}th time and agreed on the price of rope." for n in range(9))
Init = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(MINE)
    return tmp_path


@pytest.fixture
def init(folder: Path) -> Init:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from monitor.commands.cli import main; main()", "init", *words],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


def outlets(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)["outlets"]
    return found


class Site:
    """A scripted outlet; `pages` by path. Its articles are /town/1001 and so on."""

    def __init__(self) -> None:
        self.pages: dict[str, LoopbackAnswer] = {}
        self.asked: list[str] = []
        self._server = Loopback(self._answer, lambda: datetime.now(UTC))
        self.address = self._server.address
        self.start, self.stop = self._server.start, self._server.stop

    def _answer(self, asked: LoopbackRequest) -> LoopbackAnswer:
        self.asked.append(asked.path)
        return self.pages.get(asked.target, self.pages.get(asked.path, NOTHING))

    def html(self, path: str, head: str = "", body: str = "<p>Welcome.</p>") -> None:
        page = f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{body}</body></html>"
        self.pages[path] = LoopbackAnswer(headers=HTML, body=page.encode())

    def robots(self, text: str) -> None:
        self.pages["/robots.txt"] = LoopbackAnswer(headers={"Content-Type": "text/plain"}, body=text.encode())

    def articles(self, number: int = 6) -> list[str]:
        for n in range(number):
            title = f"Harbour council meets for the {n}th time"
            self.html(f"/town/100{n}", f"<title>{title}</title>", f"<article><h1>{title}</h1><p>{TEXT}</p></article>")
        return [f"{self.address}/town/100{n}" for n in range(number)]

    def feed(self, path: str, links: list[str], *, title: str = "", dated: timedelta | None = None) -> None:
        now = datetime.now(UTC)
        items = "".join(
            f"<item><title>Harbour council</title><link>{link.replace('&', '&amp;')}</link>"
            f"{'' if dated is None else f'<pubDate>{format_datetime(now - n * dated)}</pubDate>'}</item>"
            for n, link in enumerate(links, 1)
        )
        body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"
        self.pages[path] = LoopbackAnswer(headers=XML, body=body.encode())

    def sitemap(self, path: str, links: list[str]) -> None:
        rows = "".join(f"<url><loc>{link}</loc></url>" for link in links)
        body = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{rows}</urlset>"
        self.pages[path] = LoopbackAnswer(headers=XML, body=body.encode())


@pytest.fixture
def sites() -> Iterator[Callable[[], Site]]:
    running: list[Site] = []

    def make() -> Site:
        running.append(Site())
        running[-1].start()
        return running[-1]

    yield make
    for site in running:
        site.stop()


def test_every_outlet_of_the_newsroom(init: Init, folder: Path) -> None:
    now = datetime.now(UTC)
    # A day old: where no zone is stated, Turkish time would lie in the future.
    latest = now - timedelta(days=1)
    with Newsroom(now=lambda: now, seed=5) as room:
        for name in room.outlets:
            for n in range(8):
                room.publish(name, at=latest - timedelta(minutes=7 * n))
        homes = {name: f"{outlet.address}/" for name, outlet in room.outlets.items()}
        done = init(*homes.values(), "--json")
        first = (folder / "config.toml").read_text()
        again = init(*homes.values(), "--json")
        titles = {name: [piece.title for piece in outlet.listed()][:3] for name, outlet in room.outlets.items()}
    assert (done.returncode, again.returncode) == (0, 0), done.stderr + again.stderr
    found = dict(zip(homes, outlets(done), strict=True))
    good = {
        name: [
            (tried["kind"], tried["url"].removeprefix(homes[name]).partition("?")[0], tried["found"])
            for tried in one["endpoints"]
            if tried["reason"] is None
        ]
        for name, one in found.items()
    }
    assert good == {
        "tass": [("feed", "rss/v2.xml", "the page's head"), ("sitemap", "sitemap.xml", "robots.txt")],
        "commonspace": [
            ("feed", "rss.xml", "a common address"),
            *[("api", "jsonapi/node/article", "the page's head")] * 2,
        ],
        "milligazete": [("listing", "", "given")],
        "wordpress": [
            ("feed", "feed/", "the page's head"),
            *[("api", "wp-json/wp/v2/posts", "the page's head")] * 2,
        ],
    }
    # The soft 404 answers every address with its front page: HTML at a feed's address is refused, and said.
    assert [tried["reason"] for tried in found["commonspace"]["endpoints"] if tried["url"].endswith("/feed")] == [
        "HTML where a feed should be"
    ]
    assert {name: [sample["title"] for sample in one["samples"]] for name, one in found.items()} == titles
    assert {name: {sample["published_from"] for sample in one["samples"]} for name, one in found.items()} == {
        "tass": {"json-ld"},
        "commonspace": {"rdfa"},
        "milligazete": {"text"},
        "wordpress": {"json-ld"},
    }
    assert [name for name, one in found.items() if one["notes"]] == ["milligazete"]
    assert all(sample["words"] > 50 and sample["lead"] for one in found.values() for sample in one["samples"])
    assert first.startswith(MINE)
    assert first.replace("\n#", "").count(" by change (the page's head)") == 2
    config = load_config(folder / "config.toml", environment={})
    assert [source.spider for source in resolve_sources(config)] == ["feed", "drupal", "listing", "wordpress"]
    assert [source.title for source in resolve_sources(config)] == [found[name]["title"] for name in homes]
    assert [one["outcome"] for one in outlets(again)] == ["known"] * 4
    assert (folder / "config.toml").read_text() == first
    assert json.loads(again.stdout)["wrote"] == []


def test_what_can_be_added(init: Init, folder: Path, sites: Callable[[], Site]) -> None:
    feed, lying, mapped, mixed = sites(), sites(), sites(), sites()
    feed.feed("/news/rss", feed.articles())  # its URL is given itself
    lying.html("/", "<link rel='alternate' type='application/rss+xml' href='/rss-page'>")
    lying.html("/rss-page")
    lying.feed("/rss", lying.articles())
    mapped.html("/", "<meta property='og:site_name' content='The Mapped Mail'>")
    mapped.robots("Sitemap: /map.xml")
    mapped.sitemap("/map.xml", mapped.articles())
    mixed.html("/")  # a sitemap of everything is no use beside a feed, where no address tells an article
    mixed.html("/about-us", "<title>About</title>", f"<article><h1>About the harbour</h1><p>{TEXT}</p></article>")
    mixed.feed("/feed", [f"{mixed.address}/about-us"])
    mixed.sitemap("/sitemap.xml", [f"{mixed.address}/about-us", f"{mixed.address}/imprint"])
    done = init(f"{feed.address}/news/rss", *(f"{site.address}/" for site in (lying, mapped, mixed)))
    assert done.returncode == 0, done.stdout + done.stderr
    tables = tomllib.loads((folder / "config.toml").read_text())["sources"]
    rule = r"^https?://(?:www\.)?{host}/[^/?#]+/\d+/?(?:[?#]|$)"
    assert list(tables.values()) == [
        {"spider": "feed", "address": feed.address, "feeds": ["/news/rss"], "article": rule, "every": "15m"},
        {
            "spider": "feed",
            "address": lying.address,
            "feeds": ["/rss"],
            "article": rule,
            "language": "en",
            "every": "15m",
        },
        {
            "spider": "sitemap",
            "title": "The Mapped Mail",
            "address": mapped.address,
            "sitemaps": ["/map.xml"],
            "article": rule,
            "language": "en",
            "every": "15m",
        },
        {"spider": "feed", "address": mixed.address, "feeds": ["/feed"], "language": "en", "every": "15m"},
    ]
    shown = done.stdout.splitlines()
    assert f"  feed     {lying.address}/rss-page  (the page's head) no: HTML where a feed should be" in shown
    assert (
        f"  note: {mixed.address}/sitemap.xml lists the whole site: with `article` (a regular expression) it may be"
        in (done.stdout)
    )
    assert f"     lead: {' '.join(TEXT.split()[:25])} …" in shown
    assert "/atom.xml" not in lying.asked  # the first that answers is enough


def test_a_name_a_pace_a_list_of_all_news_and_what_looks_wrong(
    init: Init, folder: Path, sites: Callable[[], Site]
) -> None:
    paced, listed, numbered = sites(), sites(), sites()
    paced.html("/", "<title>News from the harbour | The Paced Post</title>")
    paced.feed("/feed", paced.articles(), title="The Paced Post - RSS", dated=timedelta(hours=1))
    listed.html("/", "", "<a href='/everything'>All news</a><a href='/about'>About us</a>")
    places = listed.articles()
    listed.html("/everything", "", "".join(f"<a href='{place}'>Harbour council meets again</a>" for place in places))
    numbered.html("/", "<title>Harbour mail</title>", "<a href='/?page=2'>2</a>")
    pieces = [f"{numbered.address}/haber.asp?id={n}&kat=7" for n in range(6)]
    for n, place in enumerate(pieces):
        head = "<meta name='description' content='All that happens at the harbour, every day of the week.'>"
        numbered.html(
            place.removeprefix(numbered.address),
            f"<title>Harbour council meets again, part {n}</title>{head}",
            f"<article><h1>Harbour council meets again, part {n}</h1>"
            f"<p>Home and town and sport and weather and more. The {n}th ship of the day came in.</p></article>",
        )
    numbered.feed("/rss.xml", pieces)
    done = init(*(f"{site.address}/" for site in (paced, listed, numbered)), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    tables = list(tomllib.loads((folder / "config.toml").read_text())["sources"].values())
    assert [(table.get("title"), table["every"]) for table in tables] == [
        ("The Paced Post", "30m"),
        (None, "15m"),
        ("Harbour mail", "15m"),
    ]
    assert tables[1]["listings"] == ["/everything"]
    assert tables[2]["article"] == r"^https?://(?:www\.)?{host}/haber\.asp/?\?(?:[^#]*&)?id=\d+(?:[&#]|$)"
    assert [[tried["found"] for tried in one["endpoints"] if tried["kind"] == "listing"] for one in outlets(done)] == [
        ["given"],
        ["given", "linked as all news"],
        ["given"],
    ]
    undated = "None of its pages states a date: its pieces are dated by when they are first seen"
    told = "The council of the harbour met for the 0th time and agreed on the price of rope."
    lead = f'Two of its articles have the same lead, which is the site\'s, not theirs: "{told}"'
    menu = 'Two texts begin alike, as with a menu: "{}"; `rules` can leave such a block out'
    council = menu.format("The council of the harbour met")
    short = [f"{place}: its text is 17 words long: see whether that is all of it" for place in pieces[:3]]
    assert [one["notes"] for one in outlets(done)] == [
        [lead, council],
        [undated, lead, council],
        [undated, menu.format("Home and town and sport and"), *short],
    ]


def test_what_cannot_and_why(init: Init, folder: Path, sites: Callable[[], Site]) -> None:
    shut, away, empty, walled, barred = sites(), sites(), sites(), sites(), sites()
    shut.robots("User-agent: *\nDisallow: /")
    shut.html("/")
    away.pages["/"] = LoopbackAnswer(status=302, headers={"Location": empty.address.replace("127.0.0.1", "localhost")})
    empty.html("/")
    walled.feed("/feed", walled.articles())
    walled.html("/")
    challenge = Fault(challenge=True).spoil(
        LoopbackRequest(method="GET", target="/", headers={}, body=b"", at=None), NOTHING
    )  # type: ignore[arg-type]
    walled.pages |= {path: challenge for path in walled.pages if path.startswith("/town/")}
    barred.pages["/"] = challenge
    gone = sites()
    gone.stop()
    private = "http://10.0.0.9/"
    wanted = [f"{site.address}/" for site in (shut, away, empty, walled, barred, gone)] + [private, f"{shut.address}/b"]
    done = init(*wanted, "--json")
    assert done.returncode == 1
    host = shut.address.removeprefix("http://")
    unread = (
        f"robots.txt of {gone.address.removeprefix('http://')} could not be read, so nothing is fetched there for now"
    )
    assert [(one["outcome"], one["reason"]) for one in outlets(done)][:6] == [
        ("failed", f"robots.txt of {host} forbids /"),
        ("failed", f"it leads to another site: {empty.address.replace('127.0.0.1', 'localhost')}"),
        ("failed", "10 places were asked, none lists articles"),
        ("failed", "none of 3 articles could be read: Servicepipe challenge page, status 200"),
        ("failed", "Servicepipe challenge page, status 200"),
        (
            "failed",
            f"{unread}: the connection was refused",
        ),
    ]
    assert "10.0.0.9" in outlets(done)[6]["reason"]
    assert outlets(done)[7]["reason"] == f"one table holds one outlet, and {shut.address}/ was named before"
    assert all(one["cure"] for one in outlets(done))
    assert (folder / "config.toml").read_text() == MINE


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ftp://hills.example/"], "ftp://hills.example/: no web address; an outlet's begins with https:// or http://"),
        (["hills.example"], "write an outlet's address whole, https://hills.example, or a folder ./hills.example"),
        (["one", "two"], "one folder at most, not one and two"),
    ],
)
def test_words_that_are_neither(init: Init, folder: Path, words: list[str], said: str) -> None:
    done = init(*words)
    assert (done.returncode, [path.name for path in folder.iterdir()]) == (2, ["config.toml"])
    assert said in done.stderr


def test_a_broken_configuration_is_told_first(init: Init, folder: Path) -> None:
    (folder / "config.toml").write_text("[fetch]\ndely = 1\n")
    done = init("https://hills.example/")
    assert (done.returncode, "config.toml:2: fetch.dely: unknown key" in done.stderr) == (78, True)


def test_seeds_that_are_none_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from monitor.commands.cli import main; main()",
            "init",
            "--topic",
            "x",
            "--seeds",
            "none",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr == "none: no .txt file in it; save each article as plain text, headline first\n"
    assert [path.name for path in tmp_path.iterdir()] == ["none"]
