from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from link_ledger import FEED, MAP, NEWS, NOW, Ledger, at, entry, later
from newswire import everybody

from monitor.model.gap import ListedLink
from monitor.model.page import Outcome
from monitor.model.source import Entry, Validators
from monitor.storage import Store
from monitor.storage.sources.links import Link, ListedChanges


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Store(tmp_path / "test.db") as store:
        yield Ledger(store)


def test_what_was_listed_says_who_knew_it(ledger: Ledger) -> None:
    """Links in the answer's order, a new guid and all: whether this endpoint or anybody listed them before."""
    ledger.announce(entry("a", published=at(later(-60))), entry("b"))
    assert ledger.listed == (
        ListedLink(link=1, fresh=True, new=True, at=later(-60)),
        ListedLink(link=2, fresh=True, new=True, at=None),
    )
    ledger.announce(entry("c"), entry("b", key="guid:b", modified=at(NOW)), now=later(5))
    assert ledger.listed == (
        ListedLink(link=3, fresh=True, new=True, at=None),
        ListedLink(link=2, fresh=False, new=False, at=NOW),
    )
    ledger.announce(entry("a"), endpoint=MAP, now=later(9))
    assert ledger.listed == (ListedLink(link=1, fresh=True, new=False, at=None),)


def test_a_link_comes_back_as_it_was_announced(ledger: Ledger) -> None:
    full = entry(
        "a",
        guid="g",
        lead="A lead — with “quotes”",
        text="Its text",
        published=at(later(-60)),
        modified=at(later(-5)),
        details={"tags": ["x", "y"], "mark": None},
    )
    assert ledger.announce(full) == ListedChanges(seen=1, new=1, changed=0)
    (found,) = ledger.store.links.due("news", NOW, 9)
    assert found == Link(
        id=1, key=full.key, source="news", url=full.url, entry=full, attempts=0, backlog=False, first_seen_at=NOW
    )


def test_the_same_announcement_again_changes_nothing(ledger: Ledger) -> None:
    ledger.announce(entry("a"), entry("b"))
    assert ledger.announce(entry("a"), entry("c"), now=later(5)) == ListedChanges(seen=2, new=1, changed=0)
    assert ledger.rows("title", "first_seen_at", "last_seen_at") == [
        ("A", "2026-03-02T06:00:00.000Z", "2026-03-02T06:05:00.000Z"),
        ("B", "2026-03-02T06:00:00.000Z", "2026-03-02T06:00:00.000Z"),
        ("C", "2026-03-02T06:05:00.000Z", "2026-03-02T06:05:00.000Z"),
    ]


def test_one_address_under_another_key_is_the_same_link(ledger: Ledger) -> None:
    ledger.announce(entry("a", key="guid:1"))
    assert ledger.announce(entry("a", key="guid:2"), now=later(5)) == ListedChanges(seen=1, new=0, changed=0)
    assert ledger.rows("key") == [("guid:1",)]


def test_one_key_under_another_address_is_the_same_link(ledger: Ledger) -> None:
    ledger.announce(entry("a", key="news:1"))
    assert ledger.announce(entry("moved/a", key="news:1", title="A")) == ListedChanges(seen=1, new=0, changed=0)
    assert len(ledger.rows("id")) == 1


def test_an_address_is_one_link_whoever_announces_it_and_whatever_they_call_it(ledger: Ledger) -> None:
    other = replace(NEWS, name="other")
    ledger.store.sources.sync([NEWS, other], lambda _: "news.example", lambda _: NOW, NOW)
    number = ledger.store.sources.add_endpoint("other", FEED)
    ledger.announce(entry("a", key="one"))
    with ledger.store.write():
        ledger.store.links.upsert_listed(
            "other",
            number,
            [entry("a", key="two")],
            NOW,
            backlog_before=None,
            archived_before=None,
            speaks_for=everybody,
        )
    assert ledger.rows("source", "key") == [("news", "one")]


