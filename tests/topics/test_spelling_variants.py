"""Spellings of one name are shown; what only looks alike in a group, words of English and short words are not."""

from __future__ import annotations

from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.learning.seed_article import Seed, parse_seed
from monitor.topics.learning.spelling_variants import Spelling, find_spelling_variants
from monitor.topics.profile import Profile


def seed(name: str, *lines: str) -> Seed:
    parsed = parse_seed("\n".join(lines), name=name, digest=name)
    assert parsed is not None
    return parsed


SEEDS = (
    seed(
        "1",
        "Talks in Lima",
        "Peruvian President Alberto Fujimori met Peru's envoys. The Presidents of Peru spoke to Stepanavert and Kuper.",
        "Later Stepanakert and Kuper wrote to Fujimori.",
    ),
    seed(
        "2",
        "Talks in Quito",
        "The letter of Fudjimori came to Stepanakert late. Then Marlov and marlow grass grew, said Marlova and Marlow.",
        "In Lima a Kupir and Lime stood.",
    ),
)


def profile() -> Profile:
    return learn_profile(SEEDS, topic="peru")


def test_what_the_profile_lacks_comes_first() -> None:
    assert find_spelling_variants(SEEDS, profile()) == (
        Spelling(spellings=("Fujimori", "Fudjimori"), group="Peru", known=False),
        Spelling(spellings=("Stepanakert", "Stepanavert"), group="", known=False),
        Spelling(spellings=("Marlov", "Marlova"), group="", known=False),
    )
