"""A channel that takes nothing for five days is switched off, and somebody is told (RELIABILITY W6)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.alerting.intents import Rule
from monitor.pipeline.alerts.queue_problem_alerts import queue_problem_alerts
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import NewAlert

KINDS = {"desk": "webhook", "night": "webhook", "third": "webhook"}


def rule(*channels: str) -> Rule:
    return Rule(name="ops", topics=frozenset(), channels=channels, per="story", on=frozenset({"problem"}))


async def live(office: Any, bench: Any, until: timedelta, every: timedelta, rules: tuple[Rule, ...] = ()) -> None:
    """An alert for the desk `every` so often, hourly rounds and sweeps."""
    start = bench.clock.now()
    store, number = office.store, 0
    while bench.clock.now() <= start + until:
        now = bench.clock.now()
        with store.write():
            store.alerts.channels.sync(KINDS)
            if (now - start) % every == timedelta(0):
                number += 1
                store.alerts.add([alert("desk", f"{now.isoformat()}:{number}")], now)
            queue_problem_alerts(store, KINDS, rules, now)
        await bench.delivery.round()
        bench.clock.advance_to(now + timedelta(hours=1))


def alert(channel: str, key: str) -> NewAlert:
    return NewAlert(
        id=make_alert_id(channel, "rule", "article.matched", key, 1),
        rule="rule",
        channel=channel,
        event="article.matched",
        article_id=None,
        revision=None,
        story_id=None,
        topic=None,
        body=b"{}",
    )


def told(receiver: Any) -> list[tuple[str, str, str]]:
    found = [json.loads(body) for _, body in receiver.got]
    problems = [each["data"]["problem"] for each in found if each["type"] == "source.problem"]
    return [(problem["kind"], problem["subject"], problem["state"]) for problem in problems]


def disabled_at(office: Any) -> datetime | None:
    problems = [problem for problem in office.store.problems.current() if problem.kind == "channel-disabled"]
    return problems[0].opened_at if problems else None


@pytest.mark.parametrize(("rules", "who"), [((), ["night", "third"]), ((rule("desk", "third"),), ["third"])])
def test_five_days_of_failure_switch_off_and_tell_another(office: Any, rules: tuple[Rule, ...], who: list[str]) -> None:
    receivers = {"desk": office.listen(500), "night": office.listen(200), "third": office.listen(200)}

    async def work(bench: Any) -> None:
        await live(office, bench, timedelta(days=4, hours=23), timedelta(hours=6), rules)
        assert disabled_at(office) is None
        await live(office, bench, timedelta(days=1), timedelta(hours=6), rules)
        at = disabled_at(office)
        assert at is not None
        assert timedelta(days=5) <= at - office.now <= timedelta(days=5, hours=6)
        got = len(receivers["desk"].got)
        await live(office, bench, timedelta(hours=12), timedelta(hours=6), rules)
        assert len(receivers["desk"].got) == got
        news = [("channel-disabled", "desk", "open")]
        assert {name: [one for one in told(receivers[name]) if one in news] for name in ("night", "third")} == {
            name: news if name in who else [] for name in ("night", "third")
        }
        with office.store.write():
            assert office.store.channels.enable("desk", bench.clock.now())
        await live(office, bench, timedelta(hours=2), timedelta(days=30), rules)
        for name in who:
            assert ("channel-disabled", "desk", "over") in told(receivers[name])
        assert disabled_at(office) is None

    office.run({name: office.section(receiver.url) for name, receiver in receivers.items()}, work)


def test_one_success_begins_the_five_days_anew(office: Any) -> None:
    desk = office.listen(500)

    async def work(bench: Any) -> None:
        for _ in range(3):
            desk.answers[:] = [500]
            await live(office, bench, timedelta(days=4, hours=20), timedelta(hours=6))
            desk.answers[:] = [200]
            await live(office, bench, timedelta(hours=6), timedelta(hours=3))
        assert disabled_at(office) is None

    office.run({"desk": office.section(desk.url)}, work)


def test_sporadic_failure_never_switches_off(office: Any) -> None:
    desk = office.listen(*[500, 503, 500, 200] * 200)

    async def work(bench: Any) -> None:
        await live(office, bench, timedelta(days=14), timedelta(hours=4))
        assert disabled_at(office) is None

    office.run({"desk": office.section(desk.url)}, work)


def test_a_monitor_that_was_away_for_a_week_does_not_blame_the_receiver(office: Any) -> None:
    desk = office.listen(500)

    async def work(bench: Any) -> None:
        await live(office, bench, timedelta(0), timedelta(hours=1))
        bench.clock.advance_to(office.now + timedelta(days=7))
        await live(office, bench, timedelta(0), timedelta(hours=1))
        assert (len(desk.got), disabled_at(office)) == (2, None)

    office.run({"desk": office.section(desk.url)}, work)


def test_a_problem_is_told_once_when_it_lasts_and_once_when_it_ends(office: Any) -> None:
    night = office.listen(200)
    store, rules = office.store, (rule("night"),)

    async def work(bench: Any) -> None:
        for minutes in range(0, 60, 2):
            now = office.now + timedelta(minutes=minutes)
            bench.clock.advance_to(now)
            with store.write():
                store.alerts.channels.sync(KINDS)
                if minutes < 30:
                    store.problems.open("source", "example", f"no answer, try {minutes}", "wait", now)
                    store.problems.open("given-up", "https://x.example/", "10 tries", "", now)
                else:
                    store.problems.close("source", "example", now)
                if minutes == 40:
                    store.problems.open("network", "outbound", "a blip", "", now)
                elif minutes > 40:
                    store.problems.close("network", "outbound", now)
                queue_problem_alerts(store, KINDS, rules, now)
            await bench.delivery.round()
        assert told(night) == [("source", "example", state) for state in ("open", "over")]

    office.run({"night": office.section(night.url)}, work)
