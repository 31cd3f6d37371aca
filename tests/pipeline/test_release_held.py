"""What a policy holds back on its way through the line, and how it is told in the end (on a real store)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.alerting.intents import Rule
from monitor.model.alert import Policy, QuietWindow
from monitor.model.page import FetchFacts
from monitor.pipeline.alerts.release_held import release_held
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, settle_page

HOUR = timedelta(hours=1)
STATES = "SELECT state, event, reason FROM alerts ORDER BY created_at, rowid"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def put(
    world: World,
    watch: Watch,
    number: int,
    now: datetime = NOW,
    *,
    story: int | None = None,
    title: str | None = None,
    more: str = "",
    score: float = 0.9,
    site: str = "gull",
) -> SettledPage:
    """An article through the line at `now`, put into a story as clustering would."""
    found = reading(number, site=site)
    article = replace(found.article, title=title or found.article.title, text=f"{found.article.text}\n\n{more}")
    match = replace(found.matches[0], score=score)
    link = world.link(number, site)
    with world.store.write(), pytest.MonkeyPatch.context() as patch:
        # Stories are made elsewhere: here they are as told.
        if story is not None:
            patch.setattr(type(world.store.articles), "open_story", lambda *_: story)
        fresh = replace(judge_article(article, (), source=site), matches=(match,))
        return settle_page(world.store, watch, link, fresh, FetchFacts(at=now, status=200), now, 0.5)


def tell(world: World, watch: Watch, now: datetime) -> int:
    with world.store.write():
        return release_held(world.store, watch.addressees, now)


def bodies(world: World, state: str) -> list[dict[str, Any]]:
    rows = world.rows(f"SELECT body FROM alerts WHERE state = '{state}' ORDER BY created_at, rowid")
    return [json.loads(body) for (body,) in rows]


def one(policy: Policy, *, on: Sequence[str] = ("new", "grew"), per: str = "story") -> Rule:
    return rule(on=on, per=per, policy=policy)


def test_what_an_alert_does_not_want_is_a_row_with_its_reason_and_never_told(world: World) -> None:
    watch = watching(one(Policy(sources=frozenset({"tern"}))), rule("all"))
    put(world, watch, 1)
    assert world.rows("SELECT rule, state, reason, score FROM alerts ORDER BY rule") == [
        ("all", "pending", None, 0.9),
        ("desk", "held", "its outlet gull is not among the sources of this alert", 0.9),
    ]
    assert (tell(world, watch, NOW + 1000 * HOUR), world.store.holds.next_due()) == (0, None)


def test_quiet_hours_end_in_a_digest_that_lists_the_strongest_first(world: World) -> None:
    watch = watching(one(Policy(quiet=QuietWindow(start=time(5), end=time(8)))))
    settled = [put(world, watch, number, score=score) for number, score in ((1, 0.6), (2, 0.9), (3, 0.7))]
    assert [(each.alerts, each.held) for each in settled] == [(0, 1)] * 3
    assert world.store.holds.next_due() == NOW + 2 * HOUR
    assert [tell(world, watch, NOW + wait) for wait in (HOUR, 2 * HOUR, 3 * HOUR)] == [0, 1, 0]
    [digest] = bodies(world, "pending")
    assert digest["type"] == "digest"
    assert [item["score"] for item in digest["data"]["digest"]["items"]] == [0.9, 0.7, 0.6]
    assert digest["data"]["digest"]["reasons"] == [{"reason": "quiet hours until 08:00 UTC", "count": 3}]
    told = world.store.alerts.list(told_by=digest["data"]["alert"])
    assert {row.state for row in told} == {"digested"}
    assert len(told) == 3


def test_one_alone_goes_out_as_it_is(world: World) -> None:
    watch = watching(one(Policy(quiet=QuietWindow(start=time(5), end=time(8)))))
    put(world, watch, 1)
    [before] = world.rows("SELECT id, body FROM alerts")
    assert tell(world, watch, NOW + 2 * HOUR) == 1
    assert world.rows("SELECT id, body, state, reason, next_attempt_at FROM alerts") == [
        (*before, "pending", None, "2026-03-02T08:00:00.000Z")
    ]


def test_a_copy_of_what_waits_does_not_wait_beside_it(world: World) -> None:
    watch = watching(one(Policy(quiet=QuietWindow(start=time(5), end=time(8)))))
    world.put(watch, 1)
    world.put(watch, 2, text=1, site="tern")
    assert world.rows("SELECT release_at IS NULL, reason FROM alerts ORDER BY article_id") == [
        (0, "quiet hours until 08:00 UTC"),
        (1, "same text as https://gull.example/1, which alerted already"),
    ]


def test_a_further_report_says_what_is_new_in_its_story(world: World) -> None:
    watch = watching(one(Policy()), rule("plain", on=("new",)))
    put(world, watch, 1, more="Of 12 boats two burn.")
    put(world, watch, 2, NOW + HOUR, story=1, more="Of 12 boats 17 burn.", site="tern")
    assert world.rows("SELECT rule, event, state FROM alerts WHERE article_id = 2 ORDER BY rule") == [
        ("desk", "story.grew", "pending"),
        ("plain", "article.matched", "pending"),
    ]
    [found] = [body for body in bodies(world, "pending") if body["type"] == "story.grew"]
    assert found["data"]["new"] == {
        "since": "2026-03-02T06:00:00.000Z",
        "outlets": ["The tern"],
        "numbers": ["17"],
        "reports": [{"outlet": "The tern", "title": "Headline c", "url": "https://tern.example/2"}],
    }
    assert (found["data"]["story"]["report"], found["data"]["story"]["independent"]) == (2, 2)


def test_reports_that_come_while_a_story_rests_go_out_as_one(world: World) -> None:
    watch = watching(one(Policy(cooldown=HOUR)))
    put(world, watch, 1)
    minutes = [NOW + timedelta(minutes=number) for number in (10, 20, 30)]
    put(world, watch, 2, minutes[0], story=1, score=0.6, site="tern", more="In all 300 came.")
    put(world, watch, 3, minutes[1], story=1, score=0.8)
    put(world, watch, 4, minutes[2])  # another story
    assert [(state, event) for state, event, _ in world.rows(STATES)] == [
        ("pending", "article.matched"),
        ("held", "story.grew"),
        ("held", "story.grew"),
        ("pending", "article.matched"),
    ]
    assert (world.store.holds.next_due(), tell(world, watch, NOW + HOUR)) == (NOW + HOUR, 1)
    *_, found = bodies(world, "pending")
    assert (found["type"], found["data"]["article"]["title"]) == ("story.grew", "Headline d")  # the stronger
    assert found["data"]["new"]["outlets"] == ["The tern"]
    assert "300" in found["data"]["new"]["numbers"]
    assert [report["title"] for report in found["data"]["new"]["reports"]] == ["Headline d", "Headline c"]
    assert len(world.store.alerts.list("digested", told_by=found["data"]["alert"])) == 2
    # It rests again, from now on.
    put(world, watch, 5, NOW + HOUR + timedelta(minutes=59), story=1)
    assert world.store.holds.next_due() == NOW + 2 * HOUR


def test_a_correction_by_a_reversed_headline_does_not_wait(world: World) -> None:
    watch = watching(one(Policy(cooldown=HOUR)))
    put(world, watch, 1, title="Baku wants to reject the plan")
    put(world, watch, 2, NOW + timedelta(minutes=5), story=1, title="Baku does not want to reject the plan")
    assert [row[:2] for row in world.rows(STATES)] == [("pending", "article.matched")] * 2


def test_the_budget_sends_the_first_and_the_strong_and_lists_the_rest(world: World) -> None:
    watch = watching(one(Policy(budget=2, digest=(time(18),)), per="article"))
    scores = (0.6, 0.5, 0.7, 0.9)
    settled = [put(world, watch, number, score=score) for number, score in enumerate(scores, 1)]
    assert [each.alerts for each in settled] == [1, 0, 1, 0]
    assert tell(world, watch, NOW.replace(hour=18)) == 1
    *_, digest = bodies(world, "pending")
    assert [item["score"] for item in digest["data"]["digest"]["items"]] == [0.9, 0.5]
    # A new day has a budget of its own, of which the digest took nothing.
    assert put(world, watch, 5, NOW + 24 * HOUR).alerts == 1


def test_a_rush_becomes_one_digest_a_minute(world: World) -> None:
    watch = watching(one(Policy(per_minute=2)))
    settled = [put(world, watch, number, NOW + timedelta(seconds=number)) for number in range(1, 7)]
    assert [each.alerts for each in settled] == [1, 1, 0, 0, 0, 0]
    assert world.store.holds.next_due() == NOW + timedelta(seconds=63)
    assert tell(world, watch, NOW + timedelta(seconds=63)) == 1
    assert bodies(world, "pending")[-1]["data"]["digest"]["count"] == 4


def test_what_comes_out_of_its_rest_at_night_or_on_a_spent_budget_waits_on(world: World) -> None:
    watch = watching(one(Policy(cooldown=HOUR, quiet=QuietWindow(start=time(6, 30), end=time(9)), budget=1)))
    put(world, watch, 1)
    put(world, watch, 2, NOW + timedelta(minutes=10), story=1)
    put(world, watch, 3, NOW + timedelta(minutes=20), story=1)
    assert tell(world, watch, NOW + HOUR) == 0
    assert world.store.holds.next_due() == NOW + 3 * HOUR
    assert tell(world, watch, NOW + 3 * HOUR) == 0
    assert [reason for _, _, reason in world.rows(STATES)] == [None, *["the day's budget of 1 is spent"] * 2]
    assert tell(world, watch, NOW + 18 * HOUR) == 1
    assert bodies(world, "pending")[-1]["data"]["digest"]["count"] == 2


def test_what_waits_for_a_rule_or_a_channel_that_is_gone_stays_as_a_row(world: World) -> None:
    watch = watching(one(Policy(budget=0)), rule("other", policy=Policy(budget=0)))
    put(world, watch, 1)
    left = replace(watch, rules=(watch.rules[1],), kinds={})
    assert tell(world, left, NOW + 24 * HOUR) == 0
    assert world.rows("SELECT state, reason, release_at FROM alerts ORDER BY rule") == [
        ("held", "the day's budget of 0 is spent; since then [alerts.desk] is gone", None),
        ("held", "the day's budget of 0 is spent; since then [channels.hook] is gone", None),
    ]


def test_chats_have_a_limit_of_their_own_and_webhooks_none(world: World) -> None:
    quick = replace(watching(one(Policy())), kinds={"hook": "ntfy"})
    settled = [put(world, quick, number) for number in range(1, 15)]
    assert sum(each.alerts for each in settled) == 12
    world.store.db.execute("DELETE FROM alerts")
    slow = replace(quick, kinds={"hook": "webhook"})
    assert sum(put(world, slow, number, site="tern").alerts for number in range(1, 15)) == 14
