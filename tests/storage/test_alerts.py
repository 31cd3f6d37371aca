from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.alert import AttemptVerdict, Reply
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import AlertRecord, AlertRow, Attempt, DueAlert, NewAlert
from monitor.storage.alerts.channels import ChannelState
from monitor.storage.problems import Problem

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=5)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.alerts.channels.sync({"desk": "webhook", "night": "webhook"})
        yield store


def new(number: int, channel: str = "desk", *, held: str | None = None) -> NewAlert:
    return NewAlert(
        id=f"msg_{number}",
        rule="rule",
        channel=channel,
        event="article.matched",
        article_id=None,
        revision=None,
        story_id=None,
        topic="strait",
        body=f'{{"é":{number}}}'.encode(),
        held=held,
    )


def due(number: int, attempts: int = 0, channel: str = "desk") -> DueAlert:
    return DueAlert(id=f"msg_{number}", channel=channel, body=f'{{"é":{number}}}'.encode(), attempts=attempts)


def claim(store: Store, now: datetime = NOW, *, channel: str = "desk", lease: str = "a", limit: int = 10) -> list[str]:
    with store.write():
        found = store.alerts.claim(channel, now, lease=lease, until=now + timedelta(minutes=5), limit=limit)
    return [alert.id for alert in found]


def fail(store: Store, alert: DueAlert, next_at: datetime | None, *, pause: datetime | None = None) -> None:
    with store.write():
        store.alerts.record(
            alert,
            NOW,
            Reply(status=500, body=b"no", seconds=0.5),
            AttemptVerdict(
                state="dead" if next_at is None else "pending",
                next_at=next_at,
                pause_until=pause,
                failing=True,
                reason="answered 500",
            ),
            NOW,
        )


def deliver(store: Store, alert: DueAlert, now: datetime = NOW) -> None:
    with store.write():
        store.alerts.record(alert, now, Reply(status=204, seconds=0.1), AttemptVerdict(state="delivered"), now)


def row(number: int, **changes: object) -> AlertRow:
    values: dict[str, object] = {
        "id": f"msg_{number}",
        "rule": "rule",
        "channel": "desk",
        "event": "article.matched",
        "article_id": None,
        "url": None,
        "title": None,
        "topic": "strait",
        "created_at": NOW,
        "state": "pending",
        "reason": None,
        "attempts": 0,
        "next_attempt_at": NOW,
        "delivered_at": None,
    }
    return AlertRow(**{**values, **changes})  # type: ignore[arg-type]


def test_an_id_is_stable_and_shaped_like_the_specifications() -> None:
    id = make_alert_id("desk", "rule", "article.matched", "tass:1", 1)
    assert re.fullmatch(r"msg_[0-9A-Za-z]{27}", id)
    assert id == make_alert_id("desk", "rule", "article.matched", "tass:1", 1)
    assert id == "msg_P6SVYGJEmwoYOMeLsWrpPDW9ZCT"


parts = st.tuples(st.text(), st.text(), st.text(), st.text(), st.integers(0, 99))


@given(parts, parts)
def test_ids_are_equal_only_for_equal_parts(
    one: tuple[str, str, str, str, int], other: tuple[str, str, str, str, int]
) -> None:
    assert (make_alert_id(*one) == make_alert_id(*other)) == (one == other)


def test_ids_do_not_run_parts_together() -> None:
    assert make_alert_id("a", "bc", "e", "k", 1) != make_alert_id("ab", "c", "e", "k", 1)


def test_the_same_alert_twice_is_one_row(store: Store) -> None:
    with store.write():
        counts = [store.alerts.add([new(1), new(2)], NOW), store.alerts.add([new(2), new(3)], later(9))]
    assert counts == [2, 1]
    assert store.alerts.list() == (row(3, created_at=later(9), next_attempt_at=later(9)), row(1), row(2))


def test_a_rolled_back_article_takes_its_alerts_along(store: Store) -> None:
    def article() -> None:
        with store.write():
            store.alerts.add([new(1)], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        article()
    assert store.alerts.list() == ()


def test_a_held_alert_is_kept_with_its_reason_and_not_sent(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1, held="it was there before")], NOW)
    assert store.alerts.list("held") == (row(1, state="held", reason="it was there before", next_attempt_at=None),)
    assert (claim(store), store.alerts.pending()) == ([], 0)


