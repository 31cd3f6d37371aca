"""Who may ask a host: claims and leases of agents, single turns at other hosts, and the pause after each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.poll import PollLease, PollResult
from monitor.model.source import Endpoint, Source
from monitor.storage import Store
from monitor.storage.timestamps import format_stamp

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def pause_of(robots: str | None) -> float:
    return 2.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        sources = [
            Source(
                name=name,
                spider="feed",
                title=name,
                address=None,
                every=600,
                endpoints=(Endpoint(kind="feed", url=f"https://{name}.example/feed"),),
            )
            for name in ("gull", "tern")
        ]
        store.sources.sync(sources, lambda source: f"{source.name}.example", lambda _: NOW, NOW)
        yield store


def claim(store: Store, seconds: float, agent: str | None = "one", lease: float = 15) -> list[PollLease]:
    now = at(seconds)
    return store.sources.claim(now, now + timedelta(seconds=lease), 9, agent=agent, pause_of=pause_of)


def finish(store: Store, turn: PollLease, seconds: float, rests_until: datetime | None = None) -> bool:
    result = PollResult(
        outcome="ok",
        requests=1,
        seen=0,
        new_links=0,
        stored=0,
        reason=None,
        state="ok",
        standing=None,
        failures=0,
        next_poll_at=at(0),
    )
    return store.sources.finish(turn, result, at(seconds), rests_until=rests_until)


def outcomes(store: Store) -> list[tuple[str, str | None, str]]:
    return [tuple(row) for row in store.db.execute("SELECT source, agent, outcome FROM polls ORDER BY id")]


def test_a_lease_that_is_renewed_lasts_and_one_that_is_not_runs_out_with_its_pause(store: Store) -> None:
    gull, tern = claim(store, 0)
    assert claim(store, 10, "two") == []
    assert store.sources.renew("one", [gull.poll], at(25)) == {gull.poll}
    assert [turn.source for turn in claim(store, 16.9, "two")] == []
    assert [turn.source for turn in claim(store, 17, "two")] == ["tern"]
    assert [turn.source for turn in claim(store, 27, "two")] == ["gull"]
    assert outcomes(store) == [
        ("gull", "one", "aborted"),
        ("tern", "one", "aborted"),
        ("tern", "two", "open"),
        ("gull", "two", "open"),
    ]
    assert store.sources.renew("one", [gull.poll, tern.poll], at(60)) == frozenset()
    assert not finish(store, gull, 28)


def test_a_lease_is_renewed_for_whom_it_was_given_to_and_never_shortened(store: Store) -> None:
    gull, _ = claim(store, 0, lease=30)
    assert store.sources.renew("two", [gull.poll], at(90)) == frozenset()
    assert store.sources.renew("one", [gull.poll, 99], at(10)) == {gull.poll}
    assert claim(store, 31, "two") == []


def test_a_source_that_an_agent_may_not_have_is_left_to_others(store: Store) -> None:
    turns = store.sources.claim(NOW, at(15), 9, agent="one", fits=lambda name: name == "tern")
    assert [turn.source for turn in turns] == ["tern"]


def test_a_source_that_owes_news_goes_before_polls_and_backlog(store: Store) -> None:
    """By what waits for another try, and when each is polled next: the first to be claimed where there is room for one.

    Gull is due for links alone; tern for its poll, or for backlog that it was to fetch sooner.
    """
    link = (
        "INSERT INTO links (key, source, url, entry, state, next_attempt_at, backlog, first_seen_at, last_seen_at) "
        "VALUES (:source || :at || :backlog, :source, 'https://a.example/', '{}', 'pending', :at, :backlog, :at, :at)"
    )
    found = []
    for news, poll in ((0, 700), (1, 0), (0, 0), (1, 700)):
        store.db.execute("DELETE FROM links")
        store.db.execute("UPDATE sources SET next_poll_at = ? WHERE name = 'gull'", (format_stamp(at(900)),))
        store.db.execute("UPDATE sources SET next_poll_at = ? WHERE name = 'tern'", (format_stamp(at(poll)),))
        store.db.execute(link, {"source": "gull", "at": format_stamp(at(-5)), "backlog": not news})
        store.db.execute(link, {"source": "gull", "at": format_stamp(at(500)), "backlog": 0})  # not due yet
        store.db.execute(link, {"source": "tern", "at": format_stamp(at(-9)), "backlog": 1})
        (turn,) = store.sources.claim(NOW, at(15), 1)
        found.append((turn.source, turn.whole, turn.crowded))
        finish(store, turn, 0)
    assert found == [
        ("tern", False, True),
        ("gull", False, True),
        ("tern", True, True),
        ("gull", False, True),
    ]


def test_an_outlet_that_always_owes_news_leaves_every_other_turn_to_polls(store: Store) -> None:
    """Whatever it announces and however often its pages fail: it may take no room from others but its share."""
    due = "UPDATE sources SET next_poll_at = iif(name = 'gull', :later, :now)"
    when = {"later": format_stamp(at(900)), "now": format_stamp(at(-60))}
    store.db.execute(
        "INSERT INTO links (key, source, url, entry, state, next_attempt_at, backlog, first_seen_at, last_seen_at) "
        "VALUES ('k', 'gull', 'https://a.example/', '{}', 'pending', :at, 0, :at, :at)",
        {"at": format_stamp(at(-900))},
    )
    found = []
    for _ in range(6):
        store.db.execute(due, when)
        (turn,) = store.sources.claim(NOW, at(15), 1)
        found.append(turn.source)
        finish(store, turn, 0)
    assert found == ["gull", "tern"] * 3
    store.db.execute(due, when)
    assert [turn.source for turn in store.sources.claim(NOW, at(15), 2)] == ["gull", "tern"]


def test_agents_that_ask_by_turns_have_turns_of_their_own(store: Store) -> None:
    """Else one of two would always be given news, and the other what else there is."""
    store.db.execute(
        "INSERT INTO links (key, source, url, entry, state, next_attempt_at, backlog, first_seen_at, last_seen_at) "
        "VALUES ('k', 'gull', 'https://a.example/', '{}', 'pending', :at, 0, :at, :at)",
        {"at": format_stamp(at(-9))},
    )
    given = []
    for agent in ("one", "two") * 3:
        store.db.execute(
            "UPDATE sources SET next_poll_at = iif(name = 'gull', :later, :now)",
            {"later": format_stamp(at(900)), "now": format_stamp(at(-60))},
        )
        (turn,) = store.sources.claim(NOW, at(15), 1, agent=agent)
        given.append((agent, turn.source))
        finish(store, turn, 0)
    assert given == [(agent, source) for source in ("gull", "tern", "gull") for agent in ("one", "two")]


def test_a_host_rests_between_two_polls(store: Store) -> None:
    gull, _ = claim(store, 0)
    assert finish(store, gull, 5, rests_until=at(7))
    assert claim(store, 6.9) == []
    assert [turn.source for turn in claim(store, 7)] == ["gull"]


def test_a_start_of_the_desk_frees_its_own_polls_only(store: Store) -> None:
    (mine,) = store.sources.claim(NOW, at(7200), 1, agent=None)
    (theirs,) = claim(store, 0)
    assert store.sources.take_turn("reef.example", theirs.poll, NOW, at(20)) is None
    assert store.sources.take_turn("cliff.example", mine.poll, NOW, at(20)) is None
    assert store.sources.recover(at(1)) == 1
    assert outcomes(store) == [("gull", None, "aborted"), ("tern", "one", "open")]
    held = store.db.execute("SELECT host, lease FROM hosts WHERE lease IS NOT NULL ORDER BY host")
    assert [tuple(row) for row in held] == [
        ("reef.example", f"turn {theirs.poll}"),
        ("tern.example", str(theirs.poll)),
    ]
    assert [turn.source for turn in claim(store, 2, "two")] == ["gull"]


def test_a_turn_at_another_host_is_alone_and_ends_with_a_pause(store: Store) -> None:
    gull, tern = claim(store, 0, lease=60)
    assert store.sources.take_turn("gull.example", tern.poll, at(1), at(20)) == at(60)
    assert store.sources.take_turn("reef.example", tern.poll, at(1), at(20)) is None
    assert store.sources.take_turn("reef.example", gull.poll, at(2), at(20), pause_of) == at(22)
    store.sources.leave_turn("reef.example", gull.poll, at(3))  # another's turn: nothing
    assert store.sources.take_turn("reef.example", gull.poll, at(4), at(24), pause_of) == at(22)
    store.sources.leave_turn("reef.example", tern.poll, at(7))
    assert store.sources.take_turn("reef.example", gull.poll, at(6), at(26), pause_of) == at(7)
    assert store.sources.take_turn("reef.example", gull.poll, at(7), at(27), pause_of) is None


def test_the_turn_of_a_poll_ends_with_it_and_a_lapsed_turn_closes_no_poll(store: Store) -> None:
    gull, tern = claim(store, 0, lease=60)
    store.sources.take_turn("reef.example", gull.poll, at(1), at(20))
    store.sources.take_turn("cliff.example", tern.poll, at(1), at(20))
    finish(store, gull, 5, rests_until=at(7))
    assert store.sources.take_turn("reef.example", tern.poll, at(7), at(27)) is None
    assert store.sources.take_turn("cliff.example", tern.poll, at(30), at(50)) is None
    assert outcomes(store) == [("gull", "one", "ok"), ("tern", "one", "open")]


def test_a_host_that_rests_gives_no_turn(store: Store) -> None:
    (gull, _) = claim(store, 0, lease=60)
    store.sources.rest_host("reef.example", at(300))
    assert store.sources.take_turn("reef.example", gull.poll, at(1), at(20)) == at(300)


def test_an_agent_holds_the_hosts_of_its_open_polls(store: Store) -> None:
    gull, tern = claim(store, 0)
    store.sources.take_turn("reef.example", tern.poll, at(1), at(20))
    held = [store.sources.holds(agent, host) for agent in ("one", "two") for host in ("gull.example", "reef.example")]
    assert held == [True, True, False, False]
    finish(store, gull, 2)
    assert not store.sources.holds("one", "gull.example")


def test_what_is_known_of_agents(store: Store) -> None:
    gull, tern = claim(store, 0)
    store.agents.note_seen("one", "0.2.0", ["ge", "am"], 64, NOW)
    store.agents.note_seen("one", "0.2.0", ["ge"], 32, at(9))
    store.agents.note_seen("two", "0.2.0", [], 64, NOW)
    assert finish(store, gull, 5)
    one, two = store.agents.list_states(NOW)
    assert (one.name, one.labels, one.slots, one.first_seen_at, one.seen_at) == ("one", ("ge",), 32, NOW, at(9))
    assert (one.running, one.polls, one.failed, one.requests, one.stored) == (("tern",), 1, 0, 1, 0)
    assert (two.name, two.running, two.polls) == ("two", (), 0)
    assert store.agents.count_running("one", at(10)) == 1
    assert store.agents.count_running("one", at(16)) == 0
    assert store.agents.find_poll("one", tern.poll, whole=False) == PollLease(
        source="tern", poll=tern.poll, whole=False, failures=0
    )
    assert store.agents.find_poll("two", tern.poll, whole=True) is None


def test_an_agent_that_asks_each_second_is_written_down_every_few(store: Store) -> None:
    seen, written = [], []
    asked = [*((second, ["ge"]) for second in range(13)), (13, []), (3, [])]  # another label; a clock that was set back
    for second, labels in asked:
        before = store.db.execute("SELECT total_changes() AS n").fetchone()["n"]
        store.agents.note_seen("one", "0.2.0", labels, 64, at(second))
        written.append(store.db.execute("SELECT total_changes() AS n").fetchone()["n"] - before)
        seen.append(store.agents.list_states(NOW)[0].seen_at)
    assert written == [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1]
    assert seen == [*[at(0)] * 6, *[at(6)] * 6, at(12), at(13), at(3)]


def test_a_claim_is_crowded_where_another_could_be_had_but_for_the_room(store: Store) -> None:
    def claimed(seconds: float, fits: tuple[str, ...] = ("gull", "tern")) -> list[tuple[str, bool]]:
        found = store.sources.claim(at(seconds), at(seconds + 15), 1, fits=fits.__contains__, pause_of=pause_of)
        return [(turn.source, turn.crowded) for turn in found]

    assert claimed(0, fits=("gull",)) == [("gull", False)]  # tern is not this one's
    store.db.execute("UPDATE hosts SET leased_until = NULL, lease = NULL")
    assert claimed(1) == [("gull", True)]
    assert claimed(2) == [("tern", False)]  # gull is under way
