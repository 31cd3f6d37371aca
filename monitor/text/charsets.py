"""Bytes as text by what header and document claim of them; it must not fail whatever they claim."""

from __future__ import annotations

from collections.abc import Callable

from w3lib.encoding import html_to_unicode

FALLBACK = "cp1252"  # what browsers take for undeclared bytes (WHATWG)


def _guess_nothing(_body: bytes) -> str | None:
    return None


def decode_claimed(
    body: bytes, content_type: str, *, guess: Callable[[bytes], str | None] = _guess_nothing, default: str = FALLBACK
) -> str:
    """`body` by its BOM, by the charset of `content_type`, by its meta element, by `guess`, else as `default`.

    Python knows codecs that are no character sets ("idna", "rot13", "undefined"); an outlet may name any of them,
    and is then taken to have named none.
    """
    try:
        return html_to_unicode(content_type, body, auto_detect_fun=guess, default_encoding=default)[1]
    except (LookupError, UnicodeError):
        return body.decode(guess(body) or default, "replace")
