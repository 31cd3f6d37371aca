"""Sentences and what they state."""

from __future__ import annotations

import pytest

from monitor.text.sentences import (
    Facts,
    extract_facts,
    find_figures,
    find_names,
    find_quotes,
    has_capitals,
    split_lines,
    split_sentences,
)
from monitor.text.words.fact_words.fact_words import find_fact_words

USUAL = find_fact_words(None)


def test_sentences_of_lines() -> None:
    found = split_sentences(['Mr. Alder came on 3. May. "Good," he said. Why? Nobody knows', "St. Brack vs. Osterly"])
    assert [(sentence.text, sentence.whole, sentence.length) for sentence in found] == [
        ("Mr. Alder came on 3.", True, 5),
        ("May.", True, 1),
        ('"Good," he said.', True, 3),
        ("Why?", True, 1),
        ("Nobody knows", False, 2),
        ("St. Brack vs. Osterly", False, 4),
    ]


def test_a_line_without_an_end_is_cut() -> None:
    found = split_sentences(["a" * 1500, "word " * 500])
    assert [len(sentence.text) for sentence in found] == [1000, 500, 999, 999, 499]


def test_lines_leave_the_dateline_out() -> None:
    assert split_lines("ALDERBY, April 8. /AFP/. It rained.\n\n It stopped. \n") == ("It rained.", "It stopped.")


def test_facts_of_a_sentence() -> None:
    (sentence,) = split_sentences(
        ["On Monday Nils Alder didn't say whether 1,200 of three ships, police said, sank at 14:30."]
    )
    assert extract_facts(sentence, frozenset(), USUAL) == Facts(
        figures=("1200", "3", "14:30"), names=("Monday", "Nils", "Alder"), negations=1, sources=("didn't", "police")
    )


def test_a_name_at_the_start_is_one_that_stands_elsewhere_too() -> None:
    one, two, three = split_sentences(["Alder left. Officials met Alder. According to the mayor it rained."])
    known = find_names((one, two, three))
    assert known == {"alder"}
    assert [extract_facts(sentence, known, USUAL).names for sentence in (one, two)] == [("Alder",), ("Alder",)]
    assert extract_facts(three, known, USUAL).sources == ("to", "the", "mayor")


def test_title_case_is_no_name() -> None:
    (title,) = split_sentences(["Ministers Meet Alder Over The Harbour Bridge"])
    assert extract_facts(title, frozenset({"alder"}), USUAL).names == ("Alder",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,200 and 1 200 and 1200", ("1200", "1200", "1200")),
        ("2.5 or 2,5 percent", ("2.5", "2.5")),
        ("на двадцать тысяч", ("20", "thousand")),
        ("nothing", ()),
        ("١٢٬٥٠٠ و ٣٫٥", ("12500", "3.5")),
    ],
)
def test_figures(text: str, found: tuple[str, ...]) -> None:
    assert find_figures(text, USUAL) == found


def test_quotes_of_three_words_and_more() -> None:
    assert find_quotes(["He said «we go home now» to “them”."]) == ("we go home now",)


def test_whom_a_russian_sentence_cites() -> None:
    (sentence,) = split_sentences(["Дождь прошел, сообщили в полиции."])
    assert extract_facts(sentence, frozenset(), USUAL).sources == ("прошел", "полиции")


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("大桥今天开放。警察说：“请慢行。”工人回来了！", ["大桥今天开放。", "警察说：“请慢行。”", "工人回来了！"]),
        ("पुल खुला। काम शुरू हुआ।", ["पुल खुला।", "काम शुरू हुआ।"]),
        ("Կամուրջը բացվեց։ Աշխատանքը սկսվեց։", ["Կամուրջը բացվեց։", "Աշխատանքը սկսվեց։"]),
        ("هل فتح الجسر؟ نعم.", ["هل فتح الجسر؟", "نعم."]),
    ],
)
def test_sentences_end_by_the_marks_of_their_script(line: str, sentences: list[str]) -> None:
    assert [(sentence.text, sentence.whole) for sentence in split_sentences([line])] == [
        (one, True) for one in sentences
    ]


def test_quotes_of_japanese() -> None:
    assert find_quotes(["市長は「橋は明日開きます」と述べ、『急ぐ』とした。"]) == ("橋は明日開きます",)


def test_which_scripts_have_capitals() -> None:
    texts = ["the bridge", "мост открыт", "կամուրջ", "γέφυρα", "الجسر مفتوح", "大桥", "ხიდი", "पुल", "12"]
    assert [has_capitals(text) for text in texts] == [True] * 4 + [False] * 4 + [True]
