"""Pinned floors of names across spellings: lowering one needs a reason in docs/decisions.md."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

from monitor.text.words.name_spelling import derive_name_keys, is_same_name

FILE = Path(__file__).with_name("names.toml")
TABLE = tomllib.loads(FILE.read_text(encoding="utf-8"))
ROWS: list[list[str]] = TABLE["people"] + TABLE["places"]
PAIRS = [(row[0], other) for row in ROWS for other in row[1:]]


def script(word: str) -> str:
    """The alphabet a pair tries: what stands outside plain Latin letters decides."""
    if any("а" <= c <= "ӿ" for c in word.lower()):
        return "Cyrillic"
    if any("ա" <= c <= "և" for c in word.lower()):
        return "Armenian"
    return "Turkic" if set("əğışçöüİ'") & set(word.lower()) else "Latin"


def test_spellings_of_one_name_meet() -> None:
    assert len(PAIRS) >= 400
    found = {pair: is_same_name(*pair) for pair in PAIRS}
    assert sum(found.values()) / len(found) >= 0.85
    for kind in ("Latin", "Cyrillic", "Armenian", "Turkic"):
        kept = [met for (_, other), met in found.items() if script(other) == kind]
        assert len(kept) >= 50
        assert sum(kept) / len(kept) >= 0.80, kind


def test_distinct_names_do_not_meet() -> None:
    met = [pair for pair in TABLE["distinct"] if is_same_name(*pair)]
    assert met == []
    held = [row[0] for row in ROWS]
    assert [pair for pair in combinations(held, 2) if derive_name_keys(pair[0]) & derive_name_keys(pair[1])] == []
    strange = [
        (row[0], other)
        for row in ROWS
        for more in ROWS
        if more is not row
        for other in more
        if is_same_name(row[0], other)
    ]
    assert strange == []
