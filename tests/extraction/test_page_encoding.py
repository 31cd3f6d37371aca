"""Bytes whose page says the wrong thing of them, or nothing."""

from __future__ import annotations

import pytest

from monitor.extraction.page_encoding import decode_page

RUSSIAN = "Совет порта Линдмур во вторник проголосовал за то, чтобы снова открыть старую зерновую пристань. " * 4
CHINESE = "林德港委员会周二投票决定在停用十一年后重新开放旧粮食码头供沿海渡轮使用，官员在一份声明中表示。" * 4
FRENCH = "Le conseil a été réuni à l'été, et la décision a été reportée par le président de l'assemblée. " * 4


def page(text: str, charset: str | None = None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<!doctype html><html><head>{meta}<title>{text[:20]}</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "declared", "encoding"),
    [
        (RUSSIAN, "utf-8", "utf-8"),
        (RUSSIAN, "windows-1251", "utf-8"),
        (RUSSIAN, "utf-8", "cp1251"),
        (RUSSIAN, "iso-8859-1", "cp1251"),
        (RUSSIAN, "windows-1251", "cp1251"),
        (RUSSIAN, None, "cp1251"),
        (CHINESE, "utf-8", "gbk"),
        (CHINESE, "gbk", "gbk"),
        (CHINESE, "gbk", "utf-8"),
        (FRENCH, "iso-8859-1", "cp1252"),
        (FRENCH, "nonsense", "cp1252"),
        (RUSSIAN, "utf-16", "utf-16-le"),
        (RUSSIAN, "utf-16", "utf-16-be"),
        (RUSSIAN, None, "utf-16"),
    ],
)
def test_what_the_bytes_show_goes_before_what_is_declared(text: str, declared: str | None, encoding: str) -> None:
    markup = page(text, declared)
    assert decode_page(markup.encode(encoding), "text/html") == markup


def test_the_header_speaks_where_the_page_does_not() -> None:
    markup = page(RUSSIAN)
    assert decode_page(markup.encode("koi8-r"), "text/html; charset=koi8-r") == markup


def test_a_stray_byte_or_an_advertisement_in_another_encoding_spoils_the_rest_no_more() -> None:
    markup = page(RUSSIAN)
    spoiled = markup.encode() + b"<p>\xff</p>" + "<p>реклама</p>".encode("cp1251")
    assert decode_page(spoiled, "text/html")[: len(markup)] == markup


def test_one_byte_that_the_declared_encoding_has_not() -> None:
    markup = page(CHINESE, "gbk")
    assert decode_page(markup.encode("gbk") + b"\xff", "text/html")[: len(markup)] == markup


def test_bytes_that_no_detector_knows_are_read_as_the_web_reads_them() -> None:
    assert decode_page(b"<p>\x93so\x94</p>", "text/html; charset=utf-8") == "<p>“so”</p>"


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "undefined", "rot13", "base64", "hex", "zlib", "bz2", "nonsense", "'", ""]
)
def test_a_codec_that_is_no_character_set_is_none(charset: str) -> None:
    body = page(RUSSIAN).encode("cp1251")
    assert decode_page(body, f"text/html; charset={charset}") == page(RUSSIAN)
    assert decode_page(page(RUSSIAN, charset or "x").encode("cp1251"), "text/html") == page(RUSSIAN, charset or "x")


def test_what_is_declared_and_leaves_letters_undecoded_is_not_believed() -> None:
    markup = page(RUSSIAN, "euc-kr")
    assert decode_page(markup.encode("cp1251"), "text/html") == markup
