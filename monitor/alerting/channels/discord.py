"""Discord: an alert as one embed for a channel webhook; it must not send.

https://docs.discord.com/developers/resources/webhook#execute-webhook: the URL is the secret, the answer is 204, and
a 429 says in its body how many seconds to wait.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from monitor.alerting.channels.service_answers import (
    apply_body_wait,
    build_post,
    get_member,
    is_delivered,
    mark_refused,
    parse_json_body,
)
from monitor.alerting.message.chat_text import build_notice, fit_text
from monitor.alerting.message.document import encode_json
from monitor.model.alert import Reply, Request, Target

PACE = 0.5  # seconds: a webhook has a bucket of 5 in 2 s; `retry_after` rules above that
# Of 256, 4,096, 1,024 and 2,048 characters that Discord takes, and 6,000 in all.
_TITLE, _DESCRIPTION, _FIELD, _FOOTER = 256, 2_500, 700, 500


def escape_discord(text: str) -> str:
    """Every ASCII mark that Discord's Markdown could read, behind a backslash."""
    return re.sub(r"([\\`*_~|<>\[\]()#\-+.:!])", r"\\\1", text)


def render(body: bytes) -> bytes:
    """One embed: linked headline, lead or what changed, why, story, passages."""
    found = build_notice(body)
    text = "\n".join(found.changes) if found.edited else found.lead
    fields = [
        (found.label, found.why),
        ("Story", found.story),
        ("Passages", "\n".join(found.passages[:2]) if not found.edited else None),
    ]
    marks, links = (" · ".join(f"[{word}]({url})" for word, url in pairs) for pairs in (found.marks, found.links))
    shown = [_field(name, fit_text(value, _FIELD, escape_discord)) for name, value in fields if value]
    embed = {
        "title": fit_text(found.headline, _TITLE, escape_discord),
        **({"url": found.url} if found.url else {}),
        **({"description": fit_text(text, _DESCRIPTION, escape_discord)} if text else {}),
        # Marks have 500 characters at most, links 900.
        "fields": [*shown, *(_field(name, text) for name, text in (("Read", links), ("Mark as", marks)) if text)],
        "footer": {"text": fit_text(f"{found.facts} · {found.explain}", _FOOTER)},
        "timestamp": found.at,
    }
    return encode_json({"embeds": [embed], "allowed_mentions": {"parse": []}})


def _field(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """A POST of the stored bytes."""
    return build_post(target.url, body)


def read_reply(reply: Reply) -> Reply:
    """The `retry_after` of a 429, in seconds with a fraction, and Discord's own words for a refusal."""
    if is_delivered(reply):
        return reply
    said = parse_json_body(reply)
    waited = apply_body_wait(reply, get_member(said, "retry_after"))
    return mark_refused(waited, "Discord", get_member(said, "message") or "")
