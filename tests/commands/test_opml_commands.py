"""`sources import` and `sources export`: feeds carried from and to other tools."""

from __future__ import annotations

import tomllib
from pathlib import Path

from click.testing import CliRunner, Result

from monitor.commands.cli import main

OPML = """<opml version="2.0"><body><outline text="Hills" xmlUrl="https://hills.example/feed"
htmlUrl="https://hills.example/"/><outline text="Gull" xmlUrl="https://gull.example/rss"/></body></opml>"""
CONFIG = '# mine\n[sources.gull]\nspider = "feed"\ntitle = "The Gull"\nfeeds = ["https://gull.example/rss"]\n'


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(folder / "config.toml"), "sources", *arguments])


def test_feeds_come_in_once_and_go_out_again(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "mine.opml").write_text(OPML)
    done = run(tmp_path, "import", str(tmp_path / "mine.opml"))
    assert (done.exit_code, done.stderr) == (0, "1 of 2 feeds added; a running daemon takes them up at `kill -HUP`\n")
    again = run(tmp_path, "import", str(tmp_path / "mine.opml"))
    assert (again.exit_code, again.stderr[:17]) == (0, "0 of 2 feeds adde")
    text = (tmp_path / "config.toml").read_text()
    assert text.startswith(CONFIG)
    assert tomllib.loads(text)["sources"]["hills-example"] == {
        "spider": "feed",
        "feeds": ["https://hills.example/feed"],
        "title": "Hills",
        "address": "https://hills.example/",
    }
    assert run(tmp_path, "export", str(tmp_path / "out.opml")).exit_code == 0
    written = (tmp_path / "out.opml").read_text()
    assert written == run(tmp_path, "export").stdout
    assert [line.strip() for line in written.splitlines() if "<outline" in line] == [
        '<outline type="rss" text="The Gull" xmlUrl="https://gull.example/rss"/>',
        '<outline type="rss" text="Hills" xmlUrl="https://hills.example/feed" htmlUrl="https://hills.example/"/>',
    ]


def test_what_is_no_opml_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "mine.opml").write_text("words")
    done = run(tmp_path, "import", str(tmp_path / "mine.opml"))
    assert (done.exit_code, done.stderr) == (1, f"{tmp_path / 'mine.opml'}: no OPML: its root is not <opml>\n")
    assert (tmp_path / "config.toml").read_text() == CONFIG


def test_a_feed_on_a_host_of_its_own_speaks_for_its_page_where_nobody_else_does(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "mine.opml").write_text(
        '<opml><body><outline xmlUrl="https://feeds.example.net/hills" htmlUrl="https://hills.example/"/>'
        '<outline xmlUrl="https://crow.example/rss" htmlUrl="https://www.gull.example/"/></body></opml>'
    )
    done = run(tmp_path, "import", str(tmp_path / "mine.opml"))
    assert done.stderr.splitlines() == [
        "hills-example (https://feeds.example.net/hills) speaks for hills.example, as mine.opml says",
        "gull-example (https://crow.example/rss) does not speak for gull.example, for which another source does",
        "2 of 2 feeds added; a running daemon takes them up at `kill -HUP`",
    ]
    sources = tomllib.loads((tmp_path / "config.toml").read_text())["sources"]
    assert sources["hills-example"]["address"] == "https://hills.example/"
    assert "address" not in sources["gull-example"]
