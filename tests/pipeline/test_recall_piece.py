"""What a page says of its own address: a name while the texts agree, and never the piece that another address has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from newswire import words

from monitor.alerting.intents import Rule
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, FetchFacts, Outcome, Reading
from monitor.model.source import Endpoint, Entry, Source
from monitor.model.topic import Match
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.record_listed import record_listed
from monitor.pipeline.ingest.settle import SettledPage, Watch, settle_page
from monitor.storage import Store
from monitor.storage.sources.links import Link

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
SITE = "https://gull.example"
GULL = Source(
    name="gull",
    spider="feed",
    title="The Gull",
    address=None,
    every=600,
    endpoints=(Endpoint(kind="feed", url=f"{SITE}/feed"),),
)
RULE = Rule(name="desk", topics=frozenset({"strait"}), channels=("hook",), per="article", on=frozenset({"new", "edit"}))
CROW = replace(GULL, name="crow", title="Crow", endpoints=(Endpoint(kind="feed", url="https://crow.example/feed"),))
WATCH = Watch(sources={"gull": GULL, "crow": CROW}, topics=(), rules=(RULE,), kinds={"hook": "webhook"})
EDIT = " The minister denied that 12 boats came to the harbour on Sunday."
SAID = Moment(at=NOW, raw="2026-03-02T06:00Z", zone="offset", precision=Precision.MINUTE, carrier="meta")
MATCH = Match(topic="strait", score=0.9, threshold=0.5, matched=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        store.sources.sync([GULL, CROW], lambda _: SITE, lambda _: NOW, NOW)
        store.channels.sync(WATCH.kinds)
        store.topics.record_profile("strait", "hash", 0.5, 1, NOW)
        yield store


def announce(
    store: Store, url: str, by: Source, *, backlog: bool = False, archived: bool = False, title: str | None = None
) -> Link:
    """A source lists an address; the link of it."""
    endpoint = store.sources.add_endpoint(by.name, by.endpoints[0])
    entry = Entry(url=url, key=url, endpoint=by.endpoints[0].url, title=title)
    record_listed(
        *(store, WATCH, by, endpoint, [entry], NOW),
        backlog_before=NOW if backlog or archived else None,
        archived_before=NOW if archived else None,
    )
    row = store.links.find(url)
    assert row is not None
    return store.links.one(row["id"])


def read(
    store: Store,
    path: str,
    text: str,
    *,
    calls_itself: str | None = None,
    by: Source = GULL,
    backlog: bool = False,
    through: str | None = None,
    title: str | None = None,
    dated: int | None = None,
) -> SettledPage:
    """A source lists an address of the Gull, or one that leads `through` to it, and its page is settled.

    `calls_itself` is its canonical address.
    """
    link = announce(store, through or SITE + path, by, backlog=backlog)
    article = Article(
        url=SITE + (calls_itself or path),
        identity=None,
        title=title or f"Of {path.partition('?')[0]}",
        lead=None,
        text=text,
        published=None if dated is None else replace(SAID, at=NOW - timedelta(hours=dated)),
    )
    reading = judge_article(article, (), source="gull")
    facts = FetchFacts(at=NOW, final_url=SITE + path, status=200)
    return settle_page(*(store, WATCH, link), with_match(reading), facts, NOW, 0.5)


def with_match(reading: Reading) -> Reading:
    return replace(reading, matches=(MATCH,))


def stored(store: Store) -> list[tuple[str, str, int]]:
    rows = store.db.execute("SELECT url, title, revision FROM articles ORDER BY id")
    return [(row["url"].removeprefix(SITE), row["title"], row["revision"]) for row in rows]


def told(store: Store) -> list[tuple[str, int]]:
    rows = store.db.execute("SELECT event, article_id FROM alerts WHERE state = 'pending' ORDER BY rowid")
    return [(row["event"], row["article_id"]) for row in rows]


def test_a_piece_whose_address_another_page_claimed_is_a_piece_of_its_own(store: Store) -> None:
    first = read(store, "/a", words(1), calls_itself="/b")
    assert stored(store) == [("/b", "Of /a", 1)]
    second = read(store, "/b", words(2))
    assert (first.outcome, second.outcome, second.article_id) == (Outcome.NEW, Outcome.NEW, 2)
    assert stored(store) == [("/a", "Of /a", 1), ("/b", "Of /b", 1)]
    assert told(store) == [("article.matched", 1), ("article.matched", 2)]
    assert [shared.key for shared in store.names.shared("gull.example", 9)] == ["//gull.example/b", f"{SITE}/b"]
    again = read(store, "/b?utm_source=x", words(2) + " A second boat came.")
    assert (again.outcome, again.article_id) == (Outcome.REVISION, 2)


def test_a_piece_that_a_redirect_led_to_gets_its_address_back_from_one_that_it_claimed(store: Store) -> None:
    """Another source lists the address as archive, so that no link of its own led to the piece."""
    announce(store, f"{SITE}/a", CROW, archived=True)
    read(store, "/a", words(1), calls_itself="/b", by=CROW, through="https://crow.example/r")
    assert stored(store) == [("/b", "Of /a", 1)]
    read(store, "/b", words(2))
    assert stored(store) == [("/a", "Of /a", 1), ("/b", "Of /b", 1)]


def test_a_backlog_of_anothers_ends_with_the_owners_word_though_the_link_waits_to_be_read_again(store: Store) -> None:
    read(store, "/a", words(1), by=CROW, backlog=True)
    assert told(store) == []
    announce(store, f"{SITE}/a", CROW, title="Altered")
    announce(store, f"{SITE}/a", GULL, title="Of /a")
    assert told(store) == [("article.matched", 1)]


def test_a_claimed_address_is_the_piece_where_the_text_is_the_same(store: Store) -> None:
    read(store, "/a", words(1), calls_itself="/b")
    found = read(store, "/b", words(1) + " A second boat came.")
    assert (found.outcome, found.article_id) == (Outcome.REVISION, 1)
    later = read(store, "/b?utm_source=x", words(2))
    assert (later.outcome, later.article_id) == (Outcome.REVISION, 1)
    assert stored(store) == [("/b", "Of /b", 3)]


def test_an_address_is_one_piece_in_every_spelling_though_its_text_changed_wholly(store: Store) -> None:
    read(store, "/a", words(1))
    entry = Entry(url="http://www.gull.example:80/a", key="http://www.gull.example/a", endpoint=f"{SITE}/feed")
    endpoint = store.sources.add_endpoint("gull", GULL.endpoints[0])
    record_listed(*(store, WATCH, GULL, endpoint, [entry], NOW), backlog_before=None, archived_before=None)
    row = store.links.find(entry.key)
    assert row is not None
    article = Article(url=entry.url, identity=None, title="Of /a", lead=None, text=words(2))
    found = settle_page(
        *(store, WATCH, store.links.one(row["id"]), with_match(judge_article(article, (), source="gull"))),
        *(FetchFacts(at=NOW, final_url=entry.url, status=200), NOW, 0.5),
    )
    assert (found.outcome, found.article_id) == (Outcome.REVISION, 1)
    assert told(store) == [("article.matched", 1), ("article.edited", 1)]


@pytest.mark.parametrize("backlog", [True, False])
@pytest.mark.parametrize("edit", ["", " A second boat came."])
def test_a_hint_under_another_address_has_no_past_and_is_the_same_piece(store: Store, backlog: bool, edit: str) -> None:
    """Another source lists the piece with a parameter of its own, before its owner does."""
    hint = read(store, "/a?x=1", words(1), by=CROW, backlog=backlog)
    assert (hint.outcome, hint.source, hint.alerts) == (Outcome.NEW, "gull", 0 if backlog else 1)
    own = read(store, "/a", words(1) + edit)
    assert (own.outcome, own.article_id) == (Outcome.REVISION if edit else Outcome.UNCHANGED, 1)
    assert [row[0] for row in stored(store)] == ["/a"]
    assert told(store).count(("article.matched", 1)) == 1
    again = read(store, "/a?x=2", words(1) + edit, by=CROW)
    assert (again.outcome, again.article_id) == (Outcome.UNCHANGED, 1)


@pytest.mark.parametrize("through", [None, "https://crow.example/r"])
@pytest.mark.parametrize("dated", [None, 1])
def test_another_address_of_a_piece_that_only_others_list_is_that_piece(
    store: Store, through: str | None, dated: int | None
) -> None:
    """Its owner has announced it: a parameter of somebody else's makes no second piece and no second alert of it."""
    read(store, "/a", words(1), dated=dated)
    hint = read(store, "/a?x=2", words(1), by=CROW, through=through)
    assert (hint.outcome, hint.article_id) == (Outcome.UNCHANGED, 1)
    assert stored(store) == [("/a", "Of /a", 1)]
    assert told(store) == [("article.matched", 1)]


