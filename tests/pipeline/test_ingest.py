"""The line on a real store: what is committed together, what alerts, and what a failing page costs."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newswire import NOW, World, open_world, reading, rule, watching, words

from monitor.clock import SimulatedClock
from monitor.errors import DatabaseError
from monitor.model.page import FetchFacts, Outcome, Page, Reading, Rejection
from monitor.model.topic import Match
from monitor.pipeline.ingest.ingest import Ingest
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, settle_page
from monitor.pipeline.ingest.workers import Workers
from monitor.storage import Store
from monitor.storage.sources.links import Link


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


ALERTS = "SELECT rule, event, state, article_id, revision FROM alerts ORDER BY article_id, revision, rule"


def test_a_matching_article_is_stored_with_its_alert_and_closes_its_link(world: World) -> None:
    settled = world.put(watching(rule()), 1)
    assert (settled.outcome, settled.article_id, settled.alerts, settled.held) == (Outcome.NEW, 1, 1, 0)
    assert world.rows(ALERTS) == [("desk", "article.matched", "pending", 1, 1)]
    assert world.rows("SELECT state, outcome, attempts, article_id FROM links") == [("done", "new", 1, 1)]
    assert world.rows("SELECT outcome, status FROM fetches") == [("new", 200)]
    assert world.rows("SELECT article_id, topic, matched FROM matches") == [(1, "strait", 1)]


def test_what_does_not_match_is_stored_and_alerts_nobody(world: World) -> None:
    settled = world.put(watching(rule()), 1, matched=False)
    assert (settled.outcome, settled.alerts, settled.held) == (Outcome.NEW, 0, 0)
    assert world.rows(ALERTS) == []


def test_the_same_text_again_is_unchanged_and_an_edit_alerts_as_one(world: World) -> None:
    watch = watching(rule())
    outcomes = [world.put(watch, 1, text=text).outcome for text in (1, 1, 2, 2)]
    assert outcomes == [Outcome.NEW, Outcome.UNCHANGED, Outcome.REVISION, Outcome.UNCHANGED]
    assert world.rows(ALERTS) == [
        ("desk", "article.matched", "pending", 1, 1),
        ("desk", "article.edited", "pending", 1, 2),
    ]
    assert world.rows("SELECT outcome FROM fetches ORDER BY id") == [(str(outcome),) for outcome in outcomes]


def test_a_revision_keeps_what_kind_of_edit_it_was_and_tells_it(world: World) -> None:
    watch = watching(rule())
    first = reading(1)
    story = "The council of the town met on Monday and put off its vote on the ferry to the islands. " * 5
    texts = [f"{story}At {hour} the boat left with 40 cars." for hour in ("dawn", "noon")]
    texts.append(texts[1].replace("40", "60"))
    for text in texts:
        article = replace(first.article, text=text)
        world.settle(watch, world.link(1), replace(judge_article(article, (), source="gull"), matches=first.matches))
    assert world.rows("SELECT number, kinds, substance, json_array_length(changes), repeats FROM revisions") == [
        (1, "[]", None, 0, None),
        (2, '["minor"]', 0, 1, None),
        (3, '["numbers"]', 1, 1, None),
    ]
    assert world.rows("SELECT event, state, reason, revision FROM alerts ORDER BY revision") == [
        ("article.matched", "pending", None, 1),
        ("article.edited", "held", "no edit of substance: minor", 2),
        ("article.edited", "pending", None, 3),
    ]
    (body,) = world.rows("SELECT body FROM alerts WHERE revision = 3")
    assert json.loads(body[0])["data"]["change"]["changes"] == [
        {
            "kind": "numbers",
            "before": "At noon the boat left with 40 cars.",
            "after": "At noon the boat left with 60 cars.",
        }
    ]


def test_a_text_that_swings_makes_a_few_revisions_and_one_alert_a_text(world: World) -> None:
    watch = watching(rule())
    outcomes = [world.put(watch, 1, text=text).outcome for text in (1, 2) * 5]
    assert outcomes == [Outcome.NEW, *[Outcome.REVISION] * 4, *[Outcome.UNCHANGED] * 5]
    assert world.rows("SELECT number, repeats FROM revisions") == [(1, None), (2, None), (3, 1), (4, 2), (5, 1)]
    assert world.rows("SELECT revision, state FROM alerts ORDER BY revision") == [
        (1, "pending"),
        (2, "pending"),
        (3, "pending"),
        (4, "held"),
        (5, "held"),
    ]
    assert world.rows("SELECT DISTINCT reason FROM fetches WHERE outcome = 'unchanged' AND reason IS NOT NULL") == [
        ("it swings between texts it has had: that of revision 2 again",)
    ]


def test_an_article_that_comes_to_match_by_an_edit_is_a_new_match(world: World) -> None:
    watch = watching(rule())
    world.put(watch, 1, matched=False)
    world.put(watch, 1, text=2)
    assert world.rows(ALERTS) == [("desk", "article.matched", "pending", 1, 2)]


def test_copies_alert_once_per_story_and_each_per_article(world: World) -> None:
    watch = watching(rule(), rule("all", per="article"))
    first, copy = world.put(watch, 1), world.put(watch, 2, text=1, site="tern")
    assert (first.outcome, copy.outcome, copy.alerts, copy.held) == (Outcome.NEW, Outcome.COPY, 1, 1)
    assert world.rows(ALERTS) == [
        ("all", "article.matched", "pending", 1, 1),
        ("desk", "article.matched", "pending", 1, 1),
        ("all", "article.matched", "pending", 2, 1),
        ("desk", "article.matched", "held", 2, 1),
    ]
    assert world.rows("SELECT copy_of, story_id FROM articles ORDER BY id") == [(None, 1), (1, 1)]


def test_the_backlog_is_held_with_its_reason_unless_the_source_wants_it(world: World) -> None:
    held = world.put(watching(rule()), 1, backlog=True)
    told = world.put(watching(rule(), backlog=True), 2, backlog=True)
    assert (held.alerts, held.held, told.alerts, told.held) == (0, 1, 1, 0)
    assert world.rows("SELECT state, reason FROM alerts ORDER BY article_id") == [
        ("held", "it was there when the source was added (alert_backlog = true changes that)"),
        ("pending", None),
    ]


def test_an_undated_link_whose_page_is_younger_than_the_watch_is_news(world: World) -> None:
    found = reading(1)
    assert found.article.published is not None
    later = replace(found.article.published, at=NOW + timedelta(hours=2))
    link = world.link(1, backlog=True)
    settled = world.settle(watching(rule()), link, replace(found, article=replace(found.article, published=later)))
    assert (settled.alerts, settled.held) == (1, 0)
    assert world.rows("SELECT backlog FROM articles") == [(0,)]


def test_a_page_that_is_surely_older_than_the_watch_is_no_news_whoever_lists_it_as_new(world: World) -> None:
    found = reading(1)
    assert found.article.published is not None
    for number, age, held in ((1, timedelta(hours=1), 0), (2, timedelta(hours=3), 1)):
        page = reading(number)
        published = replace(found.article.published, at=NOW - age)
        settled = world.settle(
            watching(rule()), world.link(number), replace(page, article=replace(page.article, published=published))
        )
        assert (settled.alerts, settled.held) == (1 - held, held)


def test_what_a_backfill_asked_for_is_held_however_young_it_is_and_whatever_the_source_wants(world: World) -> None:
    found = reading(1)
    assert found.article.published is not None
    later = replace(found.article.published, at=NOW + timedelta(hours=2))
    world.link(1)
    with world.store.write():
        world.store.db.execute("UPDATE links SET state = 'archived'")
        assert world.store.links.requeue_archived("gull", NOW) == 1
    (link,) = world.store.links.due("gull", NOW, 9)
    young = replace(found, article=replace(found.article, published=later))
    settled = world.settle(watching(rule(), backlog=True), link, young)
    assert (settled.alerts, settled.held) == (0, 1)
    assert world.rows("SELECT reason FROM alerts") == [("it was backfilled",)]
    assert world.rows("SELECT backlog FROM articles") == [(1,)]


def test_a_rejection_stores_nothing_and_says_why(world: World) -> None:
    link = world.link(1)
    settled = world.settle(
        watching(rule()), link, Rejection(outcome=Outcome.BLOCKED, reason="challenge page, status 200")
    )
    assert settled == SettledPage(outcome=Outcome.BLOCKED, reason="challenge page, status 200")
    assert world.rows("SELECT state, outcome, reason, next_attempt_at > '2026-03-02T06:00' FROM links") == [
        ("pending", "blocked", "challenge page, status 200", 1)
    ]
    assert world.rows("SELECT count(*) FROM articles") == [(0,)]


def test_a_link_that_never_answers_is_given_up_as_a_visible_row(world: World) -> None:
    link = world.link(1)
    for attempts in range(100):
        tried = replace(link, attempts=attempts, answers=attempts)
        world.settle(watching(), tried, Rejection(outcome=Outcome.FAILED, reason="status 500"))
        if world.rows("SELECT state FROM links") == [("given-up",)]:
            break
    assert world.rows("SELECT state, attempts FROM links") == [("given-up", attempts + 1)]
    assert world.rows("SELECT kind, subject, cure FROM problems") == [
        ("given-up", "https://gull.example/1", "seedwatch explain https://gull.example/1")
    ]


# A random day: site, article, text, whether it matches, whether it is backlog, and a refusal in place of it.
REFUSALS = st.sampled_from([None, None, None, Outcome.BLOCKED, Outcome.GONE, Outcome.NO_TEXT, Outcome.PAYWALL])
SITES, FEW = st.sampled_from(["gull", "tern"]), st.integers(0, 3)
STEPS = st.lists(st.tuples(SITES, FEW, FEW, st.booleans(), st.booleans(), REFUSALS), max_size=14)
Step = tuple[str, int, int, bool, bool, Outcome | None]
NEVER_ALERTED = (
    "SELECT article_id FROM matches JOIN articles ON articles.id = article_id WHERE matched = 1 AND NOT EXISTS "
    "(SELECT 1 FROM alerts WHERE alerts.article_id = matches.article_id AND rule = '{}')"
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, batch=st.integers(1, 4))
def test_no_alert_without_its_article_and_no_matching_article_without_its_alert(steps: list[Step], batch: int) -> None:
    watch = watching(rule(), rule("all", per="article"))
    with TemporaryDirectory() as folder:
        world = open_world(Path(folder) / "test.db")
        outcomes = []
        for start in range(0, len(steps), batch):
            group = steps[start : start + batch]
            links = [world.link(number, site, backlog=old) for site, number, _, _, old, _ in group]
            with world.store.write():
                for (site, number, text, matched, _, refusal), link in zip(group, links, strict=True):
                    result: Reading | Rejection = reading(number, text=text, matched=matched, site=site)
                    if refusal is not None:
                        result = Rejection(outcome=refusal, reason="so")
                    with world.store.savepoint():
                        settled = settle_page(world.store, watch, link, result, FetchFacts(at=NOW), NOW, 0.5)
                    outcomes += [] if settled.late else [str(settled.outcome)]
        # One outcome per page, of the closed list; none for a link that another page of its batch answered.
        assert world.rows("SELECT outcome FROM fetches ORDER BY id") == [(outcome,) for outcome in outcomes]
        assert {Outcome(outcome) for outcome in outcomes} <= set(Outcome)
        # No alert without its article, and none that was not matched at that revision.
        assert (
            world.rows(
                "SELECT alerts.id FROM alerts LEFT JOIN revisions ON revisions.article_id = alerts.article_id "
                "AND revisions.number = alerts.revision WHERE revisions.id IS NULL"
            )
            == []
        )
        # No matching article without its alert row, pending or held, for every rule.
        for name in ("desk", "all"):
            assert world.rows(NEVER_ALERTED.format(name)) == []
        # Every article that is stored has the outcome that stored it.
        stored = sum(Outcome(outcome).stored for outcome in outcomes)
        assert world.rows("SELECT count(*) FROM articles") == [(stored,)]
        # Held rows say why.
        assert world.rows("SELECT id FROM alerts WHERE state = 'held' AND reason IS NULL") == []
        world.store.close()


# — the committer —————————————————————————————————————————————————————————————————————————————————————————————————————


def line(world: World, watch: Watch, workers: Workers | None = None) -> Ingest:
    return Ingest(world.store, workers or Workers(1), watch, SimulatedClock(NOW), random.Random(1))


async def together(ingest: Ingest, *work: Coroutine[Any, Any, SettledPage]) -> list[Any]:
    """All at once, so that they share a transaction, with the committer running."""
    waiting = [asyncio.ensure_future(coroutine) for coroutine in work]
    await asyncio.sleep(0)
    committer = asyncio.create_task(ingest.run())
    try:
        return await asyncio.gather(*waiting, return_exceptions=True)
    finally:
        committer.cancel()
        await asyncio.gather(committer, return_exceptions=True)


def read_already(ingest: Ingest, link: Link, result: Reading) -> Coroutine[Any, Any, SettledPage]:
    """A reading as the workers hand it over."""
    return ingest.settle(link, result, FetchFacts(at=NOW, final_url=link.url, status=200))


def test_two_copies_that_arrive_together_never_both_alert(world: World) -> None:
    ingest = line(world, watching(rule()))
    links = [world.link(1, "gull"), world.link(2, "tern")]
    readings = [reading(1, site="gull"), reading(2, text=1, site="tern")]
    settled = asyncio.run(
        together(ingest, *(read_already(ingest, link, one) for link, one in zip(links, readings, strict=True)))
    )
    assert [(one.outcome, one.alerts, one.held) for one in settled] == [(Outcome.NEW, 1, 0), (Outcome.COPY, 0, 1)]


def test_a_page_that_cannot_be_stored_is_rolled_back_alone(world: World) -> None:
    ingest = line(world, watching(rule()))
    links = [world.link(number) for number in (1, 2, 3)]
    broken = replace(reading(2), article=replace(reading(2).article, authors=("half a \ud800 pair",), title="\ud800"))
    settled = asyncio.run(
        together(
            ingest,
            read_already(ingest, links[0], reading(1)),
            read_already(ingest, links[1], broken),
            read_already(ingest, links[2], reading(3)),
        )
    )
    assert [one.outcome for one in settled] == [Outcome.NEW, Outcome.FAILED, Outcome.NEW]
    assert settled[1].reason.startswith("internal: UnicodeEncodeError")
    assert world.rows("SELECT state, outcome FROM links ORDER BY id") == [
        ("done", "new"),
        ("pending", "failed"),
        ("done", "new"),
    ]
    assert world.rows("SELECT url FROM articles ORDER BY id") == [
        ("https://gull.example/1",),
        ("https://gull.example/3",),
    ]
    assert world.rows("SELECT count(*) FROM stories") == [(2,)]  # nothing of it stayed


def test_a_row_that_the_database_refuses_costs_its_page_only(world: World) -> None:
    ingest = line(world, watching(rule()))
    links = [world.link(number) for number in (1, 2)]
    unknown = replace(reading(1), matches=(Match(topic="nobody loaded it", score=1.0, threshold=0.5, matched=True),))
    settled = asyncio.run(
        together(ingest, read_already(ingest, links[0], unknown), read_already(ingest, links[1], reading(2)))
    )
    assert [one.outcome for one in settled] == [Outcome.FAILED, Outcome.NEW]
    assert world.rows("SELECT state FROM links ORDER BY id") == [("pending",), ("done",)]
    # Refused after its article, its story and its text's signature were written: none of them stayed.
    assert world.rows("SELECT url FROM articles") == [("https://gull.example/2",)]
    assert world.rows("SELECT (SELECT count(*) FROM stories), (SELECT count(*) FROM fingerprints)") == [(1, 1)]


def test_a_full_disk_fails_the_batch_and_leaves_every_link_pending(world: World) -> None:
    ingest = line(world, watching(rule()))
    links = [world.link(number) for number in (1, 2)]
    pages = world.rows("PRAGMA page_count")[0][0]
    world.store.db.execute(f"PRAGMA max_page_count = {pages}")
    long = " ".join(words(number) for number in range(200))
    readings = [replace(reading(number), article=replace(reading(number).article, text=long)) for number in (1, 2)]
    settled = asyncio.run(
        together(ingest, *(read_already(ingest, link, one) for link, one in zip(links, readings, strict=True)))
    )
    assert [isinstance(one, DatabaseError) for one in settled] == [True, True]
    assert world.rows("SELECT state, attempts FROM links") == [("pending", 0), ("pending", 0)]
    assert world.rows("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM alerts)") == [(0, 0)]
    world.store.db.execute("PRAGMA max_page_count = 100000")
    again = asyncio.run(together(ingest, read_already(ingest, links[0], readings[0])))
    assert [one.outcome for one in again] == [Outcome.NEW]


def test_nothing_is_acknowledged_before_the_commit(world: World, tmp_path: Path) -> None:
    ingest = line(world, watching(rule()))
    link = world.link(1)
    seen: list[int] = []

    async def page() -> SettledPage:
        settled = await read_already(ingest, link, reading(1))
        with Store(tmp_path / "test.db") as other:  # another connection sees committed rows only
            seen.append(other.db.execute("SELECT count(*) FROM alerts").fetchone()[0])
        return settled

    asyncio.run(together(ingest, page()))
    assert seen == [1]


def test_rejected_and_fetched_pages_take_the_same_way(world: World) -> None:
    with Workers(1, preload=("monitor.extraction.extract",)) as workers:
        ingest = line(world, watching(rule()), workers)
        first, second = world.link(1), world.link(2)
        body = f"<html><body><article><h1>Headline b</h1><p>{words(2)}</p><p>{words(3)}</p></article></body></html>"
        page = Page(
            url=second.url,
            final_url=second.url,
            status=200,
            headers={"content-type": "text/html; charset=utf-8"},
            body=body.encode(),
            fetched_at=NOW,
        )
        refused = Rejection(outcome=Outcome.REFUSED, reason="robots.txt")
        settled = asyncio.run(
            together(ingest, ingest.settle(first, refused, FetchFacts(at=NOW)), ingest.process_page(second, page))
        )
    assert [one.outcome for one in settled] == [Outcome.REFUSED, Outcome.NEW]
    assert world.rows("SELECT state, reason FROM links ORDER BY id") == [("refused", "robots.txt"), ("done", None)]


def test_a_reload_takes_effect_between_pages(world: World) -> None:
    ingest = line(world, watching())
    links = [world.link(number) for number in (1, 2)]
    quiet = asyncio.run(together(ingest, read_already(ingest, links[0], reading(1))))
    ingest.watch = watching(rule())
    loud = asyncio.run(together(ingest, read_already(ingest, links[1], reading(2))))
    assert [one.alerts for one in (*quiet, *loud)] == [0, 1]
