"""Negations, numbers and opposites by language, within words and in scripts without spaces."""

from __future__ import annotations

from importlib.resources import files

import pytest

from monitor.text.content_hash import fold_text
from monitor.text.words.fact_words.counted_numbers import find_counted_numbers
from monitor.text.words.fact_words.fact_words import find_fact_words

LANGUAGES = sorted(
    file.name.removesuffix(".toml")
    for file in files("monitor.text.words.fact_words").joinpath("words").iterdir()
    if file.name.endswith(".toml")
)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "It didn't, and will not, deny it.", ["didn't", "not", "deny"]),
        (
            "tr",
            "Bakan başlamadı, gitmiyor, olmaz dedi; namaz değil.",
            ["başlamadı", "gitmiyor", "olmaz", "namaz", "değil"],
        ),
        ("az", "Təsdiqləmədi, bilmir.", ["təsdiqləmədi", "bilmir"]),
        ("hy", "Չի հաստատել, չորս չինացի չգնաց։", ["չի", "չգնաց"]),
        ("fa", "وزیر نمی‌رود و نیست", ["نمیرود", "نیست"]),
        ("ar", "ولم يَنفِ، لا", ["ولم", "لا"]),
        ("he", "הוא אמר שלא ולא", ["שלא", "ולא"]),
        ("ka", "არ დაადასტურა, ვერ", ["არ", "ვერ"]),
        ("bn", "কাজ হয়নি", ["হয়নি"]),
        ("zh", "不同意，但不仅没有未来", ["不", "没"]),
        ("ja", "合意しなかった。できません。", ["なかった", "ません"]),
        ("ko", "합의하지 않았다, 안 간다, 안전하다", ["않", "안"]),
        ("th", "ไม่เห็นด้วย", ["ไม่"]),
        ("nn", "ikkje", ["ikkje"]),  # as of Norwegian in its other form
    ],
)
def test_negations(language: str, text: str, found: list[str]) -> None:
    assert find_fact_words(language).find_negations(fold_text(text)) == found


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "two of seventeen, and half", [(0, "2"), (7, "17"), (22, "half")]),
        ("fr", "dix-sept, dix", [(0, "17"), (10, "10")]),
        ("ar", "ثلاثة وأربعة", [(0, "3"), (6, "4")]),
        ("ko", "두 명, 열두 명, 세계", [(0, "2"), (5, "12")]),
        ("th", "สองคน ยี่สิบคน", [(0, "2"), (6, "20")]),
        ("zh", "二十五名工人", [(0, "25")]),
        ("ru", "двадцать тысяч", [(0, "20"), (9, "thousand")]),
        (None, "on iki", [(3, "2")]),  # ten in Turkish, in a text of unknown language
        ("vi", "hai", [(0, "2")]),
    ],
)
def test_numbers(language: str | None, text: str, found: list[tuple[int, str]]) -> None:
    assert find_fact_words(language).find_numbers(text) == found


def test_numbers_in_letters() -> None:
    text = "三万人和3万人，二〇二六年一月十日，一百零五人，两亿三千万人，百人，三星"
    assert [figure for _, figure in find_counted_numbers(text)] == [
        "30000", "万", "2026", "1", "10", "105", "230000000", "100",
    ]  # fmt: skip


def test_a_run_without_end_is_no_number() -> None:
    assert list(find_counted_numbers("九" * 5_000 + "人")) == [(4_984, "9" * 16)]


def test_opposites_are_told_where_one_gives_way_to_the_other() -> None:
    words = find_fact_words("en")
    assert [
        words.is_turned("the bridge is open", "the bridge is closed"),
        words.is_turned("the bridge is closed", "the bridge is open"),
        words.is_turned("the bridge is open", "the bridge opened"),
        words.is_turned("prices fell", "prices rose and fell"),
        words.is_turned("it opened", "it reopened and closed"),
    ] == [True, True, False, False, False]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_is_read(language: str) -> None:
    words = find_fact_words(language)
    turned = [(up.pattern, down.pattern) for up, down in words.opposites]
    assert (words.tabled, words.find_numbers(""), words.find_negations("")) == (True, [], [])
    assert all(up != down for up, down in turned)


def test_a_language_without_a_table_is_read_by_usual_words() -> None:
    found = find_fact_words("sw")
    assert (found.tabled, found.find_negations("not")) == (False, ["not"])
    assert len(LANGUAGES) >= 41
