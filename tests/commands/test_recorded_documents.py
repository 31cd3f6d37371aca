"""`backfill --nl` and `explain --json` print the documents that are recorded for an input of our own, byte for byte.

What scripts read must not change by accident. Where it is to change, `python tests/commands/test_recorded_documents.py`
records anew, and what changed belongs into the changelog. `demo --json` is in test_demo.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from monitor.commands.cli import main

ROOT = Path(__file__).resolve().parents[2]
RECORDED = Path(__file__).with_name("recorded_documents.json")
CONFIG = """
[sources.gull]
spider = "feed"
feeds = ["https://gull.example/rss"]
article = "/(?P<id>[0-9]+)$"
identity = "gull:{id}"

[topics.karabakh]
seeds = "seeds"
"""
TALKS = (
    "YEREVAN, March 2 – Foreign Minister Ararat Mirzoyan and his Azerbaijani counterpart Jeyhun Bayramov met.",
    "They spoke for three hours about a peace treaty between Armenia and Azerbaijan, on their border.",
    "The commission on the delimitation of the border is to meet in Baku in April, and will bring maps.",
    "Neither of the ministers took questions afterwards, though their spokesmen called the talks useful and open.",
)
FERRY = (
    "The ferry between the two islands sails again from Monday, the harbour office said, after three weeks of ice.",
    "The mail came by air in the weeks between, and tickets bought for them stay valid until the end of the summer.",
)
WIRE = "\n\n".join(TALKS)
DOCUMENTS: tuple[dict[str, Any], ...] = (
    {"id": "wire", "title": "Armenia, Azerbaijan resume talks", "text": WIRE, "published_at": "2026-03-02T06:00:00Z"},
    {"id": "copy", "title": "Talks resume on the border", "text": WIRE, "published_at": "2026-03-02T07:00:00Z"},
    {"id": "ferry", "title": "Ferry sails again", "text": "\n\n".join(FERRY), "published_at": "2026-03-01T06:00:00Z"},
    {"id": "empty", "title": "", "text": ""},
)
PAGE = """<!DOCTYPE html><html lang="en"><head><title>{title} | The Gull</title>
<link rel="canonical" href="https://gull.example/{number}">
<meta property="og:title" content="{title}"><meta property="og:type" content="article">
<meta name="author" content="Ada Finch"><meta property="article:section" content="World">
<meta property="article:published_time" content="2026-03-02T06:30:00+04:00"></head>
<body><main><article><h1>{title}</h1><time datetime="2026-03-02T06:30:00+04:00">2 March 2026</time>
{text}</article></main></body></html>"""
WALL = "<!DOCTYPE html><html><head><title>Log in | The Gull</title></head><body><input type='password'></body></html>"
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_OF_THE_RUN = ("first_seen_at", "stored_at", "seen_at")
_OF_THE_CODE = ("extractor",)


def record(folder: Path) -> dict[str, Any]:
    """What the commands print for the input above, in a folder of its own; times of the run and hashes left out."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    (folder / "config.toml").write_text(CONFIG, "utf-8")
    (folder / "documents.jsonl").write_text("".join(json.dumps(one) + "\n" for one in DOCUMENTS), "utf-8")
    pages = folder / "pages"
    pages.mkdir()
    for number, (title, lines) in enumerate((("Ministers meet on the border", TALKS), ("Ferry returns", FERRY)), 1):
        text = "\n".join(f"<p>{line}</p>" for line in lines)
        (pages / f"{number}.html").write_text(PAGE.format(title=title, number=number, text=text), "utf-8")
    (pages / "3.html").write_text(WALL, "utf-8")
    index = [{"page": f"{number}.html", "url": f"https://gull.example/{number}"} for number in (1, 2, 3)]
    (pages / "index.jsonl").write_text("".join(json.dumps(one) + "\n" for one in index), "utf-8")
    address = "https://gull.example/1"
    return {
        "backfill --nl": _print_lines(folder, "backfill", "documents.jsonl", "--nl"),
        "backfill --nl --full": _print_lines(folder, "backfill", "pages", "--nl", "--full"),
        "explain FILE --json": _print_lines(folder, "explain", "pages/1.html", "--url", address, "--json"),
        "explain URL --json": _print_lines(folder, "explain", address, "--json"),
    }


def _print_lines(folder: Path, *arguments: str) -> list[Any]:
    """The JSON documents that a command prints."""
    here = Path.cwd()
    try:
        os.chdir(folder)
        done = CliRunner().invoke(main, [*arguments])
    finally:
        os.chdir(here)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.stdout, done.stderr
    decoder, rest, found = json.JSONDecoder(), done.stdout.lstrip(), []
    while rest:
        document, end = decoder.raw_decode(rest)
        found.append(_settle(document))
        rest = rest[end:].lstrip()
    return found


def _settle(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _settle(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_settle(inner) for inner in value]
    if isinstance(value, str) and name in _OF_THE_RUN and _STAMP.fullmatch(value):
        return "(when it was stored)"
    return "(which code)" if isinstance(value, str) and name in _OF_THE_CODE else value


def test_the_documents_are_the_recorded_ones(tmp_path: Path) -> None:
    found = record(tmp_path)
    assert found == json.loads(RECORDED.read_text("utf-8"))
    assert [line["outcome"] for line in found["backfill --nl"]] == ["new", "copy", "new", "no-text"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        RECORDED.write_text(json.dumps(record(Path(name)), ensure_ascii=False, indent=1) + "\n", "utf-8")