def test_claims_take_the_longest_due_once(store: Store) -> None:
    with store.write():
        store.alerts.add([new(3)], later(-1))
        store.alerts.add([new(4)], later(5))
        store.alerts.add([new(1), new(2)], later(-9))
        found = store.alerts.claim("desk", NOW, lease="a", until=UNTIL, limit=2)
    assert found == (due(1), due(2))
    assert [claim(store, lease="b"), claim(store, lease="c")] == [["msg_3"], []]


def test_claims_keep_to_their_channel(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1), new(2, "night")], NOW)
    assert [claim(store, channel="night"), claim(store, channel="desk")] == [["msg_2"], ["msg_1"]]


def test_a_released_or_expired_lease_makes_due_again(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1), new(2)], NOW)
    claim(store, lease="a", limit=1)
    claim(store, lease="b", limit=1)
    with store.write():
        assert store.alerts.release("a") == 1
    assert claim(store, lease="c") == ["msg_1"]
    assert claim(store, later(299), lease="d") == []
    assert claim(store, later(301), lease="e") == ["msg_1", "msg_2"]
    with store.write():
        assert store.alerts.release_stale() == 2
    assert claim(store, lease="f") == ["msg_1", "msg_2"]


def test_a_delivery_is_recorded_with_its_attempt(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1)], NOW)
    claim(store)
    deliver(store, due(1), later(1))
    assert store.alerts.show("msg_1") == AlertRecord(
        alert=row(1, state="delivered", attempts=1, next_attempt_at=None, delivered_at=later(1)),
        body='{"é":1}'.encode(),
        tries=(Attempt(number=1, at=later(1), seconds=0.1, status=204, error=None, response=b""),),
    )
    assert store.alerts.pending() == 0
    assert store.alerts.channels.get("desk") == ChannelState(
        name="desk",
        kind="webhook",
        state="ok",
        reason=None,
        failing_since=None,
        next_at=None,
        last_ok_at=later(1),
    )


def test_a_failure_waits_for_its_time_and_marks_the_channel(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1), new(2), new(3)], NOW)
    claim(store)
    fail(store, due(1), later(5))
    with store.write():
        store.alerts.release("a")
    desk = store.alerts.channels.get("desk")
    assert desk is not None
    assert (desk.state, desk.reason, desk.failing_since, desk.next_at) == ("failing", "answered 500", NOW, None)
    # A failing channel is probed with one alert at a time.
    assert claim(store, lease="b") == ["msg_2"]
    with store.write():
        store.alerts.record(
            due(2),
            later(60),
            Reply(status=None, error="refused"),
            AttemptVerdict(state="dead", failing=True, reason="refused"),
            later(60),
        )
    failing = store.alerts.channels.get("desk")
    assert failing is not None
    assert (failing.reason, failing.failing_since) == ("refused", NOW)
    deliver(store, due(3), later(61))
    assert [claim(store, later(4), lease="c"), claim(store, later(61), lease="d")] == [[], ["msg_1"]]
    well = store.alerts.channels.get("desk")
    assert well is not None
    assert (well.state, well.reason, well.failing_since, well.last_ok_at) == ("ok", None, None, later(61))
    assert store.alerts.list("dead") == (row(2, state="dead", reason="refused", attempts=1, next_attempt_at=None),)


def test_retry_after_makes_the_whole_channel_wait_and_no_other(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1), new(2), new(3, "night")], NOW)
    claim(store, limit=1)
    fail(store, due(1), later(60), pause=later(60))
    fail(store, due(2), later(60), pause=later(30))  # a shorter wish does not shorten
    assert [claim(store, later(59)), claim(store, later(60)), claim(store, channel="night")] == [
        [],
        ["msg_1"],
        ["msg_3"],
    ]


def test_gone_switches_the_channel_off_and_opens_a_problem(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1), new(2)], NOW)
    claim(store)
    with store.write():
        store.alerts.record(
            due(1),
            NOW,
            Reply(status=410),
            AttemptVerdict(state="pending", next_at=NOW, disable=True, reason="410: the receiver is gone for good"),
            NOW,
        )
        store.alerts.release("a")
    assert claim(store, later(999)) == []
    assert store.alerts.next_due(["desk"]) is None
    assert store.problems.current() == [
        Problem(
            kind="channel-disabled",
            subject="desk",
            detail="The channel desk is switched off and its alerts wait: 410: the receiver is gone for good",
            cure="Mend [channels.desk] or its receiver, then: seedwatch alerts enable desk",
            opened_at=NOW,
            last_at=NOW,
            times=1,
        )
    ]
    # An answer that was under way does not switch it on; a person does, and nothing was lost.
    deliver(store, due(2))
    assert claim(store, later(999)) == []
    with store.write():
        assert store.alerts.channels.enable("desk", later(1000))
    assert (claim(store, later(1000)), store.problems.current()) == (["msg_1"], [])


