"""Tells the channels of what cannot be written down: a full disk, a database that is gone; it must not use the store.

What is told here was not queued, so nothing tries it again but the caller: `tell` says whether everybody was reached.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.alerting.intents import Rule
from monitor.alerting.message.document import PROBLEM, ProblemView, encode_alert
from monitor.config.schema import ChannelSection
from monitor.delivery.guarded_http import Sender
from monitor.delivery.send_alert import send_alert
from monitor.storage.alerts.alert_id import make_alert_id

log = logging.getLogger(__name__)

_OWN = "seedwatch"  # the rule of what is told without a rule


@dataclass(slots=True, kw_only=True)
class Alarm:
    """One thing to tell, from its beginning to its end; `told` are the channels that took it in its present state."""

    kind: str
    subject: str
    detail: str
    cure: str
    since: datetime
    over: bool = False
    told: set[str] = field(default_factory=set)


def choose_recipients(rules: tuple[Rule, ...], channels: Mapping[str, ChannelSection]) -> dict[str, str]:
    """Channel → rule: those that rules with "problem" name, every channel where no rule does."""
    named = {name: rule.name for rule in rules if "problem" in rule.on for name in rule.channels if name in channels}
    return named or dict.fromkeys(channels, _OWN)


async def tell_directly(
    alarm: Alarm,
    recipients: Mapping[str, str],
    channels: Mapping[str, ChannelSection],
    sender: Sender,
    *,
    folder: Path,
    environ: Mapping[str, str],
    now: datetime,
) -> bool:
    """Send an alarm to the recipients that do not have it yet, one try each; whether all have it now."""
    waiting = [name for name in recipients if name not in alarm.told]
    key = f"{alarm.kind}:{alarm.subject}:{alarm.since.isoformat()}"

    async def send(name: str) -> bool:
        rule = recipients[name]
        number = make_alert_id(name, rule, PROBLEM, key, 2 if alarm.over else 1)
        view = ProblemView(
            id=number,
            at=now,
            rule=rule,
            kind=alarm.kind,
            subject=alarm.subject,
            detail=alarm.detail,
            cure=alarm.cure,
            since=alarm.since,
            over=alarm.over,
        )
        sent = await send_alert(
            *(sender, name, channels[name], encode_alert(view), number, now), folder=folder, environ=environ
        )
        if sent.request is None:
            log.error("event=alarm-not-sent channel=%s error=%r", name, sent.reply.error)
            return False
        log.log(
            logging.INFO if sent.taken else logging.WARNING,
            "event=alarm channel=%s kind=%s over=%s status=%s error=%r",
            name,
            alarm.kind,
            alarm.over,
            sent.reply.status,
            sent.reply.error,
        )
        return sent.taken

    taken = await asyncio.gather(*(send(name) for name in waiting))
    alarm.told.update(name for name, took in zip(waiting, taken, strict=True) if took)
    return all(taken)
