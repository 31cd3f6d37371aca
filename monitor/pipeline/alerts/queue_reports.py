"""Reports by schedule: made of the alerts of their span, once each; it must not decide what alerts.

A report is queued, what it tells of is marked, and how far it is told is noted in one transaction: a crash makes none
twice and loses none. One that was due while nothing ran comes at the next start, for the whole time since the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from monitor.alerting.intents import Rule
from monitor.alerting.message.report import (
    REPORT,
    ReportedStory,
    ReportEvent,
    ReportFrame,
    build_report,
    group_stories,
)
from monitor.alerting.policy import quiet_hold
from monitor.alerting.report_times import find_last_report, find_next_report, format_report_time, report_hold
from monitor.model.alert import ReportTime
from monitor.pipeline.alerts.queue_alerts import Addressees
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import NewAlert
from monitor.storage.alerts.reports import ReportState

_PREVIEW = "msg_" + 27 * "0"  # the number of a report that is only looked at
_LISTED = 100  # stories of which a report could list any


def sync_reports(store: Store, rules: Iterable[Rule], now: datetime) -> None:
    """Begin the reports that the configuration has anew, end those it has no more; the caller's transaction."""
    wanted = {
        (rule.name, channel): (rule.policy, when) for rule, when in _reporting(rules) for channel in rule.channels
    }
    schedules = {pair: f"{format_report_time(when)} {policy.zone}" for pair, (policy, when) in wanted.items()}
    for pair in store.reports.sync(schedules, now):
        hold = report_hold(*wanted[pair], now)
        store.reports.move_held(*pair, hold.reason, hold.until)


def queue_reports(store: Store, to: Addressees, now: datetime) -> int:
    """Queue the reports that are due, in the caller's transaction; how many. In quiet hours they wait for their end."""
    queued = 0
    for state in store.reports.list_states():
        rule = to.rules.get(state.rule)
        if rule is None or rule.policy.report is None or state.channel not in to.kinds:
            continue
        until = find_last_report(rule.policy.report, now, rule.policy.zone)
        if until <= max(state.set_at, state.told_until) or quiet_hold(rule.policy, now) is not None:
            continue
        queued += _queue(store, to, rule, rule.policy.report, state, until, now)
    return queued


def _queue(
    store: Store, to: Addressees, rule: Rule, when: ReportTime, state: ReportState, until: datetime, now: datetime
) -> int:
    number = make_alert_id(state.channel, rule.name, REPORT, until.isoformat(), 0)
    events = tuple(_heed_mutes(store, store.reports.list_events(state, until), now))
    alert = NewAlert(
        id=number,
        rule=rule.name,
        channel=state.channel,
        event=REPORT,
        article_id=None,
        revision=None,
        story_id=None,
        topic=None,
        body=_body(store, rule, when, state, events, until, number),
    )
    queued = store.alerts.add([alert], now)
    store.reports.put_into((event.alert for event in events), number)
    store.reports.note_told(rule.name, state.channel, until)
    return queued


def preview_report(store: Store, rule: Rule, channel: str, now: datetime) -> bytes | None:
    """The report as it would go out now; None where the daemon has not begun it yet. Writes nothing."""
    found = [state for state in store.reports.list_states() if (state.rule, state.channel) == (rule.name, channel)]
    if rule.policy.report is None or not found:
        return None
    return _body(store, rule, rule.policy.report, found[0], store.reports.list_events(found[0], now), now, _PREVIEW)


def find_report_due(rules: Iterable[Rule], now: datetime) -> datetime | None:
    """When the next of them is due, None where no rule has one."""
    return min((find_next_report(when, now, rule.policy.zone) for rule, when in _reporting(rules)), default=None)


def _reporting(rules: Iterable[Rule]) -> Iterator[tuple[Rule, ReportTime]]:
    for rule in rules:
        if rule.policy.report is not None:
            yield rule, rule.policy.report


def _heed_mutes(store: Store, events: Sequence[ReportEvent], now: datetime) -> Iterator[ReportEvent]:
    """The events; what was held for the report and whose story a person muted meanwhile is held for good."""
    for event in events:
        muted = event.told == "report" and event.event != "article.retracted"
        reason = store.stories.mute_reason(event.story_id, now) if muted else None
        if reason is None:
            yield event
        else:
            store.holds.hold_forever([event.alert], reason)
            yield replace(event, told="held", reason=reason)


def _body(
    store: Store,
    rule: Rule,
    when: ReportTime,
    state: ReportState,
    events: Sequence[ReportEvent],
    until: datetime,
    number: str,
) -> bytes:
    stories = group_stories(events)
    frame = ReportFrame(
        id=number,
        rule=rule.name,
        schedule=format_report_time(when),
        zone=rule.policy.zone,
        since=state.told_until,
        until=until,
    )
    return build_report(frame, events, stories, dict(_spread(store, stories)))


def _spread(store: Store, stories: Sequence[ReportedStory]) -> Iterator[tuple[int, tuple[int, int]]]:
    """How many outlets and independent sources the strongest stories have by now."""
    for story in islice(stories, _LISTED):
        found = store.lineage.standing(story.lead.article_id)
        yield story.id, (found.outlets, found.independent)
