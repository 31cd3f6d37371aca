"""Kept pages read again: revisions of ours, what was missed, and a run that is killed half-way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from newswire import LETTERS, NOW, World, open_world, rule, source, watching, words

from monitor.commands.cli import main
from monitor.extraction.capture import pack_page
from monitor.extraction.extractor_version import hash_extractor
from monitor.model.page import FetchFacts, Outcome, Page, Reading, Rejection
from monitor.pipeline.archive import reextract
from monitor.pipeline.archive.reextract import reextract_captures
from monitor.pipeline.ingest.read_page import judge_page
from monitor.pipeline.ingest.settle import Watch, settle_page
from monitor.pipeline.ingest.workers import Workers
from monitor.topics.rules.rule import parse_rule
from monitor.topics.topic import Topic

TOPIC = Topic(name="strait", profile=None, rules=(parse_rule("ferry", "ferry"),))


def watched() -> Watch:
    return replace(watching(rule()), topics=(TOPIC,), captures=True)


def markup(number: int, text: str) -> bytes:
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n"))
    title = f"Headline {LETTERS[number]}"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><article>{paragraphs}".encode()


def fetch(world: World, number: int, text: str, stored: Reading | Rejection | None = None) -> None:
    """A page through the line as an earlier extractor read it: as `stored`, or as the present one does."""
    watch, link = watched(), world.link(number)
    page = Page(
        url=link.url,
        final_url=link.url,
        status=200,
        headers={"content-type": "text/html"},
        body=markup(number, text),
        fetched_at=NOW,
        entry=link.entry,
    )
    result = stored or judge_page(page, source("gull"), watch.topics)
    with world.store.write():
        settle_page(world.store, watch, link, result, FetchFacts(at=NOW, status=200, capture=pack_page(page)), NOW, 0.5)


def half(number: int, text: str) -> Reading:
    """What an extractor made of a page that saw its first paragraph only."""
    page = Page(
        url=f"https://gull.example/{number}",
        final_url=f"https://gull.example/{number}",
        status=200,
        headers={},
        body=markup(number, text.split("\n")[0]),
        fetched_at=NOW,
    )
    found = judge_page(page, source("gull"), (TOPIC,))
    assert isinstance(found, Reading)
    return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(1, preload=("monitor.pipeline.archive.capture_reading",)) as found:
        yield found


def run(world: World, workers: Workers, **only: str) -> list[str]:
    return [str(settled.outcome) for _, settled in reextract_captures(world.store, watched(), workers, NOW, **only)]  # type: ignore[arg-type]


def alerts(world: World) -> list[tuple[str, bool, str]]:
    rows = world.rows("SELECT event, body, state FROM alerts ORDER BY rowid")
    return [(event, json.loads(body)["data"]["delayed"], state) for event, body, state in rows]


def test_a_text_that_comes_out_otherwise_is_a_revision_of_ours_and_alerts_nobody(
    world: World, workers: Workers
) -> None:
    text = f"A ferry. {words(1)}\n{words(2)}"
    fetch(world, 1, text, half(1, text))
    assert alerts(world) == [("article.matched", False, "pending")]
    assert run(world, workers) == ["revision"]
    assert world.rows("SELECT number, cause FROM revisions") == [(1, "outlet"), (2, "extractor")]
    assert world.rows("SELECT text FROM articles") == [(text.replace("\n", "\n\n"),)]
    assert len(alerts(world)) == 1
    assert run(world, workers) == []  # this extractor has read it


def test_what_the_same_extractor_reads_is_unchanged(world: World, workers: Workers) -> None:
    fetch(world, 1, f"A ferry. {words(1)}\n{words(2)}")
    assert run(world, workers) == ["unchanged"]
    assert world.rows("SELECT count(*) FROM revisions") == [(1,)]


def test_a_piece_of_several_pages_stays_as_it_is(world: World, workers: Workers) -> None:
    text = f"A ferry. {words(1)}\n{words(2)}"
    link = world.link(1).url
    fetch(world, 1, f"{text}\n<a rel='next' href='{link}?page=2'>Next page</a>", half(1, text))
    assert run(world, workers) == ["unchanged"]
    assert world.rows("SELECT number, text FROM texts") == [(1, text.split("\n")[0])]
    assert run(world, workers) == []


def test_a_piece_that_was_missed_is_sent_as_delayed(world: World, workers: Workers) -> None:
    fetch(world, 1, f"A ferry. {words(1)}\n{words(2)}", Rejection(outcome=Outcome.NOT_ARTICLE, reason="so"))
    assert run(world, workers) == ["new"]
    assert alerts(world) == [("article.matched", True, "pending")]
    assert world.rows("SELECT state, outcome, article_id FROM links") == [("done", "new", 1)]
    assert world.rows("SELECT article_id, revision, extractor FROM captures") == [(1, 1, hash_extractor())]


def test_a_match_that_appears_is_sent_as_delayed(world: World, workers: Workers) -> None:
    text = f"{words(1)}\nA ferry. {words(2)}"
    fetch(world, 1, text, half(1, text))
    assert alerts(world) == []
    assert run(world, workers) == ["revision"]
    assert alerts(world) == [("article.matched", True, "pending")]


def test_a_page_that_is_no_article_still_is_noted_and_left(world: World, workers: Workers) -> None:
    fetch(world, 1, "Short.", Rejection(outcome=Outcome.NO_TEXT, reason="so"))
    with world.store.write():
        world.store.db.execute("UPDATE pages SET body = ?", (pack_of(b"nothing"),))
    assert run(world, workers) == ["no-text"]
    assert run(world, workers) == []
    assert world.rows("SELECT outcome FROM links") == [("no-text",)]


def pack_of(body: bytes) -> bytes:
    page = Page(url="x", final_url="x", status=200, headers={}, body=body, fetched_at=NOW)
    return pack_page(page).body


def test_a_page_whose_rows_are_refused_leaves_none_and_is_read_again(world: World, workers: Workers) -> None:
    text = f"A ferry. {words(1)}\n{words(2)}"
    fetch(world, 1, text, half(1, text))
    world.store.db.execute("CREATE TRIGGER refuse BEFORE UPDATE ON captures BEGIN SELECT RAISE(ABORT, 'refused'); END")
    assert run(world, workers) == ["failed"]
    assert world.rows("SELECT number, cause FROM revisions") == [(1, "outlet")]
    world.store.db.execute("DROP TRIGGER refuse")
    assert run(world, workers) == ["revision"]


def test_a_run_that_is_killed_goes_on_where_it_was(
    world: World, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reextract, "BATCH", 2)
    for number in range(5):
        text = f"A ferry. {words(number)}\n{words(number + 10)}"
        fetch(world, number, text, half(number, text))
    running = reextract_captures(world.store, watched(), workers, NOW)
    next(running)
    running.close()
    assert world.rows("SELECT count(*) FROM revisions WHERE cause = 'extractor'") == [(2,)]
    assert run(world, workers) == ["revision"] * 3
    assert world.rows("SELECT article_id, number FROM revisions WHERE cause = 'extractor'") == [
        (number, 2) for number in range(1, 6)
    ]


def test_only_the_source_that_is_named(world: World, workers: Workers) -> None:
    fetch(world, 1, f"A ferry. {words(1)}\n{words(2)}")
    assert run(world, workers, source="tern") == []
    assert run(world, workers, source="gull") == ["unchanged"]


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[sources.gull]\nspider = "feed"\nfeeds = ["https://gull.example/rss"]\n[store]\npath = "test.db"\n'
    )
    open_world(tmp_path / "test.db").store.close()
    config = ["--config", str(tmp_path / "config.toml")]
    done = CliRunner().invoke(main, [*config, "reextract", "gull"])
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        "no kept page is left to read\n",
        "[store] captures = true keeps the pages that are fetched from then on\n",
    )
    done = CliRunner().invoke(main, [*config, "reextract", "--json", "--since", "2026-01-01"])
    assert json.loads(done.stdout) == {"pages": 0, "outcomes": {}, "alerts": 0}
    assert CliRunner().invoke(main, [*config, "reextract", "auk"]).exit_code == 2
