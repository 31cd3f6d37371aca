"""Telegram: an alert as a message of a bot; it must not send.

https://core.telegram.org/bots/api#sendmessage, "HTML style". The token stands in the address, the answer is
`{"ok": true}`, and a 429 says in its body how many seconds to wait.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from monitor.alerting.channels.service_answers import (
    apply_body_wait,
    build_post,
    format_answer_line,
    get_member,
    is_delivered,
    mark_refused,
    parse_json_body,
)
from monitor.alerting.message.chat_text import build_notice, count_utf16_units, fit_text
from monitor.alerting.message.document import encode_json
from monitor.model.alert import Reply, Request, Target

PACE = 3.0  # seconds: a bot may send 20 messages a minute to one group
LIMIT = 4_096  # after Telegram has read the markup; we count it too
_HEADLINE, _LEAD, _LINE = 300, 1_200, 350


def escape_telegram(text: str) -> str:
    """What HTML style gives a meaning; "/" and "#" at the start of a word would become commands and tags."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return escaped.replace("#", "#\u200b").replace("/", "/\u200b")


def render(body: bytes) -> bytes:
    """Headline in bold and linked, facts, lead, reasons: at most 4,096 characters, the last lines left out first."""
    found = build_notice(body)
    headline = fit_text(found.headline, _HEADLINE, escape_telegram)
    address = None if found.url is None else found.url.replace("&", "&amp;")
    text = f"<b>{headline}</b>"
    if address is not None and count_utf16_units(text) + count_utf16_units(address) < LIMIT // 2:
        text = f'<a href="{address}">{text}</a>'
    lines = [
        fit_text(found.facts, _LINE, escape_telegram),
        *([fit_text(found.lead, _LEAD, escape_telegram)] if found.lead and not found.edited else []),
        *(fit_text(line, _LINE, escape_telegram) for line in (found.changes if found.edited else found.passages[:3])),
        *(fit_text(line, _LINE, escape_telegram) for line in (found.why, found.story, found.explain) if line),
    ]
    marks = " · ".join(f'<a href="{url}">{verdict}</a>' for verdict, url in (*found.links, *found.marks))
    for line in lines:
        if count_utf16_units(text) + 2 + count_utf16_units(line) <= LIMIT - (
            count_utf16_units(marks) + 2 if marks else 0
        ):
            text += f"\n\n{line}"
    text += f"\n\n{marks}" if marks else ""
    return encode_json({"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}})


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """The stored message with the chat it goes to; the chat may change while an alert waits."""
    message = {"chat_id": target.chat, **json.loads(body)}
    return build_post(f"{target.url.rstrip('/')}/bot{target.token}/sendMessage", encode_json(message))


def read_reply(reply: Reply) -> Reply:
    """`ok` must be true where a body came at all; `retry_after` and Telegram's own words otherwise."""
    said = parse_json_body(reply)
    if is_delivered(reply) and (not reply.body or get_member(said, "ok") is True):
        return reply
    waited = apply_body_wait(reply, get_member(said, "parameters", "retry_after"))
    moved = get_member(said, "parameters", "migrate_to_chat_id")
    words = get_member(said, "description") or format_answer_line(reply)
    return mark_refused(waited, "Telegram", f"{words}; set chat = {moved}" if moved else words)
