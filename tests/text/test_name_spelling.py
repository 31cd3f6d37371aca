"""Keys of names: spellings meet, forms of a declined name meet it, different names do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.words.name_spelling import derive_form_keys, derive_name_keys, is_same_name, is_similar_name
from monitor.text.words.suffixes import is_adjective, list_base_forms


def test_the_keys_of_a_name() -> None:
    assert derive_name_keys("Aliyev") == {"=aliyev", "aliv"}
    assert derive_name_keys("Əliyev") == {"=aliyev", "aliv"}
    assert derive_name_keys("АЛИЕВ") == {"=алиев", "aliv"}
    assert derive_name_keys("Ալիև") == {"=ալիեվ", "aliv"}
    assert derive_name_keys("Hakobyan") == {"=hakobyan", "kakobYn", "akobYn"}  # Russian and French drop the h
    assert derive_name_keys("Горбачёв") == {"=горбачев", "korbaCav", "korbaCov"}
    assert derive_name_keys("Ոսկանյան") == {"=ոսկանյան", "oskanYn", "voskanYn"}
    assert derive_name_keys("Ուլիխանյան") == {"=ուլիխանյան", "olkanYn"}
    assert derive_name_keys("İlham") == {"=ilham", "ilkam", "ilam"}
    assert derive_name_keys("Grk") == {"=grk", "krk"}


@pytest.mark.parametrize("mark", ["", "…", "'", "\u0301"])
def test_a_bare_mark_has_no_key(mark: str) -> None:
    assert derive_name_keys(mark) == frozenset()
    assert not is_same_name(mark, mark)


def test_vowels_that_tell_names_apart_stay() -> None:
    assert not is_same_name("Armenia", "Armani")
    assert not is_same_name("Aliyev", "Alevi")
    assert not is_same_name("Ankara", "Angara")
    assert is_same_name("Gyumri", "Гюмри")
    assert is_same_name("Syunik", "Siunik")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("пашиняном", ("пашиняном", "пашинян")),
        ("захаровой", ("захаровой", "захаров", "захарова")),
        ("карабахских", ("карабахских", "карабах", "карабахский")),
        ("եպիսկոպոսի", ("եպիսկոպոսի", "եպիսկոպոս")),
        ("paşinyanın", ("paşinyanın", "paşinya", "paşinyan")),
        ("karabağ'da", ("karabağ'da", "karabağ")),
        ("aliyev’in", ("aliyev’in", "aliyev")),
        ("баку", ("баку", "бака")),  # "бак" is too short to be told from others
        ("london", ("london",)),
        ("", ("",)),
    ],
)
def test_what_a_word_may_be_a_form_of(word: str, expected: tuple[str, ...]) -> None:
    assert list_base_forms(word) == expected


def test_adjectives() -> None:
    assert [is_adjective(word) for word in ("карабахского", "армянские", "карабах", "")] == [True, True, False, False]


def test_a_declined_name_is_heard_as_the_name() -> None:
    for form in ("Пашиняна", "Пашиняну", "Пашиняном", "Փաշինյանի", "Paşinyan'ın", "Paşinyanın"):
        assert derive_form_keys(form) & derive_name_keys("Pashinyan"), form


def test_likeness_is_wider_than_sameness() -> None:
    assert not is_same_name("Stepanakert", "Stepanavert")
    assert is_similar_name("Stepanakert", "Stepanavert")
    assert is_similar_name("Aliyev", "Aliev")
    assert not is_similar_name("Putin", "Pashinyan")


@given(st.text(max_size=12))
def test_any_word_has_keys_and_is_heard_as_itself(word: str) -> None:
    assert derive_name_keys(word) <= derive_form_keys(word)
    assert is_same_name(word, word) == bool(derive_name_keys(word))
