"""Takes out of a text what prints nothing, or steers what shows it; it must keep what spelling needs."""

from __future__ import annotations

import re
import unicodedata

# Characters of category Cf that stand in pages: soft hyphen, zero-width ones, directions, byte order mark.
_FORMAT = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_JOINERS = "\u200c\u200d"
# Scripts whose spelling uses joiners: Arabic, the scripts of India and Sri Lanka, Tibetan, Myanmar, Khmer, Mongolian.
_JOINED = re.compile(
    "[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]"
)
# Besides controls (category Cc) and lone surrogates (Cs): marks that reorder or hide what a person reads. The
# joiners U+200C and U+200D stay, Persian and emoji need them.
_HIDDEN = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def clean_text(text: str) -> str:
    """One line without control characters and without marks that hide or reorder text."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = _HIDDEN.sub("", text)
    shown = "".join(
        "" if (kind := unicodedata.category(letter)) == "Cs" else " " if kind == "Cc" else letter for letter in visible
    )
    return " ".join(shown.split())


def strip_format_characters(text: str) -> str:
    """`text` without format characters.

    A zero-width joiner stays between two symbols (emoji), and both joiners stay between two letters of a script that
    spells with them (Persian, Hindi).
    """
    return text if text.isascii() else _FORMAT.sub(_kept, text)


def _kept(found: re.Match[str]) -> str:
    character, text = found[0], found.string
    if character not in _JOINERS:
        return ""
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if _JOINED.match(before) and _JOINED.match(after):
        return character
    symbols = all(one and unicodedata.category(one) in ("So", "Sk", "Mn") for one in (before, after))
    return character if character == "\u200d" and symbols else ""
