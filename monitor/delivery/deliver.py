"""The outbox emptied: claim due alerts, sign, send, record the attempt; it must not decide what alerts, nor hold SQL.

One attempt at a time for each channel, all channels at once, so that a dead receiver delays nobody else. A channel
that fails is probed with one alert; the rest of its batch goes back. A service with a pace gets one alert at a time,
and when the next may go is a column, so that no restart is a burst. What is not recorded was not done: after a
crash an alert may be sent again, with the same `webhook-id`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from monitor.alerting.channels import KINDS
from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.alerting.retry import judge_attempt
from monitor.clock import Clock
from monitor.config.schema import ChannelSection
from monitor.delivery.channel_target import ResolvedTarget, mask_secrets, resolve_channel
from monitor.delivery.guarded_http import DEADLINE, Sender
from monitor.delivery.marks.links import MarkLinks
from monitor.model.alert import Mail, Push, Reply, Request
from monitor.storage import Store
from monitor.storage.alerts.alerts import DueAlert, make_alert_id

log = logging.getLogger(__name__)

BATCH = 20  # alerts a channel claims at a time: few enough that a stop or a failure gives back little
# Longer than a whole batch can take, so that no lease ends under its holder; a crash is mended at start, not by it.
LEASE = timedelta(seconds=BATCH * (DEADLINE + 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTrial:
    """What a test alert sent and got back; `request` is None where it could not be signed."""

    request: Request | Mail | Push | None
    reply: Reply
    warnings: tuple[str, ...] = ()


class Delivery:
    """Delivers what the outbox holds for the configured channels; make a new one when these change."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        channels: Mapping[str, ChannelSection],
        clock: Clock,
        random: Random,
        *,
        folder: Path = Path(),
        environ: Mapping[str, str] = os.environ,
        marks: MarkLinks | None = None,
    ) -> None:
        """`folder` is that of config.toml: relative secret files are looked for there. `marks` where links may mark."""
        self._store = store
        self._sender = sender
        self._channels = dict(channels)
        self._clock = clock
        self._random = random
        self._folder = folder
        self._environ = environ
        self._marks = marks
        self._owner = f"{random.getrandbits(64):016x}"
        self._batches = 0
        self._running: dict[str, asyncio.Task[int]] = {}
        self._woken: set[str] = set()  # channels that may have been found empty before the last commit
        self._stopping = False

    async def start(self) -> None:
        """Begin to deliver what is due for every idle channel, without waiting for answers: the daemon's tick."""
        self._begin()

    def wake(self) -> None:
        """Alerts were committed: deliver them at once, not at the next tick. To be called in the loop's thread."""
        self._woken.update(self._running)
        self._begin()

    async def round(self) -> int:
        """As `start`, and wait until all that is under way is answered and recorded; the number of attempts made.

        Cancelled, it gives back what is not recorded. Raises what the store raises.
        """
        self._begin()
        made = 0
        while self._running:
            for outcome in await asyncio.gather(*self._running.values(), return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
                made += outcome
        return made

    async def next_due(self) -> datetime | None:
        """When there is something to deliver next, None where nothing waits."""
        return await self._store.do(self._store.alerts.next_due, tuple(self._channels))

    async def stop(self, grace: float = 5.0) -> None:
        """Begin nothing more, let attempts under way end within `grace` seconds, give the rest back."""
        self._stopping = True
        tasks = tuple(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def test(self, name: str) -> AlertTrial:
        """Send a test alert to a configured channel, at once and outside the outbox."""
        now = self._clock.now()
        channel = KINDS[self._channels[name].kind]
        id = make_alert_id(name, "test", "test", now.isoformat(), 0)
        found = self._aim(name)
        if found.target is None:
            return AlertTrial(request=None, reply=Reply(status=None, error=found.error), warnings=found.warnings)
        request = channel.request(
            channel.render(encode_alert(build_sample_alert(id, now))), found.target, id, now, found.signing
        )
        with self._clock.hold():
            reply = await self._sender.send(request)
        return AlertTrial(
            request=request, reply=mask_secrets(channel.read(reply), found.hidden), warnings=found.warnings
        )

    def _begin(self) -> None:
        """A task for every channel that has none."""
        if self._stopping:
            return
        for name in self._channels:
            if name in self._running:
                continue
            self._woken.discard(name)
            held = ExitStack()
            # Held from here, not from the task's first step: in between simulated time must not move either.
            held.enter_context(self._clock.hold())
            task = self._running[name] = asyncio.create_task(self._empty(name), name=f"deliver {name}")
            task.add_done_callback(partial(self._ended, name, held))

    def _ended(self, name: str, held: ExitStack, task: asyncio.Task[int]) -> None:
        del self._running[name]
        held.close()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery channel=%s error=%s", name, json.dumps(str(error)), exc_info=error)
        if name in self._woken:  # its last look may have been a moment too early
            self._begin()

    async def _empty(self, name: str) -> int:
        """Deliver a channel's due alerts, a batch at a time, until none is left or one fails; how many attempts."""
        made = 0
        going = True
        while going and not self._stopping:
            self._woken.discard(name)
            attempts, going = await self._batch(name)
            made += attempts
        return made

    async def _batch(self, name: str) -> tuple[int, bool]:
        """Claim and send one batch: how many attempts were made, and whether to go on."""
        alerts = self._store.alerts
        self._batches += 1
        lease = f"{self._owner}-{self._batches}"
        now = self._clock.now()
        made = 0
        try:
            limit = 1 if self._pace(name) else BATCH
            claimed = await self._store.do(alerts.claim, name, now, lease=lease, until=now + LEASE, limit=limit)
            for alert in claimed:
                made += 1
                if not await self._attempt(alert) or self._stopping:
                    return made, False
        finally:
            # The writer's thread takes this after a claim or a record that a cancellation found under way.
            await self._store.do(alerts.release, lease)
        return made, made > 0

    async def _attempt(self, alert: DueAlert) -> bool:
        """Send and record one alert; whether the receiver took it."""
        began = self._clock.now()
        reply = await self._send(alert, began)
        now = self._clock.now()
        number = alert.attempts + 1
        verdict = judge_attempt(
            number, reply.status, reply.error, reply.headers.get("retry-after"), now, self._random.random()
        )
        pace = self._pace(alert.channel)
        await self._store.do(self._store.alerts.record, alert, began, reply, verdict, now, pace=pace)
        log.info(
            "delivery alert=%s channel=%s attempt=%d status=%s seconds=%.3f outcome=%s%s",
            alert.id,
            alert.channel,
            number,
            reply.status,
            reply.seconds,
            "disabled" if verdict.disable else "retry" if verdict.state == "pending" else verdict.state,
            f" error={json.dumps(reply.error, ensure_ascii=False)}" if reply.error else "",
        )
        return verdict.state == "delivered"

    async def _send(self, alert: DueAlert, now: datetime) -> Reply:
        found = self._aim(alert.channel)
        if found.target is None:
            return Reply(status=None, error=found.error)
        kind = KINDS[found.target.kind]
        try:
            body, tokens = self._marks.add_links(alert.body) if self._marks else (alert.body, ())
            message = kind.render(body)
        except (ValueError, LookupError, TypeError) as error:  # an outbox that somebody else wrote into
            return Reply(status=None, error=f"what is stored is no alert ({type(error).__name__}: {error})")
        reply = await self._sender.send(kind.request(message, found.target, alert.id, now, found.signing))
        return mask_secrets(
            kind.read(reply), (*found.hidden, *tokens)
        )  # an answer is kept, and may repeat what was sent

    def _pace(self, name: str) -> float:
        return KINDS[self._channels[name].kind].pace

    def _aim(self, name: str) -> ResolvedTarget:
        return resolve_channel(name, self._channels[name], folder=self._folder, environ=self._environ)
