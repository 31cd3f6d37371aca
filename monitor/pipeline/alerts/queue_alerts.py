"""The alert rows of one decided page, as each rule's policy has them; it must not decide what a page is, nor send.

Runs inside the article's transaction. A match that a policy does not send is a row all the same: held for good, with
its reason, or until the time at which it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.alerting.channels import KINDS
from monitor.alerting.intents import Intent, Rule
from monitor.alerting.message.digest import GREW
from monitor.alerting.message.document import AlertView, BeforeEdit, GrowthView, encode_alert
from monitor.alerting.policy import (
    Hold,
    PolicyInput,
    after_earlier,
    filter_reason,
    find_day_start,
    hold_for,
    is_rest_of_edits,
    limit_per_minute,
    warm_up_hold,
)
from monitor.alerting.report_times import report_hold
from monitor.model.alert import AlertHistory, Policy
from monitor.model.page import Reading
from monitor.model.topic import Match
from monitor.pipeline.alerts.floods import find_flood_hold
from monitor.pipeline.ingest.story_position import view_story_position
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import NewAlert
from monitor.storage.articles.story_growth import Growth
from monitor.text.near_duplicates import is_reversed_headline

# What a person can follow, and no more than a service takes of us; a program that takes webhooks gets each alert.
MOST_PER_MINUTE = 20
# Quiet hours and the wait for a digest are a day each at most; what they held counts for the day on which it goes out.
_NIGHT = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressees:
    """Whom to tell: the alert rules by name, the kinds of the channels by name, and what people call an outlet.

    `warming` are the topics that warm up: what they match waits (see `alerting/policy.py:warm_up_hold`).
    """

    rules: Mapping[str, Rule]
    kinds: Mapping[str, str]
    outlet: Callable[[str], str]
    warming: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedArticle:
    """A piece as it stands in the store, in the transaction that put it there."""

    reading: Reading
    source: str
    article_id: int
    revision: int
    story_id: int
    first_seen_at: datetime
    before: BeforeEdit | None  # what a piece that is edited said before
    key: str | None = None  # what an alert is numbered by where an event can happen twice to one revision


def queue_alerts(
    store: Store, to: Addressees, placed: PlacedArticle, found: Iterable[Intent], now: datetime
) -> tuple[NewAlert, ...]:
    """A row for every intent, pending or held back."""
    return tuple(_alert(store, to, placed, intent, now) for intent in found)


def _alert(store: Store, to: Addressees, placed: PlacedArticle, intent: Intent, now: datetime) -> NewAlert:
    rule, article = to.rules[intent.rule], placed.reading.article
    match = _find_match(placed, intent)
    number = _number(store, placed, intent, article.identity or article.url)
    reason = intent.held or find_filter_reason(rule, placed, intent)
    if reason is None and intent.event != "article.retracted":
        reason = store.stories.mute_reason(placed.story_id, now)
    event, hold, new = intent.event, None, None
    if reason is None and intent.later and rule.policy.report is not None:
        hold = report_hold(rule.policy, rule.policy.report, now)
    elif reason is None:
        event, hold, new = _policy(store, to, rule, placed, intent, match, number, now)
    view = AlertView(
        id=number,
        event=event,
        at=now,
        rule=rule.name,
        source=placed.source,
        outlet=to.outlet(placed.source),
        article=article,
        seen_at=placed.first_seen_at,
        match=match,
        story=view_story_position(store, placed.article_id, to.outlet),
        revision=placed.revision,
        delayed=placed.reading.delayed,
        before=None if intent.event == "article.matched" else placed.before,
        new=new,
    )
    return NewAlert(
        id=number,
        rule=rule.name,
        channel=intent.channel,
        event=event,
        article_id=placed.article_id,
        revision=placed.revision,
        story_id=placed.story_id,
        topic=intent.topic,
        body=encode_alert(view),
        held=hold.reason if hold else reason,
        hold=hold.kind if hold else None,
        release_at=hold.until if hold else None,
        score=match.score,
    )


def _number(store: Store, placed: PlacedArticle, intent: Intent, name: str) -> str:
    """The id of the alert: by the piece's name, and by its number too where another piece was told of by that name."""
    said = (intent.channel, intent.rule, placed.key or intent.event)
    number = make_alert_id(*said, name, placed.revision)
    if store.names.is_number_taken(number, placed.article_id):
        return make_alert_id(*said, f"{name} {placed.article_id}", placed.revision)
    return number


