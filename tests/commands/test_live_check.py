"""`doctor --live` and `explain URL` for an address that was never seen: real outlets on loopback, the real command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest

XML, HTML = {"Content-Type": "application/xml"}, {"Content-Type": "text/html; charset=utf-8"}
WORDS = " ".join(
    f"The {noun} was seen near the quay that morning." for noun in ("boat", "crane", "rope", "lamp", "gull")
)


SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def page(title: str) -> bytes:
    head = f"<html lang='en'><head><title>{title}</title><meta property='og:type' content='article'></head>"
    return f"{head}<body><article><h1>{title}</h1><p>{WORDS}</p><p>{WORDS}</p></article></body></html>".encode()


@pytest.fixture
def outlet() -> Iterator[Loopback]:
    def answer(asked: LoopbackRequest) -> LoopbackAnswer:
        if asked.path == "/feed":
            link = f"http://{asked.headers['host']}/n/1"
            item = f"<item><title>The quay reopens</title><link>{link}</link></item><item><title>Lost</title></item>"
            return LoopbackAnswer(headers=XML, body=f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
        if asked.path == "/index":
            parts = "".join(f"<sitemap><loc>http://{asked.headers['host']}/part{n}</loc></sitemap>" for n in (1, 2))
            return LoopbackAnswer(headers=XML, body=f"<sitemapindex xmlns='{SITEMAP}'>{parts}</sitemapindex>".encode())
        if asked.path.startswith("/part"):
            now = f"{asked.at:%Y-%m-%dT%H:%M:%SZ}"
            link = f"https://{asked.headers['host']}/n/{asked.path[5:]}/"
            body = f"<urlset xmlns='{SITEMAP}'><url><loc>{link}</loc><lastmod>{now}</lastmod></url></urlset>"
            return LoopbackAnswer(headers=XML, body=body.encode())
        if asked.path.startswith("/n/"):
            return LoopbackAnswer(headers=HTML, body=page("The quay reopens"))
        return LoopbackAnswer(status=404, headers=HTML, body=b"<html>none</html>")

    server = Loopback(answer, lambda: datetime.now(UTC))
    server.start()
    yield server
    server.stop()


def seedwatch(folder: Path, *words: str) -> tuple[int, Any]:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("seedwatch")), *words, "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def lay(folder: Path, address: str, *feeds: str) -> None:
    (folder / "config.toml").write_text(
        '[fetch]\nallow = ["127.0.0.1"]\ndelay = 0\n'
        f'[sources.quay]\nspider = "feed"\nfeeds = {json.dumps(list(feeds))}\n'
        f'address = "{address}"\narticle = "/n/"\n'
        '[topics.quay]\nseeds = ""\n[topics.quay.rules.quay]\nquery = "quay"\n'
    )


def test_every_address_is_looked_at_and_one_page_read(tmp_path: Path, outlet: Loopback) -> None:
    lay(tmp_path, outlet.address, "/feed", "/gone")
    code, [found] = seedwatch(tmp_path, "doctor", "--live")
    assert code == 1
    assert (found["source"], found["healthy"]) == ("quay", False)
    assert [
        {name: look[name] for name in ("url", "verdict", "status", "entries", "dropped")} for look in found["endpoints"]
    ] == [
        {"url": f"{outlet.address}/feed", "verdict": "ok", "status": 200, "entries": 1, "dropped": 1},
        {"url": f"{outlet.address}/gone", "verdict": "fail", "status": 404, "entries": 0, "dropped": 0},
    ]
    assert (found["sample"]["title"], found["sample"]["reason"]) == ("The quay reopens", None)
    assert not (tmp_path / "seedwatch.db").exists()


def test_why_nobody_heard_of_an_address(tmp_path: Path, outlet: Loopback) -> None:
    lay(tmp_path, outlet.address, "/feed")
    code, found = seedwatch(tmp_path, "explain", "https://other.example/2026/11/28/a-story")
    assert (code, found["dated"], found["sources"]) == (1, "2026-11-28", [])
    assert found["because"].startswith("no configured source speaks for other.example")
    code, found = seedwatch(tmp_path, "explain", f"{outlet.address}/about")
    assert found["because"] == "the rule `article` of quay takes it for no article"
    code, found = seedwatch(tmp_path, "explain", f"{outlet.address}/n/1", "--ask")
    assert found["because"] == "quay was never polled"
    assert found["asked"]["endpoints"] == [
        {"source": "quay", "kind": "feed", "url": f"{outlet.address}/feed", "trouble": None, "lists_it": True}
    ]
    assert found["asked"]["page"]["title"] == "The quay reopens"
    assert [(topic["topic"], topic["matched"]) for topic in found["asked"]["page"]["topics"]] == [("quay", True)]


@pytest.mark.long
def test_every_spelling_counts_and_the_parts_of_an_index_are_asked(tmp_path: Path, outlet: Loopback) -> None:
    lay(tmp_path, outlet.address)
    config = tmp_path / "config.toml"
    config.write_text(
        config.read_text().replace('spider = "feed"\nfeeds = []', 'spider = "sitemap"\nsitemaps = ["/index"]')
    )
    listed = {
        path: seedwatch(tmp_path, "explain", f"{outlet.address}{path}", "--ask")[1]["asked"]["endpoints"][0]["lists_it"]
        for path in ("/n/2", "/n/3")
    }
    assert listed == {"/n/2": True, "/n/3": False}
