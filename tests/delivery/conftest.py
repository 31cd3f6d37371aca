"""A post office for tests of delivery: the real store, the real sender, receivers on loopback, simulated time."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.address_policy import Allow
from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.clock import SimulatedClock
from monitor.config.schema import ChannelSection
from monitor.delivery.deliver import Delivery
from monitor.delivery.guarded_http import Sender
from monitor.delivery.marks.links import MarkLinks
from monitor.storage import Store
from monitor.storage.alerts.alert_id import make_alert_id
from monitor.storage.alerts.alerts import NewAlert

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = encode_alert(build_sample_alert("msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR", NOW))


class Receiver:
    """Answers POSTs as scripted, the last answer for ever; a function is asked with headers and body.

    `got` and `asked` (with paths) are the requests in order.
    """

    def __init__(self, *script: Any, wait: threading.Event | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.methods: list[str] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[Any] = list(script) or [200]
        answers = self.answers
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.methods.append(self.command)
                receiver.got.append((headers, body))
                receiver.asked.append((self.path, headers, body))
                if wait is not None:
                    wait.wait(20)
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                answer = answer(headers, body) if callable(answer) else answer
                status, headers, *said = answer if isinstance(answer, tuple) else (answer, {})
                text = "".join(said).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_PUT = do_PATCH = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.root}/hook/canary-path"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


Listen = Callable[..., Receiver]


class Bench:
    """A delivery with its clock, for one test."""

    def __init__(self, store: Store, clock: SimulatedClock, delivery: Delivery) -> None:
        self.store = store
        self.clock = clock
        self.delivery = delivery

    async def drain(self, rounds: int = 100) -> list[tuple[datetime, int]]:
        """Rounds at every moment something is due, until nothing is: the moments and the attempts made."""
        made = []
        for _ in range(rounds):
            due = await self.store.read(self.delivery.find_next_due)
            if due is None:
                break
            self.clock.advance_to(due)
            made.append((self.clock.now(), await self.delivery.round()))
        return made


class Office:
    """A store with an outbox, receivers, and deliveries between them; `now`, `secret`, `body` are what they use."""

    now, secret, body = NOW, SECRET, BODY

    def __init__(self, store: Store, stack: ExitStack) -> None:
        self.store = store
        self._stack = stack

    def listen(self, *script: Any, wait: threading.Event | None = None, tls: ssl.SSLContext | None = None) -> Receiver:
        receiver = Receiver(*script, wait=wait, tls=tls)
        self._stack.callback(receiver.close)
        return receiver

    def section(self, url: str, **secret: str) -> ChannelSection:
        return ChannelSection.model_validate({"kind": "webhook", "url": url, **secret})

    def queue(self, *names: str, count: int = 1, body: bytes = BODY) -> list[str]:
        """Put `count` alerts for each channel into the outbox; their ids in order."""
        store = self.store
        with store.write():
            store.alerts.channels.sync(dict.fromkeys(names, "webhook"))
            ids = []
            for name in names:
                for number in range(count):
                    ids.append(make_alert_id(name, "rule", "article.matched", f"x:{number}", 1))
                    alert = NewAlert(
                        id=ids[-1],
                        rule="rule",
                        channel=name,
                        event="article.matched",
                        article_id=None,
                        revision=None,
                        story_id=None,
                        topic=None,
                        body=body,
                    )
                    # A second apart, so that their order is known; the last is due now.
                    store.alerts.add([alert], NOW - timedelta(seconds=count - 1 - number))
        return ids

    def run(
        self,
        channels: dict[str, ChannelSection],
        work: Callable[[Bench], Awaitable[None]],
        *,
        allow: tuple[str, ...] = ("127.0.0.1",),
        folder: Path = Path(),
        environ: dict[str, str] | None = None,
        marks: MarkLinks | None = None,
    ) -> None:
        """`environ` is a secret in S unless it is given."""

        async def main() -> None:
            clock = SimulatedClock(NOW)
            async with Sender(Allow.parse(allow)) as sender:
                delivery = Delivery(
                    self.store,
                    sender,
                    channels,
                    clock,
                    Random(7),
                    folder=folder,
                    environ=environ or {"S": SECRET},
                    marks=marks,
                )
                await asyncio.wait_for(work(Bench(self.store, clock, delivery)), 60)
                await delivery.stop(0)
            assert clock.idle

        asyncio.run(main())

    def state(self, id: str) -> tuple[str, int, list[int | None]]:
        record = self.store.alerts.show(id)
        assert record is not None
        return record.alert.state, record.alert.attempts, [one.status for one in record.tries]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(stack.enter_context(Store(tmp_path / "test.db")), stack)
