"""Learning a profile: names together make the topic, and nothing in it is hard-coded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.learning.seed_article import Seed, parse_seed
from monitor.topics.learning.term_weights import LENGTHS, SeedFeatures, learn_terms
from monitor.topics.profile import UserEdits
from monitor.topics.profile_toml import dump_profile, parse_profile
from monitor.topics.score import match_text
from monitor.topics.shares.share_score import sum_weights
from monitor.topics.shares.text_features import Features

FOLDER = Path(__file__).resolve().parents[2] / "seeds"


def seed(name: str, text: str) -> Seed:
    parsed = parse_seed(text, name=name, digest=name)
    assert parsed is not None
    return parsed


SHIPPED = tuple(seed(path.name, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.txt")))

# A border dispute of our own: two neighbours, a valley, and a great power that talks to both.
BORDER = (
    seed(
        "1",
        "Lima and Quito argue over Condor valley\n"
        "LIMA, May 3. /TASS/. Peruvian President Ana Quispe accused Ecuador of shelling the Condor valley. "
        "The United States called for talks. Shelling was heard in the Condor valley all night.",
    ),
    seed(
        "2",
        "Ecuador denies shelling\n"
        "Ecuadorian Foreign Minister Luis Andrade said that Peru had opened fire in the Condor valley first. "
        "Observers from the United States counted the shells. The Condor valley has no road.",
    ),
    seed(
        "3",
        "Truce in the Condor valley\n"
        "Peru and Ecuador agreed to a truce in the Condor valley after a week of shelling. "
        "The leaders of the United States and Brazil welcomed it.",
    ),
)


def test_shipped_seeds() -> None:
    profile = learn_profile(SHIPPED, topic="karabakh")
    assert [term.term for term in profile.terms] == [
        "nagorno karabakh",
        "karabakh",
        "minsk group",
        "ceasefire",
        "conflict",
        "escalation",
        "humanitarian",
        "peacekeepers",
        "clashes",
        "mediator",
        "truce",
    ]
    assert [(c.groups, c.weight, len(c.seeds)) for c in profile.conjunctions] == [(("Azerbaijan", "Armenia"), 1.0, 5)]
    assert {g.name: g.aliases for g in profile.groups}["Armenia"] == (
        "Armenia",
        "Armenian",
        "Armenians",
        "Yerevan",
        "Армения",
        "Вірменія",
        "Ermənistan",
        "Ermenistan",
        "Հայաստան",
        "სომხეთი",
        "Armenien",
        "Arménie",
        "أرمينيا",
        "ارمنستان",
        "Serzh Sargsyan",
        "Sargsyan",
        "Serzh Sargsayan",
        "Sargsayan",
        "Hovik Abrahamyan",
        "Abrahamyan",
        "Nikol Pashinyan",
        "Pashinyan",
    )
    assert dict(profile.schema) == {
        "headline": 5,
        "lead": 5,
        "standfirst": 2,
        "dateline place": 2,
        "dateline day": 2,
        "agency": 2,
        "outlet": 4,
        "publication date": 2,
        "body": 5,
    }
    assert (profile.threshold, profile.registers) == (0.5, ())


def test_every_shipped_seed_matches() -> None:
    profile = learn_profile(SHIPPED, topic="karabakh")
    assert [match_text(s.headline, s.lead, s.text, profile).matched for s in SHIPPED] == [True] * 5


def test_another_topic_is_learned_alike() -> None:
    profile = learn_profile(BORDER, topic="condor")
    assert [(term.term, term.kind) for term in profile.terms] == [("condor valley", "name"), ("shelling", "word")]
    assert [group.name for group in profile.groups] == ["Ecuador", "Peru", "United States"]
    assert [c.groups for c in profile.conjunctions] == [("Ecuador", "Peru")]
    assert match_text("Peruvians and Ecuadorians meet in Bogota", None, "", profile).matched
    assert not match_text("Peru sells copper to the United States", None, "", profile).matched


def test_a_pair_that_few_seeds_hold_is_no_conjunction() -> None:
    texts = ["Peru met Ecuador.", "Peru wrote to Ecuador again.", "Peru sells to Chile.", "Peru buys from Chile still."]
    profile = learn_profile([seed(str(i), f"Note {i}\n{text}") for i, text in enumerate(texts)], topic="peru")
    assert [group.name for group in profile.groups] == ["Peru", "Ecuador", "Chile"]
    assert profile.conjunctions == ()


TEASER = (
    "Lighthouse keepers demand better lamps. Postal pigeons strike at the Hebrides depot. "
    "The lighthouse on Muckle Flugga needs paraffin, keepers in the Hebrides say."
)


@pytest.mark.parametrize("pair", [(0, 1), (1, 3), (3, 4), (0, 2)])
def test_a_teaser_planted_into_two_seeds_does_not_leak(pair: tuple[int, int]) -> None:
    planted = [replace(s, text=f"{s.text}\n\n{TEASER}") if i in pair else s for i, s in enumerate(SHIPPED)]
    profile = learn_profile(planted, topic="karabakh")
    clean = learn_profile(SHIPPED, topic="karabakh")
    assert profile.terms == clean.terms
    assert profile.groups == clean.groups
    assert [d.line for d in profile.dropped if d.reason.endswith("counted once")] == [
        "Lighthouse keepers demand better lamps.",
        "Postal pigeons strike at the Hebrides depot.",
        "The lighthouse on Muckle Flugga needs paraffin, keepers in the Hebrides say.",
    ]


@settings(max_examples=10, deadline=None)
@given(st.permutations(SHIPPED))
def test_the_order_of_seeds_means_nothing(seeds: list[Seed]) -> None:
    assert dump_profile(learn_profile(seeds, topic="karabakh")) == dump_profile(
        learn_profile(SHIPPED, topic="karabakh")
    )


@pytest.mark.parametrize("one", SHIPPED, ids=lambda s: s.name)
def test_one_seed_is_a_start(one: Seed) -> None:
    profile = learn_profile([one], topic="karabakh")
    assert ("Azerbaijan", "Armenia") in [c.groups for c in profile.conjunctions]
    assert match_text(one.headline, one.lead, one.text, profile).matched


def test_seeds_without_names_lower_the_threshold_until_they_match() -> None:
    one = seed("1", "On gardens\nSlugs ate the lettuce. Slugs ate it all.")
    two = seed("2", "On ponds\nHerons ate the carp, but slugs left the lettuce alone.")
    profile = learn_profile([one, two], topic="garden")
    assert 0.05 <= profile.threshold <= 0.5
    assert match_text(one.headline, one.lead, one.text, profile).matched


def test_seeds_that_share_nothing_teach_nothing() -> None:
    one, two = seed("1", "On gardens\nSlugs ate it."), seed("2", "On ponds\nHerons sleep.")
    profile = learn_profile([one, two], topic="nothing")
    assert (profile.terms, profile.groups, profile.conjunctions) == ((), (), ())
    assert profile.threshold == 0.05


def test_sports_seeds_speak_sport() -> None:
    seeds = [seed(str(i), f"Game {i}\nThe striker of Lower Zenda scored in the league. Zenda won.") for i in "12"]
    assert learn_profile(seeds, topic="zenda").registers == ("sport",)


def test_wishes_outlive_learning_and_set_the_threshold() -> None:
    first = learn_profile(SHIPPED, topic="karabakh")
    wishes = UserEdits(pin=("truce",), ban=("Minsk Group", "Russia"), add=(("lachin corridor", 0.8),), threshold=0.7)
    second = learn_profile(SHIPPED[:3], topic="karabakh", previous=replace(first, wishes=wishes))
    names = [term.term for term in second.terms]
    assert "lachin corridor" in names
    assert "truce" in names
    assert "minsk group" not in names
    assert [group.name for group in second.groups] == ["Azerbaijan", "Armenia"]
    assert (second.threshold, second.wishes) == (0.7, wishes)
    assert parse_profile(dump_profile(second), name="profile.toml") == second


def test_long_dropped_lines_are_shortened() -> None:
    assert max(len(dropped.line) for dropped in learn_profile(SHIPPED, topic="karabakh").dropped) == 100


def test_seeds_with_nothing_in_common_expect_two_fifths_of_what_they_taught() -> None:
    """A left-out one says nothing of the others' terms, and everything would say more than that."""
    counts: list[dict[str, float]] = [{"strait": 3.0, "ice": 2.0}, {"ferry": 3.0}, {"dock": 3.0}]
    said = [Features(one, {}, 40) for one in counts]
    seeds = [SeedFeatures((one,) * (len(LENGTHS) + 1)) for one in said]
    found = learn_terms(seeds, (), "xx")
    own = [sum(sum_weights(found.weights, one).values()) for one in said]
    assert {round(score, 6) for _, score in found.expected} == {round(0.4 * median(own), 6)}
    assert found.shares == (0.0, 0.0, 0.0)
