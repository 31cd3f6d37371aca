"""JSON as outlets send it becomes values that can be stored: any encoding of Unicode, no half characters."""

from __future__ import annotations

import json
import re
from typing import Any

from monitor.text.bytes.charset import decode_text

# An escape of a string: a pair of surrogates, half of one (or a NUL), anything else.
_ESCAPE = re.compile(
    r"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(?P<half>\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))|\\."
)
# Strings, which stay as they are, or a comma with nothing behind it.
_TRAILING = re.compile(r"(\"(?:[^\"\\]|\\.)*\")|,(?=\s*[}\]])")
_BEGIN = re.compile(r"\{\s*\"|\[\s*\{")


def load_json(body: bytes, content_type: str = "") -> Any:
    """The value that `body` holds, read leniently: a byte order mark, raw tabs in strings, halves of characters,
    commas behind the last member, a warning before it and a comment behind.

    Raises ValueError where it is no JSON and RecursionError where it is nested too deep.
    """
    text = decode_text(body, content_type).replace("\0", "")
    if "\\u" in text:
        text = _ESCAPE.sub(lambda found: "" if found["half"] else found[0], text)
    try:
        return json.loads(text, strict=False)
    except ValueError:
        text = _TRAILING.sub(lambda found: found[1] or "", text)
        begin = _BEGIN.search(text)
        if begin is None:
            raise
        return json.JSONDecoder(strict=False).raw_decode(text, begin.start())[0]
