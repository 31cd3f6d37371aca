"""Rules of config.toml: refused with their place, tried by `rules test`, and matched on the line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.commands.cli import main
from monitor.config.load import parse_config
from monitor.errors import ConfigError

GOOD = """\
[topics.talks]
seeds = ""

[topics.talks.rules.meeting]
query = 'title:"peace talks" AND (Lima OR Quito) NOT football'
must = [
  "Peace talks in Lima go on",
  \"\"\"Peace talks resume
The envoys meet in Quito.\"\"\",
]
must_not = ["Football: peace talks in Lima"]

[topics.talks.rules.agency]
query = "source:wire AND place:lima AND lang:es AND lead:truce"
must = [{ source = "wire", place = "LIMA", lang = "es", lead = "A truce" }]
"""
CURE = "mend the query or the example, `seedwatch rules test` shows all"


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "config.toml")
    return str(caught.value).splitlines()


@pytest.fixture
def seedwatch(tmp_path: Path) -> Callable[..., Result]:
    (tmp_path / "config.toml").write_text(GOOD)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(tmp_path / "config.toml"), *words])

    return run


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            " NOT football",
            "",
            ("config.toml:11: topics.talks.rules.meeting.must_not: matches 'Football: peace talks in Lima' "
            f"(by peace talks, Lima): {CURE}"),
        ),
        (
            "OR Quito",
            "OR Cusco",
            ("config.toml:6: topics.talks.rules.meeting.must: does not match 'Peace talks resume / The envoys meet in "
            f"Quito.' (rule meeting lacks Lima OR Cusco): {CURE}"),
        ),
        (
            "Quito)",
            "Quito",
            ("config.toml:5: topics.talks.rules.meeting.query: is not a query: unexpected end of expression: check "
            "brackets and quotes"),
        ),
        (
            "source:wire AND place",
            "agent:wire AND place",
            ("config.toml:14: topics.talks.rules.agency.query: agent: no field is called so, known are title, lead, "
            "text, place, source, lang; a colon in a text goes in quotes"),
        ),
        (
            "lang = ",
            "lnag = ",
            "config.toml:15: topics.talks.rules.agency.must.0.lnag: unknown key, did you mean lang?",
        ),
        ("must_not", "mustnot", ("config.toml:11: topics.talks.rules.meeting.mustnot: unknown key, did you mean "
                                "must_not?")),
        ('must_not = ["Football: peace talks in Lima"]', "must_not = 5",
         ("config.toml:11: topics.talks.rules.meeting.must_not: write a list in brackets, as in "
          'must_not = ["…", "…"] (is 5)')),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_used_is_named_with_its_place_and_cure(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert faults(GOOD.replace(old, new)) == [expected]


def test_a_topic_needs_seeds_or_rules() -> None:
    assert faults('[topics.talks]\nseeds = ""\n') == [
        "config.toml:2: topics.talks.seeds: no seeds and no rules: add a table [topics.talks.rules.NAME]"
    ]


def test_rules_test_prints_every_example_and_is_good(seedwatch: Callable[..., Result]) -> None:
    result = seedwatch("rules", "test")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "4 examples, none failed"
    assert json.loads(seedwatch("rules", "test", "talks", "--json").stdout)[3] == {
        "topic": "talks",
        "rule": "agency",
        "read_as": "wire in source and lima in place and es in lang and truce in lead",
        "example": "A truce / LIMA / wire / es",
        "must": True,
        "matched": True,
        "ok": True,
        "found": ["wire", "LIMA", "es", "truce"],
        "lacking": None,
    }


def test_rules_test_shows_a_failing_example_that_every_other_command_refuses(
    seedwatch: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(GOOD.replace(" NOT football", ""))
    result = seedwatch("rules", "test", "--json")
    assert result.exit_code == 1
    assert [row["example"] for row in json.loads(result.stdout) if not row["ok"]] == ["Football: peace talks in Lima"]
    assert seedwatch("rules", "test").stdout.splitlines()[-1] == "4 examples, 1 failed"
    refused = seedwatch("status")
    assert (refused.exit_code, "rules.meeting.must_not" in refused.stderr) == (78, True)


def test_rules_test_of_an_unknown_topic_names_the_nearest(seedwatch: Callable[..., Result]) -> None:
    result = seedwatch("rules", "test", "talk")
    assert (result.exit_code, "no topic is called 'talk'; did you mean talks?" in result.stderr) == (2, True)


def test_a_topic_of_rules_only_matches_on_the_line(seedwatch: Callable[..., Result], tmp_path: Path) -> None:
    pieces = [
        {"id": 1, "title": "Peace talks", "text": "The envoys met in Lima.", "source": "wire"},
        {"id": 2, "title": "Peace talks", "text": "The players met in Lima for football.", "source": "wire"},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(piece) for piece in pieces))
    assert seedwatch("learn").exit_code == 0
    lines = [json.loads(line) for line in seedwatch("backfill", str(tmp_path / "in.jsonl"), "--nl").stdout.splitlines()]
    assert [(line["url"], line["topic"], line["score"], line["matched"]) for line in lines] == [
        (1, "talks", 1.0, True),
        (2, "talks", 0.0, False),
    ]
    assert [(e["term"], e["found"], e["part"]) for e in lines[0]["evidence"]] == [
        ('rule meeting: title:"peace talks"', "Peace talks", "title"),
        ("rule meeting: Lima", "Lima", "text"),
    ]
    explained = json.loads(seedwatch("explain", "2", "--json").stdout)
    assert explained["matches"][0]["missing"] == ["rule meeting holds football"]