def test_a_link_goes_to_the_source_that_speaks_for_its_address_with_its_words(ledger: Ledger) -> None:
    """Whoever lists another site's page first has it until that site does; not the other way round."""
    other = replace(NEWS, name="other")
    ledger.store.sources.sync([NEWS, other], lambda _: "news.example", lambda _: NOW, NOW)
    number = ledger.store.sources.add_endpoint("other", FEED)

    def own(source: str, _: str) -> bool:
        return source == "news"

    def announce(source: str, endpoint: int, entry: Entry) -> None:
        with ledger.store.write():
            ledger.store.links.upsert_listed(
                *(source, endpoint, [entry], NOW), backlog_before=None, archived_before=None, speaks_for=own
            )

    announce("other", number, entry("a", key="theirs", title="Altered"))
    assert ledger.rows("source", "key", "title") == [("other", "theirs", "Altered")]
    announce("news", ledger.numbers[FEED], entry("a", key="ours", title="Ice"))
    assert ledger.rows("source", "key", "title") == [("news", "ours", "Ice")]
    announce("other", number, entry("a", key="again", title="Altered again"))
    assert ledger.rows("source", "key", "title") == [("news", "ours", "Ice")]


def test_an_id_that_names_another_sites_link_is_no_name_of_this_one(ledger: Ledger) -> None:
    """The user's rules give the pieces of two outlets one id."""
    other = replace(NEWS, name="other")
    ledger.store.sources.sync([NEWS, other], lambda _: "news.example", lambda _: NOW, NOW)
    number = ledger.store.sources.add_endpoint("other", FEED)
    ledger.announce(entry("a", key="1"))
    theirs = replace(entry("a", key="1"), url="https://other.example/b")
    for _ in range(2):
        with ledger.store.write():
            ledger.store.links.upsert_listed(
                "other",
                number,
                [theirs],
                NOW,
                backlog_before=None,
                archived_before=None,
                speaks_for=lambda name, url: url.startswith(f"https://{name}.example/"),
            )
    assert ledger.rows("source", "key", "url") == [
        ("news", "1", "https://news.example/a"),
        ("other", "https://other.example/b", "https://other.example/b"),
    ]


ENDED = [
    ("done", Outcome.NEW),
    ("refused", Outcome.NOT_ARTICLE),
    ("gone", Outcome.GONE),
    ("given-up", Outcome.FAILED),
]


@pytest.mark.parametrize(("state", "outcome"), ENDED)
def test_a_changed_announcement_makes_any_link_due_again(ledger: Ledger, state: str, outcome: Outcome) -> None:
    ledger.announce(entry("a"))
    ledger.settle(1, state, outcome)
    assert ledger.announce(entry("a"), now=later(5)) == ListedChanges(seen=1, new=0, changed=0)
    assert ledger.due(later(5)) == []
    assert ledger.announce(entry("a", title="Another"), now=later(10)) == ListedChanges(seen=1, new=0, changed=1)
    (link,) = ledger.store.links.due("news", later(10), 9)
    assert (link.id, link.attempts, link.entry.title) == (1, 0, "Another")


@pytest.mark.parametrize("field", ["title", "lead", "text", "modified"])
def test_what_counts_as_changed(ledger: Ledger, field: str) -> None:
    ledger.announce(entry("a"))
    ledger.settle(1, "done", Outcome.NEW)
    ledger.announce(entry("a", **{field: at(NOW) if field == "modified" else "Another"}))
    assert ledger.due() == [1]


