"""RELIABILITY W8: a dead endpoint with 10,000 queued alerts beside a healthy one; it measures, and judges nothing.

`python tests/bench/isolation.py [--queued N] [--alerts N]`. The dead receiver takes connections and never answers. An
alert for the healthy one is queued at a steady pace; its delay is the time from COMMIT to the receiver having it, under
the daemon's own tick and with the wake that follows every commit. Beside it stands a plain httpx POST of the same bytes
to the same receiver. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import tempfile
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import httpx

from monitor.address_policy import Allow
from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.clock import WallClock
from monitor.config.schema import ChannelSection
from monitor.daemon.run import TICK
from monitor.delivery.deliver import Delivery
from monitor.delivery.guarded_http import Sender
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import NewAlert

BODY = encode_alert(build_sample_alert("msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR", datetime(2026, 1, 2, tzinfo=UTC)))
EVERY = 0.05  # seconds between two alerts for the healthy receiver


class Healthy:
    """Answers 200 and notes when each alert came."""

    def __init__(self) -> None:
        self.came: dict[str, float] = {}
        noted = self.came

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                noted[self.headers.get("webhook-id", "")] = time.monotonic()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


def alert(channel: str, number: int) -> NewAlert:
    return NewAlert(
        id=make_alert_id(channel, "bench", "article.matched", str(number), 1),
        rule="bench",
        channel=channel,
        event="article.matched",
        article_id=None,
        revision=None,
        story_id=None,
        topic=None,
        body=BODY,
    )


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def plain(url: str, count: int) -> list[float]:
    """Seconds of `count` POSTs of the same bytes by httpx, a connection each, as delivery makes them."""
    spent = []
    for _ in range(count):
        began = time.monotonic()
        httpx.post(url, content=BODY, headers={"content-type": "application/json"}, trust_env=False)
        spent.append(time.monotonic() - began)
    return spent


async def delays(store: Store, healthy: Healthy, dead: int, count: int) -> list[float]:
    channels = {
        name: ChannelSection.model_validate({"kind": "webhook", "url": url})
        for name, url in (("dead", f"http://127.0.0.1:{dead}/"), ("healthy", healthy.url))
    }
    queued: dict[str, float] = {}
    async with Sender(Allow.parse(("127.0.0.1",))) as sender:
        delivery = Delivery(store, sender, channels, WallClock(), Random(7))

        async def tick() -> None:
            while True:
                await delivery.start()
                await asyncio.sleep(TICK)

        ticking = asyncio.create_task(tick())
        for number in range(count):
            new = alert("healthy", number)
            await store.do(store.alerts.add, [new], datetime.now(UTC))
            queued[new.id] = time.monotonic()
            delivery.wake()
            await asyncio.sleep(EVERY)
        for _ in range(600):
            if len(healthy.came) >= count:
                break
            await asyncio.sleep(0.05)
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        await delivery.stop(0.1)
    return [healthy.came[id] - at for id, at in queued.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queued", type=int, default=10_000)
    parser.add_argument("--alerts", type=int, default=400)
    options = parser.parse_args()
    healthy = Healthy()
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(Path(folder) / "bench.db") as store,
        socket.create_server(("127.0.0.1", 0), backlog=100) as dead,
    ):
        with store.write():
            store.channels.sync({"dead": "webhook", "healthy": "webhook"})
            store.alerts.add((alert("dead", number) for number in range(options.queued)), datetime.now(UTC))
        found = asyncio.run(delays(store, healthy, dead.getsockname()[1], options.alerts))
        posts = plain(healthy.url, options.alerts)
        left = store.alerts.pending()
    healthy.server.shutdown()
    measured = {
        "queued": options.queued,
        "pending": left,
        "alerts": len(found),
        "p50": round(percentile(found, 0.5), 4),
        "p99": round(percentile(found, 0.99), 4),
        "httpx_p50": round(percentile(posts, 0.5), 4),
        "httpx_p99": round(percentile(posts, 0.99), 4),
    }
    measured["times_httpx_p99"] = round(measured["p99"] / measured["httpx_p99"], 1)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
