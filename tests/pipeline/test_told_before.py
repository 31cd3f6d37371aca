"""Under `per = "story"` a copy is told once, and holds back no piece that came out before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, rule, watching, words

from monitor.model.moment import Moment, Precision
from monitor.model.page import FetchFacts, Outcome, Rejection
from monitor.model.source import Entry
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, settle_page
from monitor.storage.timestamps import format_stamp

WATCH = watching(rule())
HOURS = timedelta(hours=1)
SENTENCES = [words(seed)[:63].capitalize() + "." for seed in range(20, 32)]
TEXT = " ".join(SENTENCES)
DENIAL = "All of it was denied at night by everybody."
ALTERED = " ".join([*SENTENCES[:11], DENIAL])
LENGTHENED = f"{TEXT} {DENIAL}"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def print_piece(
    world: World,
    site: str,
    text: str,
    *,
    dated: datetime | None,
    seen: datetime,
    looked_at: datetime | None = None,
    zone: str = "offset",
    number: int = 1,
    watch: Watch = WATCH,
) -> SettledPage:
    """An outlet's piece, dated and first seen so; `looked_at`: its outlet was asked then and did not have it."""
    published = dated and Moment(
        at=dated, raw=dated.isoformat(), zone=zone, precision=Precision.SECOND, carrier="json-ld"
    )
    found = reading(number, site=site)
    article = replace(found.article, text=text, published=published, title="Ice in the strait")
    entry = Entry(url=article.url, key=article.url, endpoint=f"https://{site}.example/rss")
    store = world.store
    with store.write():
        if looked_at is not None:
            store.db.execute(
                "INSERT INTO polls (source, started_at, finished_at, outcome) VALUES (?, ?, ?, 'ok')",
                (site, format_stamp(looked_at), format_stamp(looked_at + timedelta(seconds=9))),
            )
        store.links.upsert_listed(
            *(site, world.endpoints[site], [entry], seen),
            backlog_before=None,
            archived_before=None,
            speaks_for=lambda _, __: True,
        )
        link = store.links.due(site, seen, 9)[0]
        judged = replace(judge_article(article, (), source=site), matches=found.matches)
        return settle_page(store, watch, link, judged, FetchFacts(at=seen, status=200), seen, 0.5)


@pytest.mark.parametrize(
    ("dated", "looked_at"),
    [
        (NOW, None),  # it says that it came after the original
        (None, None),
        # It says that it was there for an hour, and was not when its outlet was asked 20 minutes ago.
        (NOW - HOURS, NOW - HOURS / 3),
    ],
)
@pytest.mark.parametrize("copy", [ALTERED, LENGTHENED])
def test_an_altered_copy_that_alerted_first_holds_back_no_original(
    world: World, copy: str, dated: datetime | None, looked_at: datetime | None
) -> None:
    first = print_piece(world, "tern", copy, dated=dated, seen=NOW, looked_at=looked_at)
    original = print_piece(world, "gull", TEXT, dated=NOW - HOURS / 6, seen=NOW + HOURS)
    assert (first.outcome, first.alerts, original.outcome) == (Outcome.NEW, 1, Outcome.NEAR_COPY)
    assert (original.alerts, original.held) == (1, 0)


@pytest.mark.parametrize(("copy", "outcome"), [(TEXT, Outcome.COPY), (TEXT.replace(" ", ", "), Outcome.NEAR_COPY)])
def test_the_same_words_are_told_once_whoever_had_them_first(world: World, copy: str, outcome: Outcome) -> None:
    first = print_piece(world, "tern", copy, dated=NOW, seen=NOW)
    original = print_piece(world, "gull", TEXT, dated=NOW - HOURS / 6, seen=NOW + HOURS)
    assert (first.alerts, original.outcome, original.alerts, original.held) == (1, outcome, 0, 1)


def test_a_copy_word_for_word_that_was_told_to_another_rule_holds_nothing_back(world: World) -> None:
    watch = watching(rule(), rule("all", per="article"))
    print_piece(world, "tern", LENGTHENED, dated=NOW, seen=NOW, watch=watch)
    print_piece(world, "tern", TEXT, dated=NOW, seen=NOW + HOURS / 6, number=2, watch=watch)
    original = print_piece(world, "gull", TEXT, dated=NOW - HOURS / 6, seen=NOW + HOURS, watch=watch)
    assert (original.outcome, original.alerts, original.held) == (Outcome.NEAR_COPY, 2, 0)
    assert world.rows("SELECT article_id, rule FROM alerts WHERE state <> 'held' ORDER BY article_id, rule") == [
        *[(1, "all"), (1, "desk"), (2, "all"), (3, "all"), (3, "desk")]
    ]


@pytest.mark.parametrize(("on", "told"), [(("new",), 1), (("new", "edit"), 0)])
def test_a_copy_that_was_told_otherwise_than_it_reads_now_holds_nothing_back(
    world: World, on: tuple[str, ...], told: int
) -> None:
    """The copy alerted with words of its own, and is word for word the original when that comes."""
    watch = watching(rule(on=on))
    print_piece(world, "tern", LENGTHENED, dated=NOW, seen=NOW, watch=watch)
    world.store.db.execute("UPDATE links SET state = 'pending', next_attempt_at = first_seen_at")
    edited = print_piece(world, "tern", TEXT, dated=NOW, seen=NOW + HOURS / 6, watch=watch)
    original = print_piece(world, "gull", TEXT, dated=NOW - HOURS / 6, seen=NOW + HOURS, watch=watch)
    assert (edited.outcome, original.outcome) == (Outcome.REVISION, Outcome.COPY)
    assert (original.alerts, original.held) == (told, 1 - told)


