"""Addresses read as browsers read them."""

from __future__ import annotations

import json
import re

import pytest
from reference_material import ABSENT, SHARED

from monitor.text.addresses.browser_urls import decode_host, encode_host, resolve_url

PAGE = "https://news.example/section/list"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/новости?q=я", "https://news.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?q=%D1%8F"),
        ("a b", "https://news.example/section/a%20b"),
        (r"http:\\other.example\x", "http://other.example/x"),
        ("http:/other.example/x", "http://other.example/x"),
        ("https:x", "https://news.example/section/x"),
        ("//straße.example/", "https://xn--strae-oqa.example/"),
        ("https://xn--/", ""),
        ("https://xn--pokxncvks/", ""),
        ("https://xn--strae-oqa.example/", "https://xn--strae-oqa.example/"),
        ("http://[::1", ""),
        ("\ud800", ""),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
    ],
)
def test_a_link_on_a_page(link: str, address: str) -> None:
    assert resolve_url(PAGE, link) == address


@pytest.mark.parametrize(
    ("link", "encoding", "address"),
    [
        ("/n?t=Новость", "cp1251", "https://news.example/n?t=%CD%EE%E2%EE%F1%F2%FC"),
        ("/n?t=Н☃#Н", "cp1251", "https://news.example/n?t=%CD%26%239731%3B#%D0%9D"),
        ("/Н?a=b", "cp1251", "https://news.example/%D0%9D?a=b"),
        ("/n?t=Н", "utf-16-le", "https://news.example/n?t=%D0%9D"),
    ],
)
def test_raw_letters_of_a_query_are_sent_in_the_pages_encoding(link: str, encoding: str, address: str) -> None:
    assert resolve_url(PAGE, link, encoding) == address


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("News.Example", "news.example"),
        ("straße.de", "xn--strae-oqa.de"),
        ("Президент.рф", None),
        ("a\u200dя b", None),
        ("я\ud800", None),
    ],
)
def test_a_host(name: str, host: str | None) -> None:
    known = {"Президент.рф": "xn--d1abbgf6aiiy.xn--p1ai"}
    assert encode_host(name) == (known.get(name, name) if host is None else host)


VECTORS = SHARED / "peers" / "whatwg-urltestdata.json"


@pytest.mark.skipif(not VECTORS.is_file(), reason=ABSENT)
def test_every_vector_of_the_web_platform_tests() -> None:
    wrong = []
    for vector in json.loads(VECTORS.read_text("utf-8")):
        if isinstance(vector, dict) and not re.search(r":0+(?=/|$)", vector["input"]):
            href = vector.get("href", "")
            got = resolve_url(vector.get("base") or "", vector["input"])
            if href.startswith("http") and got != href:
                wrong.append((vector["input"], got, href))
            if not href and got.startswith("http"):
                wrong.append((vector["input"], got, ""))
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("xn--e1afmkfd.xn--p1ai", "пример.рф"),
        ("news.example", "news.example"),
        ("xn--zzzzzz99999.example", "xn--zzzzzz99999.example"),  # encodes nothing
        ("xn--é.example", "xn--é.example"),  # half in Punycode, half not
    ],
)
def test_host_names_as_people_write_them(name: str, written: str) -> None:
    assert decode_host(name) == written
