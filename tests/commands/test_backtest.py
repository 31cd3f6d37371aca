"""A back-test says what changes, day by day and piece by piece, and what each threshold would have sent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.commands.cli import main
from monitor.commands.output.topics import print_backtest
from monitor.commands.reports.backtest import backtest_topic, forecast_thresholds
from monitor.config.load import load_config
from monitor.pipeline.archive.archive_judge import ArchiveJudge
from monitor.pipeline.resolve_config import resolve_topic
from monitor.storage import Store
from monitor.topics.profile import NAME, Profile, Term
from monitor.topics.profile_toml import dump_profile

CONFIG = """\
[topics.condor]

[topics.bare]
seeds = ""
[topics.bare.rules.lima]
query = "place:lima AND source:wire"
"""
SEED = "Condor Valley envoys meet in Lima\n\nThe envoys of the Condor Valley met on Monday and agreed on a truce.\n"
PIECES = [
    {"id": 1, "title": "Condor Valley envoys meet", "text": "They met.", "published_at": "2026-01-01T10:00:00Z"},
    {"id": 2, "title": "Truce holds", "text": "LIMA, January 2. It holds.", "published_at": "2026-01-02T10:00:00Z"},
    {"id": 3, "title": "Truce holds", "text": "LIMA, January 2. It holds.", "published_at": "2026-01-02T12:00:00Z"},
    {"id": 4, "title": "Copper prices rise", "text": "They rose.", "published_at": "2026-01-03T10:00:00Z"},
    {"id": 5, "title": "Condor Valley truce", "text": "It came.", "published_at": "2026-01-03T11:00:00Z"},
]


def profile(**terms: float) -> str:
    return dump_profile(
        Profile(
            topic="condor",
            threshold=0.4,
            hash="h",
            seeds=("1.txt",),
            terms=tuple(
                Term(term=name.replace("_", " "), weight=weight, kind=NAME, seeds=("1.txt",))
                for name, weight in terms.items()
            ),
            groups=(),
            conjunctions=(),
            schema=(),
        )
    )


def runner(folder: Path) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(main, ["--config", str(folder / "config.toml"), *words])


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database holds PIECES."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "config.toml").write_text(CONFIG)
    (folder / "seeds").mkdir()
    (folder / "seeds/1.txt").write_text(SEED)
    (folder / "in.jsonl").write_text("".join(json.dumps({**p, "source": "wire"}) + "\n" for p in PIECES))
    assert runner(folder)("learn").exit_code == 0
    (folder / "seeds/profile.toml").write_text(profile(condor_valley=1.0))
    assert runner(folder)("backfill", str(folder / "in.jsonl")).exit_code == 0
    return folder


@pytest.fixture
def seedwatch(archive: Path, tmp_path: Path) -> Callable[..., Result]:
    shutil.copytree(archive, tmp_path, dirs_exist_ok=True)
    return runner(tmp_path)


def ask(seedwatch: Callable[..., Result], *words: str) -> dict[str, Any]:
    result = seedwatch("backtest", *words, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_nothing_proposed_changes_nothing_and_shows_the_trade_off(seedwatch: Callable[..., Result]) -> None:
    found = ask(seedwatch, "condor")
    marked = {"relevant": 0, "irrelevant": 0}
    side = {"threshold": 0.4, "rules": [], "matched": 2, "alerts": 2, "alerts_per_day": 0.67, "marked": marked}
    kept = found["examples"].pop("kept")
    assert {piece["title"]: (piece["day"], piece["because"]) for piece in kept} == {
        "Condor Valley envoys meet": ("2026-01-01", ["condor valley"]),
        "Condor Valley truce": ("2026-01-03", ["condor valley"]),
    }
    assert found.pop("thresholds") == [
        {"threshold": t, "matched": 2, "alerts": 2, "alerts_per_day": 0.67}
        for t in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    ]
    assert found == {
        "topic": "condor",
        "articles": 5,
        "days": 3,
        "first_day": "2026-01-01",
        "last_day": "2026-01-03",
        "present": side,
        "proposed": side,
        "gained": 0,
        "lost": 0,
        "kept": 2,
        "per_day": [
            {"day": "2026-01-01", "articles": 1, "present": 1, "proposed": 1, "gained": 0, "lost": 0, "kept": 1},
            {"day": "2026-01-03", "articles": 2, "present": 1, "proposed": 1, "gained": 0, "lost": 0, "kept": 1},
        ],
        "examples": {"gained": [], "lost": []},
        "closest": [],
        "stored": 5,
    }


def test_another_profile_and_a_rule_gain_and_lose(seedwatch: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(profile(truce=1.0))
    found = ask(seedwatch, "condor", "--profile", str(tmp_path / "other.toml"), "--rule", "copper", "--examples", "1")
    assert [found[name] for name in ("gained", "lost", "kept")] == [3, 1, 1]
    assert [len(pieces) for pieces in found["examples"].values()] == [1, 1, 1]
    assert found["examples"]["lost"][0] == {
        "article": found["examples"]["lost"][0]["article"],
        "url": "backfill:wire/1",
        "title": "Condor Valley envoys meet",
        "day": "2026-01-01",
        "present": found["examples"]["kept"][0]["present"],
        "proposed": 0.0,
        "because": ["condor valley"],
        "missing": [],
    }
    # The copy of the truce is matched but would not alert.
    assert [(found["proposed"][key]) for key in ("matched", "alerts", "rules")] == [4, 3, ["proposed 1"]]
    assert [(day["day"], day["gained"], day["lost"], day["kept"]) for day in found["per_day"]] == [
        ("2026-01-01", 0, 1, 0),
        ("2026-01-02", 2, 0, 0),
        ("2026-01-03", 1, 0, 1),
    ]


def test_a_higher_threshold_loses(seedwatch: Callable[..., Result]) -> None:
    found = ask(seedwatch, "condor", "--threshold", "0.99")
    assert [found[name] for name in ("gained", "lost", "kept")] == [0, 2, 0]
    assert found["thresholds"][-1] == {"threshold": 0.99, "matched": 0, "alerts": 0, "alerts_per_day": 0.0}


def test_the_threshold_of_the_configuration_stays_with_another_profile(
    seedwatch: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "other.toml").write_text(profile(truce=1.0))
    assert ask(seedwatch, "condor", "--profile", str(tmp_path / "other.toml"))["proposed"]["threshold"] == 0.4
    (tmp_path / "config.toml").write_text(CONFIG.replace("[topics.condor]", "[topics.condor]\nthreshold = 0.7"))
    assert ask(seedwatch, "condor", "--profile", str(tmp_path / "other.toml"))["proposed"]["threshold"] == 0.7


def test_a_topic_of_rules_sees_the_stored_place_and_source(seedwatch: Callable[..., Result]) -> None:
    found = ask(seedwatch, "bare", "--rule", "source:wire AND copper")
    assert [found[name] for name in ("gained", "lost", "kept")] == [1, 0, 2]
    assert [found["present"][key] for key in ("threshold", "rules", "matched", "alerts")] == [1.0, ["lima"], 2, 1]


def test_for_people_it_prints_tables(seedwatch: Callable[..., Result]) -> None:
    lines = seedwatch("backtest", "condor", "--rule", "copper").stdout.splitlines()
    assert lines[0] == "condor: 5 articles of 3 days"
    assert "1 gained, 0 lost, 2 kept" in lines
    assert "  gained 2026-01-03 0.00 → 1.00 Copper prices rise (rule proposed 1: copper)" in lines


@pytest.mark.parametrize(
    ("words", "code", "fault"),
    [
        (("condr",), 2, "no topic is called 'condr'; did you mean condor?"),
        (("condor", "--rule", "NOT x"), 1, "--rule: matches texts that hold none of its words"),
        (("condor", "--profile", "none.toml"), 78, "none.toml: cannot be read"),
        (("bare", "--threshold", "0.4"), 1, "topic bare has no profile, only rules: a threshold changes nothing"),
        (("condor", "--threshold", "1.5"), 2, "Invalid value for '--threshold'"),
    ],
)
def test_what_cannot_be_tried_is_said(
    seedwatch: Callable[..., Result], words: tuple[str, ...], code: int, fault: str
) -> None:
    result = seedwatch("backtest", *words)
    assert (result.exit_code, fault in result.stderr) == (code, True), result.stderr


def test_it_only_reads_and_reads_across_chunks(
    seedwatch: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows() -> dict[str, list[tuple[Any, ...]]]:
        with Store(tmp_path / "db/seedwatch.db") as store:
            names = [row[0] for row in store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: [tuple(row) for row in store.db.execute(f'SELECT * FROM "{name}"')] for name in names}

    before = rows()
    monkeypatch.setattr("monitor.storage.articles.archive._CHUNK", 2)
    assert ask(seedwatch, "condor", "--rule", "copper")["articles"] == 5
    assert rows() == before


def test_an_outlook_takes_the_newest_pieces_by_their_day(seedwatch: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    present = resolve_topic("condor", load_config(path, environment={}).topics["condor"])
    with Store(tmp_path / "db/seedwatch.db") as store, ArchiveJudge(1) as judge:
        found = {newest: forecast_thresholds(store, judge, present, newest) for newest in (1, 2, 9)}
    assert {n: (f["articles"], f["stored"], f["days"], f["thresholds"][2]["matched"]) for n, f in found.items()} == {
        1: (1, 5, 1, 1),
        2: (2, 5, 1, 1),
        9: (5, 5, 3, 2),
    }


def test_it_says_of_how_many_it_read_the_newest(
    seedwatch: Callable[..., Result], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    present = resolve_topic("condor", load_config(tmp_path / "config.toml", environment={}).topics["condor"])
    with Store(tmp_path / "db/seedwatch.db") as store, ArchiveJudge(1) as judge:
        found = backtest_topic(store, judge, present, present, newest=2)
    print_backtest(found)
    assert (found["articles"], found["stored"]) == (2, 5)
    assert capsys.readouterr().out.splitlines()[0] == "condor: 2 articles (read: the newest 2 of 5) of 1 days"
