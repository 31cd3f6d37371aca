"""ntfy: an alert as a push message, published as JSON; it must not send.

https://docs.ntfy.sh/publish/#publish-as-json. Plain text: without `markdown` no app reads markup in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.alerting.channels.service_answers import (
    build_post,
    format_answer_line,
    get_member,
    is_delivered,
    mark_refused,
    parse_json_body,
)
from monitor.alerting.message.chat_text import build_notice, count_utf8_bytes, fit_text
from monitor.alerting.message.document import encode_json
from monitor.model.alert import Reply, Request, Target

PACE = 5.0  # seconds: ntfy.sh refills a visitor's requests at one every five seconds
_TITLE = 200  # bytes
# Bytes. Apps are handed 7,800 at most, but a server as it comes turns more than 4,096 into an attached file.
_MESSAGE, _LEAD, _LINE = 3_900, 1_500, 600
_BUTTONS = 3  # what ntfy takes


def render(body: bytes) -> bytes:
    """Title, message, tag and the link to open; lines that do not fit are left out, the last first."""
    found = build_notice(body)
    links = (*found.links, *found.marks)[:_BUTTONS]
    lines = [
        *([fit_text(found.lead, _LEAD, length=count_utf8_bytes)] if found.lead and not found.edited else []),
        *(fit_text(line, _LINE, length=count_utf8_bytes) for line in (found.changes if found.edited else ())),
        *(fit_text(line, _LINE, length=count_utf8_bytes) for line in (found.facts, found.why, found.story) if line),
    ]
    message = ""
    for line in lines:
        longer = f"{message}\n\n{line}" if message else line
        message = longer if count_utf8_bytes(longer) <= _MESSAGE else message
    return encode_json(
        {
            "title": fit_text(found.headline, _TITLE, length=count_utf8_bytes),
            "message": message,
            "tags": ["pencil2" if found.edited else "newspaper"],
            **({"click": found.url} if found.url else {}),
            **({"actions": [_view(*link) for link in links]} if links else {}),
        }
    )


def _view(verdict: str, url: str) -> dict[str, Any]:
    return {"action": "view", "label": verdict.capitalize(), "url": url}


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """The stored message with topic and priority, and the access token in a header."""
    where: dict[str, Any] = {"topic": target.topic}
    if target.priority is not None:
        where["priority"] = target.priority
    headers = {"authorization": f"Bearer {target.token}"} if target.token else None
    return build_post(target.url, encode_json({**where, **json.loads(body)}), headers)


def read_reply(reply: Reply) -> Reply:
    """ntfy answers with the message as JSON; a 2xx with something else is a login page in front of it."""
    said = parse_json_body(reply)
    if is_delivered(reply) and (not reply.body or get_member(said, "id") is not None):
        return reply
    return mark_refused(reply, "ntfy", get_member(said, "error") or format_answer_line(reply))