def test_enabling_what_is_not_known_says_so(store: Store) -> None:
    with store.write():
        assert not store.alerts.channels.enable("nowhere", NOW)


def test_syncing_again_keeps_what_is_known(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1)], NOW)
        fail(store, due(1), later(5))
        store.alerts.channels.sync({"desk": "webhook", "extra": "webhook"})
    assert [(channel.name, channel.state) for channel in store.alerts.channels.all()] == [
        ("desk", "failing"),
        ("extra", "ok"),
        ("night", "ok"),
    ]
    assert store.alerts.channels.get("nowhere") is None


def test_next_due_knows_attempts_leases_and_pauses(store: Store) -> None:
    found = [store.alerts.next_due(["desk", "night"])]
    with store.write():
        store.alerts.add([new(1)], NOW)
        store.alerts.add([new(2, "night")], later(100))
    found.append(store.alerts.next_due(["desk", "night"]))
    claim(store)
    found.append(store.alerts.next_due(["desk"]))
    fail(store, due(1), later(5), pause=later(40))
    found.append(store.alerts.next_due(["desk", "night"]))
    found.append(store.alerts.next_due(["night", "unknown"]))
    found.append(store.alerts.next_due([]))
    assert found == [None, NOW, UNTIL, later(40), later(100), None]


def test_a_dead_letter_is_replayed_with_its_id_from_the_ladders_start(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1)], NOW)
    claim(store)
    fail(store, due(1), later(5))
    fail(store, due(1, attempts=1), None)
    assert store.alerts.list("dead") == (row(1, state="dead", reason="answered 500", attempts=2, next_attempt_at=None),)
    with store.write():
        assert store.alerts.replay("msg_1", later(100))
        assert not store.alerts.replay("msg_9", later(100))
        claimed = store.alerts.claim("desk", later(100), lease="b", until=later(200), limit=5)
    assert claimed == (due(1),)
    deliver(store, due(1), later(100))
    record = store.alerts.show("msg_1")
    assert record is not None
    assert [(one.number, one.status) for one in record.tries] == [(1, 500), (2, 500), (3, 204)]


def test_replaying_since_a_time_takes_dead_letters_only(store: Store) -> None:
    with store.write():
        for number, created in ((1, -10), (2, 0), (3, 10), (4, 10)):
            store.alerts.add([new(number)], later(created))
    for number in (1, 2, 3):
        fail(store, due(number), None)
    deliver(store, due(4))
    with store.write():
        assert store.alerts.replay_since(NOW, later(50)) == 2
        assert store.alerts.counts() == {"dead": 1, "delivered": 1, "pending": 2}
    assert [(alert.id, alert.state) for alert in store.alerts.list()] == [
        ("msg_3", "pending"),
        ("msg_4", "delivered"),
        ("msg_2", "pending"),
        ("msg_1", "dead"),
    ]


def test_an_alert_replayed_while_it_was_being_sent_stays_due(store: Store) -> None:
    with store.write():
        store.alerts.add([new(1)], NOW)
    claim(store)
    fail(store, due(1), later(5))
    claim(store, later(5))
    with store.write():
        store.alerts.replay("msg_1", later(6))
    fail(store, due(1, attempts=1), None)
    assert store.alerts.list() == (row(1, next_attempt_at=later(6)),)


def test_lists_are_limited_and_unknown_ids_are_none(store: Store) -> None:
    with store.write():
        store.alerts.add([new(number) for number in range(5)], NOW)
    assert len(store.alerts.list(limit=3)) == 3
    assert store.alerts.show("msg_none") is None
    assert store.alerts.of_article(1) == ()


def test_claiming_from_ten_thousand_uses_the_index(store: Store) -> None:
    plan = " ".join(
        row["detail"]
        for row in store.db.execute(
            "EXPLAIN QUERY PLAN SELECT id FROM alerts WHERE channel = 'desk' AND state = 'pending' AND "
            "next_attempt_at <= 'x' AND (leased_until IS NULL OR leased_until <= 'x') "
            "ORDER BY next_attempt_at, created_at, id LIMIT 20"
        )
    )
    assert "alerts_due (channel=? AND next_attempt_at<?)" in plan
