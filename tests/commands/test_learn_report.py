"""What `learn` says of the reach of a profile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.commands.reports.learn_report import list_advice, name_language, report_learned
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


def test_few_seeds_a_weak_one_and_a_topic_that_warms_up() -> None:
    found = report_learned(PROFILE, warm_up=True)
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
    }
    near = {"term": "wheat", "pieces": 2, "examples": ["Wheat harvest late"], "missing": ["lacks cocoa"]}
    assert list_advice(found, "cocoa", [near]) == [
        "read as English: its words are seen in texts of that language; Ghana by the names of many languages",
        "3 seeds are few, 5 are better: a further one would settle whether black pod belong",
        "3.txt says 31% of what the other seeds say: is it on the subject, and whole?",
        (
            "it warms up: 0 of 100 pieces of its outlets are known; until then matches are stored and alerts wait "
            "(warm_up = false tells them at once)"
        ),
        "2 pieces with “wheat” stay below, as “Wheat harvest late” (lacks cocoa)",
        (
            "to part them: `seedwatch mark URL irrelevant --topic cocoa` or relevant, then learn again; or a term "
            "under ban in [yours] of profile.toml"
        ),
    ]


def test_enough_seeds_and_an_archive_leave_little_to_say() -> None:
    weighed = Calibration(pieces=300, left_out=0, tail=0.1, day="2026-03-02")
    names = tuple(f"{n}.txt" for n in range(5))
    profile = replace(PROFILE, seeds=names, shares=(1.0,) * 5, groups=(), calibration=weighed)
    found = report_learned(profile, warm_up=True)
    assert list_advice(found, "cocoa", []) == ["read as English: its words are seen in texts of that language"]
    assert not report_learned(replace(profile, calibration=None), warm_up=False)["warming_up"]
    one = report_learned(replace(profile, seeds=names[:1], shares=(1.0,), terms=()), warm_up=True)
    assert list_advice(one, "cocoa", [])[1:] == ["1 seed is few, 5 are better"]
    assert list_advice(report_learned(replace(profile, languages=()), warm_up=True), "cocoa", []) == []


@pytest.mark.parametrize(("code", "name"), [("hy", "Armenian"), ("xx", "xx"), ("not a code", "not a code")])
def test_names_of_languages(code: str, name: str) -> None:
    assert name_language(code) == name
