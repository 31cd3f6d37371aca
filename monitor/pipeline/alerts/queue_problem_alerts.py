"""Problems become alerts when they begin and when they end; it must not find problems, nor send.

Only changes of state alert: an id is a function of problem and state, so that a sweep done often tells once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from monitor.alerting.intents import Rule
from monitor.alerting.message.document import PROBLEM, ProblemView, encode_alert
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import DEAD_LETTER, NewAlert
from monitor.storage.alerts.channels import DISABLED
from monitor.storage.problems import Problem

# What ends sooner was a blip: nobody wants to be told twice of it. A channel switched off does not end by itself.
_GRACE = timedelta(minutes=5)
# Ends are looked for this far back: far longer than between two sweeps, also over a restart.
_BACK = timedelta(days=1)
_OWN = "seedwatch"  # the rule of what is told without a rule
_OF_A_CHANNEL = (DISABLED, DEAD_LETTER)
# One piece, shown by `status` and `explain`, is no state of anything; a database that takes nothing is told of from
# memory, at once (monitor/daemon/database_watch.py).
_NOT_QUEUED = ("given-up", "database-not-writable")


def queue_problem_alerts(store: Store, kinds: Mapping[str, str], rules: Iterable[Rule], now: datetime) -> int:
    """Queue an alert for every problem that began or ended and was not told; how many.

    `kinds` are the configured channels by name. Rules with "problem" among their events name the channels to tell;
    a channel that is switched off is told to all others that work where no rule names another (RELIABILITY W6).
    Runs inside the caller's transaction.
    """
    wanted = [(rule.name, channel) for rule in rules if "problem" in rule.on for channel in rule.channels]
    queued = 0
    for problem in store.problems.current(closed_since=now - _BACK):
        if problem.kind in _NOT_QUEUED:
            continue
        for rule, channel in _addressees(store, problem, kinds, wanted):
            queued += _tell(store, problem, rule, channel, kinds[channel], now)
    return queued


def _addressees(
    store: Store, problem: Problem, kinds: Mapping[str, str], wanted: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Whom to tell, as rule and channel: never the channel that the problem is about."""
    concerned = problem.subject if problem.kind in _OF_A_CHANNEL else None
    found = [(rule, channel) for rule, channel in wanted if channel in kinds and channel != concerned]
    if found or problem.kind != DISABLED:
        return found
    off = {state.name for state in store.channels.all() if state.state == "disabled"}
    return [(_OWN, channel) for channel in kinds if channel != concerned and channel not in off]


def _tell(store: Store, problem: Problem, rule: str, channel: str, kind: str, now: datetime) -> int:
    if problem.closed_at is None and problem.kind != DISABLED and timedelta(0) <= now - problem.opened_at < _GRACE:
        return 0
    key = f"{problem.kind}:{problem.subject}:{problem.opened_at.isoformat()}"
    begun, ended = (make_alert_id(channel, rule, PROBLEM, key, state) for state in (1, 2))
    over = problem.closed_at is not None
    number = ended if over else begun
    if store.alerts.exists(number) or (over and not store.alerts.exists(begun)):
        return 0
    view = ProblemView(
        id=number,
        at=problem.closed_at or now,
        rule=rule,
        kind=problem.kind,
        subject=problem.subject,
        detail=problem.detail,
        cure=problem.cure,
        since=problem.opened_at,
        over=over,
    )
    alert = NewAlert(
        id=number,
        rule=rule,
        channel=channel,
        event=PROBLEM,
        article_id=None,
        revision=None,
        story_id=None,
        topic=None,
        body=encode_alert(view),
    )
    return store.alerts.add([alert], now)
