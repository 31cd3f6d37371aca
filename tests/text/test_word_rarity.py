"""How common a word is by the quick way and by wordfreq's own."""

from __future__ import annotations

from itertools import islice

import pytest
from wordfreq import iter_wordlist, zipf_frequency

from monitor.text.words.languages.word_rarity import read_zipf


@pytest.mark.parametrize("wordlist", ["best", "small"])
def test_a_plain_english_word_is_as_common_as_wordfreq_has_it(wordlist: str) -> None:
    """One in every hundred and one of the list, and what is in none."""
    words = [*islice(iter_wordlist("en", wordlist), 0, None, 101), "qqzvt", "ferrys", "don't", "Ice", "2026", "naïve"]
    assert {word: read_zipf(word, "en", wordlist) for word in words} == {
        word: zipf_frequency(word, "en", wordlist) for word in words
    }


def test_other_languages_are_asked_of_wordfreq() -> None:
    assert read_zipf("eis", "de", "small") == zipf_frequency("eis", "de", "small") > 3
