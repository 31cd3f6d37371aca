"""The parsers against other projects' test data: right, wrong and skipped, with the reason, per suite.

Reads `peers/` of the reference material (SEEDWATCH_SHARED): feedparser's and gofeed's feeds, the WHATWG URL vectors.
`PEERS=folder` adds checkouts or unpacked releases that stand in it: `feedparser` (its date tests), `miniflux`,
`reader`, `ultimate-sitemap-parser`, `robotstxt`. `-v` lists what is wrong. The last line is one JSON object.

A test of a peer counts where it expects something of entries that this project has too: title, link, id, summary,
dates. Everything else of a peer's data model is skipped.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from format_checkouts import CHECKOUTS
from format_suite import SOURCE, URL, Suite, holds, plain, read_feed, with_links

from monitor.discovery.formats.feed import parse_feed
from monitor.model.source import Endpoint, Entry, Listing
from monitor.text.html_text import normalize_line, resolve_link
from monitor.text.urls import join_url

SHARED = Path(os.environ.get("SEEDWATCH_SHARED", Path(__file__).parents[3] / "shared"))
PEERS = Path(os.environ["PEERS"]) if os.environ.get("PEERS") else None

# — feedparser —————————————————————————————————————————————————————————————————————————————————————————————————————————

_FIELD = r"title|link|summary|description|id|published_parsed|updated_parsed"
_CLAIM = re.compile(
    rf"entries\[(\d+)\]\[['\"](?:({_FIELD})['\"]\]|(title|summary)_detail['\"]\]\[['\"]value['\"]\]"
    r"|(content)['\"]\]\[0\]\[['\"]value['\"]\])\s*==\s*"
)


def feedparser_suite(folder: Path) -> tuple[Suite, Suite]:
    """Its tests of whole feeds, by the expectation in each file's first comment; and those of its dates."""
    suite, stamps = Suite("feedparser"), Suite("feedparser dates")
    for file in sorted(folder.rglob("*.xml")):
        body = file.read_bytes()
        head = body.decode("utf-16" if body[:2] in (b"\xfe\xff", b"\xff\xfe") else "latin-1", "replace")
        stated = re.search(r"Expect:\s*(.*?)\s*(?:\n[A-Z][\w-]*:|-->)", head, re.S)
        if stated is None:
            suite.skipped["states no expectation that can be read"] += 1
            continue
        claims = list(claimed(stated[1]))
        if not claims:
            suite.skipped["expects nothing of an entry's title, link, summary, id or dates"] += 1
            continue
        base = re.search(r"Content-Location:\s*(\S+)", head, re.I)
        header = re.search(r"Content-type:\s*([^\n]+)", head, re.I)
        at = "http://127.0.0.1:8097/feed.xml" if "127.0.0.1:8097" in stated[1] else URL
        found = parse_feed(
            with_links(body),
            header[1].strip() if header else "application/xml",
            url=base[1] if base else at,
            endpoint=Endpoint(kind="feed", url=URL),
            source=SOURCE,
        )
        entries = found.entries if isinstance(found, Listing) else ()
        for number, name, wanted in claims:
            kept = stamps if name.endswith("_parsed") else suite
            verdict = holds(entries[number], name, wanted) if number < len(entries) else None
            if verdict is None:
                kept.skipped["the entry has no address, or the field has no counterpart"] += 1
            else:
                kept.count(verdict, f"{file.relative_to(folder)}: {name} is not {wanted!r}")
    return suite, stamps


def claimed(expression: str) -> Iterator[tuple[int, str, Any]]:
    """What an expectation says of entries: number, field, value."""
    for found in _CLAIM.finditer(expression):
        rest = expression[found.end() :]
        for end in range(len(rest), 0, -1):
            try:
                yield int(found[1]), found[2] or found[3] or found[4], ast.literal_eval(rest[:end].strip())
            except (SyntaxError, ValueError):
                continue
            break


# — gofeed ————————————————————————————————————————————————————————————————————————————————————————————————————————————


_WORDS = ("description", "summary", "content", "content_text")
_COMPARED = {"title", "link", "links", "guid", "id", *_WORDS, "publishedParsed", "pubDateParsed", "updatedParsed"}


