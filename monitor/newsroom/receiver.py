"""A webhook receiver on loopback that checks signatures and fails on command; it must not forward anything."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest

# Standard Webhooks, "Verifying webhook authenticity": the libraries allow five minutes.
TOLERANCE = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedDelivery:
    """One request the receiver got, and what it said to it.

    `at` is the receiver's clock; `timestamp` and `webhook_id` the request's own headers. `signature_ok` is None
    where no secret was given. `body` is the parsed JSON, None where it was none, `raw` the bytes. `status` is 0
    where the connection was closed unanswered.
    """

    at: datetime
    path: str
    webhook_id: str | None
    timestamp: int | None
    signature_ok: bool | None
    body: Any
    raw: bytes
    headers: Mapping[str, str]
    status: int

    @property
    def accepted(self) -> bool:
        """Whether the sender was told that all is well."""
        return 200 <= self.status < 300

    def line(self) -> str:
        """The delivery as one line of JSON, for the file ledger."""
        return json.dumps(
            {
                "at": self.at.isoformat(),
                "path": self.path,
                "webhook_id": self.webhook_id,
                "timestamp": self.timestamp,
                "signature_ok": self.signature_ok,
                "status": self.status,
                "body": self.body,
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    answer: LoopbackAnswer
    times: int | None
    about: bytes


class Receiver:
    """Takes POSTs on any path of `address` and answers 200, 401 where the signature is wrong, or as told by `fail`.

    The timestamp is checked against `now`, not against the machine's clock, so that simulated time works. With
    `path` every delivery is appended there as a line of JSON and flushed *before* its answer is sent, for a test
    that kills the sender and reads from another process.
    """

    def __init__(self, *, now: Callable[[], datetime], secret: str | None = None, path: Path | None = None) -> None:
        self._now = now
        self._webhook = None if secret is None else Webhook(secret)
        self._lock = threading.Lock()
        self._deliveries: list[ReceivedDelivery] = []
        self._failures: list[_Failure] = []
        self._file = None if path is None else path.open("a", encoding="utf-8")
        self._loopback = Loopback(self._answer, now)
        self.address = f"{self._loopback.address}/hook"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to listen."""
        self._loopback.start()

    def stop(self) -> None:
        """Listen no more and close the file."""
        self._loopback.stop()
        with self._lock:
            if self._file is not None:
                self._file.close()

    @property
    def deliveries(self) -> list[ReceivedDelivery]:
        """Everything that came in, in order."""
        with self._lock:
            return list(self._deliveries)

    @property
    def accepted(self) -> list[ReceivedDelivery]:
        """The first accepted delivery of each `webhook-id`, in order."""
        first: dict[str | None, ReceivedDelivery] = {}
        for delivery in self.deliveries:
            if delivery.accepted:
                first.setdefault(delivery.webhook_id, delivery)
        return list(first.values())

    @property
    def repeats(self) -> list[ReceivedDelivery]:
        """Accepted deliveries whose `webhook-id` had been accepted before."""
        first = {id(delivery) for delivery in self.accepted}
        return [d for d in self.deliveries if d.accepted and id(d) not in first]

    def fail(
        self,
        *,
        status: int = 500,
        retry_after: int | str | None = None,
        times: int | None = 1,
        delay: float = 0.0,
        reset: bool = False,
        about: str = "",
    ) -> None:
        """Fail the next `times` deliveries (None: until `heal`) whose body holds `about`: this status, `delay` real
        seconds late, or no answer at all. A status of 200 with a delay is a slow success. Calls queue up.
        """
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        answer = LoopbackAnswer(status=status, headers=headers, delay=delay, reset=reset)
        with self._lock:
            self._failures.append(_Failure(answer=answer, times=times, about=about.encode()))

    def heal(self) -> None:
        """End all failing."""
        with self._lock:
            self._failures.clear()

    def _answer(self, asked: LoopbackRequest) -> LoopbackAnswer:
        with self._lock:
            if asked.method != "POST":
                return LoopbackAnswer(status=405, headers={"Allow": "POST"})
            good = self._verify(asked)
            answer = self._failing(asked.body)
            if answer is None:
                answer = LoopbackAnswer(status=401 if good is False else 200)
            delivery = ReceivedDelivery(
                at=asked.at,
                path=asked.path,
                webhook_id=asked.headers.get("webhook-id"),
                timestamp=_whole(asked.headers.get("webhook-timestamp")),
                signature_ok=good,
                body=_parsed(asked.body),
                raw=asked.body,
                headers=asked.headers,
                status=0 if answer.reset else answer.status,
            )
            self._deliveries.append(delivery)
            if self._file is not None and not self._file.closed:
                self._file.write(delivery.line() + "\n")
                self._file.flush()
            return answer

    def _failing(self, body: bytes) -> LoopbackAnswer | None:
        place = next((place for place, failure in enumerate(self._failures) if failure.about in body), None)
        if place is None:
            return None
        failure = self._failures[place]
        if failure.times is not None:
            if failure.times <= 1:
                self._failures.pop(place)
            else:
                self._failures[place] = replace(failure, times=failure.times - 1)
        return failure.answer

    def _verify(self, asked: LoopbackRequest) -> bool | None:
        """Standard Webhooks, symmetric v1: any of the signatures given may fit (rotation).

        `Webhook.verify` reads the machine's clock, hence its `sign` and our own comparison.
        """
        if self._webhook is None:
            return None
        number = asked.headers.get("webhook-id")
        timestamp = _whole(asked.headers.get("webhook-timestamp"))
        given = asked.headers.get("webhook-signature", "").split()
        if number is None or timestamp is None or abs(self._now().timestamp() - timestamp) > TOLERANCE:
            return False
        try:
            body = asked.body.decode()
            expected = self._webhook.sign(number, datetime.fromtimestamp(timestamp, UTC), body)
        except (UnicodeDecodeError, OverflowError, ValueError, OSError):
            return False
        return any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
