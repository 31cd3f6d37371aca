"""Copies of alerts that their channel could not be handed in time, for the channel that stands in for it.

The original stays owed: a receiver that comes back gets everything, whatever others were told meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.alerting.message.document import LIMIT, encode_json
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import NewAlert

AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """A channel, the one that stands in for it, and how long an alert waits before that."""

    channel: str
    to: str
    after: timedelta = AFTER


def queue_fallbacks(store: Store, fallbacks: Iterable[Fallback], now: datetime) -> int:
    """Queue a copy of each alert that waits too long at a channel which fails or refuses it; how many are new."""
    queued = 0
    for fallback in fallbacks:
        for alert in store.overdue.list_overdue(fallback.channel, fallback.to, now - fallback.after):
            copied = _copy(alert, fallback)
            queued += store.alerts.add([copied], now)
            store.overdue.note_fallback(alert.id, copied.id)
    return queued


def _copy(alert: NewAlert, fallback: Fallback) -> NewAlert:
    """The alert under a number of its own, with the channel that it was meant for."""
    number = make_alert_id(fallback.to, alert.rule, "fallback", alert.id, 0)
    return replace(alert, id=number, channel=fallback.to, body=_body(alert.body, number, fallback.channel))


def _body(body: bytes, number: str, channel: str) -> bytes:
    found = json.loads(body)
    found["data"] |= {"alert": number, "fallback_for": channel}
    longer = encode_json(found)
    return longer if len(longer) <= LIMIT else body
