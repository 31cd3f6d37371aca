"""ntfy: an alert as a push message, published as JSON; it must not send.

https://docs.ntfy.sh/publish/#publish-as-json. Plain text: without `markdown` no app reads markup in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.channels import answers
from monitor.channels.message import encoded
from monitor.channels.notice import fit, notice, size
from monitor.channels.posts import post
from monitor.channels.target import Target
from monitor.model import Reply, Request

PACE = 5.0  # seconds: ntfy.sh refills a visitor's requests at one every five seconds
_TITLE = 200  # bytes
# Bytes. Apps are handed 7,800 at most, but a server as it comes turns more than 4,096 into an attached file.
_MESSAGE, _LEAD, _LINE = 3_900, 1_500, 600


def render(body: bytes) -> bytes:
    """Title, message, tag and the link to open; lines that do not fit are left out, the last first."""
    found = notice(body)
    lines = [
        *([fit(found.lead, _LEAD, length=size)] if found.lead and not found.edited else []),
        *(fit(line, _LINE, length=size) for line in (found.changes if found.edited else ())),
        *(fit(line, _LINE, length=size) for line in (found.facts, found.why, found.story) if line),
    ]
    message = ""
    for line in lines:
        longer = f"{message}\n\n{line}" if message else line
        message = longer if size(longer) <= _MESSAGE else message
    return encoded(
        {
            "title": fit(found.headline, _TITLE, length=size),
            "message": message,
            "tags": ["pencil2" if found.edited else "newspaper"],
            **({"click": found.url} if found.url else {}),
            **({"actions": [_view(*mark) for mark in found.marks]} if found.marks else {}),
        }
    )


def _view(verdict: str, url: str) -> dict[str, Any]:
    return {"action": "view", "label": verdict.capitalize(), "url": url}


def request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """The stored message with topic and priority, and the access token in a header."""
    where: dict[str, Any] = {"topic": target.topic}
    if target.priority is not None:
        where["priority"] = target.priority
    headers = {"authorization": f"Bearer {target.token}"} if target.token else None
    return post(target.url, encoded({**where, **json.loads(body)}), headers)


def read(reply: Reply) -> Reply:
    """ntfy answers with the message as JSON; a 2xx with something else is a login page in front of it."""
    said = answers.body(reply)
    if answers.good(reply) and (not reply.body or answers.member(said, "id") is not None):
        return reply
    return answers.refused(reply, "ntfy", answers.member(said, "error") or answers.words(reply))