def _policy(
    store: Store,
    to: Addressees,
    rule: Rule,
    placed: PlacedArticle,
    intent: Intent,
    match: Match,
    number: str,
    now: datetime,
) -> tuple[str, Hold | None, GrowthView | None]:
    """The event of the alert `number` as it is told, whether it waits, and what is new in its story."""
    limits = apply_channel_pace(rule, to.kinds[intent.channel])
    history = load_alert_history(store, limits, rule.name, intent.channel, placed.story_id, now)
    event, new = intent.event, None
    urgent = event == "article.retracted"
    if event == "article.matched" and rule.per == "story" and history.told_at is not None:
        growth = store.growths.since(placed.story_id, history.told_at, placed.article_id)
        # A correction by a headline that says the reverse is news of its own, however soon it comes (SOURCES.md).
        article = placed.reading.article
        urgent = any(is_reversed_headline(article.title, title, article.language) for title in growth.titles)
        if "grew" in rule.on and not urgent:
            event, new = GREW, build_growth_view(growth, history.told_at, to)
    by_rule = any(evidence.term.startswith("rule ") for evidence in match.evidence)  # needs no archive
    if intent.event == "article.matched" and intent.topic in to.warming and not by_rule:
        return event, warm_up_hold(now), new
    hold = hold_for(limits, now, match.score, history, urgent=urgent)
    if hold is None and intent.event == "article.matched":
        hold = find_flood_hold(store, placed.source, rule.name, intent.channel, now)
    retracted = event == "article.retracted" and not store.alerts.exists(number)  # what was told once takes none along
    if retracted and _take_edits_along(store, rule.name, intent.channel, placed.article_id, hold, now):
        return event, hold, new
    if event in ("article.edited", "article.retracted"):
        hold = after_earlier(hold, store.holds.owed(rule.name, intent.channel, placed.article_id))
    return event, hold, new


def _take_edits_along(store: Store, rule: str, channel: str, article_id: int, hold: Hold | None, now: datetime) -> bool:
    """Let the edits that rest leave with a retraction: at once, or at the end of its own `hold`; whether all may."""
    owed = store.holds.list_owed(rule, channel, article_id)
    if not is_rest_of_edits((row.event, row.hold) for row in owed):
        return False
    for row in owed:
        if hold is None:
            store.holds.move_to_outbox(row.id, now)
        elif row.release_at > hold.until:
            store.holds.postpone([row.id], hold.kind, hold.reason, hold.until)
    return True


def load_alert_history(
    store: Store, limits: Policy, rule: str, channel: str, story_id: int, now: datetime
) -> AlertHistory:
    """What a decision about an alert on this story has to know, and no more."""
    day = None if limits.budget is None else find_day_start(now, limits.zone)
    return store.holds.history(
        *(rule, channel, story_id, now),
        day=day,
        longest=_NIGHT + limits.cooldown,
        minute=limits.per_minute is not None,
    )


def apply_channel_pace(rule: Rule, kind: str) -> Policy:
    """The rule's policy, with what its channel's kind bears in a minute where it sets no limit of its own."""
    pace = KINDS[kind].pace
    if rule.policy.per_minute is not None or pace <= 0:
        return rule.policy
    return limit_per_minute(rule.policy, min(MOST_PER_MINUTE, int(60 / pace)))


def build_growth_view(growth: Growth, since: datetime, to: Addressees) -> GrowthView:
    """What a story has got, with its outlets as people call them."""
    return GrowthView(
        since=since,
        outlets=tuple(to.outlet(source) for source in growth.sources),
        numbers=growth.numbers,
        reports=tuple((to.outlet(report.source), report.title, report.url) for report in growth.reports),
    )


def find_filter_reason(rule: Rule, placed: PlacedArticle, intent: Intent) -> str | None:
    """Why the match that an intent tells of is none of its rule's business, None where it is."""
    match = _find_match(placed, intent)
    piece = PolicyInput(
        source=placed.source,
        language=placed.reading.article.language,
        score=match.score,
        terms=tuple(evidence.term for evidence in match.evidence),
    )
    return filter_reason(rule.policy, piece)


def _find_match(placed: PlacedArticle, intent: Intent) -> Match:
    return next(match for match in placed.reading.matches if match.topic == intent.topic)
