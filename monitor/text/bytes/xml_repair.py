"""XML as outlets send it becomes XML that a parser takes: text alone is mended, no element is added or taken away.

Mended: what stands before the first element (a warning of PHP, a blank line), characters that XML forbids, references
to them (`&#xD83D;`), ampersands that begin no reference (`R&D`), a
"less than" that begins no tag (`5 < 7`), and HTML's names of characters (`&nbsp;`), which XML
does not know. Sections of CDATA and comments are left as they are, but for forbidden characters.
"""

from __future__ import annotations

import re
from html.entities import html5

_ROOT = re.compile(r"<(?:\?xml|!doctype|!--|(?:[\w.-]+:)?(?:rss|rdf|feed|channel|urlset|sitemapindex)\b)", re.I)
_DECLARATION = re.compile(r"<\?xml\b[^>]*\?>\s*", re.I)
# XML 1.0, 2.2: everything but these is a character. A pair of surrogates is one character written as two.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_KEPT_AS_IS = re.compile(r"<!\[CDATA\[|<!--")
_REFERENCE = re.compile(r"&(?:#(\d{1,10});|#[xX]([0-9a-fA-F]{1,8});|([A-Za-z][A-Za-z0-9]{0,31});)?")
_PAIR = re.compile(r"&#x(d[89ab][0-9a-f]{2});&#x(d[c-f][0-9a-f]{2});|&#(5[56]\d{3});&#(5[67]\d{3});", re.I)
_BARE_LESS = re.compile(r"<(?=[\s\d=<.,;)(])")  # "A < B": no tag begins so
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})


def repair_xml(text: str) -> str:
    """`text` with what XML forbids mended; without its XML declaration, whose encoding is that of the bytes."""
    begin = _ROOT.search(text)
    text = text[begin.start() :] if begin else text.lstrip()
    text = _DECLARATION.sub("", _FORBIDDEN.sub("", text), count=1)
    parts: list[str] = []
    place = 0
    while (found := _KEPT_AS_IS.search(text, place)) is not None:
        close = "]]>" if found[0].startswith("<![") else "-->"
        end = text.find(close, found.end())
        end = len(text) if end < 0 else end + len(close)
        parts += (_mend(text[place : found.start()]), text[found.start() : end])
        place = end
    return "".join((*parts, _mend(text[place:])))


def _mend(text: str) -> str:
    text = _BARE_LESS.sub("&lt;", text)
    return _REFERENCE.sub(_reference, _PAIR.sub(_joined, text)) if "&" in text else text


def _joined(pair: re.Match[str]) -> str:
    """The character that two references to halves of it stand for."""
    high, low = (int(pair[1], 16), int(pair[2], 16)) if pair[1] else (int(pair[3]), int(pair[4]))
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return pair[0]
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def _reference(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name is not None:
        character = html5.get(f"{name};", "") if name not in _OWN else ""
        if name in _OWN or character in ("&", "<", ">"):
            return found[0] if name in _OWN else f"&#{ord(character)};"
        return character or f"&amp;{name};"
    if decimal is None and hexadecimal is None:
        return "&amp;"
    number = int(decimal) if decimal is not None else int(hexadecimal, 16)
    allowed = number <= 0x10FFFF and not _FORBIDDEN.match(chr(number))
    return found[0] if allowed else ""
