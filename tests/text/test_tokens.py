"""Folding and tokenising: spellings meet, offsets hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.words.tokens import (
    Token,
    cut_words,
    fold_phrase,
    fold_word,
    is_same_phrase,
    is_short_ngram,
    split_tokens,
    stem_word,
)
from monitor.text.words.writing_systems import WORD


@pytest.mark.parametrize("text", ["", "Ferry's at «Leith», U.S.", "東防波堤 and the quay"])
def test_words_kept_in_columns_are_those_that_are_split(text: str) -> None:
    words, tokens = cut_words(text), split_tokens(text)
    assert (list(words), list(words[1:]), [words[place] for place in range(len(words))]) == (tokens, tokens[1:], tokens)
    assert (words.written, words.keys) == ([text[t.start : t.end] for t in tokens], [t.key for t in tokens])


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
    last = -1
    for token in split_tokens(text):
        assert last < token.start < token.end
        assert fold_word(text[token.start : token.end]) == token.key
        last = token.start


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’Iran répond à l’ONU", ["iran", "repond", "a", "onu"]),
        ("governo dell'Armenia", ["governo", "armenia"]),
        ("Ankara’nın İstanbul'a Bakı'dan", ["ankara", "istanbul", "baki"]),
        ("Sana'a, Qur'an, Baha'i, O'Brien", ["sanaa", "quran", "bahai", "obrien"]),
        ("п'ять об’єктів", ["пять", "обєктів"]),
        ("ԵՐԵՎԱՆ Երեւան Հայաստա՞ն", ["երեվան", "երեվան", "հայաստան"]),
        ("Kara\u200bbakh co\u00adoperation", ["karabakh", "cooperation"]),
        ("سه\u200cشنبه مُحَمَّد کتاب", ["سهشنبه", "محمد", "كتاب"]),
        ('צה"ל שָׁלוֹם', ["צהל", "שלום"]),
        ("दान दिन", ["दान", "दिन"]),
        ("C++ and C# of Notepad++", ["c++", "and", "c#", "of", "notepad++"]),
        ("四川地震", ["四川", "川地", "地震", "震"]),
        ("가자지구 휴전", ["가자", "자지", "지구", "구", "휴전", "전"]),
        ("ไทย ก็", ["ไทย", "ทย", "ย", "ก็"]),
    ],
)
def test_words_end_where_unicode_ends_them(text: str, expected: list[str]) -> None:
    assert [token.key for token in split_tokens(text)] == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("地震", ("地震",)),
        ("四川地震局", ("四川", "川地", "地震", "震局")),
        ("震", ("震",)),
        ("ไทย", ("ไทย",)),
        ("北京 地震", ("北京", "京", "地震")),
        ("SARS 地震", ("sars", "地震")),
    ],
)
def test_a_phrase_asks_for_whole_ngrams(phrase: str, expected: tuple[str, ...]) -> None:
    assert fold_phrase(phrase) == expected
    assert is_short_ngram(phrase) is (phrase == "震")


# Words of one language that differ in one mark or letter, and are different words.
APART = """
ru мой мои | ru война воина | ru чай чаи | ru край краи | uk її ії | uk їж іж | be ў у | mk ќе ке
ja ガス カス | ja パリ バリ | ja かき がき | ja はす ぱす | ko 가자 카자 | ko 눈 는 | zh 日本 曰本
hi दिन दान | hi दिन दीन | bn দিন দান | bn দিন দীন | ta கல் கால் | te పలు పాలు | ml കര കാര | gu દિન દાન | pa ਦਿਨ ਦੀਨ
mr पाणी पणी | ne दिन दान | th ไกล ใกล้ | th มา ม้า | th ขาว ข่าว | lo ມາ ມ້າ | my ကား ကာ | km កា កៅ
hy տուն տոն | hy գիր գիրք | ka კარი ქარი | he ספר ספרד | ar كلب قلب | fa شیر سیر | am ሀ ለ
en C++ C | en C# C
""".replace("\n", " | ").strip(" |")
# Ways to write one word.
ALIKE = """
ru ещё еще | ru за́мок замок | en naïve naive | fr Arménie ARMENIE | de STRASSE Straße | tr İstanbul istanbul
az Qarabağ qarabag | pl Łódź lodz | hy Երևան ԵՐԵՎԱՆ | hy Երևան ԵՐԵՒԱՆ | hy Ի՞նչ ինչ | ar مُحَمَّد محمد | ar الــقدس القدس
fa کتاب كتاب | fa ایران ايران | ar أرمينيا ارمينيا | he שָׁלוֹם שלום | ja ｶﾞｽ ガス | zh ２０２０年 2020年 | el ΝΈΑ νεα
vi Việt VIỆT | hi क़लम क़लम | ko 한국 한국
""".replace("\n", " | ").strip(" |")


def _pairs(table: str) -> list[list[str]]:
    return [pair.split() for pair in table.split(" | ") if pair.strip()]


@pytest.mark.parametrize(("language", "one", "other"), _pairs(APART))
def test_two_words_stay_two(language: str, one: str, other: str) -> None:
    assert fold_phrase(one) != fold_phrase(other), language


@pytest.mark.parametrize(("language", "one", "other"), _pairs(ALIKE))
def test_spellings_of_one_word_meet(language: str, one: str, other: str) -> None:
    assert fold_phrase(one) == fold_phrase(other), language


def test_more_words_than_are_remembered_are_folded_alike() -> None:
    words = [f"Harbour{number}" for number in range(66_000)]
    assert list(map(fold_word, words)) == [word.lower() for word in words]
    assert fold_word("Harbour0") == "harbour0"


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_an_ascii_text_is_cut_as_any_other(text: str) -> None:
    # Behind a letter of another script the pattern for all of them is used.
    assert split_tokens(f"{text}\nя")[:-1] == split_tokens(text)


def test_words_between_runs_keep_their_place() -> None:
    assert split_tokens("Ship's 港口 L’ice") == [
        Token("ship", 0, 4),
        Token("港口", 7, 9),
        Token("口", 8, 9),
        Token("ice", 12, 15),
    ]


def test_an_acronym_has_no_more_letters_than_are_tried_from_each_of_them() -> None:
    assert [token.key for token in split_tokens("U.S. and u.n.e.s.c.o.")] == ["us", "and", "unesco"]
    for letter in ("a", "\u044f"):
        assert [token.key for token in split_tokens(f"{letter}." * 30)] == [letter] * 6 + [letter * 24]
        assert [token.key for token in split_tokens(f"{letter}." * 40_000 + "b")] == [letter] * 40_000 + ["b"]


def test_no_group_that_looks_around_is_repeated_possessively() -> None:
    """Python before 3.11.5 loses its place in such a one (cpython issue 106052), and these tests run on later ones."""
    assert [mark for mark in (")++", ")*+", ")?+") if mark in WORD.pattern] == []
