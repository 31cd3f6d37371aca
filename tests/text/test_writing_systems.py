"""The characters of which words are made."""

from __future__ import annotations

import re
import unicodedata

from monitor.text.words.writing_systems import MARKS


def test_every_combining_mark_is_found_though_half_of_unicode_is_left_out() -> None:
    marks = {chr(code) for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M"}
    assert len(marks) > 2_000
    assert set(re.findall(f"[{MARKS}]", "".join(map(chr, range(0x1F000))))) == marks
