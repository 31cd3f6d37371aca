"""Word counts, mapped from the user's cache."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import wordfreq

from monitor.pipeline.readers import word_counts
from monitor.pipeline.readers.word_counts import map_word_counts
from monitor.text.words.languages.word_rarity import read_zipf

PHRASES = (
    "the",
    "quay",
    "Leith",
    "in 2024",
    "24-hour",
    "l'\u00e9t\u00e9",
    "zzqx",
    "",
    "port authority",
    "caf\u00e9",
    "\u0434\u0430",
)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = wordfreq.get_frequency_dict
    wordfreq.get_frequency_dict = word_counts._WHOLE
    wordfreq._wf_cache.clear()
    yield
    wordfreq.get_frequency_dict = before


def read_all() -> list[float]:
    wordfreq._wf_cache.clear()
    return [read_zipf(phrase, "en") for phrase in PHRASES] + [read_zipf("\u0434\u0430", "ru", "small")]


def test_mapped_counts_are_those_of_the_library_and_are_packed_once(tmp_path: Path) -> None:
    expected = read_all()
    map_word_counts(tmp_path)
    [file] = tmp_path.iterdir()
    written = file.stat().st_mtime_ns
    assert read_all() == expected
    map_word_counts(tmp_path)
    assert (read_all(), file.stat().st_mtime_ns) == (expected, written)
    words = word_counts._WHOLE("en", "best")
    sample = list(words)[::97]
    mapped = wordfreq.get_frequency_dict("en", "best")
    assert [mapped[word] for word in sample] == [words[word] for word in sample]


def test_a_file_that_is_cut_off_is_packed_anew(tmp_path: Path) -> None:
    map_word_counts(tmp_path)
    [file] = tmp_path.iterdir()
    whole = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o444  # nobody cuts it off by mistake
    file.chmod(0o644)
    file.write_bytes(whole[:1000])
    map_word_counts(tmp_path)
    assert file.read_bytes() == whole


def test_without_a_cache_the_counts_stay_in_memory(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder is wanted")
    assert "File exists" in (map_word_counts(tmp_path / "cache") or "")
    assert wordfreq.get_frequency_dict is word_counts._WHOLE
