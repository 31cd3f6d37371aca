"""A piece announced first and read later is told to the same rules as one that is read at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newswire import NOW, World, open_world, reading, rule, watching, words

from monitor.alerting.intents import Rule
from monitor.model.alert import Policy
from monitor.model.page import ANNOUNCED, FetchFacts, Outcome, Reading, Rejection
from monitor.model.topic import Match
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import settle_page

GONE = Rejection(outcome=Outcome.GONE, reason="status 404")
SENTENCES = [words(seed)[:120].rpartition(" ")[0].capitalize() + "." for seed in range(40, 60)]
FIRST = " ".join(SENTENCES[:8])
OTHER = " ".join(SENTENCES[10:18])
TOPICS = ("ferry", "strait")

Told = list[tuple[str, str]]


def piece(number: int, site: str, text: str, topics: frozenset[str], score: float = 0.9) -> Reading:
    found = reading(number, site=site)
    article = replace(found.article, text=text, title="Ice in the strait", language="en")
    matches = tuple(
        Match(topic=name, score=score if name in topics else 0.1, threshold=0.5, matched=name in topics)
        for name in TOPICS
    )
    return replace(judge_article(article, (), source=site), matches=matches)


def announce(world: World, rules: tuple[Rule, ...], text: str, topics: frozenset[str], score: float = 0.9) -> None:
    found = piece(1, "gull", text, topics, score)
    short = replace(found, article=replace(found.article, rungs={"text": ANNOUNCED}, complete="no"))
    link = world.link(1)
    with world.store.write():
        fetched = FetchFacts(at=NOW, status=404)
        settle_page(world.store, watching(*rules), link, GONE, fetched, NOW, 0.5, announced=short)


def of(name: str, *topics: str, per: str = "story", on: tuple[str, ...] = ("new",), minimum: float = 0.0) -> Rule:
    return replace(rule(name, per=per, on=on, policy=Policy(minimum=minimum)), topics=frozenset(topics))


def list_told(world: World) -> Told:
    """The rules that are told of piece 1, and of what event."""
    return world.rows(
        "SELECT rule, event FROM alerts JOIN articles AS a ON a.id = article_id "
        "WHERE a.url = 'https://gull.example/1' AND state <> 'held' ORDER BY rule, event"
    )


def play(
    rules: tuple[Rule, ...],
    before: tuple[str, frozenset[str]] | None,
    announced: tuple[str, frozenset[str], float] | None,
    whole: tuple[str, frozenset[str], float],
) -> tuple[Told, Told]:
    """What was told of piece 1 before its whole was read, and after; `before` is a piece of another outlet."""
    with TemporaryDirectory() as folder:
        world = open_world(Path(folder) / "test.db")
        with world.store.write():
            world.store.topics.record_profile("ferry", "hash", 0.5, 1, NOW)
        if before is not None:
            world.settle(watching(*rules), world.link(2, "tern"), piece(2, "tern", *before))
        if announced is not None:
            announce(world, rules, *announced)
        first = list_told(world)
        world.settle(watching(*rules), world.link(1), piece(1, "gull", *whole))
        last = list_told(world)
        world.store.close()
    return first, last


STRAIT, FERRY, BOTH, NONE = frozenset({"strait"}), frozenset({"ferry"}), frozenset(TOPICS), frozenset[str]()


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ((FIRST, BOTH), []),
        ((FIRST, STRAIT), [("ferries", "article.matched")]),
        ((OTHER, BOTH), [("ferries", "article.matched")]),
    ],
    ids=["told to the rule", "told to another rule alone", "no copy"],
)
def test_a_copy_is_told_to_whom_only_its_whole_concerns_unless_they_were_told_of_its_text(
    before: tuple[str, frozenset[str]], told: Told
) -> None:
    rules = (of("ferries", "ferry"), of("straits", "strait"))
    late = play(rules, before, (SENTENCES[19], STRAIT, 0.9), (FIRST, BOTH, 0.9))
    assert late == ([("straits", "article.matched")], [*told, ("straits", "article.matched")])


def test_a_whole_that_scores_what_its_announcement_did_not_is_told() -> None:
    rules = (of("straits", "strait", minimum=0.8),)
    late = play(rules, None, (SENTENCES[19], STRAIT, 0.6), (FIRST, STRAIT, 0.9))
    assert late == ([], [("straits", "article.matched")])


def test_a_whole_that_scores_too_little_again_leaves_one_row() -> None:
    rules = (of("straits", "strait", minimum=0.8),)
    with TemporaryDirectory() as folder:
        world = open_world(Path(folder) / "test.db")
        with world.store.write():
            world.store.topics.record_profile("ferry", "hash", 0.5, 1, NOW)
        announce(world, rules, SENTENCES[19], STRAIT, 0.6)
        world.settle(watching(*rules), world.link(1), piece(1, "gull", FIRST, STRAIT, 0.7))
        rows = world.rows("SELECT state, revision, reason FROM alerts")
        world.store.close()
    assert rows == [("held", 1, "its score 0.60 is under the minimum 0.80 of this alert")]


def test_a_piece_that_its_page_takes_back_is_told_to_whom_its_announcement_was_told() -> None:
    rules = (of("all", "strait", on=("new", "retracted")), of("first", "strait"), of("later", "ferry"))
    taken_back = f"This article has been retracted. {FIRST}"
    late = play(rules, None, (SENTENCES[0], STRAIT, 0.9), (taken_back, STRAIT, 0.9))
    told = [("all", "article.matched"), ("first", "article.matched")]
    assert late == (told, sorted([*told, ("all", "article.retracted")]))


topics = st.sampled_from([STRAIT, FERRY, BOTH])
scores = st.sampled_from([0.6, 0.9])
kinds = st.builds(
    lambda names, per, on, minimum: (names, per, on, minimum),
    st.sampled_from([STRAIT, FERRY, BOTH]),
    st.sampled_from(["story", "article"]),
    st.sampled_from([("new",), ("edit",), ("new", "edit")]),
    st.sampled_from([0.0, 0.8]),
)
texts = st.sampled_from([FIRST, " ".join([FIRST, SENTENCES[12]]), " ".join([*SENTENCES[:3], OTHER]), OTHER])


@given(
    asked=st.lists(kinds, min_size=1, max_size=3),
    before=st.none() | st.tuples(texts, topics | st.just(NONE)),
    announced=st.tuples(st.sampled_from([SENTENCES[0], " ".join(SENTENCES[:3]), SENTENCES[19]]), topics, scores),
    whole=st.tuples(texts, topics | st.just(NONE), scores),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_whom_a_piece_is_told_to_does_not_hang_on_its_announcement(
    asked: list[tuple[frozenset[str], str, tuple[str, ...], float]],
    before: tuple[str, frozenset[str]] | None,
    announced: tuple[str, frozenset[str], float],
    whole: tuple[str, frozenset[str], float],
) -> None:
    rules = tuple(of(f"r{n}", *names, per=per, on=on, minimum=low) for n, (names, per, on, low) in enumerate(asked))
    first, late = play(rules, before, announced, whole)
    _, at_once = play(rules, before, None, whole)
    assert [row for row in late if row[1] == "article.matched"] == sorted({*first, *at_once})
    assert {name for name, event in late if event != "article.matched"} <= {name for name, _ in first}
