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


def load_json(body: bytes, content_type: str = "") -> Any:
    """The value that `body` holds, read leniently: a byte order mark, raw tabs in strings, halves of characters.

    Raises ValueError where it is no JSON and RecursionError where it is nested too deep.
    """
    text = decode_text(body, content_type).replace("\0", "")
    if "\\u" in text:
        text = _ESCAPE.sub(lambda found: "" if found["half"] else found[0], text)
    return json.loads(text, strict=False)
