"""The verdict on a text: pairs count, one country alone does not, background does not, and evidence is exact."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.topic import Evidence, Match
from monitor.topics.profile import NAME, WORD, Conjunction, Group, Profile, Term, UserEdits
from monitor.topics.score import match_text

PROFILE = Profile(
    topic="condor",
    threshold=0.5,
    hash="h",
    seeds=("1", "2"),
    terms=(
        Term(term="condor valley", weight=1.0, kind=NAME, seeds=("1", "2")),
        Term(term="shelling", weight=0.4, kind=WORD, seeds=("1", "2")),
        Term(term="truce", weight=0.2, kind=WORD, seeds=("1", "2")),
    ),
    groups=(
        Group(name="Peru", weight=0.5, aliases=("Peru", "Peruvian", "Lima"), seeds=("1", "2")),
        Group(name="Ecuador", weight=0.6, aliases=("Ecuador", "Ecuadorian", "Quito"), seeds=("1", "2")),
    ),
    conjunctions=(Conjunction(groups=("Ecuador", "Peru"), weight=1.0, seeds=("1", "2")),),
    schema=(),
)
EMPTY = Profile(
    topic="none", threshold=0.5, hash="h", seeds=(), terms=(), groups=PROFILE.groups, conjunctions=(), schema=()
)
FILLER = "The new railway line will open next year and tickets will cost less than before. " * 30


def test_the_whole_verdict_on_a_pair() -> None:
    assert match_text("Lima’s envoy in Quito", None, "Talks go on.", PROFILE) == Match(
        topic="condor",
        score=0.92,
        threshold=0.5,
        matched=True,
        evidence=(
            Evidence(term="Ecuador + Peru", found="Quito", part="title", start=16, end=21, weight=1.0),
            Evidence(term="Ecuador + Peru", found="Lima", part="title", start=0, end=4, weight=1.0),
        ),
    )


def test_a_score_that_just_reaches_the_threshold_matches() -> None:
    text = ("Lima’s envoy in Quito", None, "Talks go on.")
    reached = match_text(*text, replace(PROFILE, threshold=0.92))
    assert (reached.score, reached.matched, reached.missing) == (0.92, True, ())
    assert match_text(*text, replace(PROFILE, threshold=0.9201)).matched is False


def test_nothing_of_the_topic() -> None:
    assert match_text("", None, "", PROFILE) == Match(topic="condor", score=0.0, threshold=0.5, matched=False)


@pytest.mark.parametrize(
    ("title", "lead", "text", "missing"),
    [
        ("Peru sells copper", "Peruvian mines", FILLER, ("Ecuador (beside Peru)",)),
        ("Shelling and truce in Atlantis", None, "", ("a name of the topic, as condor valley",)),
        (
            "Railway opens",
            "Tickets cost less",
            FILLER + "Peru, Ecuador: Condor valley.",
            ("named only far down the text",),
        ),
        (
            "Summit opens",
            "Chile, Brazil, Bolivia, Peru, Ecuador, Colombia and Panama take part",
            "",
            ("named only in a list of countries",),
        ),
        ("Condor Valley FC draw in league", None, "", ("reads like sport: fc, league",)),
        ("Lima club wins league", None, "", ("reads like sport: league", "Ecuador (beside Peru)")),
    ],
)
def test_near_misses_say_what_was_missing(title: str, lead: str | None, text: str, missing: tuple[str, ...]) -> None:
    got = match_text(title, lead, text, PROFILE)
    assert (got.matched, got.missing) == (False, missing)


@pytest.mark.parametrize(
    "title",
    [
        "Calm in the Condor\u2011Valley",
        "live: #condorvalley",
        "CONDOR VALLEY QUIET",
        "Ecuadorian shelling, then a truce",
        "League of historians meets on Condor valley shelling",
    ],
)
def test_matches(title: str) -> None:
    assert match_text(title, None, "", PROFILE).matched


def test_a_topic_of_sport_is_not_discounted() -> None:
    title = "Condor Valley FC draw in league"
    scores = [match_text(title, None, "", p).score for p in (PROFILE, replace(PROFILE, registers=("sport",)))]
    assert scores == [0.368, 0.92]


def test_a_profile_without_pairs_or_terms_matches_nothing() -> None:
    got = match_text("Peru and Ecuador", None, "", EMPTY)
    assert (got.matched, got.missing) == (False, ())


def test_places_fall_from_title_to_tail() -> None:
    scores = [
        match_text("Condor valley", None, "", PROFILE).score,
        match_text("", "Condor valley", "", PROFILE).score,
        match_text("", None, "Condor valley", PROFILE).score,
        match_text("", None, "word " * 175 + "Condor valley", PROFILE).score,
        match_text("", None, "word " * 900 + "Condor valley", PROFILE).score,
    ]
    assert scores == [0.92, 0.874, 0.782, 0.506, 0.23]


words = st.sampled_from(["Peru", "Quito", "condor", "valley", "shelling", "truce", "and", "the", "—", "FC"])
texts = st.lists(words, max_size=12).map(" ".join)


@given(texts, texts, texts)
def test_scores_are_shares_and_evidence_stands_where_it_says(title: str, lead: str, text: str) -> None:
    got = match_text(title, lead, text, PROFILE)
    parts = {"title": title, "lead": lead, "text": text}
    assert 0 <= got.score < 1
    assert got.matched == (got.score >= 0.5)
    assert [e.found for e in got.evidence] == [parts[e.part][e.start : e.end] for e in got.evidence]
    assert match_text(title, lead, text, PROFILE) == got


def test_other_spellings_stand_for_the_name_unless_banned() -> None:
    named = replace(
        PROFILE,
        groups=(
            Group(name="Peru", weight=0.5, aliases=("Peru", "Fujimori"), seeds=("1", "2")),
            Group(name="Ecuador", weight=0.6, aliases=("Ecuador", "Quito"), seeds=("1", "2")),
        ),
    )
    abroad = match_text("Фуджимори встретит посла", None, "", named)
    assert [(e.term, e.found) for e in abroad.evidence] == [("Peru", "Фуджимори")]
    spelled = match_text("Fudjimori at home", None, "", named)
    assert [(e.term, e.found) for e in spelled.evidence] == [("Peru", "Fudjimori")]
    banned = replace(named, wishes=UserEdits(ban=("Fudjimori",)))
    assert match_text("Fudjimori at home", None, "", banned).score == 0


def test_a_paragraph_that_the_outlet_repeats_counts_as_if_it_stood_at_the_end() -> None:
    news, known = "The railway opens in spring.", "Peru and Ecuador fought over the Condor Valley."
    text = f"{known}\n\n{news}"
    spans = ((0, len(known)),)
    got = match_text("Railway opens", None, text, PROFILE, spans)
    assert match_text("Railway opens", None, text, PROFILE).matched
    assert (got.matched, got.missing) == (False, ("named only in a paragraph that the outlet repeats",))
    # A place outside of it counts in full, also where it comes later; title and lead do in any case.
    assert match_text("Railway opens", None, f"{text} Peru and Ecuador meet.", PROFILE, spans).matched
    assert match_text("Peru and Ecuador meet", None, text, PROFILE, spans).matched
    assert match_text("Railway opens", "Peru and Ecuador meet", text, PROFILE, spans).matched
    late = FILLER * 2 + known
    assert match_text("", None, late, PROFILE, ((len(FILLER) * 2, len(late)),)) == replace(
        match_text("", None, late, PROFILE), missing=("named only in a paragraph that the outlet repeats",)
    )
