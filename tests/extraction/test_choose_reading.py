"""Which of several readings is believed, and that the coefficients belong to the features."""

from __future__ import annotations

from monitor.extraction.body.choose_reading import (
    NAMES,
    Weights,
    choose_reading,
    compare_readings,
    guess_quality,
    load_weights,
    measure_readings,
)

LINES = [
    f"The council of ward {n} met on Monday and put off its vote on the ferry line, its chairman said."
    for n in range(9)
]
STORY = "\n".join(LINES)
MENU = "\n".join(f"Section {n}" for n in range(60))


def texts(*found: str) -> dict[str, str]:
    return dict(zip(NAMES, found, strict=True))


def test_agreement_counts_both_sides() -> None:
    assert compare_readings(STORY, STORY) == 1.0
    assert compare_readings(STORY, "") == 0.0
    assert 0.8 < compare_readings(STORY, "\n".join(LINES[:5])) < 0.9
    assert compare_readings("", "") == 0.0
    assert compare_readings("港湾委員会は火曜日", "港湾委員会は火曜日") == 1.0


def test_the_coefficients_fit_the_features() -> None:
    weights = load_weights()
    assert {len(row) for row in measure_readings(texts(STORY, MENU, "", STORY))} == {len(weights.coefficients)}
    assert len(weights.means) == len(weights.spreads) == len(weights.coefficients)


def test_a_guess_is_a_weighted_sum() -> None:
    weights = Weights(means=(1.0, 2.0), spreads=(1.0, 2.0), coefficients=(0.5, -1.0), base=0.7)
    assert guess_quality([2.0, 6.0], weights) == 0.7 + 0.5 - 2.0


def test_a_menu_loses_against_prose_on_which_the_others_agree() -> None:
    assert choose_reading(texts(MENU, STORY, STORY, STORY), load_weights()) != "trafilatura"
    assert choose_reading(texts(STORY, STORY + "\n" + MENU, STORY, STORY), load_weights()) == "trafilatura"


def test_a_first_reading_of_a_few_words_is_kept_only_alone() -> None:
    assert choose_reading(texts("Too short", STORY, STORY, STORY), load_weights()) != "trafilatura"
    level = Weights(means=(0.0,) * 22, spreads=(1.0,) * 22, coefficients=(0.0,) * 22, base=0.5)
    assert choose_reading(texts("Too short", "", "", ""), level) == "trafilatura"
