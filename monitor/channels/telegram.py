"""Telegram: an alert as a message of a bot; it must not send.

https://core.telegram.org/bots/api#sendmessage, "HTML style". The token stands in the address, the answer is
`{"ok": true}`, and a 429 says in its body how many seconds to wait.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from monitor.channels import answers
from monitor.channels.message import encoded
from monitor.channels.notice import fit, notice, units
from monitor.channels.posts import post
from monitor.channels.target import Target
from monitor.model import Reply, Request

PACE = 3.0  # seconds: a bot may send 20 messages a minute to one group
LIMIT = 4_096  # after Telegram has read the markup; we count it too
_HEADLINE, _LEAD, _LINE = 300, 1_200, 350


def escape(text: str) -> str:
    """What HTML style gives a meaning; "/" and "#" at the start of a word would become commands and tags."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return escaped.replace("#", "#\u200b").replace("/", "/\u200b")


def render(body: bytes) -> bytes:
    """Headline in bold and linked, facts, lead, reasons: at most 4,096 characters, the last lines left out first."""
    found = notice(body)
    headline = fit(found.headline, _HEADLINE, escape)
    address = None if found.url is None else found.url.replace("&", "&amp;")
    text = f"<b>{headline}</b>"
    if address is not None and units(text) + units(address) < LIMIT // 2:
        text = f'<a href="{address}">{text}</a>'
    lines = [
        fit(found.facts, _LINE, escape),
        *([fit(found.lead, _LEAD, escape)] if found.lead and not found.edited else []),
        *(fit(line, _LINE, escape) for line in (found.changes if found.edited else found.passages[:3])),
        *(fit(line, _LINE, escape) for line in (found.why, found.story, found.explain) if line),
    ]
    marks = " · ".join(f'<a href="{url}">{verdict}</a>' for verdict, url in found.marks)
    for line in lines:
        if units(text) + 2 + units(line) <= LIMIT - (units(marks) + 2 if marks else 0):
            text += f"\n\n{line}"
    text += f"\n\n{marks}" if marks else ""
    return encoded({"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}})


def request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """The stored message with the chat it goes to; the chat may change while an alert waits."""
    message = {"chat_id": target.chat, **json.loads(body)}
    return post(f"{target.url.rstrip('/')}/bot{target.token}/sendMessage", encoded(message))


def read(reply: Reply) -> Reply:
    """`ok` must be true where a body came at all; `retry_after` and Telegram's own words otherwise."""
    said = answers.body(reply)
    if answers.good(reply) and (not reply.body or answers.member(said, "ok") is True):
        return reply
    waited = answers.waiting(reply, answers.member(said, "parameters", "retry_after"))
    moved = answers.member(said, "parameters", "migrate_to_chat_id")
    words = answers.member(said, "description") or answers.words(reply)
    return answers.refused(waited, "Telegram", f"{words}; set chat = {moved}" if moved else words)
