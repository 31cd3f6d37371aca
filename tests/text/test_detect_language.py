"""The language of the text itself; what a page declares decides only where the text does not."""

from __future__ import annotations

import random

import pytest

from monitor.text.words.languages.detect_language import detect_language

ENGLISH = "The harbour council of Lindmoor voted on Tuesday to reopen the old grain quay to coastal ferries."


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (ENGLISH, None, "en"),
        (ENGLISH, "zh", "en"),
        (ENGLISH, "en", "en"),
        ("Ferry", "tr", "tr"),
        ("Ferry", None, None),
        ("12 / 7", "de", "de"),
        ("Совет порта во вторник проголосовал за то, чтобы снова открыть старую пристань.", None, "ru"),
        ("Рада порту у вівторок проголосувала за те, щоб знову відкрити стару пристань.", "ru", "uk"),
        ("Նավահանգստի խորհուրդը երեքշաբթի քվեարկեց", None, "hy"),
        ("ნავსადგურის საბჭომ სამშაბათს კენჭი უყარა", "en", "ka"),
        ("港湾委員会は火曜日、東防波堤を閉鎖すると決めた。", "en", "ja"),
        ("林德港委员会周二投票决定", "en", "zh"),
        ("東防波堤閉鎖決定", "ja", "ja"),
        ("항구 위원회가 화요일 투표했다", None, "ko"),
        ("شورای بندر روز سه‌شنبه رای داد که اسکله قدیمی دوباره باز شود، مقام‌ها گفتند.", None, "fa"),
        ("Der Hafenrat von Lindmoor hat am Dienstag beschlossen, den alten Kornkai wieder zu öffnen.", "en", "de"),
        ("Liman şurası çərşənbə axşamı köhnə taxıl körpüsünü yenidən açmağa səs verdi, rəsmilər bildirib.", None, "az"),
    ],
)
def test_languages(text: str, declared: str | None, language: str | None) -> None:
    assert detect_language(text, declared) == language


def test_letters_of_no_language_do_not_contradict_what_is_declared() -> None:
    chance = random.Random(1)
    noise = " ".join("".join(chance.choices("abcdefghijklmnopqrst", k=7)) for _ in range(80))
    assert detect_language(noise, "en") == "en"


@pytest.mark.parametrize(("declared", "language"), [("en", "en"), ("de", "en"), (None, "en"), ("tlh", "en")])
def test_a_long_text_is_what_it_is_in_whatever_is_declared(declared: str | None, language: str) -> None:
    story = "The council met on Monday and put off its vote on the new ferry line, its chairman said after six hours. "
    assert detect_language(story * 7, declared) == language


def test_a_quotation_in_the_declared_language_does_not_make_the_text_it() -> None:
    german = "Der Rat trat am Montag zusammen und vertagte seine Abstimmung über die neue Fähre nach sechs Stunden. "
    english = "The council met on Monday and put off its vote on the new ferry line, its chairman said. "
    assert detect_language(german + english + german * 5, "en") == "de"
