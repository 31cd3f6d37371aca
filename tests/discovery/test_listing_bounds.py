"""Nothing that an outlet says of a link is longer than it may be, whatever the format and wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.discovery.endpoint import read_endpoint
from monitor.discovery.formats.wordpress_api import parse_posts
from monitor.discovery.listing_bounds import MAX_LEAD, MAX_TEXT, MAX_THINGS, MAX_TITLE, MAX_WORDS
from monitor.discovery.poll_interval import read_validators
from monitor.discovery.site_systems import read_drupal
from monitor.model.page import Rejection
from monitor.model.source import DroppedItem, Endpoint, Listing, Source, Validators
from monitor.text.urls import MAX_ADDRESS

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOME = "https://news.example"
SOURCE = Source(name="news", spider="feed", title="News", address=HOME, every=600, endpoints=(), article="/n/")
MOST = {
    "title": MAX_TITLE,
    "lead": MAX_LEAD,
    "text": MAX_TEXT,
    "url": MAX_ADDRESS,
    "key": MAX_ADDRESS,
    "endpoint": len(f"{HOME}/list"),
}
LONG = "storm " * 50_000
LONGEST = "storm " * 500_000  # where a whole text may stand
_FEED = "<rss version='2.0'><channel><title>{channel}</title><item><link>" + HOME
FORMATS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "rss": (
        "feed",
        _FEED + "/n/{link}</link><guid isPermaLink='false'>{guid}</guid><title>{title}</title><author>{author}</author>"
        "<description>{lead}</description><pubDate>{date}</pubDate><category>{tag}</category>"
        "<enclosure url='" + HOME + "/{file}' type='{type}'/></item></channel></rss>",
        ("channel", "link", "guid", "title", "author", "lead", "date", "tag", "file", "type"),
    ),
    "atom": (
        "feed",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>{guid}</id><link href='" + HOME + "/n/{link}'/>"
        "<title>{title}</title><author><name>{author}</name></author><updated>{date}</updated><summary>{lead}</summary>"
        "<content type='html'>&lt;p&gt;{text}&lt;/p&gt;</content></entry></feed>",
        ("guid", "link", "title", "author", "date", "lead", "text"),
    ),
    "json": (
        "feed",
        '{{"version": "https://jsonfeed.org/version/1.1", "title": "{channel}", "next_url": "' + HOME + '/{next}", '
        '"items": [{{"id": "{guid}", "url": "' + HOME + '/n/{link}", "title": "{title}", "summary": "{lead}", '
        '"content_text": "{text}", "date_published": "{date}", "tags": ["{tag}"], "image": "{file}", '
        '"authors": [{{"name": "{author}"}}]}}]}}',
        ("channel", "next", "guid", "link", "title", "lead", "text", "date", "tag", "file", "author"),
    ),
    "sitemap": (
        "sitemap",
        "<urlset xmlns:n='n'><url><loc>" + HOME + "/n/{link}</loc><lastmod>{date}</lastmod><n:news><n:title>{title}"
        "</n:title><n:keywords>{tag}</n:keywords></n:news></url></urlset>",
        ("link", "date", "title", "tag"),
    ),
    "index": ("sitemap", "<sitemapindex><sitemap><loc>" + HOME + "/{link}</loc></sitemap></sitemapindex>", ("link",)),
    "listing": ("listing", "<a href='/n/{link}' title='{title}'>{text}</a>", ("link", "title", "text")),
    "tass": (
        "api",
        '{{"newsList": [{{"link": "/n/{link}", "title": "{title}", "lead": "{lead}", "mark": "{tag}", "date": 1}}]}}',
        ("link", "title", "lead", "tag"),
    ),
    "wordpress": (
        "api",
        '[{{"id": 1, "link": "' + HOME + '/n/{link}", "title": {{"rendered": "{title}"}}, "date": "{date}"}}]',
        ("link", "title", "date"),
    ),
    "drupal": (
        "api",
        (
            '{{"data": [{{"attributes": {{"drupal_internal__nid": 1, "title": "{title}", "created": "{date}", '
            '"path": {{"alias": "/n/{link}"}}}}}}]}}'
        ),
        ("title", "date", "link"),
    ),
}
READERS: Mapping[str, Callable[..., Listing | Rejection]] = {"drupal": read_drupal}


def read(name: str, **said: str) -> Listing | Rejection:
    kind, form, slots = FORMATS[name]
    body = form.format(**dict.fromkeys(slots, "x") | said).encode()
    more: dict[str, Any] = {"api": parse_posts} if name == "wordpress" else {}
    reader = READERS.get(name, read_endpoint)
    return reader(Endpoint(kind=kind, url=f"{HOME}/list"), body, "", 200, SOURCE, NOW, **more)


def measure(value: object, name: str = "") -> Iterator[tuple[str, int]]:
    """The length of each string in a value, and of each list, by the name of the field that it stands in."""
    if isinstance(value, str):
        yield name, len(value)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from measure(each, key)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from measure(each, name)


@pytest.mark.parametrize(("name", "slot"), [(name, slot) for name, form in FORMATS.items() for slot in form[2]])
def test_no_string_of_any_format_is_longer_than_it_may_be(name: str, slot: str) -> None:
    plain = read(name)
    assert isinstance(plain, Listing)
    assert (len(plain.entries), len(plain.more)) == ((0, 1) if name == "index" else (1, 1 if name == "json" else 0))
    found = read(name, **{slot: LONGEST if slot == "text" else LONG.replace(" ", "-") if slot == "link" else LONG})
    if isinstance(found, Rejection):
        assert len(found.reason) <= MAX_WORDS
        return
    wrong = [(field, length) for field, length in measure(asdict(found)) if length > MOST.get(field, MAX_WORDS)]
    assert wrong == []
    if slot == "link" and name not in ("index", "listing"):
        dropped = DroppedItem(reason=f"its address is longer than {MAX_ADDRESS} characters", title="x")
        assert (found.entries, found.dropped) == ((), (dropped,))


@pytest.mark.parametrize(("name", "slot"), [("index", "link"), ("json", "next")])
def test_a_further_list_whose_address_is_too_long_is_told_as_left_out(name: str, slot: str) -> None:
    found = read(name, **{slot: "a" * MAX_ADDRESS})
    assert isinstance(found, Listing)
    dropped = DroppedItem(reason=f"the address of a further list is longer than {MAX_ADDRESS} characters")
    assert (found.more, found.dropped) == ((), (dropped,))


def test_what_is_short_enough_stays_as_it_is() -> None:
    title, words = "t" * MAX_TITLE, "w" * MAX_WORDS
    link = "l" * (MAX_ADDRESS - len(f"{HOME}/n/"))
    found = read("json", link=link, title=title, guid=words, tag=words, lead="s" * MAX_LEAD)
    assert isinstance(found, Listing)
    (entry,) = found.entries
    assert (entry.url, entry.title, entry.guid, entry.details["tags"], entry.lead) == (
        f"{HOME}/n/{link}",
        title,
        words,
        [words],
        "s" * MAX_LEAD,
    )


def test_details_have_no_more_things_and_go_no_deeper_than_they_may() -> None:
    deep: Any = "end"
    for _ in range(50):
        deep = {"x": [deep]}
    item = {"url": f"{HOME}/n/1", "tags": [f"tag {n}" for n in range(9_999)], "image": deep, "authors": [{"n": 7}]}
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]}).encode()
    found = read_endpoint(Endpoint(kind="feed", url=f"{HOME}/list"), body, "", 200, SOURCE, NOW)
    assert isinstance(found, Listing)
    assert found.entries[0].details == {
        "tags": [f"tag {n}" for n in range(MAX_THINGS)],
        "image": {"x": [{"x": []}]},
        "authors": [{"n": 7}],
    }


@pytest.mark.parametrize(("length", "kept"), [(1_000, True), (1_001, False)])
def test_a_validator_of_a_thousand_characters_is_the_longest_that_is_sent(length: int, kept: bool) -> None:
    value = "v" * length
    given = read_validators({"etag": value, "last-modified": value})
    assert given == (Validators(etag=value, last_modified=value) if kept else Validators())
    assert read_validators({}) == Validators()
