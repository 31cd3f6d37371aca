"""What was held back and whose time has come is told: by itself, as its story that grew, or in a digest.

It must not hold back what was never held. One transaction for all, so that a crash tells of nothing twice or never.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from monitor.alerting.intents import Rule
from monitor.alerting.message.digest import DIGEST, GREW, HeldAlert, build_digest, build_growth_alert
from monitor.alerting.policy import budget_hold, quiet_hold
from monitor.alerting.report_times import REPORTED, report_hold
from monitor.model.alert import Policy, ReportTime
from monitor.pipeline.alerts.queue_alerts import Addressees, build_growth_view, load_alert_history
from monitor.pipeline.ingest.story_position import view_story_position
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import NewAlert
from monitor.storage.alerts.held_alerts import HeldRow


def release_held(store: Store, to: Addressees, now: datetime) -> int:
    """Queue an alert for what is due, inside the caller's transaction; how many are queued.

    What falls into quiet hours waits for their end, what comes out of a cooldown on a spent budget for the digest, what
    is for a report for that (queue_reports.py, which runs before).
    """
    queued = 0
    rows = sorted(store.holds.due(now), key=lambda row: (row.rule, row.channel))
    for (name, channel), group in groupby(rows, key=lambda row: (row.rule, row.channel)):
        held = tuple(group)
        rule = to.rules.get(name)
        if rule is None or channel not in to.kinds:
            gone = f"[alerts.{name}]" if rule is None else f"[channels.{channel}]"
            store.holds.hold_forever((row.id for row in held), f"{held[0].reason}; since then {gone} is gone")
            continue
        if rule.policy.report is not None:
            held = _without_reported(store, rule.policy, rule.policy.report, held, now)
        held = _without_muted(store, held, now)
        if (rest := quiet_hold(rule.policy, now)) is not None:
            for row in held:  # a story that rested goes on resting as one
                store.holds.postpone(
                    [row.id], row.hold if row.hold == "cooldown" else rest.kind, rest.reason, rest.until
                )
            continue
        queued += _release(store, to, rule, channel, held, now)
    return queued


def _without_reported(
    store: Store, policy: Policy, when: ReportTime, held: Sequence[HeldRow], now: datetime
) -> tuple[HeldRow, ...]:
    """What is left of `held` without what came too late for its report, which waits for the next one."""
    late = [row.id for row in held if row.hold == REPORTED]
    if late:
        rest = report_hold(policy, when, now)
        store.holds.postpone(late, rest.kind, rest.reason, rest.until)
    return tuple(row for row in held if row.hold != REPORTED)


def _without_muted(store: Store, held: Sequence[HeldRow], now: datetime) -> tuple[HeldRow, ...]:
    """What is left of `held` where a person muted stories meanwhile: those alerts are held for good."""
    left = []
    for row in held:
        reason = None if row.event == "article.retracted" else store.stories.mute_reason(row.story_id, now)
        if reason is None:
            left.append(row)
        else:
            store.holds.hold_forever([row.id], f"{row.reason}; since then {reason}")
    return tuple(left)


def _release(store: Store, to: Addressees, rule: Rule, channel: str, held: Sequence[HeldRow], now: datetime) -> int:
    queued = 0
    rested = sorted((row for row in held if row.hold == "cooldown"), key=lambda row: row.story_id or 0)
    for story_id, group in groupby(rested, key=lambda row: row.story_id or 0):
        queued += _story(store, to, rule, channel, story_id, tuple(group), now)
    queued += _digest(store, rule, channel, [row for row in held if row.hold not in ("cooldown", "order")], now)
    return queued + _followers(store, channel, [row for row in held if row.hold == "order"], now)


def _followers(store: Store, channel: str, held: Sequence[HeldRow], now: datetime) -> int:
    """Edits and retractions that waited for an earlier alert on their piece, each by itself: it is known by now."""
    queued = 0
    for row in held:
        owed = store.holds.owed(row.rule, channel, row.article_id)
        if owed is not None:
            store.holds.postpone([row.id], row.hold, row.reason, owed)
        else:
            store.holds.move_to_outbox(row.id, now)
            queued += 1
    return queued


def _story(
    store: Store, to: Addressees, rule: Rule, channel: str, story_id: int, held: Sequence[HeldRow], now: datetime
) -> int:
    """One alert for all that a story got while it rested: on the strongest report, the latest of equals."""
    best = max(held, key=lambda row: (row.score or 0.0, row.created_at, row.id))
    history = load_alert_history(store, rule.policy, rule.name, channel, story_id, now)
    if (hold := budget_hold(rule.policy, now, best.score or 0.0, history)) is not None:
        store.holds.postpone((row.id for row in held), hold.kind, hold.reason, hold.until)
        return 0
    if len(held) == 1:
        store.holds.move_to_outbox(best.id, now)
        return 1
    since = history.told_at or min(row.created_at for row in held)
    new = build_growth_view(store.growths.since(story_id, since), since, to)
    number = make_alert_id(channel, rule.name, GREW, ",".join(sorted(row.id for row in held)), 0)
    assert best.article_id is not None  # noqa: S101  only alerts on pieces are held
    place = view_story_position(store, best.article_id, to.outlet)
    queued = _queue(store, best, number, GREW, build_growth_alert(best.body, number, now, new, place), now)
    store.holds.mark_digested((row.id for row in held), number)
    return queued


def _digest(store: Store, rule: Rule, channel: str, held: Sequence[HeldRow], now: datetime) -> int:
    if len(held) < 2:  # an alert alone says more than a digest of one
        for row in held:
            store.holds.move_to_outbox(row.id, now)
        return len(held)
    number = make_alert_id(channel, rule.name, DIGEST, ",".join(sorted(row.id for row in held)), 0)
    body = build_digest(
        number,
        rule.name,
        now,
        [
            HeldAlert(id=row.id, body=row.body, reason=row.reason, created_at=row.created_at, score=row.score)
            for row in held
        ],
    )
    queued = _queue(store, held[0], number, DIGEST, body, now)
    store.holds.mark_digested((row.id for row in held), number)
    return queued


def _queue(store: Store, of: HeldRow, number: str, event: str, body: bytes, now: datetime) -> int:
    """An alert made of held ones; one on a story stands for a report, a digest for none."""
    about = event == GREW
    alert = NewAlert(
        id=number,
        rule=of.rule,
        channel=of.channel,
        event=event,
        article_id=of.article_id if about else None,
        revision=of.revision if about else None,
        story_id=of.story_id if about else None,
        topic=of.topic if about else None,
        body=body,
        score=of.score if about else None,
    )
    return store.alerts.add([alert], now)
