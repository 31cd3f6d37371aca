from __future__ import annotations

from dataclasses import replace
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.identity import story_terms
from monitor.identity.story_terms import KEPT, OPENING, RAREST, choose_story_words
from monitor.model.page import Article
from monitor.model.story import StoryWords

PIECE = Article(
    url="https://gull.example/1",
    identity=None,
    title="Ferries stop in Osterhaven",
    lead=None,
    text="The ferries of Osterhaven stopped on Monday. Sailors wait.\n\nThe harbour waits, sailors in Osterhaven say.",
)


def named(**changes: object) -> set[str]:
    """The words that are taken for names: they are twice as loud as any word that is said as often."""
    found = choose_story_words(replace(PIECE, **changes))  # type: ignore[arg-type]
    volumes = {round(1 + log(times), 3) for times in range(1, 50)}
    return {key for key, loud in zip(found.keys, found.loud, strict=True) if loud not in volumes}


def listed(found: StoryWords) -> dict[str, tuple[float, float, bool]]:
    """By word how loud it is, how common, and whether it is a name that is prominent."""
    columns = zip(found.keys, found.loud, found.common, strict=True)
    return {key: (loud, common, key in found.names) for key, loud, common in columns}


def test_a_word_is_counted_once_twice_in_the_opening_and_a_name_stays_whole() -> None:
    found = listed(choose_story_words(PIECE))
    assert found["osterhaven"] == (2 * 2.792, RAREST, True)
    assert found["ferr"] == (2.386, RAREST, False)  # ferries, in the headline and in the opening
    assert found["of"][1] > 0.99
    assert list(found) == sorted(found)


def test_a_name_that_stands_late_and_once_is_not_prominent() -> None:
    late = PIECE.text + " so" * OPENING + "\n\nA buoy and a buoy and a lamp. He saw Rahm, and Qoda, and Rahm."
    found = listed(choose_story_words(replace(PIECE, text=late)))
    assert {key: found[key] for key in ("buoy", "lamp", "rahm", "qoda")} == {
        "buoy": (1.693, RAREST, False),
        "lamp": (1.0, found["lamp"][1], False),
        "rahm": (2 * 1.693, RAREST, True),
        "qoda": (2 * 1.0, RAREST, False),
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
    keys = set(choose_story_words(replace(PIECE, background=((start, len(PIECE.text)),))).keys)
    assert "harbour" not in keys
    assert {"ferr", "osterhaven", "monday"} <= keys


def test_a_language_that_is_known_says_what_is_common_in_it() -> None:
    def share(language: str | None) -> float:
        text = "Судно стоит в порту, потому что лед"
        found = listed(choose_story_words(replace(PIECE, text=text, language=language)))
        return next(common for key, (_, common, _) in found.items() if key.startswith("потому"))

    assert share("ru") > 0.1
    assert share(None) == share("en") == share("xx") == share("tlh") < 0.01


def test_a_long_text_gives_its_most_telling_words() -> None:
    text = " ".join(f"the osterhaven{number}" for number in range(500)) + " " + "x" * 50
    found = choose_story_words(replace(PIECE, title="Ice", text=text))
    assert len(found.keys) == KEPT
    assert "the" not in found.keys
    assert max(map(len, found.keys)) < 20


def test_of_equal_words_the_later_in_the_alphabet_are_kept() -> None:
    common = " ".join(f"the zebra{number}" for number in range(OPENING))
    rare = [f"osterhaven{number}" for number in range(200)]
    found = choose_story_words(replace(PIECE, title="", text=f"{common} {' '.join(rare)}"))
    assert len(found.keys) == KEPT
    kept = set(found.keys) & set(rare)
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
    found = choose_story_words(replace(PIECE, title=title, text=text))
    for key, (loud, common, _) in listed(found).items():
        assert key
        assert loud >= 1
        assert RAREST <= common <= 1
    assert set(found.names) <= set(found.keys)


def test_a_text_in_a_language_whose_tokenizer_is_no_dependency_is_weighed_by_whole_words() -> None:
    texts = (("ja", "日本"), ("ko", "에서"), ("zh", "中国"), ("zh", "abcdefgh"))
    common = [
        [common > 0.01 for common in choose_story_words(replace(PIECE, title="", text=text, language=language)).common]
        for language, text in texts
    ]
    assert common == [[True], [True], [True], [False]]


def test_a_text_is_read_as_far_as_news_goes_and_the_space_around_it_says_nothing() -> None:
    begin = "The ferry Kittiwake waits. " * 1_482  # 40,014 characters
    long = replace(PIECE, text=f"\n {begin} Albatross")
    assert choose_story_words(long) == choose_story_words(replace(PIECE, text=begin[:40_000]))
    assert choose_story_words(replace(PIECE, text=f"\n\n  {PIECE.text}\n ")) == choose_story_words(PIECE)
