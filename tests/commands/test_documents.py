"""What people read: narrow tables, inert text, nothing lost."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.commands.output.documents import print_checks, print_stages, print_status

AT = "2026-03-02T06:00:00.000Z"


def source(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "enabled": True,
        "paused": None,
        "every": 300,
        "state": "ok",
        "reason": None,
        "links": {"done": 12, "pending": 3},
        "newest": "2026-03-02T05:15:00.000Z",
        "last_ok_at": "2026-03-02T05:59:20.000Z",
        "next_poll_at": "2026-03-02T06:04:20.000Z",
        "gaps": 0,
        "completeness": None,
        **more,
    }


def standing(**more: Any) -> dict[str, Any]:
    return {
        "at": AT,
        "running": None,
        "state": {"level": "good", "sentence": "No source is watched yet", "faults": []},
        "problems": [],
        "day": {"articles": 1, "copies": 0, "matched": 1},
        "alerts": {},
        "database": {"path": "db/seedwatch.db", "file": 3_000_000, "wal": 0, "free": 500_000},
        "topics": [],
        "sources": [],
        "channels": [],
        **more,
    }


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_status_of_a_fresh_folder(capsys: pytest.CaptureFixture[str]) -> None:
    print_status(standing())
    assert lines(capsys) == [
        "No source is watched yet",
        "",
        "last 24 h: 1 article, 0 of them copies, 1 matched",
        "alerts: none",
        "database: 3.0 MB, 0.5 MB of it free; 0.0 MB not yet brought into it",
        "",
        "no source was ever polled: `seedwatch run` or `seedwatch once` does it",
    ]


def test_status_says_what_is_wrong_first_and_reasons_below_their_table(capsys: pytest.CaptureFixture[str]) -> None:
    long = "the host answers with a challenge page " * 20
    print_status(
        standing(
            running=77,
            state={
                "level": "bad",
                "sentence": "1 of 2 sources is failing",
                "faults": [
                    {"level": "bad", "subject": "gull", "said": "a challenge page", "cure": "ask the outlet"},
                    {"level": "warn", "subject": "tern", "said": "a gap", "cure": "seedwatch explain tern"},
                ],
            },
            alerts={"delivered": 5, "held": 13},
            sources=[
                source("gull", state="blocked", reason=long, newest=None, last_ok_at=None),
                source("tern", enabled=False),
            ],
            channels=[{"name": "desk", "kind": "webhook", "state": "failing", "reason": "status 500"}],
        )
    )
    found = lines(capsys)
    assert found[:5] == [
        "1 of 2 sources is failing (running as process 77)",
        "■ gull: a challenge page",
        "    → ask the outlet",
        "▲ tern: a gap",
        "    → seedwatch explain tern",
    ]
    assert "alerts: 5 delivered, 13 held; `seedwatch alerts list --state held` says why" in found
    head = next(number for number, line in enumerate(found) if line.startswith("state"))
    assert [line.split() for line in found[head : head + 3]] == [
        ["state", "source", "every", "links", "wait", "newest", "last", "good", "next"],
        ["■", "blocked", "gull", "5", "min", "15", "3", "in", "4", "min"],
        ["·", "off", "tern", "5", "min", "15", "3", "45", "min", "ago", "40", "s", "ago"],
    ]
    assert found[head + 3].startswith("    gull: the host answers")
    assert found[head + 3].endswith("…")
    assert len(found[head + 3]) <= 244
    assert found[-1] == "    desk: status 500"


def test_open_gaps_stand_below_the_sources(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [source("gull", gaps=2), source("tern", completeness=0.9712), source("skua", completeness=1.0)]
    print_status(standing(sources=rows))
    assert lines(capsys)[-2:] == [
        "    gull: 2 gaps in which pieces may be missing: seedwatch explain gull",
        "    tern: at most 97.1% of this week's pieces were seen",
    ]


def test_the_source_table_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_status(standing(sources=[source("commonspace-2", state="unsteady", every=21600)]))
    table = [line for line in lines(capsys) if "commonspace-2" in line or line.startswith("state")]
    assert max(map(len, table)) <= 80


def test_checks_align_and_carry_their_cure(capsys: pytest.CaptureFixture[str]) -> None:
    print_checks(
        [
            {"verdict": "ok", "name": "python", "detail": "3.11.7", "cure": None},
            {
                "verdict": "fail",
                "name": "configuration",
                "detail": "config.toml:1: wrong\nconfig.toml:2: too",
                "cure": "mend",
            },
        ]
    )
    assert lines(capsys) == [
        "● ok    python         3.11.7",
        "■ fail  configuration  config.toml:1: wrong",
        "                       config.toml:2: too",
        "                       → mend",
    ]


def test_stages_keep_their_indent_and_leave_out_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    print_stages(
        {
            "outcome": "new",
            "reason": None,
            "matched": False,
            "text": "First line.\n\nSecond line.",
            "authors": ["A. Auk", "B. Boobie"],
            "tags": [],
            "rungs": {"text": "trafilatura", "title": "json-ld"},
            "evidence": [
                {"term": "strait", "found": "Strait", "part": "title", "start": 0, "end": 6, "weight": 0.5},
                {"term": "ice", "found": "icy", "part": "text", "start": 0, "end": 3, "weight": 0.25},
            ],
            "alerts": [{"id": "msg_1", "state": "dead", "attempts": [{"at": AT, "status": 500, "error": None}]}],
        }
    )
    assert lines(capsys) == [
        "outcome: new",
        "matched: no",
        "text:",
        "  First line.",
        "  Second line.",
        "authors: A. Auk, B. Boobie",
        "rungs:",
        "  text: trafilatura",
        "  title: json-ld",
        "evidence:",
        "  - title: Strait 0.500",
        "  - text: icy (ice) 0.250",
        "alerts:",
        "  - id=msg_1  state=dead",
        "    attempts:",
        f"      - at={AT}  status=500",
    ]


def test_hostile_text_neither_styles_nor_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_stages({"title": "[red]\x1b[31mred\x07 \u202eevil[/]", "list": [{"a": "\x1b]0;owned\x07 [bold]"}]})
    out = capsys.readouterr().out
    assert out == "title: [red] [31mred evil[/]\nlist:\n  - a=]0;owned [bold]\n"


def test_nothing_is_folded_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_stages({"url": "https://gull.example/" + "a" * 500})
    assert len(lines(capsys)) == 1


def test_topics_stand_above_the_sources_with_what_is_wrong_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {
        "threshold": 0.5,
        "terms": 11,
        "matched": 3,
        "warming_up": None,
        "last_match_at": "2026-03-02T05:55:00.000Z",
    }
    none = {"threshold": None, "terms": None, "matched": 0, "warming_up": None, "last_match_at": None}
    print_status(
        standing(
            topics=[
                {"name": "karabakh", "state": "warn", "reason": "the seeds changed", **figures},
                {"name": "ice", "state": "new", "reason": None, **none},
            ]
        )
    )
    out = lines(capsys)
    first = out.index("state   topic     threshold  terms  matched  last match")
    assert out[first + 1 : first + 4] == [
        "▲ warn  karabakh  0.5        11     3        5 min ago",
        "○ new   ice",
        "    karabakh: the seeds changed",
    ]
