"""What a preview says a policy would have sent is what the line sent for that policy, whatever came."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from newswire import NOW, World, open_world, reading, rule, watching

from monitor.alerting.intents import Rule
from monitor.commands.reports.preview_alerts import preview_alerts
from monitor.model.alert import Policy, QuietWindow
from monitor.model.page import FetchFacts
from monitor.pipeline.alerts.release_held import release_held
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import Watch, settle_page

SENT = {"article.matched": "sent", "article.edited": "edited", "article.retracted": "retracted", "story.grew": "grew"}
SENT |= {"digest": "digests"}
EDITS = (
    "The island's Red Cross counted 17 hurt.",
    "Captain Auk denied that.",
    "This article has been retracted.",
    "It was cold.",
)


def policy(chance: random.Random) -> Policy:
    """A policy with some of all limits."""
    quiet = QuietWindow(start=time(chance.randrange(24)), end=time(chance.randrange(24), 30))
    return Policy(
        sources=frozenset({"gull"}) if chance.random() < 0.2 else frozenset(),
        minimum=chance.choice((0.0, 0.0, 0.7)),
        cooldown=timedelta(minutes=chance.choice((0, 0, 40, 300))),
        quiet=quiet if chance.random() < 0.4 else None,
        budget=chance.choice((None, None, 2, 4)),
        digest=tuple(time(hour, 15) for hour in (7, 18)) if chance.random() < 0.5 else (),
        zone=chance.choice(("UTC", "Asia/Yerevan")),
    )


@contextmanager
def in_story(world: World, story: int) -> Iterator[None]:
    """Stories are made elsewhere: here they are as told."""
    opens = type(world.store.articles).open_story

    def joined(*arguments: Any) -> int:
        opens(*arguments)
        return story

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(world.store.articles), "open_story", joined)
        yield


def live(world: World, watch: Watch, chance: random.Random) -> None:
    """Three days of pieces, copies, edits and retractions, with everything told that is due in between."""
    now, texts = NOW, dict[int, tuple[str, int, str]]()  # piece → outlet, seed of its text, what was added to it
    for step in range(24):
        now += timedelta(minutes=chance.choice((7, 35, 110, 400)), seconds=step)
        tell(world, watch, now)
        number = chance.choice(sorted(texts)) if texts and chance.random() < 0.45 else len(texts) + 1
        if number in texts:
            outlet, text, more = texts[number]
            more += f"\n\n{chance.choice(EDITS)}"
        else:
            text = texts[chance.choice(sorted(texts))][1] if texts and chance.random() < 0.25 else number
            outlet, more = chance.choice(("gull", "tern")), ""
        texts[number] = (outlet, text, more)
        found = reading(number % 20, text=text, site=outlet)
        article = replace(found.article, url=f"https://{outlet}.example/{number}", identity=f"{outlet}:{number}")
        article = replace(article, text=f"{article.text}{more}")
        match = replace(found.matches[0], score=round(0.55 + chance.random() * 0.4, 2))
        link = world.link(number, outlet)
        with in_story(world, chance.choice((1, 1, number))), world.store.write():
            result = replace(judge_article(article, (), source=outlet), matches=(match,))
            settle_page(world.store, watch, link, result, FetchFacts(at=now, status=200), now, 0.5)
    tell(world, watch, now + timedelta(days=9))


def tell(world: World, watch: Watch, until: datetime) -> None:
    while (due := world.store.holds.next_due()) is not None and due <= until:
        with world.store.write():
            release_held(world.store, watch.addressees, due)


def sent(world: World, asked: Rule) -> dict[str, Counter[str]]:
    """What the outbox has for a rule, by the day on which it went out or was held for good."""
    found: dict[str, Counter[str]] = {}
    for row in world.store.db.execute(
        "SELECT event, state, coalesce(release_at, created_at) AS at, release_at FROM alerts WHERE rule = ? "
        "AND state <> 'digested'",
        (asked.name,),
    ):
        at = datetime.fromisoformat(row["at"]).astimezone(ZoneInfo(asked.policy.zone))
        assert not (row["state"] == "held" and row["release_at"])
        what = "held" if row["state"] == "held" else SENT[row["event"]]
        found.setdefault(at.date().isoformat(), Counter())[what] += 1
    return found


@pytest.mark.parametrize("seed", range(14))
def test_a_preview_of_the_present_policy_is_what_was_sent(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    on = tuple(chance.sample(("new", "edit", "grew", "retracted"), chance.randint(1, 4)))
    rules = [
        rule("desk", on=on, per=chance.choice(("story", "article")), policy=policy(chance)),
        replace(
            rule("all", on=("new", "edit", "grew", "retracted"), policy=policy(chance)),
            channels=("second",),  # rules of one channel wait for each other there: a preview is of one rule
        ),
    ]
    world, watch = open_world(tmp_path / "test.db"), watching(*rules)
    watch = replace(watch, kinds={"hook": "webhook", "second": "webhook"})
    try:
        with world.store.write():
            for number in range(1, 30):
                world.store.db.execute(
                    "INSERT INTO stories (id, title, first_at, last_at) VALUES (?, 'A story', ?, ?)",
                    (number, "2026-03-02T06:00:00.000Z", "2026-03-02T06:00:00.000Z"),
                )
        live(world, watch, chance)
        for asked, found in zip(rules, preview_alerts(world.store, rules, None), strict=True):
            shown = {}
            for day in found["days"]:
                counts = Counter({name: day[name] for name in SENT.values()})
                counts["held"] = sum(day["held"].values())
                if counts := +counts:
                    shown[day["day"]] = counts
            assert shown == sent(world, asked), asked
    finally:
        world.store.close()
