"""`seedwatch explain FILE --as KIND`: what is read in a saved answer, as JSON and for people."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.commands.cli import main

FEED = """<rss version="2.0"><channel><title>Hills</title><link>https://hills.example/</link>
<item><title>Goats return</title><link>https://hills.example/a?id=1&amp;utm_source=rss</link>
<description>They came back.</description><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>No address</title></item></channel></rss>"""


def explain(folder: Path, *arguments: str) -> Result:
    before = os.getcwd()
    os.chdir(folder)
    try:
        return CliRunner().invoke(main, ["explain", *arguments])
    finally:
        os.chdir(before)


@pytest.mark.parametrize("kind", [(), ("--as", "feed")])
@pytest.mark.parametrize("packed", [False, True])
def test_the_json_of_a_feed(tmp_path: Path, packed: bool, kind: tuple[str, ...]) -> None:
    (tmp_path / "saved").write_bytes(gzip.compress(FEED.encode()) if packed else FEED.encode())
    done = explain(tmp_path, "saved", *kind, "--url", "https://hills.example/feed", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "kind": "feed",
        "reason": None,
        "entries": [
            {
                "title": "Goats return",
                "url": "https://hills.example/a?id=1",
                "lead": "They came back.",
                "text": None,
                "published_at": "2026-11-24T10:00:00+00:00",
                "published_raw": "Tue, 24 Nov 2026 10:00:00 GMT",
                "modified_at": None,
                "key": "https://hills.example/a?id=1",
            }
        ],
        "more": [],
        "dropped": [{"reason": "it names no web address", "title": "No address"}],
    }


def test_a_list_page_for_people(tmp_path: Path) -> None:
    page = '<html><body><a href="/goats-return">Goats return to the hills</a><a href="?page=2">2</a></body></html>'
    (tmp_path / "saved.html").write_text(page)
    done = explain(tmp_path, "saved.html", "--as", "listing", "--url", "https://hills.example/news")
    assert done.exit_code == 0
    assert done.stdout == (
        "kind     listing, 1 entries\n\n   1  Goats return to the hills\n      https://hills.example/goats-return\n\n"
        "more     https://hills.example/news?page=2\n"
    )


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "saved").write_text("nothing of the kind")
    done = explain(tmp_path, "saved", "--as", "sitemap", "--url", "https://hills.example/s.xml", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "kind": "sitemap",
        "reason": "not-article: no sitemap: its root is <None>",
        "entries": [],
        "more": [],
        "dropped": [],
    }
    assert explain(tmp_path, "saved", "--as", "feed").exit_code == 2
    assert explain(tmp_path, "absent", "--as", "feed", "--url", "https://hills.example/").exit_code == 1
