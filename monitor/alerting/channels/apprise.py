"""Apprise: an alert as plain title and text for whatever service an Apprise address names; it must not send.

https://github.com/caronc/apprise/wiki: the address is the secret. Apprise reports neither status nor Retry-After, so an
attempt either arrived or failed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from monitor.alerting.message.chat_text import build_notice, fit_text
from monitor.alerting.message.document import encode_json
from monitor.model.alert import Push, Target

PACE = 1.0  # seconds: what the slowest of the common services bears
_TITLE, _BODY, _LINE = 200, 1_800, 500  # characters; Apprise itself cuts where a service takes less


def render(body: bytes) -> bytes:
    """Title and text; lines that do not fit are left out, the last first."""
    found = build_notice(body)
    links = [f"{number}: {url}" for number, url in found.links]
    lines = [
        found.facts,
        *([found.lead] if found.lead and not found.edited else []),
        *(found.changes if found.edited else found.passages[:1]),
        *links,
        *(line for line in (f"{found.label}: {found.why}", found.story, found.url, found.explain) if line),
    ]
    text = ""
    for line in (line if line == found.url or line in links else fit_text(line, _LINE) for line in lines):
        longer = f"{text}\n\n{line}" if text else line
        text = longer if len(longer) <= _BODY else text
    return encode_json({"title": fit_text(found.headline, _TITLE), "body": text})


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Push:
    """The message for the process that sends it."""
    message = json.loads(body)
    return Push(url=target.url, title=message["title"], body=message["body"])
