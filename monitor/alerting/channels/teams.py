"""Microsoft Teams: an alert as an Adaptive Card for a Workflows webhook; it must not send.

Office 365 connectors are retired; "Post to a channel when a webhook request is received" takes a message with one card.
An outlet's words stand in text runs, which know no Markdown, unlike text blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.alerting.channels.service_answers import build_post, format_answer_line, is_delivered, mark_refused
from monitor.alerting.message.chat_text import build_notice, fit_text
from monitor.alerting.message.document import encode_json
from monitor.model.alert import Reply, Request, Target

PACE = 0.5  # seconds: Teams throttles a webhook at four requests a second
_HEADLINE, _LEAD, _LINE = 300, 1_500, 500  # characters; with 8 lines of 3 bytes a character well under 28 kB
_LINES, _SHORT = 20, 200  # of a digest
_BUTTONS = 6  # of a report; Teams hides more behind a menu


def escape_teams(text: str) -> str:
    """`<` would begin a mention, `{{` a date function."""
    return text.replace("<", "<\u200b").replace("{", "{\u200b")


def render(body: bytes) -> bytes:
    """A message of at most 28 kB with one card of version 1.4."""
    found = build_notice(body)
    lines = found.changes[:_LINES] if found.edited else found.passages[:3]
    limit = _LINE if len(lines) <= 8 else _SHORT
    links = [*([("Read the piece", found.url)] if found.url else []), *found.links[:_BUTTONS], *found.marks]
    card = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": [
            _text(found.headline, _HEADLINE, size="Large", weight="Bolder"),
            _text(found.facts, _LINE, isSubtle=True),
            *([_text(found.lead, _LEAD)] if found.lead and not found.edited else []),
            *(_text(line, limit) for line in lines),
            *(_text(line, _LINE, isSubtle=True) for line in (found.why, found.story, found.explain) if line),
        ],
        **({"actions": [_open(title.capitalize(), url) for title, url in links]} if links else {}),
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return encode_json({"type": "message", "attachments": [attachment]})


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """A POST of the stored bytes."""
    return build_post(target.url, body)


def read_reply(reply: Reply) -> Reply:
    """A relay may answer 200 and say in its body that Teams itself refused."""
    said = format_answer_line(reply)
    if is_delivered(reply) and "endpoint returned HTTP error" not in said:
        return reply
    return mark_refused(reply, "Teams", said)


def _open(title: str, url: str) -> dict[str, Any]:
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def _text(text: str, limit: int, **style: Any) -> dict[str, Any]:
    return {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": fit_text(text, limit, escape_teams), **style}],
    }
