"""Bytes to a tree: encodings, what is no HTML, and characters that XML does not know."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml.html import HtmlElement, fragment_fromstring

from monitor.extraction.html_tree import count_characters, parse_page_tree
from monitor.model.page import Page


def page(body: bytes, kind: str = "text/html") -> Page:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    url = "https://herald.example/ferry"
    return Page(url=url, final_url=url, status=200, headers={"content-type": kind}, body=body, fetched_at=at)


def words(body: bytes, kind: str = "text/html") -> str | None:
    tree = parse_page_tree(page(body, kind))
    return None if tree is None else " ".join(tree.text_content().split())


@pytest.mark.parametrize("body", [b"", b"   ", b"plain words", b'{"a": 1}', b"<html><body></body></html>", b"\xff\xfe"])
def test_what_is_no_html(body: bytes) -> None:
    assert parse_page_tree(page(body)) is None


def test_elements_are_plain_and_comments_gone() -> None:
    tree = parse_page_tree(page(b"<p>a<!-- b --><form><input></form>"))
    assert tree is not None
    assert {type(element) for element in tree.iter()} == {HtmlElement}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<meta charset=windows-1251><p>Гавань</p>".encode(), "text/html; charset=windows-1251"),
        ("<p>Гавань</p>".encode("windows-1251"), "text/html; charset=windows-1251"),
        ("<meta charset=windows-1251><p>Гавань</p>".encode("windows-1251"), "text/html"),
        ("<p>Гавань</p>".encode("utf-16"), "text/html"),
        ("\ufeff<p>Гавань</p>".encode(), "text/html"),
    ],
)
def test_valid_utf8_first_then_what_is_declared(body: bytes, kind: str) -> None:
    assert words(body, kind) == "Гавань"


def test_no_character_that_xml_forbids_is_left() -> None:
    codes = [code for code in range(32) if code not in (9, 10, 13)]
    controls = "".join(f"&#{code};&#x{code:x};&#{code:06d} &#X{code:04X}" for code in codes)
    markup = f"<p>a\x00b\x0bc\ufffed\uffffe&#xFFFE;f&#65535;g{controls}h &#123;&#x1F600;&#9;&#48;</p>"
    assert words(markup.encode()) == "abcdefg h {\U0001f600 0"


@pytest.mark.parametrize(
    "start", ["<!DOCTYPE html/>\n", "<!doctype html>", '<html lang="en" />\n<body>', "<html lang='é'>" + " " * 5000]
)
def test_broken_beginnings(start: str) -> None:
    assert words(f"{start}<p>Ferry</p><p>Harbour</p>".encode()) == "FerryHarbour"


@pytest.mark.parametrize(
    ("markup", "count"),
    [
        ("<p></p>", 0),
        ("<p> \n </p>", 0),
        ("<p>\n The \t vote </p>", 8),
        ("<p>A\u00a0 B</p>", 4),
        ("<p> The <b>new </b> vote</p>", 12),
    ],
)
def test_characters_of_an_element(markup: str, count: int) -> None:
    """White space is XPath's, for a leaf as for an element with others in it: a no-break space is a character."""
    element = fragment_fromstring(markup)
    assert (count_characters(element), int(element.xpath("string-length(normalize-space())"))) == (count, count)
