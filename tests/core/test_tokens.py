"""Folding and tokenising: spellings meet, offsets hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.tokens import Token, fold, joined, keys, stem, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nagorno-Karabakh", ("nagorno", "karabakh")),
        ("Nagorno\u2011Karabakh’s", ("nagorno", "karabakh")),
        ("Azerbaijan's Əliyev, İlham", ("azerbaijan", "aliyev", "ilham")),
        ("U.S. and U.K.-led", ("us", "and", "uk", "led")),
        ("N’Djamena", ("ndjamena",)),
        ("‘brotherly Azerbaijan,’ he said", ("brotherly", "azerbaijan", "he", "said")),
        ("#nagornokarabakh 💬 3+3", ("nagornokarabakh", "3", "3")),
        ("CEASE\u00adFIRE", ("ceasefire",)),
        ("", ()),
    ],
)
def test_keys(text: str, expected: tuple[str, ...]) -> None:
    assert keys(text) == expected


def test_offsets_leave_the_possessive_out() -> None:
    text = "In Baku’s port"
    assert tokens(text) == [Token("in", 0, 2), Token("baku", 3, 7), Token("port", 10, 14)]


@given(st.text())
def test_offsets_name_the_word_that_was_folded(text: str) -> None:
    ends = [0]
    for token in tokens(text):
        assert token.start >= ends[-1]
        assert fold(text[token.start : token.end]) == token.key
        ends.append(token.end)


@given(st.text())
def test_folding_is_idempotent_and_blind_to_normal_form(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("peacekeepers", "peacekeep"),
        ("peacekeeping", "peacekeep"),
        ("mediator", "medi"),
        ("mediation", "medi"),
        ("escalated", "escal"),
        ("escalation", "escal"),
        ("region", "region"),
        ("truce", "truc"),
        ("war", "war"),
    ],
)
def test_stem_brings_inflections_together(key: str, expected: str) -> None:
    assert stem(key) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Nagorno-Karabakh", True), ("OSCE) Minsk", True), ("Baku, Yerevan", False), ("Baku — Yerevan", False)],
)
def test_joined(text: str, expected: bool) -> None:
    left, right = tokens(text)
    assert joined(text, left, right) is expected
