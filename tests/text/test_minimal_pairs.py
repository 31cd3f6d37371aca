"""Words that differ in one letter or mark stay two wherever words are compared: folded, cut, looked for by a rule."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.words.languages.word_stems import find_stem
from monitor.text.words.tokens import fold_phrase, fold_word
from monitor.topics.rules.query import QueryDocument
from monitor.topics.rules.rule import collect_evidence, parse_rule

# By language, words parted by a bar. Not here is what folding merges on purpose: accents of Latin and Greek letters (a
# rule in English leaves them out), ё and е, final ى and ي.
PAIRS = {
    "ru": "мой мои|война воина|край краи|бои бой|чей чеи|лук люк|угол уголь",
    "uk": "їх іх|ґрати грати|її іі|мій міи|рис рись|лис ліс",
    "be": "быў быу|моў моу",
    "bg": "мой мои|кой кои",
    "sr": "ђак как|љут лут|њега нега|чар ћар",
    "hy": "թուր տուր|քար կար|ծով ձով|շող ջող|լուր լուռ|սեր սեռ",
    "ka": "ქარი კარი|თარი ტარი|ფური პური|ჭირი წირი",
    "ar": "حرب حزب|سيف صيف|قلب كلب|طين تين|جمل حمل|مال مالي",
    "fa": "گرم کرم|چنگ جنگ|پدر بدر|ژاله جاله|شیر سیر",
    "ur": "بات باٹ|دال ڈال|گھر گر|کر کڑ",
    "he": "קול כול|עם אם|טוב תוב|שר סר|בית ביט",
    "hi": "दिन दान|दिन दीन|कल काल|बल बाल|फल फूल|सुना सूना|कम काम|डाल ढाल|बाट बात",
    "bn": "দিন দান|দিন দীন|কাল কল|পড়া পরা|বাঘ বাগ",
    "ta": "பல பால்|கல் கால்|வளி வலி",
    "th": "ใกล้ ไกล|ข้าว ขาว|เสือ เสื้อ|มา ม้า|ปา ป่า",
    "ja": "ガス カス|パリ バリ|はは ばば|かき かぎ|おばさん おばあさん|きて きって|びよういん びょういん",
    "ko": "달 딸|불 뿔|방 빵|살 쌀|공 콩|발 팔",
    "zh": "末日 未日|土地 士地|己经 已经|大人 太人|人口 入口",
    "en": "cat cut|form from|desert dessert|casual causal|angel angle",
    "de": "Bach Buch|Hand Hund|Kirche Kirsche",
    "tr": "kar kır|on ün|acı açık",
    "vi": "ba bò|tay tai",
}


def _pairs(language: str) -> list[tuple[str, str]]:
    return [(one, other) for one, other in (pair.split() for pair in PAIRS[language].split("|"))]


ALL = sorted(set(chain.from_iterable(pair for language in PAIRS for pair in _pairs(language))))


@pytest.mark.parametrize("language", PAIRS)
def test_no_pair_is_merged(language: str) -> None:
    for one, other in _pairs(language):
        assert fold_word(one) != fold_word(other), (one, other)
        assert fold_phrase(one) != fold_phrase(other), (one, other)
        found = parse_rule("r", f'"{one}"')
        assert collect_evidence(found, QueryDocument({"text": f"“{other}”"})) is None, (one, other)
        assert collect_evidence(found, QueryDocument({"text": f"“{one}”"})) is not None, one


@given(one=st.sampled_from(ALL), other=st.sampled_from(ALL), language=st.sampled_from(sorted(PAIRS)))
def test_folding_and_stemming_of_them_is_idempotent_and_a_rule_finds_what_it_asks_for(
    one: str, other: str, language: str
) -> None:
    assert fold_word(fold_word(one)) == fold_word(one)
    assert fold_word(find_stem(one, language)) == find_stem(one, language)
    same = fold_phrase(one) == fold_phrase(other)
    found = collect_evidence(parse_rule("r", f'"{one}"'), QueryDocument({"title": other}))
    assert (found is not None) >= same
