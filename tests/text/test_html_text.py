"""HTML fragments as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.html_text import decode_body, is_html, parse_html, resolve_link, split_paragraphs, strip_markup


@pytest.mark.parametrize(
    ("given_", "plain"),
    [
        ("", ""),
        (" two \n words ", "two words"),
        ("<p>One &amp; <b>two</b></p><script>x()</script> three<br>four", "One & two three four"),
        ("a < b", "a < b"),
        ("<!-- nothing -->", ""),
        ("<?xml version='1.0' encoding='utf-16'?><p>x", "x"),
        ("<!doctype html><html><head><title>t</title></head><body>hi</body></html>", "hi"),
        ("e\u0301t\u00e9 <i>a\0b</i>", "\u00e9t\u00e9 ab"),
        ("lone \ud800 <b>surrogate</b>", "lone ? surrogate"),
    ],
)
def test_plain(given_, plain):
    assert strip_markup(given_) == plain


def test_paragraphs_are_blocks_each_on_one_line():
    root = parse_html("<div>Lead<p>one <i>in</i>\nline</p>tail<ul><li>a<li>b</ul><style>p{}</style> end</div>after")
    assert split_paragraphs(root) == ("Lead", "one in line", "tail", "a", "b", "end", "after")


def test_text_after_the_node_is_not_its_own():
    root = parse_html("<div><p>in</p>out</div>")
    assert split_paragraphs(next(root.iter("p"))) == ("in",)


def test_a_nesting_bomb_ends_as_a_cut_tree():
    assert len(strip_markup("<div>" * 200_000 + "x")) <= 1


@given(st.text())
def test_plain_takes_any_text(text):
    plain = strip_markup(text)
    assert plain == " ".join(plain.split())


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("Степанакерт".encode(), "text/html; charset=windows-1251", "Степанакерт"),
        (b"\xef\xbb\xbf\xc3\xa9", "", "é"),
        ("Степанакерт".encode("cp1251"), "text/html; charset=windows-1251", "Степанакерт"),
        ("<meta charset=koi8-r>мир".encode("koi8-r"), "text/html", "<meta charset=koi8-r>мир"),
        (b"caf\xe9 \x93x\x94", "text/html", "café “x”"),
        (b"plain", "text/html; charset=nonsense", "plain"),
    ],
)
def test_decoded(body, content_type, text):
    assert decode_body(body, content_type) == text


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (b"<!DOCTYPE html><p>", True),
        (b"\xef\xbb\xbf \n<!-- a - b -- c --><HTML lang=en>", True),
        (b"<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'>", True),
        (b"<?xml version='1.0'?><rss version='2.0'>", False),
        (b"<!DOCTYPE rss>", False),
        (b"<htmlx>", False),
        (b'{"html": "<html>"}', False),
        (b"", False),
    ],
)
def test_is_html(body, html):
    assert is_html(body) is html


@pytest.mark.parametrize(
    ("link", "full"),
    [
        ("b?x=1#part", "https://a.example/dir/b?x=1"),
        (" /b\n", "https://a.example/b"),
        ("//c.example/d", "https://c.example/d"),
        ("?page=2", "https://a.example/dir/page?page=2"),
        ("mailto:me@a.example", None),
        ("javascript:void(0)", None),
        ("http://[broken/", None),
        ("  ", None),
        (None, None),
        (7, None),
    ],
)
def test_joined(link, full):
    assert resolve_link("https://a.example/dir/page", link) == full
