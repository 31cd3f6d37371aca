"""Rules find words in every script, and only those: the shared cases, and what they are members of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.topics.rules.query import QueryDocument
from monitor.topics.rules.rule import collect_evidence, parse_rule


def _found(query: str, text: str) -> list[str] | None:
    reasons = collect_evidence(parse_rule("r", query), QueryDocument({"text": text}))
    return None if reasons is None else [reason.found for reason in reasons]


def test_the_shared_cases(shared: Path) -> None:
    cases = [json.loads(file.read_text("utf-8")) for file in sorted((shared / "cases" / "rules").glob("*.json"))]
    assert len(cases) > 10
    wrong = [
        case["case"] for case in cases if (_found(case["query"], case["example"]) is not None) != case["must_match"]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("地震", "四川发生地震造成三人受伤", ["地震"]),
        ("地震*", "四川发生地震造成三人受伤", ["地震"]),
        ("震", "四川发生地震", ["震"]),
        ("震", "地震局", ["震局"]),
        ('"四川 地震"', "四川 地震 三人", ["四川 地震"]),
        ("东京", "京东商城", None),
        ("ガザ", "ガザ地区", ["ガザ"]),
        ("가자", "가자지구에서 휴전 합의", ["가자"]),
        ("ไทย", "นายกรัฐมนตรีประเทศไทยแถลง", ["ไทย"]),
        ("ထိုင်း", "ထိုင်းနိုင်ငံ", ["ထိုင်းနို"]),
        ("Armenia", "governo dell'Armenia", ["Armenia"]),
        ("Ankara", "Ankara’nın kararı", ["Ankara"]),
        ("Հայաստան", "Ի՞նչ կանի Հայաստա՞ն", ["Հայաստա՞ն"]),
        ('"C++"', "Vitamin C study", None),
        ('"C++"', "A C++ compiler", ["C++"]),
        ("C#", "C major", None),
        ('"AT&T"', "at t-shirt shops", None),
        ('"AT&T"', "Shares of AT&T fell", ["AT&T"]),
        ("“peace talks”", "Talks on peace", None),
        ("„peace talks“ OR «мирные переговоры»", "Начались мирные переговоры", ["мирные переговоры"]),
    ],
)
def test_what_a_rule_finds(query: str, text: str, found: list[str] | None) -> None:
    assert _found(query, text) == found


def test_a_number_that_is_none_is_refused_as_every_other_fault_of_a_query() -> None:
    with pytest.raises(ValueError, match="is not a query"):
        parse_rule("r", "0~.")
