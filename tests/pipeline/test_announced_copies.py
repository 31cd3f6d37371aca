"""A piece that the few words of its announcement hold back as a copy is judged anew once its page is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching, words

from monitor.alerting.intents import Rule
from monitor.model.alert import Policy
from monitor.model.page import ANNOUNCED, Article, FetchFacts, Outcome, Reading, Rejection
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, settle_page

GONE = Rejection(outcome=Outcome.GONE, reason="status 404")
SENTENCES = [words(seed)[:120].rpartition(" ")[0].capitalize() + "." for seed in range(40, 60)]
OLD = " ".join(SENTENCES[:4])
LEAD = f"{SENTENCES[0]} {SENTENCES[1]} {SENTENCES[2]} {SENTENCES[12]}"  # three quarters of it are in the old text
OWN = " ".join([*SENTENCES[:2], *SENTENCES[11:]])
AGAIN = f"{OLD} {SENTENCES[12]}"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def told(text: str, *, number: int = 1, announced: bool = False, cut: bool = False, score: float = 0.9) -> Reading:
    found = reading(number)
    rungs = {"text": ANNOUNCED} if announced else {"text": "trafilatura"}
    complete = "no" if announced or cut else "yes"
    article = replace(found.article, text=text, rungs=rungs, complete=complete)
    (match,) = found.matches
    matches = (replace(match, score=score, matched=score >= match.threshold),)
    return replace(judge_article(article, (), source="gull"), matches=matches)


def announce(world: World, asked: Rule) -> SettledPage:
    """Piece 1, of which nothing but its announcement is known."""
    link = world.link(1)
    with world.store.write():
        fetched = FetchFacts(at=NOW, status=404)
        return settle_page(
            world.store, watching(asked), link, GONE, fetched, NOW, 0.5, announced=told(LEAD, announced=True)
        )


def list_alerts(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "SELECT state, revision, substr(reason, 1, 25) FROM alerts WHERE article_id = 2 ORDER BY revision"
    )


HELD = ("held", 1, "nearly the same text as h")


@pytest.mark.parametrize(
    ("whole", "asked", "score", "alerts", "rows"),
    [
        (OWN, rule(), 0.9, 1, [HELD, ("pending", 2, None)]),
        (AGAIN, rule(), 0.9, 0, [HELD]),
        (OLD, rule(), 0.9, 0, [HELD]),
        (OWN, rule(on=["edit"]), 0.9, 0, []),
        (OWN, rule(policy=Policy(minimum=0.95)), 0.9, 0, [HELD, ("held", 2, "its score 0.90 is under t")]),
        (OWN, rule(policy=Policy(minimum=0.95)), 0.97, 1, [HELD, ("pending", 2, None)]),
    ],
    ids=[
        "a text of its own is told",
        "nearly the old text is not",
        "the old text is not",
        "nobody wants what is new",
        "the rule's score still holds it",
        "the whole has the rule's score",
    ],
)
def test_the_whole_of_what_an_announcement_held_back_is_told_if_it_is_news(
    world: World, whole: str, asked: Rule, score: float, alerts: int, rows: list[tuple[object, ...]]
) -> None:
    watch = watching(asked)
    before = world.settle(watch, world.link(9, backlog=True), told(OLD, number=9))
    first = announce(world, asked)
    done = world.settle(watch, world.link(1), told(whole, score=score))
    assert (before.alerts, first.alerts, done.outcome, done.alerts) == (0, 0, Outcome.REVISION, alerts)
    assert list_alerts(world) == rows
    assert world.settle(watch, world.link(1), told(whole, score=score)).alerts == 0


def test_what_was_told_by_its_announcement_is_told_no_second_time(world: World) -> None:
    first = announce(world, rule())
    done = world.settle(watching(rule()), world.link(1), told(OWN))
    assert (first.alerts, done.outcome, done.alerts) == (1, Outcome.REVISION, 0)
    assert world.rows("SELECT state, revision, reason FROM alerts") == [("pending", 1, None)]


def test_the_whole_of_a_part_that_was_held_back_is_told_if_it_is_news(world: World) -> None:
    watch = watching(rule())
    world.settle(watch, world.link(9, backlog=True), told(OLD, number=9))
    part = world.settle(watch, world.link(1), told(LEAD, cut=True))
    whole = f"{LEAD} {' '.join(SENTENCES[13:])}"
    done = world.settle(watch, world.link(1), told(whole))
    assert (part.outcome, part.alerts, part.held) == (Outcome.NEAR_COPY, 0, 1)
    assert (done.outcome, done.alerts) == (Outcome.REVISION, 1)
    assert list_alerts(world) == [HELD, ("pending", 2, None)]


def test_the_whole_that_is_news_copies_nothing_any_more(world: World) -> None:
    watch = watching(rule())
    world.settle(watch, world.link(9, backlog=True), told(OLD, number=9))
    announce(world, rule())
    assert world.rows("SELECT copy_of, similarity IS NULL FROM articles WHERE id = 2") == [(1, 0)]
    world.settle(watch, world.link(1), told(AGAIN))
    assert world.rows("SELECT copy_of, similarity IS NULL FROM articles WHERE id = 2") == [(1, 0)]
    assert world.rows("SELECT article_id FROM differences") == [(2,)]


def test_the_whole_that_is_news_is_found_as_the_original_of_its_reprint(world: World) -> None:
    watch = watching(rule())
    world.settle(watch, world.link(9, backlog=True), told(OLD, number=9))
    announce(world, rule())
    world.settle(watch, world.link(1), told(OWN))
    assert world.rows("SELECT copy_of, similarity FROM articles WHERE id = 2") == [(None, None)]
    assert world.rows("SELECT count(*) FROM differences") == [(0,)]
    reprint = world.settle(watch, world.link(3, "tern"), replace(told(OWN), article=reprinted(OWN)))
    assert (reprint.outcome, reprint.alerts) == (Outcome.COPY, 0)
    assert world.rows("SELECT copy_of FROM articles WHERE id = 3") == [(2,)]


def reprinted(text: str) -> Article:
    found = reading(3, site="tern").article
    return replace(found, title=reading(1).article.title, text=text)


def test_what_a_person_muted_or_was_there_before_is_not_told_for_its_whole(world: World) -> None:
    watch = watching(rule())
    past = world.settle(watch, world.link(1, backlog=True), told(LEAD, cut=True))
    done = world.settle(watch, world.link(1), told(f"{LEAD} {' '.join(SENTENCES[13:])}"))
    assert (past.held, done.outcome, done.alerts) == (1, Outcome.REVISION, 0)
    assert world.rows("SELECT state, revision FROM alerts") == [("held", 1)]


def test_a_topic_that_only_the_whole_has_is_told_once_and_as_a_match(world: World) -> None:
    wide = replace(rule(), topics=frozenset({"strait", "ferry"}))
    with world.store.write():
        world.store.topics.record_profile("ferry", "hash", 0.5, 1, NOW)
    watch = watching(wide)
    world.settle(watch, world.link(9, backlog=True), told(OLD, number=9))
    announce(world, wide)
    whole = told(OWN)
    (match,) = whole.matches
    other = replace(whole, matches=(replace(match, matched=False, score=0.1), replace(match, topic="ferry")))
    assert world.settle(watch, world.link(1), other).alerts == 1
    assert world.rows("SELECT state, event, revision, topic FROM alerts WHERE article_id = 2 ORDER BY revision") == [
        ("held", "article.matched", 1, "strait"),
        ("pending", "article.matched", 2, "ferry"),
    ]