def test_a_piece_has_the_address_that_its_owner_announced(store: Store) -> None:
    read(store, "/a?x=1", words(1), by=CROW)
    read(store, "/a", words(1), by=CROW)
    assert stored(store) == [("/a?x=1", "Of /a", 1)]
    announce(store, f"{SITE}/a", GULL, title="Of /a")
    assert stored(store) == [("/a", "Of /a", 1)]
    announce(store, f"{SITE}/a?x=1", GULL, title="Of /a")
    assert stored(store) == [("/a", "Of /a", 1)]
    assert told(store) == [("article.matched", 1)]


def test_an_edit_is_read_at_the_pieces_own_address_though_others_list_another(store: Store) -> None:
    read(store, "/a", words(1), dated=1)
    hint = read(store, "/a?x=2", words(1) + EDIT, by=CROW, dated=1)
    assert (hint.outcome, hint.article_id) == (Outcome.UNCHANGED, 1)
    assert read(store, "/a", words(1) + EDIT, dated=1).outcome is Outcome.REVISION
    assert stored(store) == [("/a", "Of /a", 2)]
    assert told(store) == [("article.matched", 1), ("article.edited", 1)]


def test_a_piece_that_copies_another_outlets_is_known_at_every_address_too(store: Store) -> None:
    first = announce(store, "https://crow.example/1", CROW)
    article = Article(url=first.url, identity=None, title="Of the Crow", lead=None, text=words(1))
    reading = with_match(judge_article(article, (), source="crow"))
    settle_page(*(store, WATCH, first, reading, FetchFacts(at=NOW, final_url=first.url, status=200)), NOW, 0.5)
    assert read(store, "/a", words(1)).outcome is Outcome.COPY
    assert read(store, "/a?x=2", words(1), by=CROW).article_id == 2


