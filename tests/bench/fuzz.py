"""Mutated feeds, sitemaps, list APIs, listings, home pages and articles through every parser: nothing may escape (S12).

An outlet's bytes end as a value – a listing, an article, a rejection – whatever they are. The corpus is made here;
pages of the reference material join it where that is at hand. The last line is one JSON object with the runs, the
escapes by kind and the slowest run; exit 1 where anything escaped or a run took longer than its limit.

usage: fuzz.py [--seconds N] [--runs N] [--seed S] [--shared FOLDER]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))  # tests/, for the made corpus

import reference
from harbour import AGENCY, agency_page

from monitor.backoff import parse_retry_after
from monitor.discovery.endpoint import read_endpoint
from monitor.discovery.formats.drupal_api import parse_nodes
from monitor.discovery.formats.tass_api import parse_news_list
from monitor.discovery.formats.wordpress_api import parse_posts
from monitor.discovery.outlet.homepage import parse_robots_sitemaps, read_homepage
from monitor.model.page import Page
from monitor.model.source import Endpoint
from monitor.pipeline.ingest.read_page import judge_page
from monitor.text.times.dates import parse_date

ROW = "S12"  # of docs/rows.toml
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
LIMIT = 60  # seconds of processor time for one run, as the workers count it: how busy the machine is tells nothing
CHARSETS = re.split(
    " ",
    "utf-8 utf-16 utf-32 windows-1251 koi8-r big5 gb18030 shift_jis iso-2022-kr hz utf-7 utf_8_sig cp65001 idna "
    "punycode unicode_escape raw_unicode_escape undefined rot13 base64 hex zlib bz2 uu quopri mbcs oem charmap palmos "
    "nonsense ' \x00 \ud800 ../../x",
)
RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    "<channel><title>Harbour</title><link>https://agency.example/</link><ttl>5</ttl><skipHours><hour>3</hour>"
    "</skipHours><item><title>Vote put off &amp; dropped</title><link>https://agency.example/world/868168</link>"
    "<guid isPermaLink='false'>868168</guid><pubDate>Mon, 04 May 2026 10:00:00 +0300</pubDate>"
    "<description><![CDATA[<p>The harbour council met.</p>]]></description><category>World</category>"
    "<enclosure url='https://agency.example/a.jpg' length='1' type='image/jpeg'/>"
    "<content:encoded><![CDATA[<p>The harbour council met on Monday.</p>]]></content:encoded></item></channel></rss>"
)
ATOM = (
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title><entry><id>tag:1</id>'
    '<title type="html">Vote</title><link rel="alternate" href="/world/1"/><updated>2026-05-04T10:00:00Z</updated>'
    "<summary>One.</summary></entry></feed>"
)
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour",
        "items": [{"id": "1", "url": "https://agency.example/world/1", "date_published": "2026-05-04T10:00:00Z"}],
    }
)
SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://agency.example/world/1</loc>'
    "<lastmod>2026-05-04</lastmod><news:news><news:publication_date>2026-05-04T10:00:00+03:00</news:publication_date>"
    "<news:title>Vote</news:title></news:news></url></urlset>"
)
INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://agency.example/s.xml.gz'
    "</loc><lastmod>2026-05-04T10:00:00Z</lastmod></sitemap></sitemapindex>"
)
WORDPRESS = json.dumps(
    [
        {
            "id": 7,
            "date_gmt": "2026-05-04T10:00:00",
            "modified_gmt": "2026-05-04T11:00:00",
            "link": "https://agency.example/world/7",
            "title": {"rendered": "Vote &#8211; off"},
            "excerpt": {"rendered": "<p>One.</p>"},
            "content": {"rendered": "<p>One two.</p>"},
        }
    ]
)
DRUPAL = json.dumps(
    {
        "data": [
            {
                "id": "u",
                "type": "node--article",
                "attributes": {
                    "drupal_internal__nid": 7,
                    "title": "Vote",
                    "created": "2026-05-04T10:00:00+00:00",
                    "changed": "2026-05-04T10:00:00+00:00",
                    "path": {"alias": "/world/7"},
                    "body": {"value": "<p>One</p>", "processed": "<p>One</p>", "summary": ""},
                },
            }
        ],
        "links": {"next": {"href": "https://agency.example/jsonapi?page=2"}},
    }
)
TASS = json.dumps(
    {"newsList": [{"id": 7, "link": "/world/7", "title": "Vote", "lead": "One", "date": 1777929375, "type": "news"}]}
)
ROBOTS = "User-agent: *\nDisallow: /x\nSitemap: https://agency.example/sitemap.xml\nCrawl-delay: 5\n"
LISTING = (
    '<!doctype html><html><head><base href="https://agency.example/"><link rel="alternate" '
    'type="application/rss+xml" href="/rss"></head><body><h2><a href="/world/1">A vote put off</a></h2>'
    "<a href='/world/2'>Another vote</a></body></html>"
)
TOKENS = [
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;", b"&#xD800;"),
    *(b"&#99999999999;", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"<base href='http://['>"),
    *(b"http://[", b"http://[::1", b"//\xe2\x84\x80.example", b"javascript:alert(1)", b"data:,x", b"http://a:99999/"),
    *(b"9" * 400, b"-1", b"1e999", b"NaN", b"null", b"[]", b"{}", b'"', b"\\ud800", b"2026-02-30", b"0000-00-00"),
    *(b"99999-01-01", b"<svg>", b"<math>", b"<template>", b"<plaintext>", b"<frameset>", b"<script>", b"</html>"),
    *(b"<meta charset='idna'>", b"<meta http-equiv=content-type content='text/html; charset=rot13'>"),
    *(b"<div>" * 300, b"<table>" * 60, b"[" * 2000, b'{"a":' * 2000, b"<a " + b"x=1 " * 400, b"\xd0\xb0" * 300),
]
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**400,
    1e308,
    "",
    "x" * 3000,
    [],
    {},
    [[]],
    {"a": {}},
    "http://[",
    "\ud800",
)
Target = Callable[[bytes, str, random.Random], object]


def _endpoint(kind: Any, api: Callable[..., Any] = parse_news_list) -> Target:
    def run(body: bytes, content_type: str, chance: random.Random) -> object:
        endpoint = Endpoint(kind=kind, url="https://agency.example/list?per_page=10&page=1")
        status = chance.choice((200, 200, 200, 200, 400, 404, 503))
        url = chance.choice((None, None, "https://agency.example/", "https://agency.example/other?x=%ZZ"))
        return read_endpoint(endpoint, body, content_type, status, AGENCY, NOW, url, api=api)

    return run


def _article(body: bytes, content_type: str, chance: random.Random) -> object:
    url = chance.choice(("https://agency.example/world/868168", "https://other.example/a/b-c-d?x=1#y"))
    headers = {"content-type": content_type}
    page = Page(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=NOW)
    return judge_page(page, chance.choice((AGENCY, None)), ())


def _words(body: bytes, _content_type: str, _chance: random.Random) -> object:
    text = body[:400].decode("latin-1")
    robots = body.decode("utf-8", "replace")
    return (
        parse_retry_after(text, NOW),
        parse_date(text, carrier="words"),
        parse_robots_sitemaps(robots, "https://a.example/"),
    )


TARGETS: dict[str, tuple[Target, tuple[str, ...]]] = {
    "feed": (_endpoint("feed"), (RSS, ATOM, JSON_FEED)),
    "sitemap": (_endpoint("sitemap"), (SITEMAP, INDEX)),
    "listing": (_endpoint("listing"), (LISTING, agency_page())),
    "tass": (_endpoint("api"), (TASS,)),
    "wordpress": (_endpoint("api", parse_posts), (WORDPRESS,)),
    "drupal": (_endpoint("api", parse_nodes), (DRUPAL,)),
    "home": (lambda body, kind, _: read_homepage(body, kind, "https://agency.example/"), (LISTING, agency_page())),
    "article": (_article, (agency_page(), LISTING)),
    "words": (_words, (ROBOTS, "Mon, 04 May 2026 10:00:00 +0300", "2026-05-04T10:00:00Z", "120")),
}


def mutate(body: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """One to eight changes: bytes, tokens, cuts, repeats, splices, other encodings, values of JSON, gzip."""
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(body) + 1)
        match chance.randrange(9):
            case 0:
                body = body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
            case 1 | 2:
                body = body[:at] + chance.choice(TOKENS) + body[at:]
            case 3:
                body = body[: chance.randrange(len(body) + 1)] if chance.random() < 0.2 else body[:at] + body[at + 20 :]
            case 4:
                end = min(len(body), at + chance.randrange(1, 200))
                body = body[:end] + body[at:end] * chance.randrange(1, 5) + body[end:]
            case 5:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                body = body[:at] + other[start : start + chance.randrange(400)] + body[at:]
            case 6:
                body = _recoded(body, chance)
            case 7:
                body = _changed_json(body, chance)
            case _:
                tag = body.find(b"<", at)
                body = body[:tag] + body[body.find(b">", tag) + 1 :] if tag >= 0 else body
    return gzip.compress(body)[: chance.choice((10, 10**9))] if chance.random() < 0.02 else body


def _recoded(body: bytes, chance: random.Random) -> bytes:
    text = body.decode("utf-8", "replace")
    name = chance.choice(("utf-16", "utf-16-le", "utf-32", "cp1251", "koi8-r", "big5", "utf-7", "cp037"))
    return text.encode(name, "replace")


def _changed_json(body: bytes, chance: random.Random) -> bytes:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    places: list[tuple[Any, Any]] = []

    def walk(part: Any) -> None:
        for key in part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ():
            places.append((part, key))
            walk(part[key])

    walk(value)
    if not places:
        return body
    part, key = chance.choice(places)
    part[key] = chance.choice(VALUES)
    sys.set_int_max_str_digits(0)
    return json.dumps(value).encode()


def _slow(_number: int, _frame: object) -> None:
    raise TimeoutError(f"longer than {LIMIT} s of processor time")


def load_corpus(shared: Path | None) -> dict[str, list[bytes]]:
    """The seeds of each target."""
    corpus = {name: [text.encode() for text in texts] for name, (_, texts) in TARGETS.items()}
    for path in sorted(shared.glob("pages/*")) if shared is not None else ():
        if path.suffix in (".html", ".xml") and path.stat().st_size < 400_000:
            corpus["feed" if path.suffix == ".xml" else "article"].append(path.read_bytes())
    return corpus


def run_fuzz(*, seconds: float, runs: int, seed: int, shared: Path | None, show: bool = False) -> dict[str, Any]:
    """Run until the time or the number of runs is up; the figures. `show` prints the trace of each new kind."""
    chance = random.Random(seed)
    corpus = load_corpus(shared)
    others = [body for bodies in corpus.values() for body in bodies]
    names = list(TARGETS)
    kinds: Counter[str] = Counter()
    slowest, done, end = (0.0, ""), 0, time.monotonic() + seconds
    signal.signal(signal.SIGPROF, _slow)
    while done < runs and time.monotonic() < end:
        name = names[done % len(names)]
        body = mutate(chance.choice(corpus[name]), others, chance)
        charset = chance.choice(CHARSETS)
        content_type = chance.choice(
            (f"text/html; charset={charset}", f"application/xml;charset={charset}", "", charset)
        )
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, LIMIT)
        try:
            TARGETS[name][0](body, content_type, chance)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)
            ours = next((f for f in reversed(where) if "monitor" in Path(f.filename).parts), where[-1])
            kind = f"{name}: {type(error).__name__} in {Path(ours.filename).name}:{ours.name}"
            if show and kind not in kinds:
                traceback.print_exc()
            kinds[kind] += 1
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        slowest = max(slowest, (time.process_time() - began, name))
        done += 1
    return {
        "bench": "fuzz",
        "row": ROW,
        "runs": done,
        "escapes": sum(kinds.values()),
        "kinds": dict(kinds.most_common()),
        "slowest_seconds": round(slowest[0], 2),
        "slowest": slowest[1],
        "seed": seed,
        "held": not kinds,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3_600)
    parser.add_argument("--runs", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=1)
    reference.option(parser)
    options = parser.parse_args()
    shared = options.shared if options.shared.is_dir() else None
    result = run_fuzz(seconds=options.seconds, runs=options.runs, seed=options.seed, shared=shared, show=True)
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["held"] else 1)
