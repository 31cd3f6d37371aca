"""The command line as a person or a script meets it: exit codes, streams, JSON, suggestions."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from make_databases import FOLDER
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from monitor.commands.cli import main
from monitor.storage.schema import migrations

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "scrapy",
    "twisted",
    "trafilatura",
    "lxml",
    "sqlite_utils",
    "pydantic",
    "httpx",
    "rich",
    "asyncio",
    "datasette",
)
CONFIG = """
[sources.gull]
spider = "feed"
feeds = ["http://127.0.0.1:9/rss"]

[sources.tern]
spider = "feed"
feeds = ["http://127.0.0.1:9/tern"]
enabled = false

[topics.karabakh]
seeds = "seeds"
"""
CHANNELS = """
[channels.desk]
kind = "webhook"
url = "http://127.0.0.1:9/hook"

[channels.night]
kind = "webhook"
url = "http://127.0.0.1:9/night"
"""
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder with a configuration and the shipped seeds."""
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "seeds").mkdir()
    for path in (ROOT / "seeds").iterdir():
        shutil.copy(path, tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, words)


def process(folder: Path, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """A real process, as a shell starts it."""
    return subprocess.run(
        [sys.executable, "-c", "from monitor.commands.cli import main; main()", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **more,
    )


def every_command(group: click.Group, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found.append((*words, name))
        if isinstance(command, click.Group):
            found += every_command(command, (*words, name))
    return found


def test_the_promised_commands_are_there() -> None:
    promised = """
        agent agents alerts articles backfill backtest backup demo doctor explain export init learn mark matches once
        reextract restore rules run search seeds sources status stories test-alert topics ui
    """
    assert sorted(main.commands) == promised.split()


@pytest.mark.parametrize("words", every_command(main), ids=" ".join)
def test_every_command_has_help_whose_summary_is_whole(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words, "--help")
    assert (done.exit_code, done.stderr) == (0, "")
    found: click.Command = main
    for name in words:
        assert isinstance(found, click.Group)
        found = found.commands[name]
    assert not found.get_short_help_str(limit=62).endswith("...")


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom monitor.commands.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == "[]\n"


def test_a_folder_without_configuration_is_78(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["status"])
    assert (done.exit_code, done.stdout) == (78, "")
    assert done.stderr == "config.toml: not found: `seedwatch init` writes one here, or name yours with --config\n"


def test_looking_makes_no_database(run: Run, tmp_path: Path) -> None:
    for words in (
        ["status"],
        ["status", "--json"],
        ["alerts", "list"],
        ["alerts", "show", "x"],
        ["alerts", "enable", "x"],
    ):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (1, ""), words
        assert done.stderr == (
            f"{tmp_path}/db/seedwatch.db: no database yet: `seedwatch run` or `seedwatch once` makes it\n"
        )
    assert not (tmp_path / "db").exists()


def test_init_is_safe_to_run_twice_and_makes_a_folder_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = (CliRunner().invoke(main, ["init"]) for _ in range(2))
    assert (first.exit_code, second.exit_code, first.stdout, second.stdout) == (0, 0, "", "")
    assert first.stderr.replace("wrote", "kept ") == second.stderr
    (tmp_path / "in.jsonl").write_text('{"id": 1, "title": "Talks on Nagorno-Karabakh"}\n')
    done = CliRunner().invoke(main, ["backfill", "in.jsonl", "--nl"])
    assert (done.exit_code, done.stderr) == (0, "1 new\n")
    assert (tmp_path / "db/seedwatch.db").is_file()


def test_learn_says_what_changed_and_plants_the_seeds(run: Run, tmp_path: Path) -> None:
    first, again = run("learn"), run("learn", "karabakh")
    assert (first.exit_code, first.stderr) == (0, "5 seed articles new or changed in the database\n")
    assert (again.exit_code, again.stderr) == (0, "0 seed articles new or changed in the database\n")
    assert "nothing changed" in again.stdout
    next((tmp_path / "seeds").glob("004*.txt")).unlink()
    changed = json.loads(run("learn", "--json").stdout)["karabakh"]
    assert changed["path"] == str(tmp_path / "seeds/profile.toml")
    assert "seed gone: 004_fb030d65abe40145.txt" in changed["changes"]


def test_learn_of_a_topic_of_rules_says_what_it_is(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "config.toml").open("a") as file:
        file.write('\n[topics.ruled]\nseeds = ""\n[topics.ruled.rules.ice]\nquery = "ice"\n')
    done = run("learn", "ruled")
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        "",
        (
            "topic ruled has no seeds, only 1 rule from config.toml: there is nothing to learn. "
            "`seedwatch rules test ruled` tries its examples, `seedwatch backtest ruled` the archive\n"
        ),
    )
    both = run("learn", "--json")
    assert list(json.loads(both.stdout)) == ["karabakh"]


def test_learn_says_how_many_alerts_to_expect(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        '{"id": 1, "title": "Talks on Nagorno-Karabakh", "published_at": "2026-01-01"}\n'
        '{"id": 2, "title": "Copper rises", "published_at": "2026-01-02"}\n'
    )
    run("backfill", "in.jsonl")
    found = json.loads(run("learn", "--json").stdout)["karabakh"]["outlook"]
    assert (found["threshold"], found["articles"], found["days"]) == (0.5, 2, 2)
    assert found["thresholds"][3] == {"threshold": 0.5, "matched": 1, "alerts": 1, "alerts_per_day": 0.5}


def test_learn_writes_a_profile_where_none_was(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seeds/profile.toml").unlink()
    (tmp_path / "page.html").write_text("<html><body><p>Gulls came back to the bay.</p></body></html>")
    missing = run("explain", "page.html", "--url", "https://gull.example/1")
    assert missing.exit_code == 78
    assert missing.stderr == f"{tmp_path}/seeds/profile.toml: no profile yet; run `seedwatch learn`\n"
    assert "its first profile" in run("learn").stdout


def test_a_broken_profile_is_78_and_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seeds/profile.toml").write_text("[mine")
    (tmp_path / "in.jsonl").write_text('{"title": "x"}\n')
    for words in (["learn"], ["backfill", "in.jsonl"]):
        done = run(*words)
        assert done.exit_code == 78
        assert "profile.toml" in done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / "seeds/profile.toml").read_text() == "[mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("learn", "karabak"), "no topic is called 'karabak'; did you mean karabakh?"),
        (("learn", "zzz"), "no topic is called 'zzz'; known: karabakh"),
        (("once", "gul"), "no source is called 'gul'; did you mean gull?"),
        (("explain", "page.html", "--url", "gull"), "--url gull: not a web address"),
        (("explain", "config.toml"), "a saved page needs --url"),
        (("backfill", "none.jsonl"), "no file or source is called 'none.jsonl'; known: gull, tern"),
        (("backfill", "gul"), "no file or source is called 'gul'; did you mean gull?"),
        (("backfill", "gull", "--nl"), "gull: there is no such file, and --nl prints the documents of a file"),
        (("backfill", "gull", "--since", "May"), "'May' does not match the format"),
        (("backfill", "config.toml", "--since", "2020-01-01"), "--since is for a SOURCE"),
        (("backfill", "config.toml", "--full"), "--full adds to the lines of --nl"),
        (("alerts", "replay"), "name an alert, or give --since"),
        (("alerts", "list", "--state", "lost"), "'lost' is not one of"),
        (("statos",), "No such command 'statos'"),
    ],
)
def test_wrong_words_are_2_with_a_suggestion(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())


def test_test_alert_asks_for_a_channel(run: Run, tmp_path: Path) -> None:
    none = run("test-alert")
    assert (none.exit_code, none.stderr) == (78, "config.toml: no channel is set up: add a table [channels.NAME]\n")
    (tmp_path / "config.toml").write_text(CONFIG + CHANNELS)
    for words, said in (((), "name one of the channels: desk, night"), (("dusk",), "did you mean desk?")):
        done = run("test-alert", *words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr
    failed = run("test-alert", "desk", "--json")
    found = json.loads(failed.stdout)
    assert (failed.exit_code, found["ok"], found["status"]) == (1, False, None)
    assert "127.0.0.1" in found["error"]


def test_explain_a_saved_page(run: Run, tmp_path: Path) -> None:
    text = "Armenia and Azerbaijan held talks on Nagorno-Karabakh in the old harbour hall on Monday, both said. " * 4
    page = tmp_path / "page.html"
    page.write_text(f"<html lang='en'><body><article><h1>Talks go on</h1><p>{text}</p></article></body></html>")
    found = json.loads(run("explain", "page.html", "--url", "https://gull.example/1", "--json").stdout)
    assert (found["outcome"], found["title"], found["matched"], found["language"]) == ("new", "Talks go on", True, "en")
    told = run("explain", "page.html", "--url", "https://gull.example/1")
    assert (told.exit_code, told.stderr) == (0, "")
    assert "title: Talks go on\n" in told.stdout
    gone = run("explain", "none.html", "--url", "https://gull.example/1")
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert gone.stderr == "none.html: there is no such file\n"


def test_explain_a_story_by_its_number(run: Run, tmp_path: Path) -> None:
    (tmp_path / "past.jsonl").write_text('{"url": "https://gull.example/1", "title": "Ice", "text": "Ice came."}\n')
    assert run("backfill", "past.jsonl").exit_code == 0
    found = json.loads(run("explain", "--story", "1", "--json").stdout)
    assert (found["story"], found["title"], found["pieces"][0]["url"]) == (1, "Ice", "https://gull.example/1")
    for unknown in ("2", "ice", "9" * 30):
        gone = run("explain", "--story", unknown)
        assert (gone.exit_code, f"there is no story {unknown}" in gone.stderr) == (1, True)


def test_explain_a_source_or_what_nobody_knows(run: Run) -> None:
    configured = json.loads(run("explain", "gull", "--json").stdout)
    assert (configured["name"], configured["reason"]) == ("gull", "configured, never polled yet")
    run("learn")
    assert json.loads(run("explain", "gull", "--json").stdout) == configured
    near = run("explain", "gul")
    assert (near.exit_code, near.stdout) == (1, "")
    assert "did you mean gull?" in near.stderr
    nobody = run("explain", "https://gull.example/9")
    assert (nobody.exit_code, nobody.stderr) == (1, "")
    assert nobody.stdout == (
        "https://gull.example/9\n"
        "  never seen: no configured source speaks for gull.example; "
        "seedwatch init https://gull.example/9 looks for its lists\n"
    )
    seed = json.loads(run("explain", "1", "--json").stdout)
    assert (seed["article"]["baseline"], seed["article"]["source"], seed["alerts"]) == (True, "seeds", [])


@pytest.mark.parametrize("words", [("backfill", "in.jsonl", "--db", "x.db"), ("--db", "x.db", "backfill", "in.jsonl")])
def test_backfill_fills_the_database_that_is_named(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": 1, "title": "Talks on Nagorno-Karabakh"}\n{"id": 2}\n')
    quiet = run(*words)
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (0, "", "1 new, 1 no-text\n")
    again = run(*words, "--nl")
    assert [json.loads(line)["outcome"] for line in again.stdout.splitlines()] == ["unchanged", "no-text"]
    assert (tmp_path / "x.db").is_file()
    assert not (tmp_path / "db").exists()


def test_backfill_of_a_broken_file_tells_where_and_is_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"title": "x"}\n' + "{\n" * 25)
    done = run("backfill", "in.jsonl", "--nl")
    assert done.exit_code == 1
    assert len(done.stdout.splitlines()) == 26
    assert done.stderr.splitlines()[0].startswith("in.jsonl:2: not JSON")
    assert done.stderr.splitlines()[-2:] == ["… and 5 more", "25 failed, 1 new"]
    (tmp_path / "empty.jsonl").write_text("")
    empty = run("backfill", "empty.jsonl", "--nl")
    assert (empty.exit_code, empty.stdout, empty.stderr) == (0, "", "no documents\n")


def test_a_database_that_is_none_is_1_without_a_trace(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is no database, whatever its name says, " * 50)
    done = run("--db", "x.db", "status")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{tmp_path}/x.db: file is not a database")


def test_status_and_alerts_of_an_empty_database(run: Run) -> None:
    run("learn")
    assert run("status").exit_code == 0
    assert json.loads(run("status", "--json").stdout)["day"] == {"articles": 0, "copies": 0, "matched": 0}
    levels = json.loads(run("status", "--levels", "--json").stdout)
    assert list(levels) == ["at", "since", "discovery", "misses", "losses", "repeats", "delay"]
    said = run("status", "--levels").stdout
    assert "Silent misses: no open gap, 0 closed" in said
    assert all(levels[name]["how"][:40] in said and levels[name]["blind"][:30] in said for name in list(levels)[2:])
    assert json.loads(run("alerts", "list", "--json").stdout) == []
    assert run("alerts", "list", "--state", "dead").stderr == "no alert is dead\n"
    for words in (("alerts", "show", "msg_1"), ("alerts", "replay", "msg_1")):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == "no alert msg_1: `seedwatch alerts list` names them\n"
    assert run("alerts", "replay", "--since", "2020-01-01").exit_code == 0
    assert json.loads(run("alerts", "replay", "--since", "2020-01-01", "--json").stdout) == {"queued": 0}
    assert run("alerts", "enable", "desk").exit_code == 2


def test_doctor_is_one_document_too(run: Run) -> None:
    found = json.loads(run("doctor", "--json").stdout)
    assert {"python", "sqlite", "configuration"} <= {check["name"] for check in found}


def test_the_environment_and_no_color_are_heeded(run: Run, tmp_path: Path) -> None:
    run("--db", "other.db", "learn")
    clean = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    done = process(tmp_path, "status", env={**clean, "SEEDWATCH_DB": "other.db", "NO_COLOR": "1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


def test_a_reader_that_goes_away_leaves_no_trace(run: Run, tmp_path: Path) -> None:
    rows = "".join(json.dumps({"id": number, "title": f"Notice {number} " * 40}) + "\n" for number in range(2_000))
    (tmp_path / "in.jsonl").write_text(rows)
    words = [sys.executable, "-c", "from monitor.commands.cli import main; main()", "backfill", "in.jsonl", "--nl"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        assert json.loads(started.stdout.readline())["url"] == 0
        started.stdout.close()
        errors = started.stderr.read()
        assert started.wait(60) == 1
    assert errors == ""


def test_once_without_a_network_says_so_and_is_1(run: Run, tmp_path: Path) -> None:
    done = process(tmp_path, "--log-level", "error", "once", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"ok": 0, "failed": 1, "seen": 0, "stored": 0}
    assert "gull" in done.stderr
    assert "Traceback" not in done.stderr
    told = process(tmp_path, "--log-level", "error", "once", "gull")
    assert (told.returncode, told.stdout) == (1, "0 ok, 1 error, 0 new\n")


def test_the_pages_of_an_upgraded_program_bring_the_tables_up_to_date(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "db" / "seedwatch.db"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.decompress((FOLDER / "many_sources.db.gz").read_bytes()))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "config.toml").write_text(f"[pages]\nport = {port}\n")
        done = run("ui")
    assert (done.exit_code, str(port) in done.stderr) == (1, True), done.stderr
    with closing(sqlite3.connect(path)) as db:
        assert not migrations.pending(Database(db))
