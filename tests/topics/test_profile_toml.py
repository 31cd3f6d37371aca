"""profile.toml: there and back, and refusals with place and cure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SeedError
from monitor.topics.profile import NAME, WORD, Conjunction, DroppedLine, Group, Profile, Term, UserEdits
from monitor.topics.profile_toml import dump_profile, parse_profile
from monitor.topics.user_edits import apply_user_edits

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
words = st.text(st.sampled_from("abcə"), min_size=1, max_size=8)
shares = st.floats(min_value=0.01, max_value=1.0).map(lambda x: round(x, 2))
SEEDS = ("one.txt", "two.txt")
said = st.sampled_from([(), ("one.txt",), SEEDS])

profiles = st.builds(
    Profile,
    topic=names,
    threshold=shares,
    hash=names,
    seeds=st.just(SEEDS),
    terms=st.lists(
        st.builds(Term, term=names, weight=shares, kind=st.sampled_from([NAME, WORD]), seeds=said), max_size=3
    ).map(tuple),
    groups=st.lists(
        st.builds(Group, name=names, weight=shares, aliases=st.lists(names, max_size=3).map(tuple), seeds=said),
        max_size=3,
    ).map(tuple),
    conjunctions=st.lists(
        st.builds(Conjunction, groups=st.tuples(names, names), weight=shares, seeds=said), max_size=2
    ).map(tuple),
    schema=st.dictionaries(names, st.integers(0, 5), max_size=3).map(lambda d: tuple(d.items())),
    registers=st.lists(names, max_size=2).map(tuple),
    marks=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    dropped=st.lists(st.builds(DroppedLine, seed=st.sampled_from(SEEDS), line=names, reason=names), max_size=2).map(
        tuple
    ),
    wishes=st.builds(
        UserEdits,
        pin=st.lists(names, max_size=2).map(tuple),
        ban=st.lists(names, max_size=2).map(tuple),
        add=st.dictionaries(words, shares, max_size=2).map(lambda d: tuple(d.items())),
        names=st.dictionaries(names, st.lists(names, max_size=2).map(tuple), max_size=2).map(
            lambda d: tuple(d.items())
        ),
        together=st.lists(st.tuples(names, names), max_size=2).map(tuple),
        threshold=st.none() | shares,
    ),
)


@given(profiles)
def test_there_and_back(profile: Profile) -> None:
    settled = apply_user_edits(profile, profile)
    assert parse_profile(dump_profile(settled), name="p") == settled
    assert dump_profile(parse_profile(dump_profile(settled), name="p")) == dump_profile(settled)


GOOD = """
version = 1
topic = "t"
[yours]
together = [["A", "B"]]
[learned]
threshold = 0.5
seeds = ["one.txt"]
hash = "h"
terms = [{ term = "x", weight = 1, kind = "name", seeds = [1] }]
groups = [{ name = "A", weight = 0.5, aliases = ["A"], seeds = [1] }]
dropped = [{ seed = 1, line = "All news", reason = "label" }]
[learned.schema]
headline = 1
"""


def test_a_file_by_hand_takes_effect_at_once() -> None:
    yours = 'ban = ["X"]\n[yours.names]\nB = ["Bee"]\n[yours.add]\nY = 0.5\n[learned]'
    got = parse_profile(GOOD.replace("[learned]", yours), name="p")
    assert [term.term for term in got.terms] == ["y"]
    assert [group.aliases for group in got.groups] == [("A",), ("B", "Bee")]
    assert [c.groups for c in got.conjunctions] == [("A", "B")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version = 1", "version = 1 1", "p:2: is not TOML: "),
        ("version = 1", "version = 2", "p: version: this seedwatch reads version 1, not 2"),
        ("version = 1", "version = 1\nspare = 1", "p: spare: unknown key; known here are version, topic, "),
        ('topic = "t"', "", "p: topic: must be a text in quotes, is missing"),
        ('topic = "t"', "topic = 3", "p: topic: must be a text in quotes, is a number"),
        ("threshold = 0.5", "threshold = true", "p: learned.threshold: must be a number above 0 and up to 1, is True"),
        ("threshold = 0.5", "threshold = 1.5", "p: learned.threshold: must be a number above 0 and up to 1, is 1.5"),
        ('seeds = ["one.txt"]', "seeds = 1", "p: learned.seeds: must be a list of texts"),
        (
            "seeds = [1] }]\ngroups",
            "seeds = [2] }]\ngroups",
            "p: learned.terms[1].seeds: must be a list of seed numbers",
        ),
        ('kind = "name"', 'kind = "verb"', 'p: learned.terms[1].kind: must be "name" or "word"'),
        ('kind = "name"', 'sort = "name"', "p: learned.terms[1].sort: unknown key"),
        ("terms = [{", 'terms = "', "is not TOML"),
        (
            "dropped = [{ seed = 1",
            "dropped = [{ seed = 0",
            "p: learned.dropped[1].seed: must be a list of seed numbers",
        ),
        ('dropped = [{ seed = 1, line = "All news", reason = "label" }]', "dropped = 1", "must be a list of tables"),
        (
            'dropped = [{ seed = 1, line = "All news", reason = "label" }]',
            "dropped = [1]",
            "must be a table, is a number",
        ),
        ("headline = 1", 'headline = "all"', "p: learned.schema.headline: must be a count of seeds"),
        ("headline = 1", "headline = -1", "p: learned.schema.headline: must be a count of seeds"),
        ('hash = "h"', 'hash = "h"\nmarks = [1]', "p: learned.marks: must be two counts"),
        ('hash = "h"', 'hash = "h"\nmarks = [1, -1]', "p: learned.marks: must be two counts"),
        ('hash = "h"', 'hash = "h"\nmarks = 1', "p: learned.marks: must be two counts"),
        ('together = [["A", "B"]]', 'together = [["A"]]', "p: yours.together: must be a list of lists of groups"),
        ('together = [["A", "B"]]', "together = 1", "p: yours.together: must be a list of lists of groups"),
        ('together = [["A", "B"]]', 'add = { ":" = 1 }', "p: yours.add.':': has no word in it"),
        ('together = [["A", "B"]]', "add = 2020-01-01", "p: yours.add: must be a table, is date"),
    ],
)
def test_refusals_name_place_and_cure(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(SeedError) as refused:
        parse_profile(GOOD.replace(old, new), name="p")
    assert message in str(refused.value)
    assert "mend" in str(refused.value)
