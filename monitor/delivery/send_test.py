"""`seedwatch test-alert`: one real request to a channel and what came back; it leaves the outbox alone."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.address_policy import Allow
from monitor.clock import WallClock
from monitor.config.schema import Config
from monitor.delivery.deliver import Delivery
from monitor.delivery.failure_cure import explain_failure
from monitor.delivery.guarded_http import Sender
from monitor.model.alert import Request
from monitor.storage import Store


def send_test_alert(config: Config, channel: str, folder: Path) -> dict[str, Any]:
    """Send a test alert to a configured channel; `ok` is true for 2xx. `folder` is that of config.toml."""
    return asyncio.run(_test(config, channel, folder))


async def _test(config: Config, channel: str, folder: Path) -> dict[str, Any]:
    # A store of its own: the outbox has no part in this, and a running daemon is not disturbed.
    with TemporaryDirectory(prefix="seedwatch-test-alert-") as aside, Store(Path(aside) / "test.db") as store:
        async with Sender(Allow.parse(config.fetch.allow)) as sender:
            delivery = Delivery(store, sender, config.channels, WallClock(), random.SystemRandom(), folder=folder)
            tested = await delivery.test(channel)
    reply = tested.reply
    headers = dict(tested.request.headers) if isinstance(tested.request, Request) else {}
    return {
        "channel": channel,
        "ok": tested.taken,
        "status": reply.status,
        "error": reply.error,
        "seconds": round(reply.seconds, 3),
        "webhook-id": headers.get("webhook-id"),
        "signature": headers.get("webhook-signature"),
        "reply": reply.body.decode("utf-8", "replace"),
        **({"cure": cure} if (cure := explain_failure(reply.error)) else {}),
        "warnings": list(tested.warnings),
    }
