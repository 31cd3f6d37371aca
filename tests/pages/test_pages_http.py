"""The pages over HTTP: a real Datasette process on an archive with hostile words in it."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import xml.etree.ElementTree as tree
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from archive import HOSTILE, NOW, ArchiveSize, fill_archive

from monitor.config.load import parse_config
from monitor.daemon.pages_process import Pages, start_pages
from monitor.model.service_levels import LEVEL_NOTES
from monitor.pages.serving import POLICY
from monitor.storage import Store
from monitor.storage.pages.published_health import PublishedHealth, publish_health

PAGES = (
    *("/", "/matches", "/search?q=freight", "/article/23", "/article/23/changes/1/2", "/story/1", "/topic/ports"),
    *("/source/capital-wire", "/search?q=%22rates+fell%22"),
    "/matches?topic=ports&source=capital-wire&period=7d&language=en",
)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill_archive(
        tmp_path_factory.mktemp("pages") / "seedwatch.db", ArchiveSize(articles=600, days=6), hostile=True
    )


@pytest.fixture(scope="module")
def pages(database: Path) -> Iterator[Pages]:
    config = parse_config(f"[store]\npath = {json.dumps(str(database))}\n[pages]\nport = 0\n", "config.toml")
    with start_pages(config) as served:
        yield served


def get(pages: Pages, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection(pages.host, pages.port, timeout=60)) as connection:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()


def read(pages: Pages, path: str) -> Any:
    status, headers, body = get(pages, path)
    assert (status, headers["content-type"]) == (200, "application/json; charset=utf-8"), body[:300]
    return json.loads(body)


def json_rows(pages: Pages, path: str) -> list[dict[str, Any]]:
    status, _, body = get(pages, path)
    assert status == 200
    found: list[dict[str, Any]] = json.loads(body)
    return found


class Elements(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_allows_no_script_and_no_inline_style(pages: Pages, path: str) -> None:
    status, headers, body = get(pages, path)
    elements = Elements(body.decode())
    assert (status, headers["content-security-policy"], headers["x-content-type-options"]) == (200, POLICY, "nosniff")
    assert "unsafe" not in POLICY
    assert [tag for tag, _ in elements.tags if tag in ("script", "style", "iframe", "object", "base", "img")] == []
    assert [name for _, found in elements.tags for name in found if name.startswith("on") or name == "style"] == []


@pytest.mark.parametrize("path", PAGES)
def test_what_outlets_write_is_text(pages: Pages, path: str) -> None:
    body = get(pages, path)[2].decode()
    addresses = [found.get("href") or "" for tag, found in Elements(body).tags if tag == "a"]
    assert [address for address in addresses if address.startswith("javascript:")] == []
    assert not re.search("[\u0000-\u0008\u000b-\u001f\u202a-\u202e\ufffe]", body)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_landmarks_one_heading_and_a_way_past_the_head(pages: Pages, path: str) -> None:
    tags = Elements(get(pages, path)[2].decode()).tags
    count = {name: sum(tag == name for tag, _ in tags) for name in ("main", "h1", "header", "footer")}
    assert count == {"main": 1, "h1": 1, "header": 1, "footer": 1}
    first = next(found for tag, found in tags if tag == "a")
    assert (first["href"], first["class"]) == ("#main", "skip")
    assert next(found for tag, found in tags if tag == "html") == {"lang": "en"}


def test_a_topic_shows_what_it_could_learn_with_why_and_how(pages: Pages) -> None:
    page = Elements(get(pages, "/topic/ports")[2].decode())
    said = " ".join(" ".join(page.words).split())
    for part in (
        "5 of 9 matched pieces say it, 1 of 14 that name the topic; of 52 others none",
        "quay 3 of 9 matched pieces say it; of 52 others 2. Before: 1 piece",
        "seedwatch topics add ports quay",
    ):
        assert part in said
    hostile, plain = read(pages, "/topic/ports.json")["suggested"]["terms"]
    assert shlex.split(hostile["take"]) == ["seedwatch", "topics", "add", "ports", hostile["term"]]
    assert [piece["id"] for piece in hostile["pieces"]] == [46, 23]
    assert plain["take"] == "seedwatch topics add ports quay"


@pytest.mark.parametrize(
    ("topic", "said", "listed"),
    [
        ("energy", "looked yet: the running monitor does once a day, seedwatch topics suggest energy does now", False),
        ("chips", "The look of 2026-11-21 22:00 failed: ", True),
        ("flooding", "monitor looks again the next day, seedwatch topics suggest flooding does now.", False),
        ("breaches", "2 pieces matched from 2026-10-22 to 2026-11-21; of fewer than 3 nothing can be told", False),
        ("breaches", "seedwatch topics suggest breaches --days 180 looks further back", False),
    ],
)  # fmt: skip
def test_a_topic_says_why_nothing_is_suggested(pages: Pages, topic: str, said: str, listed: bool) -> None:
    page = " ".join(" ".join(Elements(get(pages, f"/topic/{topic}")[2].decode()).words).split())
    assert said in page
    assert "Nothing has come up" not in page
    assert (f"seedwatch topics add {topic} quay" in page) is listed


@pytest.mark.parametrize("path", ["/nothing/here", "/article/999999", "/story/999999", "/topic/none", "/source/none",
                                  "/topic/none.atom", "/topic/none.feed",
                                  "/article/23/changes/1/9"])  # fmt: skip
def test_what_is_not_there_is_404(pages: Pages, path: str) -> None:
    assert get(pages, path)[0] == 404


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_json_too(pages: Pages, path: str) -> None:
    name, _, query = path.partition("?")
    document = read(pages, ("/overview" if name == "/" else name) + ".json" + (f"?{query}" if query else ""))
    assert {"at": document["at"], "simulated": document["simulated"]} == {
        "at": "2026-11-21T22:00:00.000Z",
        "simulated": True,
    }


def test_the_overview_says_what_is_wrong_first(pages: Pages) -> None:
    document = read(pages, "/overview.json")
    assert document["sentence"].startswith("2 of 12 sources are failing, 1 of 2 channels is failing, ")
    assert [(fault["level"], fault["subject"]) for fault in document["faults"][:3]] == [
        ("bad", "steppe-times"),
        ("bad", "valley-post"),
        ("bad", "desk"),
    ]
    words = "".join(Elements(get(pages, "/")[2].decode()).words)
    assert words.index("2 of 12 sources are failing") < words.index("Matched pieces") < words.index("Most covered")
    assert "seedwatch explain steppe-times" in words
    assert [source["state"] for source in document["sources"][:3]] == ["failing", "blocked", "unsteady"]
    assert [gap["source"] for gap in document["gaps"]] == ["el-mirador"]
    assert [level["title"] for level in document["levels"]] == [note.title for note in LEVEL_NOTES.values()]
    assert all(level["said"] in words and level["blind"] in words for level in document["levels"])


def test_the_figures_of_a_day_agree_with_status(pages: Pages, database: Path) -> None:
    day = read(pages, "/overview.json")["day"]
    with Store(database) as store:
        since = NOW - timedelta(hours=24)
        assert {name: day[name] for name in ("articles", "matched")} == {
            name: value for name, value in store.articles.count_since(since).items() if name in ("articles", "matched")
        }


def test_a_list_goes_on_where_it_ended(pages: Pages) -> None:
    seen: list[int] = []
    before = ""
    while True:
        document = read(pages, "/matches.json" + (f"?before={before}" if before else ""))
        seen += [card["id"] for card in document["cards"]]
        before = document["next"]
        if not before:
            break
    rows = json_rows(pages, "/seedwatch/matches.json?matched=1&_shape=array&_size=1000")
    assert seen == sorted((row["article_id"] for row in rows), reverse=True)
    assert len(seen) > 30  # more than a page


def test_a_search_finds_all_words_and_marks_them(pages: Pages) -> None:
    cards = read(pages, "/search.json?q=freight+hospital*")["cards"]
    assert cards
    assert all("freight" in card["lead"] + card["opening"] or card["snippet"] for card in cards)
    assert "<mark>" in get(pages, "/search?q=freight")[2].decode()
    assert read(pages, "/search.json?q=%22%22+-+*+%28")["cards"] == []
    assert read(pages, "/search.json?q=freight+nosuchwordanywhere")["cards"] == []


def test_a_kept_search_has_its_name_and_its_feed(pages: Pages) -> None:
    body = get(pages, "/search?q=freight&name=Freight%20rates&topic=ports")[2].decode()
    feeds = [found["href"] for tag, found in Elements(body).tags if tag == "link" and found.get("rel") == "alternate"]
    assert feeds == ["search.atom?q=freight&topic=ports&name=Freight+rates",
                     "search.feed?q=freight&topic=ports&name=Freight+rates"]  # fmt: skip
    atom = tree.fromstring(get(pages, f"/{feeds[0]}")[2])
    assert atom.findtext(f"{ATOM}title") == "Freight rates – seedwatch"


@pytest.mark.parametrize("path", ["/matches.atom", "/topic/ports.atom", "/story/1.atom", "/search.atom?q=freight"])
def test_a_feed_is_valid_and_its_ids_last(pages: Pages, path: str) -> None:
    status, headers, body = get(pages, path)
    assert (status, headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = tree.fromstring(body)
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    for name in ("id", "title", "updated"):
        assert [one for one in (feed, *entries) if not one.findtext(f"{ATOM}{name}")] == []
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one or "") for one in ids)
    links = [link.get("href") or "" for entry in entries for link in entry.findall(f"{ATOM}link")]
    assert [link for link in links if not link.startswith(("http://", "https://"))] == []
    assert feed.findtext(f"{ATOM}updated") == max(entry.findtext(f"{ATOM}updated") or "" for entry in entries)
    assert get(pages, path)[2] == body


def test_a_reader_that_has_the_feed_gets_no_second_copy(pages: Pages) -> None:
    _, headers, _ = get(pages, "/topic/ports.atom")
    status, again, body = get(pages, "/topic/ports.atom", If_None_Match=f'"other", W/{headers["etag"]}')
    assert (status, again["etag"], body) == (304, headers["etag"], b"")


def test_a_json_feed_tells_the_same(pages: Pages) -> None:
    status, headers, body = get(pages, "/topic/ports.feed")
    assert (status, headers["content-type"]) == (200, "application/feed+json; charset=utf-8")
    feed = json.loads(body)
    atom = tree.fromstring(get(pages, "/topic/ports.atom")[2])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed["items"]] == [e.findtext(f"{ATOM}id") for e in atom.findall(f"{ATOM}entry")]
    assert {"id", "url", "title", "content_text", "date_published", "date_modified"} <= set(feed["items"][0])


def test_health_of_a_simulation_says_so(pages: Pages) -> None:
    document = read(pages, "/health.json")
    assert (document["status"], document["reasons"]) == ("simulated", [])
    assert list(document["levels"]) == ["at", "since", *LEVEL_NOTES]
    assert document["levels"]["misses"]["open_gaps"] == document["open_gaps"]


def test_health_is_503_where_the_monitor_does_not_run(tmp_path: Path) -> None:
    path = fill_archive(tmp_path / "seedwatch.db", ArchiveSize(articles=20, days=2))
    with Store(path) as store:
        store.db.execute("DELETE FROM simulated_clock")
    config = parse_config(f"[store]\npath = {json.dumps(str(path))}\n[pages]\nport = 0\n", "config.toml")
    with start_pages(config) as served:
        status, _, body = get(served, "/health.json")
        document = json.loads(body)
        assert (status, document["status"], document["reasons"]) == (503, "stuck", ["the monitor is not running"])
        assert document["summary"].startswith("The monitor is not running")
        assert get(served, "/")[0] == 200


def test_health_repeats_what_the_daemon_says_of_itself(tmp_path: Path) -> None:
    path = fill_archive(tmp_path / "seedwatch.db", ArchiveSize(articles=20, days=2))
    config = parse_config(f"[store]\npath = {json.dumps(str(path))}\n[pages]\nport = 0\n", "config.toml")
    with Store(path, sole=True) as store, start_pages(config) as served:
        store.db.execute("DELETE FROM simulated_clock")
        found = []
        for age, reasons in ((0, ()), (0, ("an alert is stuck",)), (600, ())):
            publish_health(path, PublishedHealth(at=datetime.now(UTC) - timedelta(seconds=age), reasons=reasons))
            status, _, body = get(served, "/health.json")
            found.append((status, [re.sub("[0-9]+", "N", why) for why in json.loads(body)["reasons"]]))
    assert found == [
        (200, []),
        (503, ["an alert is stuck"]),
        (503, ["the monitor has said nothing for N s"]),
    ]


def test_the_style_may_be_kept_for_ever_and_nothing_else(pages: Pages) -> None:
    _, headers, body = get(pages, "/article/23")
    assert headers["cache-control"] == "no-store"
    style = next(found["href"] for tag, found in Elements(body.decode()).tags if found.get("rel") == "stylesheet")
    status, headers, _ = get(pages, "/article/" + (style or ""))
    assert status == 404
    status, headers, _ = get(pages, "/" + (style or "").removeprefix("../"))
    assert (status, headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_page_can_only_be_read(pages: Pages) -> None:
    with closing(http.client.HTTPConnection(pages.host, pages.port, timeout=60)) as connection:
        connection.request("POST", "/matches", headers={"content-length": "0"})
        assert connection.getresponse().status in (403, 405)  # Datasette asks for its token first


def test_hostile_words_reached_the_pages_at_all(pages: Pages) -> None:
    """Without this, the tests above would pass on an archive that lost what they are about."""
    words = "".join(Elements(get(pages, "/matches")[2].decode()).words)
    assert sum(part in words for part in (HOSTILE[0], HOSTILE[3].split(" {%")[0], HOSTILE[5])) >= 1
