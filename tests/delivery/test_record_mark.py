"""A mark is kept once per piece and topic, and each topic's precision is counted on what was marked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.commands.cli import main
from monitor.storage import Store
from monitor.storage.alerts.alerts import NewAlert

CONFIG = """\
[topics.lima]
seeds = ""
[topics.lima.rules.any]
query = "lima"

[topics.quito]
seeds = ""
[topics.quito.rules.any]
query = "quito"
"""
PIECES = [
    {"url": "https://a.example/1", "title": "Envoys meet in Lima", "text": "They met."},
    {"url": "https://a.example/2", "title": "Football in Lima", "text": "They played."},
    {"url": "https://a.example/3", "title": "Envoys meet", "text": "In a town in Peru."},
    {"url": "https://a.example/4", "title": "Lima and Quito talk", "text": "Two capitals."},
]


def runner(folder: Path) -> Callable[..., Result]:
    return lambda *words: CliRunner().invoke(main, ["--config", str(folder / "config.toml"), *words])


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database holds PIECES."""
    folder = tmp_path_factory.mktemp("marks")
    (folder / "config.toml").write_text(CONFIG)
    (folder / "in.jsonl").write_text("".join(json.dumps(piece) + "\n" for piece in PIECES))
    assert runner(folder)("learn").exit_code == 0
    assert runner(folder)("backfill", str(folder / "in.jsonl")).exit_code == 0
    return folder


@pytest.fixture
def seedwatch(archive: Path, tmp_path: Path) -> Callable[..., Result]:
    shutil.copytree(archive, tmp_path, dirs_exist_ok=True)
    return runner(tmp_path)


def mark(seedwatch: Callable[..., Result], *words: str) -> dict[str, Any]:
    result = seedwatch("mark", *words, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_precision_counts_what_was_marked_and_matched(seedwatch: Callable[..., Result]) -> None:
    mark(seedwatch, "https://a.example/1", "relevant")
    mark(seedwatch, "https://a.example/2", "irrelevant")
    found = mark(seedwatch, "https://a.example/3", "relevant", "--topic", "lima")
    assert found == {
        "article": found["article"],
        "url": "https://a.example/3",
        "title": "Envoys meet",
        "topic": "lima",
        "verdict": "relevant",
        "matched": False,
        "precision": [
            {"topic": "lima", "marked": 3, "relevant": 2, "matched": 2, "right": 1, "missed": 1, "precision": 0.5}
        ],
    }


def test_a_second_mark_replaces_the_first_and_topics_are_counted_apart(
    seedwatch: Callable[..., Result], tmp_path: Path
) -> None:
    mark(seedwatch, "https://a.example/1", "irrelevant")
    mark(seedwatch, "https://a.example/1", "relevant")
    found = mark(seedwatch, "https://a.example/1", "irrelevant", "--topic", "quito")
    assert found["precision"] == [
        {"topic": "lima", "marked": 1, "relevant": 1, "matched": 1, "right": 1, "missed": 0, "precision": 1.0},
        {"topic": "quito", "marked": 1, "relevant": 0, "matched": 0, "right": 0, "missed": 0, "precision": None},
    ]
    with Store(tmp_path / "db/seedwatch.db") as store:
        rows = [tuple(row) for row in store.db.execute("SELECT topic, verdict, revision FROM marks ORDER BY topic")]
    assert rows == [("lima", "relevant", 1), ("quito", "irrelevant", 1)]


def test_an_article_is_named_by_its_number_too(seedwatch: Callable[..., Result]) -> None:
    number = mark(seedwatch, "https://a.example/2", "relevant")["article"]
    assert mark(seedwatch, str(number), "irrelevant")["url"] == "https://a.example/2"


def test_a_mark_changes_no_verdict_and_no_alert(seedwatch: Callable[..., Result], tmp_path: Path) -> None:
    def rows() -> dict[str, list[tuple[Any, ...]]]:
        with Store(tmp_path / "db/seedwatch.db") as store:
            return {t: [tuple(row) for row in store.db.execute(f"SELECT * FROM {t}")] for t in ("matches", "alerts")}

    before = rows()
    mark(seedwatch, "https://a.example/1", "irrelevant")
    assert rows() == before


def test_a_back_test_counts_what_each_side_matches_of_the_marked(seedwatch: Callable[..., Result]) -> None:
    mark(seedwatch, "https://a.example/1", "relevant")
    mark(seedwatch, "https://a.example/2", "irrelevant")
    mark(seedwatch, "https://a.example/3", "relevant", "--topic", "lima")
    mark(seedwatch, "https://a.example/4", "relevant", "--topic", "quito")
    found = json.loads(seedwatch("backtest", "lima", "--rule", "peru", "--json").stdout)
    assert found["present"]["marked"] == {"relevant": 1, "irrelevant": 1}
    assert found["proposed"]["marked"] == {"relevant": 2, "irrelevant": 1}


def test_for_people_it_prints_a_table(seedwatch: Callable[..., Result]) -> None:
    mark(seedwatch, "https://a.example/1", "relevant", "--topic", "quito")
    lines = seedwatch("mark", "https://a.example/2", "irrelevant").stdout.splitlines()
    assert lines[0] == "irrelevant to lima, which matched it: Football in Lima"
    assert [line.split() for line in lines[1:]] == [
        ["topic", "marked", "relevant", "matched", "right", "missed", "precision"],
        ["lima", "1", "0", "1", "0", "0", "0.000"],
        ["quito", "1", "1", "0", "0", "1", "–"],
    ]


@pytest.mark.parametrize(
    ("words", "code", "fault"),
    [
        (("https://a.example/9", "relevant"), 1, "no article is stored of https://a.example/9: give the URL or number"),
        (("https://a.example/3", "relevant"), 1, "no topics accept it: name one with --topic: lima, quito"),
        (("https://a.example/4", "relevant"), 1, "several topics accept it: name one with --topic: lima, quito"),
        (("https://a.example/1", "relevant", "--topic", "lma"), 2, "no topic is called 'lma'; did you mean lima?"),
        (("https://a.example/1", "good"), 2, "'good' is not one of 'relevant', 'irrelevant'"),
    ],
)
def test_what_cannot_be_marked_is_said(
    seedwatch: Callable[..., Result], words: tuple[str, ...], code: int, fault: str
) -> None:
    result = seedwatch("mark", *words)
    assert (result.exit_code, fault in result.stderr) == (code, True), result.stderr


def test_a_link_leads_to_its_article_and_one_without_says_where_to_look(
    seedwatch: Callable[..., Result], tmp_path: Path
) -> None:
    with Store(tmp_path / "db/seedwatch.db") as store, store.write():
        number = store.articles.find("https://a.example/1")["id"]  # type: ignore[index]
        store.db.execute(
            "INSERT INTO sources (name, spider, title, host, every, added_at, next_poll_at) "
            "VALUES ('s', 'feed', 'S', 'a.example', 60, '', '')"
        )
        for key, url, article in (("a", "https://short.example/1", number), ("b", "https://short.example/2", None)):
            store.db.execute(
                "INSERT INTO links (key, source, url, entry, first_seen_at, last_seen_at, article_id) "
                "VALUES (?, 's', ?, '{}', '', '', ?)",
                (key, url, article),
            )
    assert mark(seedwatch, "https://short.example/1", "relevant")["article"] == number
    result = seedwatch("mark", "https://short.example/2", "relevant")
    assert (result.exit_code, "`seedwatch explain https://short.example/2` says why" in result.stderr) == (1, True)


def test_learn_heeds_the_marks_and_says_what_they_changed(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[topics.condor]\n")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/1.txt").write_text("Condor Valley envoys meet\n\nThe Condor Valley envoys met on Monday.\n")
    run = runner(tmp_path)
    texts = ("The bridge of Marañon was on the table in the town.", "Engineers look at the Marañon before winter.")
    pieces = [{"url": f"https://a.example/{n}", "title": f"Talks {n}", "text": text} for n, text in enumerate(texts)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(piece) + "\n" for piece in pieces))
    assert json.loads(run("learn", "--json").stdout)["condor"]["marks"] is None
    assert run("backfill", str(tmp_path / "in.jsonl")).exit_code == 0
    for number in range(2):
        assert run("mark", f"https://a.example/{number}", "relevant", "--topic", "condor").exit_code == 0
    learned = run("learn", "--json")
    found = json.loads(learned.stdout)["condor"]
    assert found["marks"] == {
        "relevant": 2,
        "irrelevant": 0,
        "matched": 0,
        "right": 0,
        "missed": 2,
        "changes": ["new term: maranon 0.33"],
        "precision": None,
    }
    assert found["profile"]["marks"] == [2, 0]
    written = (tmp_path / "seeds/profile.toml").read_bytes()
    assert b"\nmarks = [2, 0]\n" in written
    out = run("learn").stdout
    assert (tmp_path / "seeds/profile.toml").read_bytes() == written
    assert "2 relevant and 0 irrelevant pieces changed:\n    new term: maranon 0.33\n" in out
    assert (
        "it matches 0 of them, 0 relevant, and misses 2 relevant\n"
        "put one that it misses into the seeds, or see what `seedwatch topics suggest` proposes\n"
    ) in out


