"""A dead letter is a problem a person sees, until the last one of its channel is replayed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model.alert import AttemptVerdict, Reply
from monitor.storage import Store
from monitor.storage.alerts.alerts import DueAlert, NewAlert
from monitor.storage.problems import Problem

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def give_up(store: Store, number: int) -> None:
    alert = NewAlert(
        id=f"msg_{number}", rule="r", channel="desk", event="article.matched", article_id=None, revision=None,
        story_id=None, topic="t", body=b'{"type": "test"}',
    )  # fmt: skip
    with store.write():
        store.alerts.add([alert], NOW)
        store.alerts.record(
            DueAlert(id=alert.id, channel="desk", body=b"{}", attempts=0),
            NOW,
            Reply(status=500),
            AttemptVerdict(state="dead", reason="answered 500"),
            NOW,
        )


def test_a_dead_letter_opens_one_problem_that_the_last_replay_closes(tmp_path: Path):
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.alerts.channels.sync({"desk": "webhook"})
        give_up(store, 1)
        give_up(store, 2)
        assert store.problems.current() == [
            Problem(
                kind="dead-letter",
                subject="desk",
                detail="An alert for desk was given up at attempt 1: answered 500",
                cure="Mend the receiver, then: seedwatch alerts list --state dead, and seedwatch alerts replay",
                opened_at=NOW,
                last_at=NOW,
                times=2,
            )
        ]
        with store.write():
            store.alerts.replay("msg_1", LATER)
        assert [problem.times for problem in store.problems.current()] == [2]
        with store.write():
            store.alerts.replay("msg_2", LATER)
        assert store.problems.current() == []
