"""JSON-LD as outlets write it: lists, graphs, several blocks, broken text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import html

from monitor.extraction.fields.jsonld import (
    collect_nodes,
    find_article_node,
    is_article_node,
    read_body_text,
    read_live_updates,
    read_property_text,
    read_property_texts,
    read_property_time,
    resolve_references,
)

ADDRESS = "https://herald.example/news/ferry"
STORY = {"@type": "NewsArticle", "headline": "Vote put off", "datePublished": "2026-05-04T10:00:00Z"}


def declared(*blocks: object) -> tuple[Any, ...]:
    texts = [block if isinstance(block, str) else json.dumps(block) for block in blocks]
    scripts = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    page = html.fromstring(f"<html><head>{scripts}<script>var a</script></head><body>x</body></html>")
    return collect_nodes(page.iter("script"))


@pytest.mark.parametrize(
    "block",
    [
        STORY,
        [{"@type": "Organization"}, STORY],
        {"@graph": [{"@type": "WebSite"}, STORY]},
        {"@type": "WebPage", "datePublished": "2000-01-01", "mainEntity": STORY},
        [[{"@graph": [STORY]}]],
        f"<!-- {json.dumps(STORY)} -->",
        f"//<![CDATA[\n{json.dumps(STORY)}\n//]]>",
        json.dumps(STORY)[:-1] + ",}",
        json.dumps(STORY) + ";",
        json.dumps(STORY | {"description": "two\u0001lines"}).replace("\\u0001", "\n"),
    ],
)
def test_the_article_is_found(block: object) -> None:
    node = find_article_node(declared({"@type": "Organization"}, "{broken", "", block), ADDRESS)
    assert node is not None
    assert (node["headline"], is_article_node(node)) == ("Vote put off", True)


def test_nesting_is_followed_only_so_far() -> None:
    deep: object = STORY
    for _ in range(20):
        deep = [deep]
    assert declared(deep, "[" * 100_000) == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ReportageNewsArticle", True),
        (["Thing", "http://schema.org/Article"], True),
        ("schema:LiveBlogPosting", True),
        ("WebPage", False),
        (None, False),
        (7, False),
    ],
)
def test_kinds_of_articles(kind: object, expected: bool) -> None:
    assert is_article_node({"@type": kind}) is expected


def test_of_several_the_one_that_names_the_address_wins() -> None:
    other = {"@type": "NewsArticle", "headline": "Other", "url": "https://herald.example/news/other"}
    for own in (
        {"url": ADDRESS + "/"},
        {"@id": ADDRESS},
        {"mainEntityOfPage": ADDRESS},
        {"mainEntityOfPage": {"@id": ADDRESS}},
    ):
        node = find_article_node(declared(other, STORY | own), ADDRESS)
        assert node is not None
        assert node["headline"] == "Vote put off"
    first = find_article_node(declared({"@type": "Article"}, STORY, other), "https://herald.example/elsewhere")
    assert first == STORY


def test_a_page_with_a_date_stands_in() -> None:
    page = {"@type": "WebPage", "name": "Vote put off", "datePublished": "2026-05-04"}
    assert find_article_node(declared({"@type": "WebPage"}, page), ADDRESS) == page
    assert find_article_node(declared({"@type": "WebPage"}), ADDRESS) is None


@pytest.mark.parametrize(
    ("value", "one", "many"),
    [
        ("  Ann &amp;amp; Bob ", "Ann & Bob", ("Ann & Bob",)),
        ("ports, ferries,,", "ports, ferries,,", ("ports", "ferries")),
        (["a", {"name": "b"}, 3], "a", ("a", "b")),
        ({"@type": "Person", "name": "Ann"}, "Ann", ("Ann",)),
        ({"url": "https://a.example/i.png"}, "https://a.example/i.png", ("https://a.example/i.png",)),
        ({"@value": "v"}, "v", ("v",)),
        ([], None, ()),
        (None, None, ()),
        ("  ", None, ()),
    ],
)
def test_property_values(value: object, one: str | None, many: tuple[str, ...]) -> None:
    assert (read_property_text(value), read_property_texts(value)) == (one, many)


@pytest.mark.parametrize(
    "block",
    [
        (
            '/* seo */ {"@type": "NewsArticle", "headline": "Vote put off", // title\n'
            ' "datePublished": "2026-05-04T10:00:00Z",}'
        ),
        json.dumps(STORY).replace('"', "&quot;"),
        json.dumps(STORY).replace('"', '\\"'),
        (
            '{"@type":"NewsArticle","headline":"Vote put off","datePublished":"2026-05-04T10:00:00Z",'
            '"x":"it\\\'s\n\ta \\q b"}'
        ),
        f"{json.dumps({'@type': 'WebSite'})}\n{json.dumps(STORY)};",
        json.dumps({**STORY, "@type": "https://schema.org/newsArticle"}),
        json.dumps({**STORY, "@type": None, "type": "NEWSARTICLE"}),
    ],
)
def test_json_that_is_nearly_json(block: str) -> None:
    node = find_article_node(declared(block), ADDRESS)
    assert node is not None
    assert (node["headline"], node["datePublished"]) == (STORY["headline"], STORY["datePublished"])


def test_a_script_s_type_is_read_in_any_case() -> None:
    page = html.fromstring(
        f'<html><head><script type="application/LD+JSON; charset=utf-8">{json.dumps(STORY)}</script></head></html>'
    )
    assert collect_nodes(page.iter("script")) == (STORY,)


def test_references_are_resolved() -> None:
    person = {"@type": "Person", "@id": "#p1", "name": "Ines Varga"}
    nodes = declared({"@graph": [STORY, person]})
    assert resolve_references([{"name": "", "@id": "#p1"}, {"@id": "#p2"}, "Abby", {"name": "Bo"}], nodes) == [
        person,
        {"@id": "#p2"},
        "Abby",
        {"name": "Bo"},
    ]


@pytest.mark.parametrize(
    ("value", "time"),
    [
        (1794472800000, "1794472800000"),
        (1794472800.5, "1794472800"),
        (float("nan"), None),
        ("2026-05-04", "2026-05-04"),
        ({"@value": "2026-05-04"}, "2026-05-04"),
        (None, None),
    ],
)
def test_times_may_be_numbers(value: object, time: str | None) -> None:
    assert read_property_time(value) == time


def test_a_live_blog_s_entries_are_its_text() -> None:
    entries = [
        {"headline": "Entry 1", "articleBody": "The council met.\n\nIt put the vote off."},
        {"articleBody": "Ferries stopped."},
        {"headline": "no body"},
        "broken",
    ]
    assert read_live_updates({"liveBlogUpdate": entries}) == (
        "Entry 1\nThe council met.\nIt put the vote off.\nFerries stopped."
    )
    assert read_live_updates({"liveBlogUpdate": entries[1]}) == "Ferries stopped."
    assert read_live_updates({}) is None


def test_half_a_character_is_left_out() -> None:
    assert read_property_text("Vote \ud83d put off \U0001f6a2") == "Vote put off \U0001f6a2"
    assert read_body_text("Vote \udc00\n\nput off") == "Vote\nput off"
    assert read_body_text(5) is None
