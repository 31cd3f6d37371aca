"""Which encoding a document is in, and what one bad byte costs."""

from __future__ import annotations

import codecs

import pytest

from monitor.text.bytes.charset import decode_text, find_encoding

RUSSIAN = "Переговоры в Баку отложены"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (codecs.BOM_UTF8 + RUSSIAN.encode(), "text/xml; charset=windows-1251", RUSSIAN),
        (codecs.BOM_UTF16_LE + RUSSIAN.encode("utf-16-le"), "text/xml; charset=utf-8", RUSSIAN),
        (codecs.BOM_UTF16_BE + RUSSIAN.encode("utf-16-be"), "", RUSSIAN),
        (codecs.BOM_UTF32_LE + RUSSIAN.encode("utf-32-le"), "", RUSSIAN),
        (codecs.BOM_UTF32_BE + RUSSIAN.encode("utf-32-be"), "", RUSSIAN),
        (f"<a>{RUSSIAN}</a>".encode("utf-16-le"), "text/xml; charset=utf-8", f"<a>{RUSSIAN}</a>"),
        (f"<a>{RUSSIAN}</a>".encode("utf-16-be"), "", f"<a>{RUSSIAN}</a>"),
        (RUSSIAN.encode(), "text/html; charset=windows-1251", RUSSIAN),
        (codecs.BOM_UTF8 + RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251", RUSSIAN),
        (codecs.BOM_UTF8 + RUSSIAN.encode("cp1251"), "text/html; charset=utf-8", RUSSIAN),
        (codecs.BOM_UTF8 * 2 + RUSSIAN.encode(), "", RUSSIAN),
        (codecs.BOM_UTF8 + RUSSIAN.encode() + b"\xd0", "", RUSSIAN + "\ufffd"),
        (RUSSIAN.encode("cp1251"), 'text/html; charset="windows-1251"', RUSSIAN),
        (RUSSIAN.encode("koi8-r"), "text/html; charset=koi8-r", RUSSIAN),
        (b'<?xml version="1.0" encoding="koi8-r"?>' + RUSSIAN.encode("koi8-r"), "text/xml; charset=x-nobody", None),
        (RUSSIAN.encode() + b"\xd0 and more", "text/xml; charset=utf-8", RUSSIAN + "\ufffd and more"),
        (RUSSIAN.encode() + b"\xd0 and more", "text/xml", RUSSIAN + "\ufffd and more"),
        (b"caf\xe9", "text/html; charset=utf-8", "café"),
        (b"\x93quoted\x94", "", "“quoted”"),
        (b"plain", "", "plain"),
        (b"plain", "text/html; charset=iso-8859-5", "plain"),
        (b"", "", ""),
        ("Нов".encode() + b"\xd0", "application/xml; charset=utf-8", "Нов\ufffd"),
    ],
)
def test_text_of_bytes(body: bytes, content_type: str, text: str | None) -> None:
    wanted = f'<?xml version="1.0" encoding="koi8-r"?>{RUSSIAN}' if text is None else text
    assert decode_text(body, content_type) == wanted


@pytest.mark.parametrize(
    "label", ["utf-16", "utf-32", "idna", "punycode", "unicode_escape", "utf-7", "base64", "hex", "rot13", "zlib", "?"]
)
def test_what_is_no_encoding_of_a_document_is_not_believed(label: str) -> None:
    assert find_encoding(b"caf\xe9", f"text/html; charset={label}") == "cp1252"


def test_a_mark_names_the_encoding() -> None:
    assert find_encoding(codecs.BOM_UTF8 + b"a", "text/html; charset=koi8-r") == "utf-8"


SAYING = "Переговоры о мире начались сегодня в столице, сообщили местные власти."


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
@pytest.mark.parametrize("label", ["", "utf-8", "x-unknown"])
def test_cyrillic_is_known_by_its_letters_where_the_label_is_none_or_false(encoding: str, label: str) -> None:
    assert decode_text(SAYING.encode(encoding), f"text/xml; charset={label}") == SAYING


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("À l’été, “les élèves” déjà préoccupés — voilà où l’on va", "cp1252"),
        ("Οι συνομιλίες για την ειρήνη άρχισαν σήμερα στην πρωτεύουσα", "cp1253"),
        ("Да", "cp1251"),
    ],
)
def test_other_letters_are_not_taken_for_cyrillic(text: str, encoding: str) -> None:
    assert find_encoding(text.encode(encoding), "") == "cp1252"