@pytest.mark.parametrize("waiting", [True, False])
def test_what_is_announced_while_a_page_is_read_is_not_answered_by_that_page(ledger: Ledger, waiting: bool) -> None:
    """A first fetch, or a look at what is done: the page may be older than the announcement."""
    ledger.announce(entry("a"))
    if not waiting:
        ledger.settle(1, "done", Outcome.NEW)
    claimed = ledger.claim(1)
    ledger.announce(entry("a", title="Another"), now=later(5))
    ledger.settle(claimed, "done", Outcome.UNCHANGED)
    assert ledger.rows("state", "attempts", "outcome", "title") == [("pending", 0, "unchanged", "Another")]
    assert ledger.due() == [1]
    ledger.settle(1, "done", Outcome.REVISION)
    assert ledger.rows("state", "attempts", "outcome") == [("done", 1, "revision")]


def test_a_second_list_that_tells_of_the_same_change_is_answered_by_the_same_page(ledger: Ledger) -> None:
    for endpoint in (FEED, MAP):
        ledger.announce(entry("a", lead="Its lead"), endpoint=endpoint)
    ledger.settle(1, "done", Outcome.NEW)
    ledger.announce(entry("a", lead="Another lead", modified=at(NOW)))
    claimed = ledger.claim(1)
    ledger.announce(entry("a", modified=at(NOW)), endpoint=MAP)
    ledger.settle(claimed, "done", Outcome.REVISION)
    assert ledger.rows("state", "attempts", "outcome") == [("done", 1, "revision")]


def test_a_waiting_link_keeps_its_turn_and_takes_the_new_words(ledger: Ledger) -> None:
    ledger.announce(entry("a"))
    ledger.settle(1, "pending", Outcome.FAILED, later(30))
    assert ledger.announce(entry("a", title="Another"), now=later(5)) == ListedChanges(seen=1, new=0, changed=0)
    assert ledger.due(later(29)) == []
    (link,) = ledger.store.links.due("news", later(30), 9)
    assert (link.attempts, link.entry.title, ledger.rows("title")) == (1, "Another", [("Another",)])


def test_two_endpoints_may_word_a_headline_differently(ledger: Ledger) -> None:
    ledger.announce(entry("a"))
    ledger.settle(1, "done", Outcome.NEW)
    for minute in range(3):
        ledger.announce(entry("a", title="A, at length"), endpoint=MAP, now=later(minute))
        ledger.announce(entry("a"), now=later(minute))
    assert ledger.due(later(9)) == []
    assert [row["kind"] for row in ledger.store.links.sightings(1)] == ["feed", "sitemap"]


def test_what_was_there_before_is_backlog(ledger: Ledger) -> None:
    ledger.announce(
        entry("old", published=at(later(-1))),
        entry("undated"),
        entry("new", published=at(NOW)),
        entry("old-change", modified=at(later(-1))),
        entry("new-change", modified=at(later(1))),
        backlog_before=NOW,
    )
    ledger.announce(entry("next"), entry("late", published=at(later(-99))))
    assert ledger.rows("backlog") == [(1,), (1,), (0,), (1,), (0,), (0,), (0,)]


def test_a_sitemaps_archive_is_kept_and_not_fetched(ledger: Ledger) -> None:
    dated = [entry("old", modified=at(later(-999))), entry("undated"), entry("recent", modified=at(later(-5)))]
    announced = ledger.announce(*dated, endpoint=MAP, backlog_before=NOW, archived_before=later(-60))
    assert announced == ListedChanges(seen=3, new=1, changed=0)
    states = [("archived",), ("archived",), ("pending",)]
    assert (ledger.rows("state"), ledger.due()) == (states, [3])
    # Listed again a day on: still archive, the undated one too. Listed anew without a date: news.
    again = ledger.announce(*dated, entry("undated-2"), endpoint=MAP, archived_before=later(-60), now=later(9))
    assert (again, ledger.rows("state")) == (ListedChanges(seen=4, new=1, changed=0), [*states, ("pending",)])


