"""What has come up is proposed over a real archive, with what adding it would have matched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.commands.cli import main
from monitor.config.profiles import load_profile

SEED = "Condor Valley envoys meet in Lima\n\nThe envoys of the Condor Valley met on Monday and agreed on a truce.\n"
SAID = (
    "The envoys of the Condor Valley spoke of a truce and of the Marañon link for an hour.",
    "Condor Valley hopes for a truce and the Marañon link, its envoys say.",
    "Nobody among the envoys of the Condor Valley has seen truce or the Marañon link yet.",
    "A bank lends money for the Marañon link, it said in Lima.",
)

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "config.toml").write_text(
        '[topics.condor]\n\n[topics.bare]\nseeds = ""\n[topics.bare.rules.lima]\nquery = "lima"\n'
    )
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/1.txt").write_text(SEED)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(tmp_path / "config.toml"), *words])

    assert run("learn").exit_code == 0
    return run


@pytest.fixture
def archive(run: Run, tmp_path: Path) -> Run:
    pieces = [
        {
            "id": n,
            "title": f"Condor Valley envoys meet {n}" if n < 4 else "A loan",
            "text": text,
            "published_at": f"2026-02-{10 + n}",
        }
        for n, text in enumerate(SAID, 1)
    ]
    pieces.append({**pieces[3], "id": 9, "source": "gull"})  # a copy
    pieces += [
        {"id": f"o{n}", "title": f"Copper {n}", "text": f"Copper rose in place{n}.", "published_at": "2026-02-11"}
        for n in range(40)
    ]
    pieces.append({"id": "old", "title": "The Marañon link is a dream", "text": "It is.", "published_at": "2025-11-01"})
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"source": "wire", **p}) + "\n" for p in pieces))
    assert run("backfill", str(tmp_path / "in.jsonl")).exit_code == 0
    return run


def test_what_came_up_and_what_adding_it_would_add(archive: Run) -> None:
    found = json.loads(archive("topics", "suggest", "condor", "--json").stdout)
    (term,) = found.pop("rising")
    titles = {name: [piece["title"] for piece in term.pop(name)["pieces"]] for name in ("adds",)}
    shown = [(piece["day"], piece["title"]) for piece in term.pop("pieces")]
    assert term == {"term": "maranon", "weight": 0.3, "matched": 3, "named": 0, "other": 1, "before": 0}
    assert shown == [(f"2026-02-{10 + n}", f"Condor Valley envoys meet {n}") for n in (3, 2, 1)]
    assert titles == {"adds": []}
    assert found == {
        "topic": "condor",
        "articles": 45,
        "read": 46,
        "stored": 46,
        "days": 5,
        "since": "2026-01-16",
        "until": "2026-02-14",
        "matched": 3,
        "named": 0,
        "reason": None,
        "further": "seedwatch topics suggest condor --days 180",
        "together": {"matched": 0, "alerts_per_day": 0.0, "pieces": []},
    }


def test_people_get_the_command_that_takes_them(archive: Run) -> None:
    out = archive("topics", "suggest", "condor").stdout
    assert out.startswith("condor: 45 stored pieces; from 2026-01-16 to 2026-02-14 3 match and 0 name it\n")
    assert "\n    2026-02-13 Condor Valley envoys meet 3\n" in out
    assert out.endswith("to take what convinces you:\n\nseedwatch topics add condor maranon\n")


def test_a_term_is_taken_with_the_weight_proposed_and_counts(archive: Run, tmp_path: Path) -> None:
    archive("topics", "suggest", "condor")
    done = archive("topics", "add", "condor", "Marañon", "copper price")
    assert (done.exit_code, done.stdout) == (0, "new term: copper price 0.30\nnew term: maranon 0.30\n")
    profile = load_profile(tmp_path / "seeds")
    assert profile.wishes.add == (("maranon", 0.3), ("copper price", 0.3))
    found = json.loads(archive("topics", "add", "condor", "marañon", "--weight", "0.7", "--json").stdout)
    assert found["changes"] == ["term weight: maranon 0.30 → 0.70"]
    assert archive("topics", "add", "condor", "maranon", "--weight", "0.7").stdout.startswith("nothing changed")
    assert archive("learn").exit_code == 0
    assert dict(load_profile(tmp_path / "seeds").wishes.add) == {"copper price": 0.3, "maranon": 0.7}
    assert "maranon" not in json.dumps(json.loads(archive("topics", "suggest", "condor", "--json").stdout)["rising"])


def test_what_cannot_be_taken_is_refused(archive: Run, tmp_path: Path) -> None:
    path = tmp_path / "seeds/profile.toml"
    path.write_text(path.read_text().replace("ban = []", 'ban = ["Lima"]'))
    before = path.read_text()
    refused = [
        (("condor", "fine", "lima"), 78, f"{path}: 'lima' stands under ban; take it out there first\n"),
        (("condor", "…"), 78, "'…' has no word in it\n"),
        (("bare", "lima"), 1, "topic bare has no seeds, only rules: write a rule for it in config.toml\n"),
    ]
    for words, code, said in refused:
        done = archive("topics", "add", *words)
        assert (done.exit_code, done.stderr) == (code, said)
    assert path.read_text() == before
    assert archive("topics", "add", "condr", "lima").exit_code == 2


def test_a_term_nobody_else_says_adds_the_pieces_that_say_it(archive: Run, tmp_path: Path) -> None:
    pieces = [
        {
            "id": f"n{n}",
            "title": f"Envoys meet on a truce {n}",
            "text": f"The {verb} Tsantsa talks.",
            "published_at": f"2026-02-{12 + n}",
        }
        for n, verb in enumerate(("long Condor Valley", "secret Condor Valley", "other Condor Valley"))
    ]
    pieces.append({"id": "n9", "title": "Tsantsa talks fail", "text": "They do.", "published_at": "2025-12-24"})
    (tmp_path / "more.jsonl").write_text("".join(json.dumps({"source": "wire", **p}) + "\n" for p in pieces))
    assert archive("backfill", str(tmp_path / "more.jsonl")).exit_code == 0
    found = json.loads(archive("topics", "suggest", "condor", "--json").stdout)
    (term,) = [term for term in found["rising"] if term["term"].startswith("tsantsa")]
    assert (term["weight"], term["other"], term["adds"]["matched"]) == (0.6, 0, 1)
    assert [piece["title"] for piece in term["adds"]["pieces"]] == ["Tsantsa talks fail"]
    assert term["adds"]["alerts_per_day"] == 0.17
    assert "    would add: 2025-12-24 Tsantsa talks fail\n" in archive("topics", "suggest", "condor").stdout


def test_an_archive_without_news_of_the_topic(run: Run) -> None:
    assert run("topics", "suggest", "condor").stdout == "condor: nothing is stored yet\n"


def test_nothing_came_up(archive: Run, tmp_path: Path) -> None:
    path = tmp_path / "seeds/profile.toml"
    path.write_text(path.read_text().replace("ban = []", 'ban = ["Marañon"]'))
    out = archive("topics", "suggest", "condor").stdout
    assert out.splitlines()[1:] == ["nothing has come up that its profile does not know"]


def test_too_few_matched_pieces_are_no_sign_that_nothing_came_up(archive: Run) -> None:
    out = archive("topics", "suggest", "condor", "--days", "2").stdout
    assert " ".join(out.split()).endswith(
        "1 piece matched from 2026-02-13 to 2026-02-14; of fewer than 3 nothing can be told from chance; "
        "`seedwatch topics suggest condor --days 12` looks further back"
    )


def test_a_topic_of_rules_has_no_vocabulary(run: Run) -> None:
    done = run("topics", "suggest", "bare")
    assert (done.exit_code, done.stderr) == (
        1,
        "topic bare has no profile, only rules: there is no vocabulary to compare with\n",
    )
    assert run("topics", "suggest", "condr").exit_code == 2
