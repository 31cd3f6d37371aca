"""Standard Webhooks: stored bytes become a signed POST; it must not send, and signs exactly the bytes it was given.

Specification: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from monitor.alerting.channels.service_answers import USER_AGENT
from monitor.model.alert import Request, Target

PACE = 0.0  # seconds: a receiver of its own is asked for no more than its Retry-After says


def render(body: bytes) -> bytes:
    """The alert as it is stored, at most 20 kB of JSON (docs/alert.schema.json): these bytes are signed."""
    return body


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """The request of one attempt: `webhook-id` is the same for all, timestamp and signature are this one's.

    One signature per secret, so that a receiver that knows the old or the new one can verify. Without secrets
    there is none. Raises ValueError for a naive `now` (fact 11: the library signs those wrongly).
    """
    if now.tzinfo is None:
        raise ValueError("a request is signed at an aware datetime")
    moment = now.astimezone(UTC)
    headers = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": alert_id,
        "webhook-timestamp": str(int(moment.timestamp())),
    }
    if secrets:
        text = body.decode("utf-8")
        headers["webhook-signature"] = " ".join(Webhook(secret).sign(alert_id, moment, text) for secret in secrets)
    return Request(method="POST", url=target.url, headers=headers, body=body)
