"""What has to leave before what, per piece and channel (RELIABILITY W13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model.alert import AttemptVerdict, Reply
from monitor.storage import Store
from monitor.storage.alerts.alerts import NewAlert

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.alerts.channels.sync({"desk": "webhook", "night": "webhook"})
            for number in (1, 2):
                store.db.execute("INSERT INTO stories (id, title, first_at, last_at) VALUES (?, '', '', '')", (number,))
            for number in (1, 2, 3):
                store.db.execute(
                    "INSERT INTO articles (id, url, source, title, text, content_hash, story_id, words, "
                    "first_seen_at, stored_at) VALUES (?, '', '', '', '', '', 1, 0, '', '')",
                    (number,),
                )
        yield store


def queue(store: Store, id: str, event: str, piece: int | None, *, channel: str = "desk", at: datetime = NOW) -> None:
    alert = NewAlert(
        id=id,
        rule="rule",
        channel=channel,
        event=event,
        article_id=piece,
        revision=1,
        story_id=None if piece is None else 1,
        topic="strait",
        body=b"{}",
    )
    with store.write():
        store.alerts.add([alert], at)


def put_off(store: Store, id: str, until: datetime) -> None:
    """As a failure of its own does."""
    with store.write():
        store.db.execute(
            "UPDATE alerts SET attempts = 1, next_attempt_at = ? WHERE id = ?",
            (until.isoformat(timespec="milliseconds").replace("+00:00", "Z"), id),
        )


def free(store: Store, now: datetime = NOW, channel: str = "desk") -> list[str]:
    with store.write():
        found = store.alerts.claim(channel, now, lease="a", until=now, limit=9)
        store.alerts.release("a")
    return [alert.id for alert in found]


def settle(store: Store, id: str, state: str) -> None:
    with store.write():
        [due] = [one for one in store.alerts.claim("desk", LATER, lease="b", until=LATER, limit=9) if one.id == id]
        store.alerts.record(
            due, NOW, Reply(status=200 if state == "delivered" else 422), AttemptVerdict(state=state), NOW
        )
        store.alerts.release("b")


@pytest.mark.parametrize("event", ["article.edited", "article.retracted"])
@pytest.mark.parametrize("end", ["delivered", "dead"])
def test_what_follows_waits_until_the_first_is_delivered_or_dead(store: Store, event: str, end: str) -> None:
    queue(store, "first", "article.matched", 1)
    queue(store, "next", event, 1)
    queue(store, "next-at-night", event, 1, channel="night")
    queue(store, "other", event, 2)
    put_off(store, "first", LATER)
    assert (free(store), free(store, channel="night")) == (["other"], ["next-at-night"])
    settle(store, "other", "delivered")
    assert store.alerts.next_due(["desk"]) == LATER
    settle(store, "first", end)
    assert (free(store), store.alerts.next_due(["desk"])) == (["next"], NOW)


def test_edits_leave_in_their_order(store: Store) -> None:
    queue(store, "first", "article.edited", 1)
    queue(store, "second", "article.edited", 1)
    queue(store, "third", "article.retracted", 1)
    put_off(store, "first", LATER)
    assert free(store) == []
    settle(store, "first", "dead")
    assert free(store) == ["second"]


def test_a_growth_waits_for_the_first_alert_of_its_story_alone(store: Store) -> None:
    queue(store, "edit", "article.edited", 3)
    queue(store, "first", "article.matched", 1)
    queue(store, "grew", "story.grew", 2)
    put_off(store, "first", LATER)
    put_off(store, "edit", LATER)
    assert free(store) == []
    settle(store, "first", "delivered")
    assert free(store) == ["grew"]


def test_what_is_held_for_a_time_comes_first_and_what_is_held_for_good_does_not(store: Store) -> None:
    for id, release_at in (("1", LATER), ("2", None)):
        held = NewAlert(
            id=id,
            rule="rule",
            channel="desk",
            event="article.matched",
            article_id=int(id),
            revision=1,
            story_id=1,
            topic="strait",
            body=b"{}",
            held="why",
            hold=None if release_at is None else "quiet",
            release_at=release_at,
        )
        with store.write():
            store.alerts.add([held], NOW)
        queue(store, f"edit-{id}", "article.edited", int(id))
    assert free(store) == ["edit-2"]


def test_first_alerts_and_alerts_on_nothing_wait_for_nobody(store: Store) -> None:
    queue(store, "first", "article.matched", 1)
    put_off(store, "first", LATER)
    queue(store, "again", "article.matched", 1)
    queue(store, "problem", "source.problem", None)
    queue(store, "digest", "digest", None)
    assert free(store) == ["again", "problem", "digest"]


def test_of_alerts_due_at_one_moment_the_one_queued_first_goes_first(store: Store) -> None:
    for id in ("z", "m", "a", "q"):
        queue(store, id, "article.matched", 1)
    assert free(store) == ["z", "m", "a", "q"]
