"""The stable line of `backfill --nl`, on a fresh database and in input order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from newswire import everybody

from monitor.alerting.intents import Rule
from monitor.commands.cli import main
from monitor.config.profiles import load_topic_profile
from monitor.errors import DatabaseError
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Outcome, Rejection
from monitor.model.source import Endpoint, Entry, Source
from monitor.pipeline.archive.backfill import backfill_documents
from monitor.pipeline.archive.document_reading import MAX_CHARACTERS, build_article
from monitor.pipeline.archive.documents import InputDocument, read_documents
from monitor.pipeline.ingest.settle import Watch
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.page_fields import build_page_fields
from monitor.storage import Store
from monitor.topics.topic import Topic

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SEEDS = Path(__file__).resolve().parents[2] / "seeds"
KEYS = ["url", "outcome", "article", "of", "similarity", "story", "topic", "score", "matched", "evidence"]
REPORT = (
    "The two foreign ministers met in the old harbour hall and spoke for three hours about the border commission. "
    "Neither of them took questions afterwards, though their spokesmen called the talks useful and open. Another "
    "round is to follow next month, when experts will bring maps and lists of the villages on either side of it."
)
GULL = Source(
    name="gull",
    spider="feed",
    title="The Gull",
    address="https://gull.example/",
    every=600,
    endpoints=(Endpoint(kind="feed", url="https://gull.example/rss"),),
    article=r"/(?P<id>\d+)$",
    identity="gull:{id}",
    cut=("More from us",),
)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2, preload=("monitor.pipeline.archive.document_reading",)) as workers:
        yield workers


@pytest.fixture(scope="module")
def watch() -> Watch:
    found = Topic(name="karabakh", profile=load_topic_profile("karabakh", SEEDS, None))
    rule = Rule(
        name="desk", topics=frozenset({"karabakh"}), channels=("hook",), per="story", on=frozenset({"new", "edit"})
    )
    return Watch(sources={"gull": GULL}, topics=(found,), rules=(rule,), kinds={"hook": "webhook"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        yield store


def filled(
    store: Store, watch: Watch, workers: Workers, folder: Path, *rows: object, full: bool = False
) -> list[dict[str, Any]]:
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [line for _, line in backfill_documents(store, watch, workers, read_documents(path, NOW), NOW, full=full)]


def picked(lines: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(line[name] for name in names) for line in lines]


def test_a_line_has_the_promised_keys_and_values(store: Store, watch: Watch, workers: Workers, tmp_path: Path) -> None:
    lines = filled(
        store,
        watch,
        workers,
        tmp_path,
        {"id": "a", "title": "Talks on Nagorno-Karabakh", "text": REPORT},
        {"id": "b", "title": "Reprinted", "text": REPORT},
        {"id": "c", "title": "Sea, calm"},
    )
    assert [list(line) for line in lines] == [KEYS, KEYS, KEYS]
    assert picked(lines, "url", "outcome", "article", "of", "similarity", "story", "topic", "matched") == [
        ("a", "new", 1, None, None, 1, "karabakh", True),
        ("b", "copy", 2, "a", 1.0, 1, "karabakh", False),
        ("c", "new", 3, None, None, 2, "karabakh", False),
    ]
    evidence = lines[0]["evidence"][0]
    assert (evidence["found"], evidence["part"]) == ("Nagorno-Karabakh", "title")
    assert "Talks on Nagorno-Karabakh"[evidence["start"] : evidence["end"]] == "Nagorno-Karabakh"


def test_the_past_alerts_nobody_and_knows_its_topic(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    filled(store, watch, workers, tmp_path, {"title": "Nagorno-Karabakh", "published_at": "2020-11-10"})
    assert [tuple(row) for row in store.db.execute("SELECT name, terms FROM topics")] == [("karabakh", 11)]
    assert store.alerts.counts() == {}
    row = store.db.execute("SELECT backlog, published_at, published_from FROM articles").fetchone()
    assert tuple(row) == (1, "2020-11-10T00:00:00.000Z", "given")


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({"title": "A boat"}, "new"),
        ({"text": "A boat.\r\nA second line."}, "new"),
        ({"lead": "A boat."}, "new"),
        ({"snippet": "A boat."}, "new"),
        ({"id": "a"}, "no-text"),
        ({"url": "https://gull.example/1"}, "no-text"),
        ({"published_at": 1604966400}, "no-text"),
        ({"source": "gull"}, "no-text"),
        ({"title": ["A boat"], "text": {"a": 1}, "lead": True}, "no-text"),
        ({}, "no-text"),
    ],
)
def test_any_field_may_be_missing(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path, row: dict[str, Any], outcome: str
) -> None:
    (line,) = filled(store, watch, workers, tmp_path, row)
    assert list(line) == KEYS
    assert line["outcome"] == outcome
    assert line["article"] == (1 if outcome == "new" else None)


def test_a_broken_line_has_its_place_and_costs_nothing_else(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"title": "A boat"}\n{broken\n{"title": "A ship"}\n')
    found = list(backfill_documents(store, watch, workers, read_documents(path, NOW), NOW))
    assert picked([line for _, line in found], "url", "outcome", "article") == [
        ("in.jsonl:1", "new", 1),
        ("in.jsonl:2", "failed", None),
        ("in.jsonl:3", "new", 2),
    ]
    assert [document.fault is None for document, _ in found] == [True, False, True]


def test_the_same_id_is_the_same_article(store: Store, watch: Watch, workers: Workers, tmp_path: Path) -> None:
    rows = ({"id": 1, "text": REPORT}, {"id": 1, "text": REPORT}, {"id": 1, "text": REPORT + " It rained."})
    lines = filled(store, watch, workers, tmp_path, *rows)
    assert picked(lines, "url", "outcome", "article", "of") == [
        (1, "new", 1, None),
        (1, "unchanged", 1, None),
        (1, "revision", 1, None),
    ]


def test_two_ids_of_one_address_and_text_name_each_other(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    rows = [
        {"id": "a", "url": "https://gull.example/one/77", "title": "Boats", "text": REPORT},
        {"id": "b", "url": "https://gull.example/two/77?utm_source=x", "title": "Boats", "text": REPORT},
    ]
    lines = filled(store, watch, workers, tmp_path, *rows)
    assert picked(lines, "url", "outcome", "article", "of", "similarity") == [
        ("a", "new", 1, None, None),
        ("b", "unchanged", 1, "a", 1.0),
    ]
    row = store.db.execute("SELECT source, identity FROM articles").fetchone()
    assert tuple(row) == ("gull", "gull:77")  # the configured outlet, though the file names none


def test_a_later_run_names_the_original_by_its_id_too(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    filled(store, watch, workers, tmp_path, {"id": "first/one", "text": REPORT})
    lines = filled(store, watch, workers, tmp_path, {"id": "second", "text": REPORT})
    assert picked(lines, "outcome", "of", "article") == [("copy", "first/one", 2)]


def test_documents_without_a_date_fall_under_no_window(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    lines = filled(
        store,
        watch,
        workers,
        tmp_path,
        {"id": "old", "text": REPORT, "published_at": "2019-01-01T00:00:00Z", "source": "tern"},
        {"id": "year on", "text": REPORT, "published_at": "2020-01-01T00:00:00Z", "source": "swift"},
        {"id": "undated", "text": REPORT, "source": "auk"},
    )
    assert picked(lines, "url", "outcome", "of") == [
        ("old", "new", None),
        ("year on", "new", None),
        ("undated", "copy", "old"),
    ]


def test_hostile_values_neither_stop_nor_reach_anything(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    lines = filled(
        store,
        watch,
        workers,
        tmp_path,
        {"id": "half \ud800", "title": "half \ud800", "text": "nul \0", "source": "\udfff", "url": "https://x/\ud800"},
        {"id": "'; DROP TABLE articles; --", "title": "\x1b[31mred \u202e", "published_at": 1e300},
        {"id": "long", "text": "Karabakh " * 120_000},
        {"id": "a" * 5_000, "title": "b" * 5_000_000, "source": "c" * 5_000},
    )
    assert picked(lines, "url", "outcome") == [
        ("half \ud800", "new"),
        ("'; DROP TABLE articles; --", "new"),
        ("long", "new"),
        ("a" * 5_000, "new"),
    ]
    assert lines[2]["matched"] is True
    titles = [row["title"] for row in store.db.execute("SELECT title FROM articles ORDER BY id")]
    assert (titles[0], len(titles[3])) == ("half ?", MAX_CHARACTERS)


def test_full_lines_carry_the_fields_of_explain_and_pages_their_name(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    html = f"<html lang='en'><body><article><h1>Border talks</h1><p>{REPORT}</p></article></body></html>"
    (tmp_path / "a.html").write_text(html)
    (tmp_path / "index.jsonl").write_text(
        '{"page": "a.html", "url": "https://gull.example/5"}\n{"page": "none.html", "url": "https://gull.example/6"}\n'
    )
    lines = [
        line for _, line in backfill_documents(store, watch, workers, read_documents(tmp_path, NOW), NOW, full=True)
    ]
    rejected = build_page_fields(Rejection(outcome=Outcome.FAILED, reason="x"))
    assert [set(line) for line in lines] == [{*KEYS, "page", *rejected}] * 2
    assert picked(lines, "url", "page", "outcome", "title", "language") == [
        ("https://gull.example/5", "a.html", "new", "Border talks", "en"),
        ("https://gull.example/6", "none.html", "failed", None, None),
    ]
    assert lines[0]["text"] == REPORT
    assert "there is no such file" in lines[1]["reason"]


def test_more_documents_than_one_transaction_holds_stay_in_order(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    rows = [{"id": number, "title": f"Notice {number} of the harbour office"} for number in range(450)]
    lines = filled(store, watch, workers, tmp_path, *rows)
    assert picked(lines, "url", "article") == [(number, number + 1) for number in range(450)]


def test_a_document_that_cannot_be_read_spoils_none_that_a_worker_was_given_with_it(
    store: Store, watch: Watch, workers: Workers
) -> None:
    documents = [
        InputDocument(echo=number, address=f"https://tern.example/{number}", fields={"title": f"Ice {number}"})
        for number in range(5)
    ]
    documents[2] = replace(documents[2], fields={"title": 10**5_000})  # Python refuses to write it out
    found = [line for _, line in backfill_documents(store, watch, workers, documents, NOW)]
    assert [line["outcome"] for line in found] == ["new", "new", "failed", "new", "new"]
    assert [line["url"] for line in found] == [0, 1, 2, 3, 4]


def test_a_line_is_given_after_the_commit_that_holds_it(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"title": "A boat"}\n{"title": "A ship"}\n')
    found = backfill_documents(store, watch, workers, read_documents(path, NOW), NOW)
    next(found)
    with Store(tmp_path / "test.db") as other:
        assert other.db.execute("SELECT count(*) FROM articles").fetchone()[0] == 2
    found.close()


def test_a_document_whose_rows_are_refused_leaves_none_and_costs_nothing_else(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    store.db.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON matches WHEN (SELECT title FROM articles WHERE id = NEW.article_id) "
        "LIKE '%boat' BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    lines = filled(store, watch, workers, tmp_path, {"id": 1, "title": "A boat"}, {"id": 2, "title": "A ship"})
    assert picked(lines, "url", "outcome") == [(1, "failed"), (2, "new")]
    assert [row["title"] for row in store.db.execute("SELECT title FROM articles")] == ["A ship"]


def test_a_full_disk_ends_the_run(store: Store, watch: Watch, workers: Workers, tmp_path: Path) -> None:
    pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    store.db.execute(f"PRAGMA max_page_count = {pages + 8}")
    with pytest.raises(DatabaseError, match="full"):
        filled(store, watch, workers, tmp_path, *({"title": f"{n}", "text": REPORT * 50} for n in range(20)))


@pytest.mark.parametrize(
    ("given", "text", "language", "by"),
    [
        (None, "Сергей Лавров провёл сегодня телефонные разговоры с коллегами из этих стран.", "ru", "text"),
        ("en", "Сергей Лавров провёл сегодня телефонные разговоры с коллегами из этих стран.", "ru", "text"),
        ("uk", "Так.", "uk", "given"),
        ("de-AT", "Ja.", "de", "given"),
        ("no language", "Ja.", "da", "source"),
        (7, "Ja.", "da", "source"),
        ("ðe", "Ja.", "da", "source"),
    ],
)
def test_the_language_is_that_of_the_text_where_it_tells(given: object, text: str, language: str, by: str) -> None:
    fields = {"title": "", "text": text, "language": given}
    document = InputDocument(echo="a", source="gull", address="https://gull.example/9", fields=fields)
    found = build_article(document, replace(GULL, language="da"))
    assert isinstance(found, Article)
    assert (found.language, found.rungs["language"]) == (language, by)
    unknown = build_article(replace(document, fields={"text": "Ja."}), None)
    assert isinstance(unknown, Article)
    assert (unknown.language, unknown.rungs) == (None, {"title": "given", "text": "given"})


def test_a_topic_limited_to_languages_refuses_a_piece_of_the_past_in_another(
    store: Store, watch: Watch, workers: Workers, tmp_path: Path
) -> None:
    (topic,) = watch.topics
    limited = replace(watch, topics=(replace(topic, languages=frozenset({"de"})),))
    (line,) = filled(store, limited, workers, tmp_path, {"id": "a", "title": "Talks on Karabakh", "text": REPORT})
    assert line["matched"] is False
    why = "its language en is not among the languages of this topic"
    assert [row["missing"] for row in store.db.execute("SELECT missing FROM matches")] == [f'["{why}"]']


def test_given_fields_as_an_article() -> None:
    fields = {
        "title": "Border\ntalks  resume",
        "snippet": "The ministers met.",
        "text": "BAKU, April 8. /TASS/. The ministers met.\n\nsource: Agency\n\nMore from us\nSomething else",
        "published_at": "not a date",
    }
    document = InputDocument(echo="a", source="gull", address="https://gull.example/9", fields=fields)
    found = build_article(document, GULL)
    assert isinstance(found, Article)
    assert (found.url, found.identity, found.title, found.lead, found.text, found.notes, found.published) == (
        "https://gull.example/9",
        "gull:9",
        "Border talks resume",
        "The ministers met.",
        "BAKU, April 8. /TASS/. The ministers met.",
        ("source: Agency",),
        None,
    )
    assert found.dateline is not None
    assert (found.dateline.place, found.dateline.agency) == ("BAKU", "TASS")
    assert found.removed == ("More from us", "Something else")


def test_a_sources_archive_becomes_due_and_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(
        '[sources.gull]\nspider = "sitemap"\nsitemaps = ["https://gull.example/map.xml"]\nenabled = false\n'
    )
    monkeypatch.chdir(tmp_path)
    none = CliRunner().invoke(main, ["backfill", "gull"])
    assert (none.exit_code, none.stdout) == (1, "")
    assert "no database yet" in none.stderr
    endpoint = Endpoint(kind="sitemap", url="https://gull.example/map.xml")
    listed = [
        Entry(
            url=f"https://gull.example/{year}",
            key=f"gull:{year}",
            endpoint=endpoint.key,
            modified=Moment(at=NOW.replace(year=year), raw="", zone="offset", precision=Precision.DAY, carrier="map"),
        )
        for year in (2019, 2020, 2021)
    ]
    with Store(tmp_path / "other.db") as store, store.write():
        store.sources.sync([GULL], lambda _: "gull.example", lambda _: NOW, NOW)
        number = store.sources.add_endpoint("gull", endpoint)
        store.links.upsert_listed(
            "gull", number, listed, NOW, backlog_before=NOW, archived_before=NOW, speaks_for=everybody
        )
    since = CliRunner().invoke(main, ["backfill", "gull", "--since", "2020-03-02", "--db", "other.db"])
    assert (since.exit_code, since.stdout) == (0, "2 archived links of gull due\n")
    assert since.stderr == "gull is disabled, the daemon leaves it alone: `seedwatch once gull` fetches them\n"
    rest = CliRunner().invoke(main, ["--db", "other.db", "backfill", "gull"])
    assert (rest.exit_code, rest.stdout) == (0, "1 archived link of gull due\n")
    with Store(tmp_path / "other.db") as store:
        assert [(link.key, link.backlog) for link in store.links.due("gull", datetime.now(UTC), 9)] == [
            ("gull:2020", True),
            ("gull:2021", True),
            ("gull:2019", True),
        ]
