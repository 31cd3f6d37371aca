"""The general tables: every state is there, with its people and its capital."""

from __future__ import annotations

import pytest

from monitor.topics.countries import list_countries, list_foreign_names, list_place_names
from monitor.topics.demonyms import DEMONYMS


@pytest.mark.parametrize(
    ("code", "aliases"),
    [
        ("PE", ("Peru", "Peruvian", "Peruvians", "Lima")),
        ("NL", ("Netherlands", "Dutch", "Dutchman", "Dutchmen", "Holland", "Amsterdam")),
        ("JP", ("Japan", "Japanese", "Tokyo")),
        ("UA", ("Ukraine", "Ukrainian", "Ukrainians", "Kyiv", "Kiev", "Verkhovna Rada")),
        ("SG", ("Singapore", "Singaporean", "Singaporeans")),
        ("AQ", ("Antarctica",)),
    ],
)
def test_aliases(code: str, aliases: tuple[str, ...]) -> None:
    assert {country.code: country.aliases for country in list_countries()}[code] == aliases


def test_states_are_complete_and_current() -> None:
    codes = [country.code for country in list_countries()]
    assert codes == sorted(codes)
    assert len(codes) == 250
    assert not {"CS", "AN"} & set(codes)
    assert set(DEMONYMS) <= set(codes)


def test_no_name_is_claimed_by_a_table_mark() -> None:
    assert [a for country in list_countries() for a in country.aliases if "=" in a or a != a.strip()] == []


def test_what_other_languages_call_a_country() -> None:
    found = {country.code: list_foreign_names(country) for country in list_countries()}
    assert found["AM"] == (
        *("Армения", "Вірменія", "Ermənistan", "Ermenistan", "Հայաստան", "სომხეთი", "Armenien"),
        *("Arménie", "أرمينيا", "ارمنستان"),
    )
    assert "Perù" not in found["PE"]  # folded it is the English name
    assert {"Niederlande", "Pays-Bas"} & set(found["NL"]) == {"Niederlande"}  # "pays" is a word of English


def test_places_are_those_of_the_other_countries() -> None:
    assert {"lima", "peru", "quito"} <= list_place_names(())
    assert {"lima", "peru", "quito"} & list_place_names({"Peru"}) == {"quito"}
