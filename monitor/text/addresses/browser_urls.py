"""Addresses read as browsers read them (WHATWG URL, by Ada's parser); it must not decide which of them are one page."""

from __future__ import annotations

import re

from ada_url import URL, idna

_RAW_QUERY = re.compile(r"\?[^#]*")


def resolve_url(base: str, link: str, encoding: str = "utf-8") -> str:
    """`link` as it stands on a page at `base` ("" for none), normalised; "" where it is no address.

    `encoding` is a codec's name, that of the page: raw letters of a query are sent in it, and those that it lacks as
    the digits of a character reference. Addresses in a page's links never use UTF-16.
    """
    if not encoding.lower().startswith("utf"):
        link = _RAW_QUERY.sub(lambda found: _encode_query(found[0], encoding), link, count=1)
    try:
        parsed = URL(link, base or None)
        for label in parsed.hostname.split("."):
            if label.startswith("xn--"):
                _check_punycode(label)
    except (ValueError, UnicodeError):  # Ada refuses it; a lone surrogate has no UTF-8
        return ""
    href: str = parsed.href
    return href


def _check_punycode(label: str) -> None:
    """Raises ValueError for a label that says it is in Punycode and is not: Ada lets such pass (UTS 46, 4.1)."""
    if encode_host(label[4:].encode().decode("punycode")) != label:
        raise ValueError(f"{label} encodes no name")


def encode_host(name: str) -> str:
    """A host's name in lower case and IDNA 2008 (UTS 46); as written where no such name can be."""
    if name.isascii():
        return name.lower()
    try:
        encoded: bytes | str = idna.encode(name)
    except (ValueError, UnicodeError):
        return name.lower()
    return (encoded.decode("ascii") if isinstance(encoded, bytes) else encoded) or name.lower()


def decode_host(name: str) -> str:
    """A host's name as people write it: labels in Punycode in their own letters, as written where they encode none."""
    if "xn--" not in name:
        return name
    try:
        return idna.decode(name.encode("ascii"))
    except (ValueError, UnicodeError):
        return name


def _encode_query(query: str, encoding: str) -> str:
    return "".join(char if char.isascii() else _percent_encode(char, encoding) for char in query)


def _percent_encode(char: str, encoding: str) -> str:
    try:
        return "".join(f"%{byte:02X}" for byte in char.encode(encoding))
    except UnicodeEncodeError:
        return f"%26%23{ord(char)}%3B"
