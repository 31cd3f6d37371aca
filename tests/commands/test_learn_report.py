"""What `learn` says of the reach of a profile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.commands.reports.learn_report import list_advice, list_cures, name_language, report_learned
from monitor.pipeline.learn_topic import LearnResult
from monitor.topics.learning.seed_article import Seed, parse_seed
from monitor.topics.profile import WORD, Calibration, Group, Profile, Term

PROFILE = Profile(
    topic="cocoa",
    threshold=0.5,
    hash="h",
    seeds=("1.txt", "2.txt", "3.txt"),
    terms=(
        Term(term="cocoa", weight=1.0, kind=WORD, seeds=("1.txt", "2.txt", "3.txt")),
        Term(term="black pod", weight=0.4, kind=WORD, seeds=("1.txt",)),
        Term(term="swollen shoot", weight=0.3, kind=WORD, seeds=()),
    ),
    groups=(Group(name="Ghana", weight=0.5, aliases=("Ghana",), seeds=("1.txt", "2.txt")),),
    conjunctions=(),
    schema=(),
    languages=("en",),
    expected=((0, 1.0),),
    shares=(1.1, 0.9, 0.31),
)


def learned(profile: Profile, *articles: Seed) -> LearnResult:
    path = Path("seeds/profile.toml")
    return LearnResult(profile=profile, path=path, articles=articles, fresh=True, changes=(), spellings=())


def test_few_seeds_a_weak_one_and_a_topic_that_warms_up() -> None:
    seed = parse_seed("Rain in May\n\nIt rained in the hills.\n", name="3.txt", digest="d")
    assert seed is not None
    found = report_learned(learned(PROFILE, seed), warm_up=True, pieces=0)
    assert found == {
        "languages": [{"code": "en", "name": "English"}],
        "countries": ["Ghana"],
        "seeds": 3,
        "few": True,
        "open_terms": ["black pod"],
        "weak_seeds": [{"seed": "3.txt", "share": 0.31}],
        "warming_up": True,
        "pieces": 0,
        "pieces_wanted": 100,
        "scores": [{"seed": "3.txt", "title": "Rain in May", "score": 0.0, "matched": False, "share": 0.31}],
    }
    near = {"term": "wheat", "pieces": 2, "examples": ["Wheat harvest late"], "missing": ["lacks cocoa"]}
    assert list_advice(found, [near]) == [
        "read as English: its words are seen in texts of that language; Ghana by the names of many languages",
        "3 seeds are few, 5 are better: a further one would settle whether black pod belong",
        "3.txt says 31% of what the other seeds say: is it on the subject, and whole?",
        (
            "warming up, 0 of 100 pieces of its outlets are known, copies left out; "
            "until then matches are stored and alerts wait (warm_up = false tells them at once)"
        ),
        "2 pieces with “wheat” stay below, as “Wheat harvest late” (lacks cocoa)",
    ]


def test_enough_seeds_and_an_archive_leave_little_to_say() -> None:
    weighed = Calibration(pieces=300, left_out=0, tail=0.1, day="2026-03-02")
    names = tuple(f"{n}.txt" for n in range(5))
    profile = replace(PROFILE, seeds=names, shares=(1.0,) * 5, groups=(), calibration=weighed)
    found = report_learned(learned(profile), warm_up=True, pieces=300)
    assert list_advice(found, []) == ["read as English: its words are seen in texts of that language"]
    assert not report_learned(learned(replace(profile, calibration=None)), warm_up=False, pieces=9)["warming_up"]
    one = report_learned(learned(replace(profile, seeds=names[:1], shares=(1.0,), terms=())), warm_up=True, pieces=300)
    assert list_advice(one, [])[1:] == ["1 seed is few, 5 are better"]
    assert list_advice(report_learned(learned(replace(profile, languages=())), warm_up=True, pieces=300), []) == []


def test_what_to_do_names_the_topic() -> None:
    assert len(list_cures("cocoa")) == 4
    assert "`seedwatch mark URL irrelevant --topic cocoa`" in list_cures("cocoa")[0]


@pytest.mark.parametrize(("code", "name"), [("hy", "Armenian"), ("xx", "xx"), ("not a code", "not a code")])
def test_names_of_languages(code: str, name: str) -> None:
    assert name_language(code) == name