@pytest.mark.parametrize(
    ("dated", "looked_at", "zone"),
    [
        (NOW + HOURS / 6, None, "offset"),
        (NOW - HOURS / 2, NOW + 2 * HOURS, "offset"),  # dated back, and not there two hours after the other
        (NOW - HOURS / 6, None, "assumed"),  # nobody knows which hour that is
        (None, None, "offset"),
    ],
)
@pytest.mark.parametrize("reprint", [ALTERED, LENGTHENED])
def test_a_reprint_stays_held(
    world: World, reprint: str, dated: datetime | None, looked_at: datetime | None, zone: str
) -> None:
    print_piece(world, "tern", TEXT, dated=NOW, seen=NOW)
    again = print_piece(world, "gull", reprint, dated=dated, seen=NOW + 3 * HOURS, looked_at=looked_at, zone=zone)
    assert (again.outcome, again.alerts, again.held) == (Outcome.NEAR_COPY, 0, 1)
    assert world.rows("SELECT reason FROM alerts WHERE state = 'held'")[0][0].endswith("which alerted already")


def test_a_link_that_stood_before_its_page_gives_a_copy_no_date(world: World) -> None:
    """The copy's address was announced, and was not there, before the original came out."""
    entry = Entry(url="https://tern.example/1", key="https://tern.example/1", endpoint="https://tern.example/rss")
    with world.store.write():
        world.store.links.upsert_listed(
            *("tern", world.endpoints["tern"], [entry], NOW - 2 * HOURS),
            backlog_before=None,
            archived_before=None,
            speaks_for=lambda _, __: True,
        )
        link = world.store.links.due("tern", NOW, 9)[0]
        gone = Rejection(outcome=Outcome.GONE, reason="status 404")
        settle_page(world.store, WATCH, link, gone, FetchFacts(at=NOW - HOURS / 4, status=404), NOW - HOURS / 4, 0.0)
        world.store.links.owners.make_due(link.id, NOW)
    first = print_piece(world, "tern", ALTERED, dated=NOW - HOURS / 2, seen=NOW)
    original = print_piece(world, "gull", TEXT, dated=NOW - HOURS / 6, seen=NOW + HOURS)
    assert (first.alerts, original.outcome, original.alerts) == (1, Outcome.NEAR_COPY, 1)


def test_two_copies_of_a_text_nobody_was_told_hold_back_only_what_says_the_same(world: World) -> None:
    """The one has the first half of the text, the other the second; a third repeats the first."""
    more = [words(seed)[:63].capitalize() + "." for seed in range(50, 62)]
    first = [*SENTENCES[:7], *more[:6]]
    quiet = print_piece(world, "tern", TEXT, dated=NOW, seen=NOW, watch=watching())
    halves = [
        print_piece(world, "gull", " ".join(text), dated=NOW + nth * HOURS, seen=NOW + nth * HOURS, number=nth)
        for nth, text in enumerate((first, [*SENTENCES[5:], *more[6:]], [*first, DENIAL]), start=1)
    ]
    assert (quiet.alerts, quiet.held) == (0, 0)
    assert [(half.outcome, half.alerts, half.held) for half in halves] == [
        (Outcome.NEAR_COPY, 1, 0),
        (Outcome.NEAR_COPY, 1, 0),
        (Outcome.NEAR_COPY, 0, 1),
    ]
    (reason,) = world.rows("SELECT reason FROM alerts WHERE state = 'held'")[0]
    assert reason.startswith("nearly the same text as https://gull.example/1 (similarity 1.00), which alerted")


@pytest.mark.parametrize("text", [TEXT, ALTERED])
@pytest.mark.parametrize("on", [("new",), ("new", "edit")])
def test_a_piece_that_grows_into_what_was_told_is_told_no_second_time(
    world: World, text: str, on: tuple[str, ...]
) -> None:
    """A page that spoke of something else gets the text of another outlet's report."""
    watch = watching(rule(on=on))
    print_piece(world, "gull", TEXT, dated=NOW - HOURS, seen=NOW, watch=watch)
    flash = reading(2, site="tern", matched=False)
    first = world.settle(watch, world.link(2, "tern"), flash)
    grown = reading(2, site="tern")
    article = replace(flash.article, text=f"{flash.article.text[:160]}. {text}")
    whole = replace(judge_article(article, (), source="tern"), matches=grown.matches)
    second = world.settle(watch, world.link(2, "tern"), whole)
    assert (first.alerts, second.outcome, second.alerts, second.held) == (0, Outcome.REVISION, 0, 1)
    (reason,) = world.rows("SELECT reason FROM alerts WHERE state = 'held'")[0]
    assert reason.endswith("which alerted already")


def test_a_piece_that_grows_into_a_report_of_its_own_is_told(world: World) -> None:
    print_piece(world, "gull", TEXT, dated=NOW - HOURS, seen=NOW)
    world.settle(WATCH, world.link(2, "tern"), reading(2, site="tern", matched=False))
    second = world.settle(WATCH, world.link(2, "tern"), reading(2, site="tern", text=7))
    assert (second.outcome, second.alerts, second.held) == (Outcome.REVISION, 1, 0)
