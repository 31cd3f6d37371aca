"""Every statement of every page, explained: none reads a table that grows from end to end, nor all of one source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archive import NOW, TOPICS, ArchiveSize, fill_archive

from monitor.pages.serving import PageReading
from monitor.pages.views.health import read_health
from monitor.pages.views.matches import read_cards
from monitor.pages.views.overview import read_overview
from monitor.pages.views.source import read_source
from monitor.pages.views.topic import read_topic_page
from monitor.storage import Store
from monitor.storage.connection import Connection, connect_database
from monitor.storage.pages.article import list_versions, read_article, read_version
from monitor.storage.pages.clock import read_clock
from monitor.storage.pages.overview import count_day
from monitor.storage.pages.story import read_story

# Tables that grow with every piece; the others are as long as the configuration, or bounded for each source.
GROWING = {
    *("aliases", "alerts", "articles", "attempts", "departures", "differences", "fetches", "links", "matches"),
    *("polls", "revisions", "sightings", "stories", "story_changes", "fingerprints", "bands", "captures", "pages"),
}
WAITING = {"gaps_open", "alerts_due", "polls_open", "links_pending"}  # few rows, in partial indexes of their own
STEP = re.compile(r"SCAN (\w+)(?:.* INDEX (\w+))?")
ALL_OF_ONE = re.compile(r"SEARCH (\w+) USING INDEX \w+ \((?:source|topic)=\?\)$")  # of a covering one some ms
ALIASES = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)\s+AS\s+(\w+)", re.IGNORECASE)
ASKED = dict.fromkeys(("q", "topic", "source", "language", "period", "before", "name"), "")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Connection, Path]]:
    path = fill_archive(tmp_path_factory.mktemp("plans") / "seedwatch.db", ArchiveSize(articles=3_000, days=60))
    with closing(connect_database(path)) as db:
        yield db, path


def read_everything(db: Connection, path: Path) -> None:
    """What all pages read, with each of their filters."""
    now, simulated = read_clock(db)
    assert (now, simulated) == (NOW, True)
    reading = PageReading(Store.reading(db, path), now, simulated)
    read_overview(reading)
    read_health(reading)
    read_source(reading, "capital-wire")
    read_topic_page(reading, TOPICS[0])
    for kind in ("matches", "search"):
        for more in ({}, {"topic": TOPICS[0]}, {"source": "capital-wire"}, {"period": "7d"}, {"language": "de"}):
            read_cards(reading, kind, {**ASKED, "q": "freight", **more})
    second = read_cards(reading, "matches", ASKED)
    read_cards(reading, "matches", {**ASKED, "before": second["next"]})
    for number in (1, 23, 46, 2_990):
        found = read_article(reading.store, number)
        assert found is not None
        read_story(reading.store, found["story_id"])
        list_versions(reading.store, number)
        read_version(reading.store, number, 1)


def scanned(db: Connection, statement: str) -> list[str]:
    """The growing tables that a statement reads from end to end, or row by row for all of one source or topic.

    Named by the steps of its plan. With a limit and in the index's own order only the first rows are read.
    """
    names = {alias: table for table, alias in ALIASES.findall(statement)}
    found = []
    plan = db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    ends = " LIMIT " in statement and not any("TEMP B-TREE" in row[3] for row in plan)
    for row in plan:
        step = ALL_OF_ONE.match(row[3])
        if step is not None and not ends and names.get(step[1], step[1]) in GROWING:
            found.append(row[3])
        step = STEP.match(row[3])
        if step is None or "VIRTUAL TABLE" in row[3] or step[2] in WAITING:
            continue
        if names.get(step[1], step[1]) in GROWING:
            found.append(row[3])
    return found


def test_no_statement_of_the_pages_reads_a_table_that_grows(database: tuple[Connection, Path]) -> None:
    db, path = database
    statements: dict[str, None] = {}
    db.set_trace_callback(lambda text: statements.setdefault(text))
    read_everything(db, path)
    db.set_trace_callback(None)
    told = " ".join(statements)
    for part in (
        "articles_fts MATCH",
        "FROM polls",
        "FROM stories",
        "FROM attempts",
        "topic_terms",
        "FROM sightings",
        "FROM suggestions",
    ):
        assert part in told or part.replace("FROM", "JOIN") in told, f"no page came to {part!r}"
    selects = [text for text in statements if text.startswith(("SELECT", "WITH"))]
    assert len(selects) > 60
    assert {text: bad for text in selects if (bad := scanned(db, text))} == {}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SELECT count(*) FROM articles AS a WHERE a.title = 'x'", ["SCAN a"]),
        ("SELECT * FROM revisions WHERE seen_at > '2'", ["SCAN revisions"]),
        ("SELECT * FROM articles WHERE id = 1", []),
        ("SELECT name FROM sources", []),
        (
            "SELECT url FROM links WHERE source = 'a' AND title = 'b'",
            ["SEARCH links USING INDEX links_ledger (source=?)"],
        ),
        ("SELECT url FROM links WHERE source = 'a' AND first_seen_at > '2'", []),
    ],
)
def test_what_counts_as_reading_all(database: tuple[Connection, Path], statement: str, found: list[str]) -> None:
    assert scanned(database[0], statement) == found


def test_what_was_delivered_of_late_is_not_sought_among_all_that_ever_was(database: tuple[Connection, Path]) -> None:
    db, _ = database
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    count_day(db, NOW)
    db.set_trace_callback(None)
    (asked,) = [text for text in statements if "delivered_at >=" in text]
    assert [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {asked}")] == [
        "SEARCH alerts USING COVERING INDEX alerts_delivered (delivered_at>?)"
    ]
