from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.identity import story_terms
from monitor.identity.story_terms import KEPT, OPENING, choose_story_words
from monitor.model.page import Article
from monitor.model.story import StoryWord

PIECE = Article(
    url="https://gull.example/1",
    identity=None,
    title="Ferries stop in Osterhaven",
    lead=None,
    text="The ferries of Osterhaven stopped on Monday. Sailors wait.\n\nThe harbour waits, sailors in Osterhaven say.",
)


def named(**changes: object) -> set[str]:
    return {word.key for word in choose_story_words(replace(PIECE, **changes)) if word.name}  # type: ignore[arg-type]


def test_a_word_is_counted_once_twice_in_the_opening_and_a_name_stays_whole() -> None:
    found = {word.key: word for word in choose_story_words(PIECE)}
    assert found["osterhaven"] == StoryWord(key="osterhaven", loud=2.792, common=0.0, name=True, prominent=True)
    # ferries, in the headline and in the opening
    assert found["ferr"] == StoryWord(key="ferr", loud=2.386, common=0.000454, name=False, prominent=True)
    assert found["of"].common > 0.99
    assert [word.key for word in choose_story_words(PIECE)] == sorted(found)


def test_what_stands_late_and_once_is_not_prominent() -> None:
    late = choose_story_words(replace(PIECE, text=PIECE.text + " so" * OPENING + "\n\nA buoy and a buoy and a lamp."))
    assert {word.key: (word.loud, word.prominent) for word in late if word.key in ("buoy", "lamp")} == {
        "buoy": (1.693, True),
        "lamp": (1.0, False),
    }


def test_a_capital_names_where_it_is_no_custom_and_the_word_is_not_small_as_well() -> None:
    text = 'Ships wait. Men saw the ice, the ships, Linnea, and "Men of Linnea". A Ship sank.'
    assert named(title="Ice", text=text) == {"linnea", "ship", "men"}


def test_a_headline_in_capitals_names_what_is_never_small() -> None:
    text = "All Ferries Stop Near Linnea Tonight\nThe ferries stop near the town all night, tonight and tomorrow."
    assert named(title="", text=text) == {"linnea"}


def test_a_headline_that_the_text_repeats_counts_once() -> None:
    once = choose_story_words(replace(PIECE, title="", text=f"{PIECE.title}\n{PIECE.text}"))
    assert choose_story_words(replace(PIECE, text=f"{PIECE.title}\n{PIECE.text}")) == once


def test_background_tells_nothing_of_the_event() -> None:
    start = PIECE.text.index("The harbour")
    keys = {word.key for word in choose_story_words(replace(PIECE, background=((start, len(PIECE.text)),)))}
    assert "harbour" not in keys
    assert {"ferr", "osterhaven", "monday"} <= keys


def test_a_language_that_is_known_says_what_is_common_in_it() -> None:
    def share(language: str | None) -> float:
        text = "Судно стоит в порту, потому что лед"
        return next(
            w.common
            for w in choose_story_words(replace(PIECE, text=text, language=language))
            if w.key.startswith("потому")
        )

    assert share("ru") > 0.1
    assert share(None) == share("en") == share("xx") == share("tlh") < 0.01


def test_a_long_text_gives_its_most_telling_words() -> None:
    text = " ".join(f"the osterhaven{number}" for number in range(500)) + " " + "x" * 50
    found = choose_story_words(replace(PIECE, title="Ice", text=text))
    assert len(found) == KEPT
    assert "the" not in {word.key for word in found}
    assert max(len(word.key) for word in found) < 20


def test_of_equal_words_the_later_in_the_alphabet_are_kept() -> None:
    common = " ".join(f"the zebra{number}" for number in range(OPENING))
    rare = [f"osterhaven{number}" for number in range(200)]
    found = choose_story_words(replace(PIECE, title="", text=f"{common} {' '.join(rare)}"))
    assert len(found) == KEPT
    kept = {word.key for word in found} & set(rare)
    assert kept == set(sorted(rare)[-len(kept) :])
    assert len(kept) == KEPT - OPENING


def test_what_is_known_of_words_is_forgotten_when_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    german = replace(PIECE, language="de")
    found, others = choose_story_words(PIECE), choose_story_words(german)
    monkeypatch.setattr("monitor.identity.story_terms._KNOWN", {})
    monkeypatch.setattr("monitor.identity.story_terms._REMEMBERED", 1)
    assert (choose_story_words(PIECE), choose_story_words(german)) == (found, others)
    assert {language: len(words) for language, words in story_terms._KNOWN.items()} == {None: 0, "de": 1}
    monkeypatch.setattr("monitor.identity.story_terms._LANGUAGES_KEPT", 2)
    assert choose_story_words(replace(PIECE, language="fr")) == choose_story_words(replace(PIECE, language="fr"))
    assert list(story_terms._KNOWN) == ["fr"]


@given(st.text(), st.text())
def test_any_text_has_words_within_bounds(title: str, text: str) -> None:
    for word in choose_story_words(replace(PIECE, title=title, text=text)):
        assert word.loud >= 1
        assert 0 <= word.common <= 1
        assert word.key


def test_a_text_in_a_language_whose_tokenizer_is_no_dependency_is_weighed_by_whole_words() -> None:
    texts = (("ja", "日本"), ("ko", "에서"), ("zh", "中国"), ("zh", "abcdefgh"))
    common = [
        [word.common > 0.01 for word in choose_story_words(replace(PIECE, title="", text=text, language=language))]
        for language, text in texts
    ]
    assert common == [[True], [True], [True], [False]]


def test_a_text_is_read_as_far_as_news_goes_and_the_space_around_it_says_nothing() -> None:
    begin = "The ferry Kittiwake waits. " * 1_482  # 40,014 characters
    long = replace(PIECE, text=f"\n {begin} Albatross")
    assert choose_story_words(long) == choose_story_words(replace(PIECE, text=begin[:40_000]))
    assert choose_story_words(replace(PIECE, text=f"\n\n  {PIECE.text}\n ")) == choose_story_words(PIECE)
