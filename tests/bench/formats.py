"""The parsers against other projects' test data: right, wrong and skipped, with the reason, per suite.

Reads `peers/` of the reference material (SEEDWATCH_SHARED): feedparser's and gofeed's feeds, the WHATWG URL vectors.
`PEERS=folder` adds checkouts that stand in it: `feedparser` (its date tests), `miniflux`, `ultimate-sitemap-parser`,
`robotstxt`. `-v` lists what is wrong. The last line is one JSON object.

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
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.discovery.formats.feed import parse_feed
from monitor.discovery.formats.sitemap import parse_sitemap
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.html_text import normalize_line, resolve_link, strip_markup
from monitor.text.times.dates import parse_date
from monitor.text.urls import join_url

SHARED = Path(os.environ.get("SEEDWATCH_SHARED", Path(__file__).parents[3] / "shared"))
PEERS = Path(os.environ["PEERS"]) if os.environ.get("PEERS") else None
URL = "http://news.example/feed"
SOURCE = Source(name="peer", spider="feed", title="Peer", address=None, every=600, endpoints=())
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@dataclass(slots=True)
class Suite:
    """What came of one suite of tests."""

    name: str
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def count(self, good: bool, what: str) -> None:
        """One test."""
        if good:
            self.right += 1
        else:
            self.wrong.append(what)


def read_feed(body: bytes, content_type: str = "application/xml") -> Listing | None:
    """What the product reads in a feed; None where it refuses it."""
    found = parse_feed(body, content_type, url=URL, endpoint=Endpoint(kind="feed", url=URL), source=SOURCE)
    return found if isinstance(found, Listing) else None


_ADDRESSED = re.compile(
    rb"<(?:[\w-]+:)?(?:link\b[^<>]*(?:href\s*=|>\s*\w)|(?:guid|id)\b[^<>]*>\s*(?:<!\[CDATA\[)?\s*https?:|origlink)"
    rb"|\brdf:about",
    re.I,
)
_ITEM = re.compile(rb"<((?:[\w-]+:)?(item|entry))\b[^<>]*(?<!/)>(.*?)</\1\s*>", re.I | re.S)


def with_links(body: bytes) -> bytes:
    """A feed in which items that have no address get one: peers test titles and dates of such, for us they are none."""
    if body[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in body[:8]:
        return body
    number = iter(range(1, 10_000))

    def linked(found: re.Match[bytes]) -> bytes:
        if _ADDRESSED.search(found[0]):
            return found[0]
        url = b"http://news.example/peer/%d" % next(number)
        link = b"<link>%s</link>" % url if found[2].lower() == b"item" else b'<link href="%s"/>' % url
        at = found[0].rindex(b"</")
        return found[0][:at] + link + found[0][at:]

    return _ITEM.sub(linked, body)


def plain(text: str | None) -> str:
    """A text as this project keeps it, for comparing."""
    return strip_markup(text or "")


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


def holds(entry: Entry, name: str, wanted: Any) -> bool | None:
    """Whether an entry has what a peer expects of a field; None where the fields do not compare."""
    if name.endswith("_parsed"):
        moment = entry.published if name == "published_parsed" else entry.modified or entry.published
        return moment is not None and moment.at == datetime(*wanted[:6], tzinfo=UTC)
    if name == "title":
        return (entry.title or "") in (plain(wanted), normalize_line(wanted))
    if name == "link":
        return entry.url == (resolve_link(URL, wanted) or entry.url)
    if name == "id":
        return None if str(wanted).startswith("http") else entry.guid == wanted
    return any(normalize_line(got or "") in (plain(wanted), normalize_line(wanted)) for got in (entry.lead, entry.text))


def feedparser_dates(folder: Path) -> Suite:
    """Its unit tests of dates, from a checkout or the release on PyPI, which keeps them in another file.

    They are tuples in its source that end in a text and the nine numbers expected, or None where none may be read.
    """
    suite = Suite("feedparser date forms")
    tests = (folder / "tests" / name for name in ("test_date_parsers.py", "runtests.py"))
    tree = ast.parse(next(file for file in tests if file.is_file()).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
            text = node.args[0].value  # the one call outside the table: the year 10000, of which nothing may be read
            if isinstance(node.func, ast.Name) and node.func.id.startswith("_parse_date_") and text:
                suite.count(parse_date(text, carrier="feed") is None, repr(text))
        elif isinstance(node, ast.Tuple) and len(node.elts) in {2, 3} and _is_dated(node.elts[-2:]):
            text, wanted = (ast.literal_eval(part) for part in node.elts[-2:])
            if not text:
                suite.skipped["an empty text"] += 1
            elif wanted is not None and wanted[0] < 1990:
                suite.skipped["a year in which no outlet published"] += 1
            else:
                moment = parse_date(text, carrier="feed")
                got = None if moment is None else moment.at
                suite.count(got == (None if wanted is None else datetime(*wanted[:6], tzinfo=UTC)), f"{text!r}: {got}")
    return suite


def _is_dated(pair: list[ast.expr]) -> bool:
    text, wanted = pair
    nothing = isinstance(wanted, ast.Constant) and wanted.value is None
    numbers = isinstance(wanted, ast.Tuple) and len(wanted.elts) == 9
    return isinstance(text, ast.Constant) and isinstance(text.value, str) and (nothing or numbers)


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


# — with checkouts ————————————————————————————————————————————————————————————————————————————————————————————————————


def miniflux_suite(folder: Path) -> Suite:
    """The dates that its tests say must be read, and the titles and links of feeds in its parsers' tests."""
    suite = Suite("Miniflux")
    source = (folder / "internal" / "reader" / "date" / "parser_test.go").read_text("utf-8")
    listed = re.search(r"dates := \[\]string\{(.*?)\n\t\}", source, re.S)
    for text in re.findall(r'"((?:[^"\\]|\\.)*)"', listed[1] if listed else ""):
        suite.count(parse_date(text.encode().decode("unicode_escape"), carrier="feed") is not None, f"date {text!r}")
    for file in sorted((folder / "internal" / "reader").rglob("parser_test.go")):
        for body in re.split(r"\nfunc Test", file.read_text("utf-8")):
            feed = re.search(r"data := `(.*?)`", body, re.S)
            wanted = re.findall(r"feed\.Entries\[(\d+)\]\.(Title|URL) != [\"`](.*?)[\"`] \{", body)
            if feed is None or not wanted:
                suite.skipped["states no title or address of an entry"] += 1
                continue
            found = read_feed(feed[1].encode())
            entries = found.entries if found else ()
            for number, name, value in wanted:
                entry = entries[int(number)] if int(number) < len(entries) else None
                got = None if entry is None else entry.title if name == "Title" else entry.url
                good = got == plain(value) if name == "Title" else got in (value, resolve_link(URL, value))
                suite.count(good, f"{file.parent.name}: {name} {got!r}, not {value!r}")
    return suite