@pytest.mark.parametrize(("title", "dated"), [("Another headline", 1), (None, 2)])
def test_what_others_list_is_a_piece_of_its_own_where_headline_or_date_is_another(
    store: Store, title: str | None, dated: int
) -> None:
    read(store, "/a", words(1), dated=1)
    assert read(store, "/a?x=2", words(1), by=CROW, title=title, dated=dated).article_id == 2


def test_a_second_address_that_the_owner_announces_is_its_own_matter(store: Store) -> None:
    read(store, "/a", words(1), title="Notes of the day")
    assert read(store, "/b", words(1), by=CROW, title="Notes of the day").article_id == 1
    announce(store, f"{SITE}/b", GULL, title="Notes of the day")
    assert [link.url for link in store.links.due("gull", NOW, 9)] == [f"{SITE}/b"]
    assert read(store, "/b", words(1), title="Notes of the day").article_id == 2


def test_what_its_owner_puts_at_an_address_that_others_listed_is_a_piece_of_its_own(store: Store) -> None:
    """The address had the text of another piece when they did."""
    read(store, "/a", words(1), title="To be announced")
    read(store, "/b", words(1), by=CROW, title="To be announced")
    assert read(store, "/b", words(2), title="A boat came").article_id == 2
    assert [row[:2] for row in stored(store)] == [("/a", "To be announced"), ("/b", "A boat came")]
    assert told(store) == [("article.matched", 1), ("article.matched", 2)]
