"""Mattermost: an alert as Markdown for an incoming webhook; it must not send.

https://developers.mattermost.com/integrate/webhooks/incoming/: the URL is the secret, the answer is "ok".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from monitor.alerting.channels.service_answers import build_post, expect_ok_text
from monitor.alerting.message.chat_text import build_notice, count_utf16_units, fit_text
from monitor.alerting.message.document import encode_json
from monitor.model.alert import Request, Target

PACE = 0.2  # seconds: half of the ten requests a second that a server takes as it comes
LIMIT = 4_000  # characters
_HEADLINE, _LEAD, _LINE = 300, 1_200, 350

read = expect_ok_text("Mattermost")


def escape_mattermost(text: str) -> str:
    """What Markdown, channel names and tags begin with, behind a backslash; emoji broken; no angle brackets.

    Mattermost turns Slack's `<!channel>` and `<address|text>` into its own before any Markdown is read, so that no
    backslash helps: the brackets become quotation marks that look alike.
    """
    marked = re.sub(r"([\\`*_~|\[\]()#\-+.!{}])", r"\\\1", text)
    return re.sub(r":(?=[\w+-]+:)", ":\u200b", marked).replace("<", "\u2039").replace(">", "\u203a")


def render(body: bytes) -> bytes:
    """Linked headline, facts, lead, reasons: at most 4,000 characters, the last lines left out first."""
    found = build_notice(body)
    headline = fit_text(found.headline, _HEADLINE, escape_mattermost)
    text = f"**{headline}**"
    if found.url is not None and count_utf16_units(text) + count_utf16_units(found.url) < LIMIT // 2:
        text = f"**[{headline}]({found.url})**"
    lines = [
        fit_text(found.facts, _LINE, escape_mattermost),
        *([fit_text(found.lead, _LEAD, escape_mattermost)] if found.lead and not found.edited else []),
        *(fit_text(line, _LINE, escape_mattermost) for line in (found.changes if found.edited else found.passages[:3])),
        *(fit_text(line, _LINE, escape_mattermost) for line in (found.why, found.story, found.explain) if line),
    ]
    marks = " · ".join(f"[{verdict}]({url})" for verdict, url in (*found.links, *found.marks))
    for line in lines:
        if count_utf16_units(text) + 2 + count_utf16_units(line) <= LIMIT - (
            count_utf16_units(marks) + 2 if marks else 0
        ):
            text += f"\n\n{line}"
    text += f"\n\n{marks}" if marks else ""
    return encode_json({"text": text, "props": {"disable_group_highlight": True}})


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Request:
    """A POST of the stored bytes."""
    return build_post(target.url, body)