def test_an_archived_piece_that_changes_is_fetched(ledger: Ledger) -> None:
    ledger.announce(
        entry("old", modified=at(later(-999))), entry("undated"), backlog_before=NOW, archived_before=later(-60)
    )
    ledger.announce(
        entry("old", modified=at(later(5))), entry("undated", title="Mended"), archived_before=later(-55), now=later(9)
    )
    assert ledger.due(later(9)) == [1, 2]


def test_a_feed_brings_a_piece_out_of_a_sitemaps_archive(ledger: Ledger) -> None:
    ledger.announce(entry("a", modified=at(later(-999))), endpoint=MAP, archived_before=later(-60))
    ledger.announce(entry("a", published=at(later(-999))))
    assert ledger.due() == [1]


@pytest.mark.parametrize(
    ("since", "due"),
    [(None, [1, 2, 3, 4]), (later(-999), [2, 4]), (later(-998), [4]), (later(0), [])],
)
def test_a_backfill_makes_the_archive_due_as_backlog(ledger: Ledger, since: datetime | None, due: list[int]) -> None:
    ledger.announce(
        entry("undated"),
        entry("old", modified=at(later(-999))),
        entry("older", modified=at(later(-5)), published=at(later(-2000))),
        entry("aged", published=at(later(-500))),
        backlog_before=NOW - timedelta(days=9),
        archived_before=later(-60),
    )
    ledger.announce(entry("recent", published=at(later(-5))), entry("done", published=at(later(-6))))
    ledger.settle(6, "done", Outcome.NEW)
    with ledger.store.write():
        assert ledger.store.links.requeue_archived("gull", NOW, since) == 0
        assert ledger.store.links.requeue_archived("news", later(5), since) == len(due)
        assert ledger.store.links.requeue_archived("news", later(6), since) == 0
    assert ledger.due(NOW) == [5]
    assert [(link.id, link.backlog) for link in ledger.store.links.due("news", later(5), 9)] == [
        (5, False),
        *((number, True) for number in due),
    ]


def test_news_does_not_wait_for_a_backfill(ledger: Ledger) -> None:
    ledger.announce(entry("a"), entry("b"), endpoint=MAP, backlog_before=NOW, archived_before=NOW)
    with ledger.store.write():
        assert ledger.store.links.requeue_archived("news", NOW) == 2
    ledger.announce(entry("c"), now=later(5))
    assert ledger.due(later(5), limit=2) == [3, 1]


def test_due_links_come_oldest_first_within_the_limit(ledger: Ledger) -> None:
    ledger.announce(entry("b"), now=later(2))
    ledger.announce(entry("a"), entry("c"), entry("d"), now=later(1))
    assert [
        ledger.due(later(1)),
        ledger.due(later(2)),
        ledger.due(later(2), limit=2),
        ledger.due(later(2), limit=2, without=frozenset({2, 4})),
        ledger.due(later(2), limit=1, without=frozenset({1, 2, 3, 4})),
    ] == [[2, 3, 4], [2, 3, 4, 1], [2, 3], [3, 1], []]


def test_one_fetch_one_outcome(ledger: Ledger) -> None:
    ledger.announce(entry("a"))
    ledger.settle(1, "pending", Outcome.FAILED, later(1))
    ledger.settle(1, "done", Outcome.NEW)
    assert ledger.rows("state", "outcome", "attempts", "next_attempt_at") == [("done", "new", 2, None)]
    fetched = [(row["outcome"], row["status"], row["bytes"]) for row in ledger.store.links.fetches(1)]
    assert fetched == [("failed", 200, 10), ("new", 200, 10)]


def test_a_postponed_link_waits_and_has_used_no_try(ledger: Ledger) -> None:
    ledger.announce(entry("a"), entry("b"), entry("c"))
    ledger.settle(2, "pending", Outcome.FAILED, later(30))
    ledger.settle(3, "done", Outcome.NEW)
    with ledger.store.write():
        ledger.store.links.postpone(dict.fromkeys((1, 2, 3), later(10)))
    assert [ledger.due(later(minutes)) for minutes in (9, 10, 30)] == [[], [1], [1, 2]]
    assert ledger.rows("state", "attempts") == [("pending", 0), ("pending", 1), ("done", 1)]


