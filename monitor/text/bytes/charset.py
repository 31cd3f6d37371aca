"""Bytes of a document become text: which encoding they are in; one bad byte costs one character.

Order: a byte order mark (RFC 7303, 3.3: before header and declaration), UTF-16 that shows itself, UTF-8 that proves
itself, the header's charset, the document's own word, Cyrillic by its letters, windows-1252 (WHATWG). It
must not repair what is no text.
"""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import html_body_declared_encoding, resolve_encoding

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as UTF-16's does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.I)
# Codecs of Python that are no encoding of a document, and those that would not have let their label be read.
_NO_ENCODINGS = ("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf_7", "utf_16", "utf_32")
# By chance a letter of another encoding is now and then valid UTF-8, and a cut one in UTF-8 is not: text of which ten
# times as much is valid as is broken is UTF-8 whatever it says; where it says UTF-8, half is enough.
_SURELY = 10
# Cyrillic without a word of its encoding: most letters stand beside two others beyond ASCII, as they do in no western
# language, and six letters make up nearly half of them (о, е, а, и, н, т: 48 % of Russian, 20 % of Greek so read).
_RUN = re.compile(rb"[\xc0-\xff]{3,}")
_CYRILLIC = {"cp1251": b"\xee\xe5\xe0\xe8\xed\xf2", "koi8-r": b"\xcf\xc5\xc1\xc9\xce\xd4"}
_SAMPLE = 100_000  # bytes


def decode_text(body: bytes, content_type: str) -> str:
    """`body` as text without its byte order mark; what cannot be read is U+FFFD, a character each.

    `content_type` is the HTTP header, "" without one.
    """
    encoding = find_encoding(body, content_type)
    mark = next((mark for mark, _ in _MARKS if body.startswith(mark)), b"")
    return body[len(mark) :].decode(encoding, "replace").lstrip("\ufeff")


def find_encoding(body: bytes, content_type: str) -> str:
    """The name of the codec that reads `body`, which may begin with a byte order mark.

    A mark of UTF-8 in front of what is not UTF-8 is one that an editor left there.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            good, bad = _letters(body[len(mark) :]) if mark == codecs.BOM_UTF8 else (1, 0)
            if good >= bad:
                return encoding
            return find_encoding(body[len(mark) :], content_type)
    if body[:4].count(0) == 2 and b"\0" in (body[:1], body[1:2]):  # "<\0?\0": XML 1.0, appendix F
        return "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
    stated = [name for name in (_of_header(content_type), _of_document(body)) if name is not None]
    if body.isascii():
        return stated[0] if stated else "utf-8"
    good, bad = _letters(body)
    if good > _SURELY * bad or (good >= bad and "utf-8" in stated):
        return "utf-8"
    return next((name for name in stated if name != "utf-8"), None) or _cyrillic(body[:_SAMPLE]) or "cp1252"


def _cyrillic(body: bytes) -> str | None:
    """The encoding of Cyrillic text, None where it is other text."""
    runs = b"".join(_RUN.findall(body))
    beyond = sum(letter >= 0xC0 for letter in body)
    if len(runs) < 20 or len(runs) < 0.6 * beyond:
        return None
    shares = {name: sum(map(runs.count, frequent)) / len(runs) for name, frequent in _CYRILLIC.items()}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= 0.35 else None


def _letters(body: bytes) -> tuple[int, int]:
    """How many characters beyond ASCII `body` has as UTF-8, and how many places that are none."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - bad, bad


def _of_header(content_type: str) -> str | None:
    found = _CHARSET.search(content_type)
    return _known(found[1]) if found else None


def _of_document(body: bytes) -> str | None:
    stated: str | None = html_body_declared_encoding(body)
    return _known(stated) if stated else None


def _known(label: str) -> str | None:
    """The codec of a label, None for one that names no encoding of documents."""
    name: str | None = resolve_encoding(label)
    if name is None or name.replace("-", "_").startswith(_NO_ENCODINGS):
        return None
    found = codecs.lookup(name)
    return found.name if getattr(found, "_is_text_encoding", True) else None
