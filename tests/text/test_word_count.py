"""Words in scripts with and without spaces."""

from __future__ import annotations

import pytest

from monitor.text.words.word_count import count_words, split_units


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("The vote was put off.", 5),
        ("Совет отложил голосование – снова", 5),
        ("港湾委員会は火曜日、東防波堤を閉鎖する。", 9),
        ("東京 Tower を 3 m", 4),
        ("ท่าเรือปิด", 5),
        ("항구 위원회가 투표했다", 3),
        ("港湾委員会は火曜日、東防波堤を閉鎖する。" * 100, 900),
    ],
)
def test_words_are_counted_by_script(text: str, words: int) -> None:
    assert count_words(text) == words


def test_units_to_compare_by() -> None:
    assert split_units("Vote, put off: 港湾") == ["Vote", "put", "off", "港", "湾"]
