"""Bytes of a page to text, by what the bytes show before what the page declares; it must not parse markup."""

from __future__ import annotations

import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII = bytes(range(128))
_FOREIGN = 0.2  # stray bytes per sequence of UTF-8: an advertisement in another encoding, a cut letter
_HEAD = 512  # bytes in which UTF-16 shows itself: every other byte of markup is zero
_ZEROS = 0.35  # share of them that are zero
_LOST = 0.01  # of the letters beyond ASCII: what a right encoding may fail to decode
# Single-byte Latin, which decodes anything: Cyrillic under it is a row of accented letters.
_LATIN = frozenset({"iso8859-1", "cp1252", "latin-1", "iso-8859-1", "windows-1252", "iso8859-15", "iso-8859-15"})
_ACCENTED = re.compile(r"[À-ÿ]")
_LETTER = re.compile(r"[^\W\d_]")
_MARKUP = re.compile(r"<[^>]*>")
_MOSTLY_ACCENTED = 0.4  # of the letters outside of tags; of 577 labelled pages an Icelandic one has most, .14
_DEFAULT = "cp1252"  # WHATWG, encoding standard, for pages that declare nothing


def decode_page(body: bytes, content_type: str) -> str:
    """`body` as text; what cannot be decoded becomes U+FFFD.

    UTF-8 where all bytes are, or nearly all that are not ASCII; UTF-16 where every other byte is zero. Else a mark at
    the start, header or meta element decide while the bytes agree with them, and the detector (uchardet) where not.
    """
    marked, mark = read_bom(body)
    if marked is not None and mark is not None:
        return body[len(mark) :].decode(marked, "replace")
    if (wide := _wide(body)) is not None:
        return body.decode(wide, "replace")
    sequences = _SEQUENCE.findall(body)
    stray = len(body.translate(None, _ASCII)) - sum(map(len, sequences))
    if sequences and stray <= _FOREIGN * len(sequences):
        return body.decode("utf-8", "replace")
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    if declared is not None and declared != "utf-8":
        text = _decoded(body, declared)
        if text is not None and _is_likely(text, body, declared):
            return text
    from resiliparse.parse.encoding import detect_encoding  # late: the daemon decodes no page

    detected = detect_encoding(body)
    text = _decoded(body, detected) if detected and detected.lower() != "utf-8" else None
    return text if text is not None else body.decode(_DEFAULT, "replace")


def _wide(body: bytes) -> str | None:
    head = body[:_HEAD]
    even, odd = head[::2].count(0), head[1::2].count(0)
    enough = _ZEROS * len(head) / 2
    if odd >= enough and odd > even:
        return "utf-16-le"
    return "utf-16-be" if even >= enough else None


def _decoded(body: bytes, encoding: str) -> str | None:
    """`body` in an encoding, None where Python knows none of that name or one that is no character set ("idna")."""
    try:
        return body.decode(encoding, "replace")
    except (LookupError, UnicodeError):
        return None


def _is_likely(text: str, body: bytes, encoding: str) -> bool:
    """Whether bytes decoded so are a text, not another encoding's."""
    beyond = max(1, len(body.translate(None, _ASCII)))
    if text.count("\ufffd") > max(1, _LOST * beyond):
        return False
    if encoding.lower() not in _LATIN:
        return True
    seen = _MARKUP.sub("", text)
    return len(_ACCENTED.findall(seen)) <= _MOSTLY_ACCENTED * max(1, len(_LETTER.findall(seen)))
