"""Characters that print nothing, and those that spelling needs."""

from __future__ import annotations

import pytest

from monitor.text.format_characters import strip_format_characters


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain", "plain"),
        ("Lind\u00admoor re\u00adopens", "Lindmoor reopens"),
        ("\ufeffLindmoor\u200b council\u200d votes", "Lindmoor council votes"),
        ("سه\u200cشنبه", "سه\u200cشنبه"),
        ("سه\u200c روز", "سه روز"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("a\u200d👩", "a👩"),
        ("👩\u200c🚒", "👩🚒"),
        ("\u202bשלום\u202c", "שלום"),
    ],
)
def test_format_characters(text: str, clean: str) -> None:
    assert strip_format_characters(text) == clean
