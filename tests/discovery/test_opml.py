"""Lists of feeds as other tools write them, and as this one does."""

from __future__ import annotations

import pytest

from monitor.discovery.formats.opml import OpmlFeed, format_opml, parse_opml

FILE = """<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body><outline text="World">
<outline type="rss" text="Hills & dales" title="Hills" xmlUrl="https://hills.example/feed" htmlUrl="https://hills.example/"/>
<outline text=" Vale " XMLURL="https://vale.example/rss"/><outline text="again" xmlUrl="https://vale.example/rss"/>
<outline text="a folder"/><outline text="bad" xmlUrl="javascript:1"/></outline></body></opml>"""
FEEDS = (
    OpmlFeed(url="https://hills.example/feed", title="Hills", page="https://hills.example/"),
    OpmlFeed(url="https://vale.example/rss", title="Vale"),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_every_feed_once_whatever_its_folder(encoding: str) -> None:
    assert parse_opml(FILE.encode(encoding)) == FEEDS


def test_what_is_written_is_read_again() -> None:
    unnamed = OpmlFeed(url="https://a.example/?a=1&b=2")
    written = format_opml("Sources", (*FEEDS, unnamed))
    assert parse_opml(written.encode()) == (*FEEDS, OpmlFeed(url=unnamed.url, title=unnamed.url))
    assert written.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n    <title>Sources'
    )


@pytest.mark.parametrize("body", [b"", b"words", b"<rss/>", b"<"])
def test_what_is_no_opml(body: bytes) -> None:
    with pytest.raises(ValueError, match="no OPML"):
        parse_opml(body)
