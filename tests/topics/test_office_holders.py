"""Office holders, read from how news names them."""

from __future__ import annotations

from monitor.topics.learning.office_holders import find_aliases, find_office_holders

TEXT = (
    "Ruritania's President Rudolf Rassendyll met Ruritanian Prime Minister Antoinette de Mauban. "
    "Ruritanian Foreign Minister Michael Strelsau, and Defence Minister Rupert Hentzau stayed. "
    "Borduria's President said nothing. Rudolf Rasendyl later wrote to Rudolf Valentino."
)


def test_leaders_beside_their_country() -> None:
    assert find_office_holders(TEXT, ("Ruritania", "Ruritanian")) == (
        "Rudolf Rassendyll",
        "Michael Strelsau",
        "Rupert Hentzau",
    )
    assert find_office_holders(TEXT, ("Borduria",)) == ()


def test_aliases_take_surnames_and_other_spellings_of_them() -> None:
    assert find_aliases(["Rudolf Rassendyll", "Rupert Hentzau"], TEXT) == (
        "Rudolf Rassendyll",
        "Rassendyll",
        "Rudolf Rasendyl",
        "Rasendyl",
        "Rupert Hentzau",
        "Hentzau",
    )