def test_a_piece_is_read_as_it_was_when_it_was_marked(seedwatch: Callable[..., Result], tmp_path: Path) -> None:
    mark(seedwatch, "https://a.example/1", "relevant")
    changed = {**PIECES[0], "text": "They met and left again, both of them."}
    (tmp_path / "again.jsonl").write_text(json.dumps(changed) + "\n")
    assert seedwatch("backfill", str(tmp_path / "again.jsonl"), "--nl").stdout.count('"revision"') == 1
    with Store(tmp_path / "db/seedwatch.db") as store:
        (found,) = store.marks.pieces("lima")
        assert store.marks.pieces("quito") == []
    assert (found.title, found.lead, found.text, found.relevant) == ("Envoys meet in Lima", None, "They met.", True)


def test_an_alert_names_its_piece_and_its_topic(seedwatch: Callable[..., Result], tmp_path: Path) -> None:
    number = mark(seedwatch, "https://a.example/4", "relevant", "--topic", "quito")["article"]
    now = datetime(2026, 3, 2, tzinfo=UTC)
    with Store(tmp_path / "db/seedwatch.db") as store, store.write():
        for id, topic, about in (("msg_1", "quito", number), ("msg_2", None, None)):
            alert = NewAlert(
                id=id,
                rule="desk",
                channel="hook",
                event="article.matched",
                article_id=about,
                revision=1,
                story_id=None,
                topic=topic,
                body=b"{}",
            )
            store.alerts.add([alert], now)
    found = mark(seedwatch, "msg_1", "irrelevant")
    assert (found["url"], found["topic"], found["verdict"]) == ("https://a.example/4", "quito", "irrelevant")
    assert mark(seedwatch, "msg_1", "relevant", "--topic", "lima")["topic"] == "lima"
    assert seedwatch("mark", "msg_2", "relevant").exit_code == 1  # of a problem, not of a piece