def sitemap_suite(folder: Path) -> Suite:
    """The sitemaps that ultimate-sitemap-parser keeps as files: each must be read."""
    suite = Suite("ultimate-sitemap-parser")
    for file in sorted([*folder.rglob("*.xml"), *folder.rglob("*.xml.gz")]):
        url = "http://news.example/sitemap.xml"
        endpoint = Endpoint(kind="sitemap", url=url)
        found = parse_sitemap(file.read_bytes(), url=url, endpoint=endpoint, source=SOURCE, now=NOW, recent=None)
        suite.count(isinstance(found, Listing), f"{file.relative_to(folder)}: {found}")
    return suite


def robots_suite(folder: Path) -> Suite:
    """Google's robotstxt tests: the vectors written on one call each, by the parser that the crawls use."""
    from protego import Protego

    suite = Suite("Google robotstxt")
    source = (folder / "robots_test.cc").read_text("utf-8")
    texts = dict(re.findall(r"const absl::string_view (\w+) =\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+);", source))
    claim = re.compile(r'EXPECT_(TRUE|FALSE)\(\s*IsUserAgentAllowed\(\s*(\w+),\s*"([^"]*)",\s*"([^"]*)"\)\)', re.S)
    for allowed, name, agent, url in claim.findall(source):
        if name not in texts:
            suite.skipped["its robots.txt is built elsewhere"] += 1
            continue
        text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', texts[name])).encode().decode("unicode_escape")
        suite.count(Protego.parse(text).can_fetch(url, agent) == (allowed == "TRUE"), f"{name} {agent} {url}")
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
        further = (
            ("feedparser", feedparser_dates),
            ("miniflux", miniflux_suite),
            ("ultimate-sitemap-parser", sitemap_suite),
            ("robotstxt", robots_suite),
        )
        suites += [suite(PEERS / name) for name, suite in further if (PEERS / name).is_dir()]
    for suite in suites:
        print(f"{suite.name}: {suite.right} right, {len(suite.wrong)} wrong, {suite.skipped.total()} skipped")
        for reason, number in suite.skipped.most_common():
            print(f"  skipped {number}: {reason}")
        if "-v" in sys.argv:
            print(*(f"  wrong: {what}" for what in suite.wrong), sep="\n")
    print(json.dumps({s.name: {"right": s.right, "wrong": len(s.wrong), "skipped": s.skipped.total()} for s in suites}))


if __name__ == "__main__":
    main()