def test_links_and_the_validators_that_stand_for_them_come_together_or_not_at_all(ledger: Ledger) -> None:
    def answered(fails: bool) -> None:
        with ledger.store.write():
            number = ledger.store.sources.add_endpoint("news", FEED)
            ledger.store.links.upsert_listed(
                "news", number, [entry("a")], NOW, backlog_before=None, archived_before=None, speaks_for=everybody
            )
            ledger.store.sources.record_success(
                number,
                status=200,
                validators=Validators(etag='"1"'),
                entries=1,
                newest=None,
                next_at=NOW,
                now=NOW,
            )
            if fails:
                raise KeyError

    def validators() -> Mapping[str, Validators]:
        return ledger.store.recall.load_order("news", NOW, before=NOW, settled=NOW).endpoints.map_validators()

    with pytest.raises(KeyError):
        answered(True)
    assert (ledger.rows("id"), validators()) == ([], {})
    answered(False)
    assert validators() == {FEED.key: Validators(etag='"1"')}
    assert ledger.rows("id") == [(1,)]


def test_finding_and_counting(ledger: Ledger) -> None:
    ledger.announce(entry("a", key="news:1"), entry("b"))
    ledger.settle(1, "done", Outcome.NEW)
    found = [ledger.store.links.find(text) for text in ("news:1", "https://news.example/b", "nothing")]
    assert [row and row["id"] for row in found] == [1, 2, None]
    assert ledger.store.links.counts("news") == {"done": 1, "pending": 1}


def test_a_link_is_not_before_what_its_endpoint_had_listed_as_newest(ledger: Ledger) -> None:
    ledger.announce(entry("a", published=at(NOW)))
    with ledger.store.write():
        ledger.store.sources.record_success(
            ledger.numbers[FEED], status=200, validators=None, entries=1, newest=NOW, next_at=NOW, now=NOW
        )
    ledger.announce(entry("a"), entry("b"), now=later(10))
    found = {name: ledger.store.links.find(f"https://news.example/{name}") for name in "ab"}
    assert {name: row["not_before"] for name, row in found.items() if row} == {
        "a": None,
        "b": "2026-03-02T06:00:00.000Z",
    }


def stamped(number: int, minute: int) -> Entry:
    return entry(f"n{number}", title=f"The story, {minute} comments", modified=at(later(minute)))


def test_a_list_that_stamps_its_entries_anew_has_each_page_fetched_once_a_day(ledger: Ledger) -> None:
    """Twenty pages that were the same as before teach that its stamps say nothing; words that change always count."""
    names = range(50)
    ledger.announce(*(stamped(n, 0) for n in names))
    for link in ledger.due():
        ledger.settle(link, "done", Outcome.NEW)
    fetched = []
    for minute in (10, 20, 30):
        ledger.announce(*(stamped(n, minute) for n in names), now=later(minute))
        fetched.append(ledger.due(later(minute)))
        for link in fetched[-1]:
            ledger.settle(link, "done", Outcome.UNCHANGED)
    assert [len(links) for links in fetched] == [20, 0, 0]
    ledger.announce(*(stamped(n, 1500) for n in names), now=later(1500))
    assert ledger.due(later(1500)) == [1, 2]
    ledger.settle(1, "done", Outcome.UNCHANGED)
    ledger.settle(2, "done", Outcome.REVISION)  # its stamps say something after all
    ledger.announce(*(stamped(n, 1510) for n in names), now=later(1510))
    assert len(ledger.due(later(1510))) == 20
    ledger.announce(entry("n49", title="Another story, 9 comments", modified=at(later(1520))), now=later(1520))
    assert 50 in ledger.due(later(1520))
    assert ledger.rows("count(hinted_by)")[0] == (20,)
