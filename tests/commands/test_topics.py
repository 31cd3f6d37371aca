"""What people read about their topics: what changed first, then what to expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.commands.output.topics import print_learned
from monitor.config.profiles import load_topic_profile
from monitor.pipeline.learn_topic import LearnResult, MarkEffect

ROOT = Path(__file__).resolve().parents[2]
OUTLOOK: dict[str, Any] = {"threshold": 0.5, "articles": 0, "days": 0, "thresholds": []}


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("fresh", "weighed", "changes", "said"),
    [
        (True, False, (), ["its first profile"]),
        (False, False, (), ["nothing changed"]),
        (False, False, ("new term: ice 0.50",), ["", "Changed", "    new term: ice 0.50"]),
        (
            False,
            True,
            ("new term: ice 0.50",),
            [
                "its first profile that is weighed against stored pieces: before, it knew the seeds alone",
                "",
                "What to expect",
            ],
        ),
    ],
)
def test_a_learned_profile_begins_with_what_changed(
    capsys: pytest.CaptureFixture[str], fresh: bool, weighed: bool, changes: tuple[str, ...], said: list[str]
) -> None:
    found = load_topic_profile("karabakh", ROOT / "seeds", None)
    path = Path("seeds/profile.toml")
    print_learned(
        LearnResult(
            profile=found,
            path=path,
            articles=(),
            fresh=fresh,
            changes=changes,
            spellings=(),
            weighed_first=weighed,
        ),
        OUTLOOK,
    )
    out = lines(capsys)
    assert out[:2] == ["karabakh: 0 seeds, threshold 0.5", "written to seeds/profile.toml"]
    assert out[2 : 2 + len(said)] == said
    assert {"Terms", "Names", "Conjunctions", "Baseline schema", "Cut"} <= set(out)


def test_a_threshold_of_the_configuration_is_named_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    learned = LearnResult(
        profile=load_topic_profile("karabakh", ROOT / "seeds", None),
        path=Path("seeds/profile.toml"),
        articles=(),
        fresh=True,
        changes=(),
        spellings=(),
    )
    print_learned(learned, {**OUTLOOK, "threshold": 0.3})
    assert lines(capsys)[0] == "karabakh: 0 seeds, threshold 0.3 of config.toml, 0.5 by its profile"


def test_the_threshold_is_shown_among_its_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    found = load_topic_profile("karabakh", ROOT / "seeds", None)
    rows = [
        {"threshold": at / 10, "matched": 20 - at, "alerts": 19 - at, "alerts_per_day": 10.5 - at}
        for at in range(2, 10)
    ]
    learned = LearnResult(
        profile=found, path=Path("seeds/profile.toml"), articles=(), fresh=True, changes=(), spellings=()
    )
    piece = {"article": 7, "title": "Ice closes the strait", "proposed": 0.873, "because": ["ice", "strait"]}
    print_learned(
        learned,
        {"threshold": 0.5, "articles": 1200, "stored": 90000, "days": 1, "thresholds": rows, "matches": [piece]},
    )
    out = lines(capsys)
    first = out.index("What to expect")
    assert out[first + 1 : first + 9] == [
        "of the newest 1,200 stored pieces (read: the newest 1,200 of 90,000), of 1 day:",
        "threshold  matched  alerts a day",
        "0.3        17       7.5",
        "0.4        16       6.5",
        "0.5        15       5.5           as it is",
        "0.6        14       4.5",
        "0.7        13       3.5",
        "  0.87 Ice closes the strait (ice, strait)",
    ]
    rows = [
        {"seed": "1.txt", "title": "Ice", "score": 0.31, "matched": False, "share": None},
        {"seed": "2.txt", "title": "Ice again", "score": 0.99, "matched": True, "share": 1.123},
    ]
    print_learned(learned, OUTLOOK, ["read as English"], scores=rows, cures=["say so"])
    out = lines(capsys)
    assert out[out.index("What it can see") + 1] == "    read as English"
    first = out.index("How the seeds score")
    assert out[first + 1 : first + 10] == [
        "seed   score  of the others  headline",
        "1.txt  0.31                  Ice (does not match)",
        "2.txt  0.99   112%           Ice again",
        "",
        "What to expect",
        "nothing is stored yet: `seedwatch once` reads what your outlets have now and alerts nothing;",
        "then learn again: it is weighed against that, and shown what would have matched",
        "",
        "Where it is wrong",
    ]
    assert out[first + 10] == "    say so"


def test_marks_that_changed_nothing_and_are_all_agreed_with(capsys: pytest.CaptureFixture[str]) -> None:
    found = load_topic_profile("karabakh", ROOT / "seeds", None)
    heeded = MarkEffect(relevant=3, irrelevant=1, matched=4, right=3, missed=0, changes=())
    path = Path("seeds/profile.toml")
    learned = LearnResult(profile=found, path=path, articles=(), fresh=False, changes=(), spellings=(), heeded=heeded)
    print_learned(learned, OUTLOOK)
    out = lines(capsys)
    first = out.index("Marks")
    assert out[first + 1 : first + 4] == [
        "3 relevant and 1 irrelevant pieces changed nothing",
        "it matches 4 of them, 3 relevant, precision 0.750, and misses 0 relevant",
        "",
    ]
