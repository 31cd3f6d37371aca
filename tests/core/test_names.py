"""Keys of names: spellings meet, forms of a declined name meet it, different names do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.endings import adjective, forms
from monitor.core.names import alike, heard, keys_of, same


def test_the_keys_of_a_name() -> None:
    assert keys_of("Aliyev") == {"=aliyev", "aliv"}
    assert keys_of("Əliyev") == {"=aliyev", "aliv"}
    assert keys_of("АЛИЕВ") == {"=алиев", "aliv"}
    assert keys_of("Ալիև") == {"=ալիեւ", "aliv"}
    assert keys_of("Hakobyan") == {"=hakobyan", "kakobYn", "akobYn"}  # Russian and French drop the h
    assert keys_of("Горбачёв") == {"=горбачев", "korbaCav", "korbaCov"}
    assert keys_of("Ոսկանյան") == {"=ոսկանյան", "oskanYn", "voskanYn"}
    assert keys_of("Ուլիխանյան") == {"=ուլիխանյան", "olkanYn"}
    assert keys_of("İlham") == {"=ilham", "ilkam", "ilam"}
    assert keys_of("Grk") == {"=grk", "krk"}


@pytest.mark.parametrize("mark", ["", "…", "'", "\u0301"])
def test_a_bare_mark_has_no_key(mark: str) -> None:
    assert keys_of(mark) == frozenset()
    assert not same(mark, mark)


def test_vowels_that_tell_names_apart_stay() -> None:
    assert not same("Armenia", "Armani")
    assert not same("Aliyev", "Alevi")
    assert not same("Ankara", "Angara")
    assert same("Gyumri", "Гюмри")
    assert same("Syunik", "Siunik")


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
    assert forms(word) == expected


def test_adjectives() -> None:
    assert [adjective(word) for word in ("карабахского", "армянские", "карабах", "")] == [True, True, False, False]


def test_a_declined_name_is_heard_as_the_name() -> None:
    for form in ("Пашиняна", "Пашиняну", "Пашиняном", "Փաշինյանի", "Paşinyan'ın", "Paşinyanın"):
        assert heard(form) & keys_of("Pashinyan"), form


def test_likeness_is_wider_than_sameness() -> None:
    assert not same("Stepanakert", "Stepanavert")
    assert alike("Stepanakert", "Stepanavert")
    assert alike("Aliyev", "Aliev")
    assert not alike("Putin", "Pashinyan")


@given(st.text(max_size=12))
def test_any_word_has_keys_and_is_heard_as_itself(word: str) -> None:
    assert keys_of(word) <= heard(word)
    assert same(word, word) == bool(keys_of(word))
