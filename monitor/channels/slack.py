"""Slack: an alert as Block Kit for an incoming webhook; it must not send.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: the URL is the secret, the answer is "ok".
An outlet's words stand in `plain_text` only, where Slack reads no markup and no mention.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.channels import answers
from monitor.channels.message import encoded
from monitor.channels.notice import Notice, fit, notice
from monitor.channels.posts import post
from monitor.channels.target import Target
from monitor.model import Request

PACE = 1.0  # seconds: "1 message per second per channel" (RELIABILITY, channel limits)
_HEADER, _SECTION, _TEXT = 150, 3_000, 3_000  # characters, of 150, 3,000 and 40,000 that Slack takes
_BLOCKS = 50

read = answers.ok_text("Slack")


def escape(text: str) -> str:
    """The three characters that Slack gives a meaning in every text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render(body: bytes) -> bytes:
    """Header, facts, lead, reasons, link; at most 50 blocks of at most 3,000 characters."""
    found = notice(body)
    blocks = [
        {"type": "header", "text": _plain(found.headline, _HEADER)},
        {"type": "context", "elements": [_plain(found.facts)]},
        *(_section(text) for text in _paragraphs(found)),
        *([_links(("Read the piece", found.url))] if found.url else []),
        *([_links(*found.marks)] if found.marks else []),
        {"type": "context", "elements": [_plain(line) for line in (found.why, found.story, found.explain) if line]},
    ]
    return encoded(
        {
            "text": fit(f"{found.headline} ({found.facts})", _TEXT, escape),
            "blocks": blocks[:_BLOCKS],
            "mrkdwn": False,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
    )


def request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """A POST of the stored bytes; Slack knows no signature."""
    return post(target.url, body)


def _paragraphs(found: Notice) -> list[str]:
    if found.edited:
        return list(found.changes)
    return [*([found.lead] if found.lead else []), *found.passages[:3]]


def _plain(text: str, limit: int = _SECTION) -> dict[str, Any]:
    return {"type": "plain_text", "text": fit(text, limit, escape), "emoji": False}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain(text)}


def _links(*links: tuple[str, str]) -> dict[str, Any]:
    text = " · ".join(f"<{escape(url)}|{words}>" for words, url in links)
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