def gofeed_suite(folder: Path) -> Suite:
    """The feeds of its translator and parser tests with the items that stand beside them as JSON."""
    suite = Suite("gofeed")
    for expected in sorted(folder.rglob("*.json")):
        feed = next((f for end in (".xml", ".rss", ".atom") if (f := expected.with_suffix(end)).is_file()), None)
        if feed is None:
            suite.skipped["no feed beside it"] += 1
            continue
        wanted = json.loads(expected.read_bytes() or b"{}")
        items = wanted.get("items") or wanted.get("entries") or []
        if not items:
            suite.skipped["expects no items"] += 1
            continue
        found = read_feed(with_links(feed.read_bytes()))
        entries = found.entries if found else ()
        if not any(_COMPARED & set(item) for item in items):
            suite.skipped["expects neither title, link, id, text nor date of an item"] += 1
        elif len(entries) < len(items):
            suite.count(False, f"{feed.relative_to(folder)}: {len(entries)} of {len(items)} items")
        else:
            wrong = [item for item, entry in zip(items, entries, strict=False) if not _same_item(item, entry)]
            suite.count(not wrong, f"{feed.relative_to(folder)}: {wrong[:1]}")
    return suite


def _link(item: dict[str, Any]) -> str | None:
    stated = item.get("link") or next(iter(item.get("links") or ()), None)
    return stated.get("href") if isinstance(stated, dict) else stated


def _same_item(item: dict[str, Any], entry: Entry) -> bool:
    title = item.get("title")
    if title and (entry.title or "") not in (plain(title), normalize_line(title)):
        return False
    if (link := resolve_link(URL, _link(item))) is not None and link != entry.url:
        return False
    guid = item.get("guid") or item.get("id")
    guid = guid.get("value") if isinstance(guid, dict) else guid
    if guid and not guid.startswith("http") and guid != entry.guid:
        return False
    stated = [item.get(name) for name in _WORDS]
    texts = [text for one in stated if (text := one.get("value") if isinstance(one, dict) else one)]
    if texts and not any(holds(entry, "summary", value) for value in texts):
        return False
    stamp = item.get("publishedParsed") or item.get("pubDateParsed") or item.get("updatedParsed")
    if stamp and not str(stamp).startswith("0001"):
        moment = entry.published
        return moment is not None and moment.at == datetime.fromisoformat(stamp).replace(microsecond=0)
    return True


# — addresses —————————————————————————————————————————————————————————————————————————————————————————————————————————


def whatwg_suite(file: Path) -> Suite:
    """The vectors whose address or base is http or https, as links of a page there."""
    suite = Suite("WHATWG URL")
    for vector in json.loads(file.read_text("utf-8")):
        if not isinstance(vector, dict):
            continue
        given, base = vector["input"], vector.get("base") or ""
        href = vector.get("href", "")
        if href and not href.startswith(("http://", "https://")):
            suite.skipped["leads to another scheme"] += 1
        elif re.search(r":0+(?=/|$)", given):
            suite.skipped["port 0, at which nothing is served"] += 1
        elif not href and not re.match(r"\s*https?:", f"{given}", re.I) and not base.startswith("http"):
            suite.skipped["a failure of another scheme"] += 1
        else:
            suite.count(
                join_url(base, given) == href, f"{given!r} at {base!r}: {join_url(base, given)!r}, not {href!r}"
            )
    return suite


def main() -> None:
    """Print every suite and one JSON object."""
    suites: list[Suite] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("feedparser-tests.tar.gz", "gofeed-testdata.tar.gz"):
            with tarfile.open(SHARED / "peers" / name) as archive:
                archive.extractall(folder, filter="data")
        suites += feedparser_suite(Path(folder) / "tests")
        suites.append(gofeed_suite(Path(folder) / "testdata"))
    suites.append(whatwg_suite(SHARED / "peers" / "whatwg-urltestdata.json"))
    if PEERS is not None:
        suites += [suite(PEERS / name) for name, suite in CHECKOUTS.items() if (PEERS / name).is_dir()]
    for suite in suites:
        print(f"{suite.name}: {suite.right} right, {len(suite.wrong)} wrong, {suite.skipped.total()} skipped")
        for reason, number in suite.skipped.most_common():
            print(f"  skipped {number}: {reason}")
        if "-v" in sys.argv:
            print(*(f"  wrong: {what}" for what in suite.wrong), sep="\n")
    print(json.dumps({s.name: {"right": s.right, "wrong": len(s.wrong), "skipped": s.skipped.total()} for s in suites}))


if __name__ == "__main__":
    main()
