"""Slack: an alert as Block Kit for an incoming webhook; it must not send.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: the URL is the secret, the answer is "ok".
An outlet's words stand in `plain_text` only, where Slack reads no markup and no mention.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.alerting.channels.service_answers import build_post, expect_ok_text
from monitor.alerting.message.chat_text import Notice, build_notice, fit_text
from monitor.alerting.message.document import encode_json
from monitor.model.alert import Request, Target

PACE = 1.0  # seconds: "1 message per second per channel" (RELIABILITY, channel limits)
_HEADER, _SECTION, _TEXT = 150, 3_000, 3_000  # characters, of 150, 3,000 and 40,000 that Slack takes
_BLOCKS = 50

read = expect_ok_text("Slack")


def escape_slack(text: str) -> str:
    """The three characters that Slack gives a meaning in every text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render(body: bytes) -> bytes:
    """Header, facts, lead, reasons, link; at most 50 blocks of at most 3,000 characters."""
    found = build_notice(body)
    blocks = [
        {"type": "header", "text": _plain(found.headline, _HEADER)},
        {"type": "context", "elements": [_plain(found.facts)]},
        *(_section(text) for text in _paragraphs(found)),
        *([_links(("Read the piece", found.url))] if found.url else []),
        *([_links(*found.links)] if found.links else []),
        *([_links(*found.marks)] if found.marks else []),
        {"type": "context", "elements": [_plain(line) for line in (found.why, found.story, found.explain) if line]},
    ]
    return encode_json(
        {
            "text": fit_text(f"{found.headline} ({found.facts})", _TEXT, escape_slack),
            "blocks": blocks[:_BLOCKS],
            "mrkdwn": False,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
    )


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """A POST of the stored bytes; Slack knows no signature."""
    return build_post(target.url, body)


def _paragraphs(found: Notice) -> list[str]:
    if found.edited:
        return list(found.changes)
    return [*([found.lead] if found.lead else []), *found.passages[:3]]


def _plain(text: str, limit: int = _SECTION) -> dict[str, Any]:
    return {"type": "plain_text", "text": fit_text(text, limit, escape_slack), "emoji": False}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain(text)}


def _links(*links: tuple[str, str]) -> dict[str, Any]:
    text = " · ".join(f"<{escape_slack(url)}|{words}>" for words, url in links)
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
