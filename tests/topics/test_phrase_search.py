"""Many phrases at once: capitals, hashtags, acronyms, inflections."""

from __future__ import annotations

import pytest

from monitor.text.words.tokens import split_tokens
from monitor.topics.phrase_search import Hit, Phrases

TABLE = Phrases(
    [
        ("Turkey", "g:Turkey"),
        ("US", "g:US"),
        ("Great Britain", "g:GB"),
        ("lachin corridor", "t:lachin"),
        ("lachin-corridor", "t:lachin"),
        ("mediator", "t:mediator"),
        ("…", "t:nothing"),
    ],
    names=["g:Turkey", "g:US", "g:GB"],
    inflected=["t:mediator", "t:lachin"],
)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Turkey’s cabinet", ["g:Turkey"]),
        ("They ate turkey on Thursday", []),
        ("they ate turkey on thursday", ["g:Turkey"]),
        ("Live from #turkey", ["g:Turkey"]),
        ("Tell us about the US", ["g:US"]),
        ("GREAT BRITAIN", ["g:GB"]),
        ("Great, Britain said", []),
        ("Great", []),
        ("Great Danes", []),
        ("the Lachin-corridor and #LachinCorridor", ["t:lachin", "t:lachin"]),
        ("Mediation by mediators", ["t:mediator", "t:mediator"]),
        ("", []),
    ],
)
def test_units_found(text: str, units: list[str]) -> None:
    assert [hit.unit for hit in TABLE.find(text, split_tokens(text))] == units


def test_offsets() -> None:
    text = "The Lachin\u2011Corridor’s end"
    assert TABLE.find(text, split_tokens(text)) == [Hit("t:lachin", 4, 19, 1, 3)]


SPELLED = Phrases(
    [("Lukashenko", "g:BY"), ("Baku", "g:AZ"), ("Shah", "g:Shah"), ("USA", "g:US"), ("Great Britain", "g:GB")],
    names=["g:BY", "g:AZ"],
    spelled=["g:BY", "g:AZ", "g:Shah", "g:US", "g:GB"],
    never=["lukaschenko"],
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Лукашенко прибыл", ["Лукашенко"]),
        ("лукашенко прибыл в Минск", []),  # a text with capitals writes names with one
        ("лукашенко прибыл", ["лукашенко"]),
        ("белые лукашенковские бумаги и Минск", []),
        ("Визит в Баку", ["Баку"]),
        ("Lukaşenko geldi", ["Lukaşenko"]),
        ("Loukachenko arrive", ["Loukachenko"]),
        ("Lukaschenko kommt", []),  # never
        ("Bako came", []),  # too short in plain Latin letters
        ("Bakou est loin", ["Bakou"]),
        ("Шах и США", []),
        ("日本", []),
    ],
)
def test_names_in_other_spellings(text: str, found: list[str]) -> None:
    assert [text[hit.start : hit.end] for hit in SPELLED.find(text, split_tokens(text))] == found


def test_words_of_english_are_no_spellings_of_names() -> None:
    table = Phrases([("Kuper", "it")], names=["it"], spelled=["it"])
    text = "Купер, Couper, Cooper"
    assert [text[hit.start : hit.end] for hit in table.find(text, split_tokens(text))] == ["Купер", "Couper"]


def test_what_was_learned_of_words_is_forgotten_when_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Phrases([("Turkey", "it")])
    monkeypatch.setattr("monitor.topics.phrase_search._REMEMBERED", 1)
    for text in ("one two three", "Turkey one", "two Turkey"):
        assert table.starts(text, split_tokens(text)) == [i for i, word in enumerate(text.split()) if word == "Turkey"]


def test_an_article_elided_before_a_name_is_no_part_of_it() -> None:
    table = Phrases([("Arménie", "it"), ("Armenia", "it")], names=["it"], spelled=["it"])
    text = "L’Arménie, qu'Arménie, dell'Armenia, l'armoire, o'Armenia"
    assert [text[hit.start : hit.end] for hit in table.find(text, split_tokens(text))] == [
        "Arménie",
        "Arménie",
        "Armenia",
    ]
