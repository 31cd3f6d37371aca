"""Folding and tokenising: spellings meet, offsets hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.words.tokens import Token, fold_phrase, fold_word, is_same_phrase, split_tokens, stem_word


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
    assert fold_phrase(text) == expected


def test_offsets_leave_the_possessive_out() -> None:
    text = "In Baku’s port"
    assert split_tokens(text) == [Token("in", 0, 2), Token("baku", 3, 7), Token("port", 10, 14)]


@given(st.text())
def test_offsets_name_the_word_that_was_folded(text: str) -> None:
    ends = [0]
    for token in split_tokens(text):
        assert token.start >= ends[-1]
        assert fold_word(text[token.start : token.end]) == token.key
        ends.append(token.end)


@given(st.text())
def test_folding_is_idempotent_and_blind_to_normal_form(text: str) -> None:
    assert fold_word(fold_word(text)) == fold_word(text)
    assert fold_word(unicodedata.normalize("NFD", text)) == fold_word(unicodedata.normalize("NFC", text))


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
    assert stem_word(key) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Nagorno-Karabakh", True), ("OSCE) Minsk", True), ("Baku, Yerevan", False), ("Baku — Yerevan", False)],
)
def test_joined(text: str, expected: bool) -> None:
    left, right = split_tokens(text)
    assert is_same_phrase(text, left, right) is expected
