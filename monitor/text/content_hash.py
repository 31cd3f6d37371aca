"""One hash for one text, whoever prints it; it must not call texts equal that differ in a single word."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from monitor.text.times.dateline import strip_dateline

# Copies carry typographic variants of one text: curly or straight quotes, long or short dashes, soft hyphens.
_VARIANTS = (
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`\u00b4\u2039\u203a", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", "")  # nobody sees them
)
_VARIANT = re.compile(f"[{''.join(_VARIANTS)}]")  # three times as fast as str.translate, which looks each letter up

# A text shorter than this is a stub ("Developing story") that many pieces share: its headline tells them apart.
STUB_WORDS = 40


def fold_text(text: str) -> str:
    """`text` for comparison: NFKC, case folded, one form of quotes and dashes, single spaces; idempotent."""
    if text.isascii():  # half of all lines, and none of Unicode's forms touches them
        return " ".join(text.replace("`", "'").lower().replace("''", '"').split())
    plain = _VARIANT.sub(lambda found: _VARIANTS[found[0]], unicodedata.normalize("NFKC", text))
    # Case folding can leave a string that NFKC changes again (Unicode 3.13, "NFKC_Casefold"): normalise twice.
    return " ".join(unicodedata.normalize("NFKC", plain.casefold()).replace("''", '"').split())


@lru_cache(maxsize=2)  # the text of one piece, which its hash and its signature both read
def fold_lines(text: str) -> tuple[str, ...]:
    """The lines of a text without its dateline, each folded; joined they are the folded text: nothing folds over an
    end of a line."""
    own = strip_dateline(text)
    if own.isascii():  # as `fold_text`, but for the white space in all lines at once
        plain = own.replace("`", "'").lower().replace("''", '"')
        return tuple([" ".join(line.split()) for line in plain.split("\n")])
    return tuple(map(fold_text, own.split("\n")))


def hash_content(title: str, text: str) -> str:
    """The SHA-256 (hex) of the folded text without its dateline.

    The headline stays out, because copies of an agency's report run under other headlines; it goes in only where
    the text has under 40 words.
    """
    body = " ".join(filter(None, fold_lines(text)))
    if len(body.split(None, STUB_WORDS)) < STUB_WORDS:
        body = f"{fold_text(title)}\n{body}"
    return hashlib.sha256(body.encode()).hexdigest()
