"""Suites of peers that are read from checkouts or unpacked releases, where `PEERS` names a folder of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from format_suite import NOW, SOURCE, URL, Suite, holds, plain, read_feed, with_links

from monitor.discovery.formats.sitemap import parse_sitemap
from monitor.model.source import Endpoint, Listing
from monitor.text.html_text import resolve_link
from monitor.text.times.dates import parse_date


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


_BASE = "http://news.example/"
_NAMES = {"url_base": _BASE, "rel_base": _BASE}


def reader_suite(folder: Path) -> Suite:
    """The entries of lemon24/reader's feeds, which stand beside them as Python that is read and not run."""
    suite = Suite("reader")
    for stated in sorted((folder / "tests" / "data").glob("*.*.py")):
        feed = stated.with_suffix("")
        calls = [node for node in ast.walk(ast.parse(stated.read_text("utf-8"))) if isinstance(node, ast.Call)]
        wanted = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "EntryData"]
        if not wanted:
            suite.skipped["states no entries"] += 1
            continue
        body = feed.read_bytes()
        found = read_feed(body if body.lstrip().startswith(b"{") else with_links(body))
        entries = {entry.guid or entry.url: entry for entry in found.entries} if found else {}
        for call in wanted:
            said = {word.arg: _value(word.value) for word in call.keywords if word.arg in _FIELDS}
            entry = entries.get(str(said.pop("id", None)))
            if entry is None:
                suite.skipped["the entry has no address"] += 1
                continue
            for name, value in said.items():
                if value is not None and (verdict := holds(entry, _FIELDS[name or ""], value)) is not None:
                    suite.count(verdict, f"{feed.name}: {name} is not {value!r}")
    return suite


_FIELDS = {
    **{name: name for name in ("id", "title", "link", "summary")},
    "published": "published_parsed",
    "updated": "updated_parsed",
}


def _value(node: ast.expr) -> object:
    """A text, a text with an address in front, or the numbers of a moment; None for whatever else is stated."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.FormattedValue) else part for part in node.values)
        return "".join(_NAMES[part.id] if isinstance(part, ast.Name) else str(_value(part)) for part in parts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "datetime":
        return (*(ast.literal_eval(part) for part in node.args), 0, 0, 0)[:6]
    return None


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


CHECKOUTS: Mapping[str, Callable[[Path], Suite]] = {
    "feedparser": feedparser_dates,
    "miniflux": miniflux_suite,
    "reader": reader_suite,
    "ultimate-sitemap-parser": sitemap_suite,
    "robotstxt": robots_suite,
}
