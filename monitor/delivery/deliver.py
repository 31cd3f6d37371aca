"""The outbox emptied: claim due alerts, sign, send, record the attempt; it must not decide what alerts, nor hold SQL.

One attempt at a time for each channel, all channels at once, so that a dead receiver delays nobody else. A channel that
fails is probed with one alert, on a schedule of its own; the rest of its batch goes back, and all that waits is due at
once when it takes one. A service with a pace gets one alert at a time, and when the next may go is a column, so that no
restart is a burst. What is not recorded was not done: after a crash an alert may be sent again, with the same
`webhook-id`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from monitor.alerting.channels import KINDS
from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.alerting.outage import ChannelTrouble, FaultOwner, fault_of
from monitor.alerting.retry import judge_attempt
from monitor.clock import Clock
from monitor.config.schema import ChannelSection
from monitor.delivery.guarded_http import DEADLINE, Sender
from monitor.delivery.marks.links import MarkLinks
from monitor.delivery.send_alert import SentAlert, send_alert
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import DueAlert

log = logging.getLogger(__name__)

BATCH = 20  # alerts a channel claims at a time: few enough that a stop or a failure gives back little
# Longer than a whole batch can take, so that no lease ends under its holder; a crash is mended at start, not by it.
LEASE = timedelta(seconds=BATCH * (DEADLINE + 5))


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
        self._resume: dict[str, datetime] = {}  # channels with a pace that sent something: when the next may go
        self._pauses: set[asyncio.Task[None]] = set()
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

    def find_next_due(self) -> datetime | None:
        """When there is something to deliver next, None where nothing waits; to be called in the store's thread."""
        return self._store.alerts.next_due(tuple(self._channels))

    async def stop(self, grace: float = 5.0) -> None:
        """Begin nothing more, let attempts under way end within `grace` seconds, give the rest back."""
        self._stopping = True
        tasks = tuple(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        pauses = tuple(self._pauses)
        for pause in pauses:
            pause.cancel()
        await asyncio.gather(*tasks, *pauses, return_exceptions=True)

    async def test(self, name: str) -> SentAlert:
        """Send a test alert to a configured channel, at once and outside the outbox."""
        now = self._clock.now()
        id = make_alert_id(name, "test", "test", now.isoformat(), 0)
        body = encode_alert(build_sample_alert(id, now))
        with self._clock.hold():
            return await self._send(name, body, id, now)

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
        # A pace ends between two ticks of whoever drives us; waiting for the next tick would double it.
        if (until := self._resume.pop(name, None)) is not None and not self._stopping:
            pause = asyncio.create_task(self._pause(until), name=f"pace {name}")
            self._pauses.add(pause)
            pause.add_done_callback(self._pauses.discard)
        if name in self._woken:  # its last look may have been a moment too early
            self._begin()

    async def _pause(self, until: datetime) -> None:
        with self._clock.hold():
            await self._clock.sleep((until - self._clock.now()).total_seconds())
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
        claimed: tuple[DueAlert, ...] | None = None  # not known yet
        try:
            limit = 1 if self._pace(name) else BATCH
            claimed = await self._store.do_if_due(alerts.claim, name, now, lease=lease, until=now + LEASE, limit=limit)
            for alert in claimed:
                made += 1
                if not await self._attempt(alert) or self._stopping:
                    return made, False
        finally:
            if claimed != ():
                # The writer's thread takes this after a claim or a record that a cancellation found under way.
                await self._store.do_if_due(alerts.release, lease)
        return made, made > 0

    async def _attempt(self, alert: DueAlert) -> bool:
        """Send and record one alert; whether the next may go at once."""
        began = self._clock.now()
        sent = await self._send(alert.channel, alert.body, alert.id, began, self._marks)
        reply, now = sent.reply, self._clock.now()
        trouble = ChannelTrouble() if sent.taken else await self._store.do(self._trouble, alert.channel)
        verdict = judge_attempt(
            alert.attempts + 1,
            reply.status,
            reply.error,
            reply.headers.get("retry-after"),
            now,
            self._random.random(),
            trouble,
            FaultOwner.ALERT if sent.broken else fault_of(reply.status, reached=reply.reached),
        )
        pace = self._pace(alert.channel)
        await self._store.do(self._store.alerts.record, alert, began, reply, verdict, now, pace=pace)
        if pace and sent.taken:
            self._resume[alert.channel] = began + timedelta(seconds=pace)
        # What will be tried again repeats; what was given up or switched off is for a person.
        level = logging.ERROR if verdict.disable or verdict.state == "dead" else logging.WARNING
        log.log(
            logging.INFO if verdict.state == "delivered" else level,
            "delivery alert=%s channel=%s attempt=%d status=%s seconds=%.3f outcome=%s%s",
            alert.id,
            alert.channel,
            alert.attempts + alert.probes + 1,
            reply.status,
            reply.seconds,
            "disabled" if verdict.disable else "retry" if verdict.state == "pending" else verdict.state,
            f" error={json.dumps(reply.error, ensure_ascii=False)}" if reply.error else "",
        )
        return verdict.state == "delivered" or not (verdict.failing or verdict.disable or verdict.pause_until)

    def _trouble(self, name: str) -> ChannelTrouble:
        state = self._store.channels.get(name)
        if state is None:
            return ChannelTrouble()
        return ChannelTrouble(failures=state.failures, failing_since=state.failing_since)

    async def _send(
        self, name: str, body: bytes, number: str, now: datetime, marks: MarkLinks | None = None
    ) -> SentAlert:
        return await send_alert(
            *(self._sender, name, self._channels[name], body, number, now),
            folder=self._folder,
            environ=self._environ,
            marks=marks,
        )

    def _pace(self, name: str) -> float:
        return KINDS[self._channels[name].kind].pace
