"""E-mail: an alert as a message of text and HTML for a mail server over TLS; it must not send.

RFC 5322 for the form, RFC 2919 for List-Id, RFC 3834 for Auto-Submitted. Message-ID is the alert's id, the same for
every attempt, so that a mail that comes twice is recognised. Who sends and who receives is added for each attempt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from monitor.alerting.channels.service_answers import format_answer_line, is_delivered, mark_refused
from monitor.alerting.message.chat_text import Notice, build_notice, fit_text
from monitor.alerting.message.report_mail import write_report_mail
from monitor.model.alert import Mail, Reply, Target

PACE = 1.0  # seconds: submission servers count messages by the minute
_SUBJECT = 200  # characters
_TLS_PORT = 465  # TLS from the first byte (RFC 8314); any other port has to offer STARTTLS


def render(body: bytes) -> bytes:
    """A message without From and To; no header holds a line break, whatever a headline holds."""
    found = build_notice(body)
    text, html = write_report_mail(body) if "report" in json.loads(body)["data"] else (_text(found), _html(found))
    message = EmailMessage(policy=SMTP)
    # The library would decode an encoded word in what it is given, line breaks and all.
    message["Subject"] = fit_text(found.headline, _SUBJECT).replace("=?", "=\u200b?")
    message["Message-ID"] = f"<{found.id}@alerts.seedwatch>"
    message["Date"] = datetime.fromisoformat(found.at)
    message["List-Id"] = f"<{re.sub(r'[^A-Za-z0-9-]', '-', found.rule)[:60]}.alerts.seedwatch>"
    message["Auto-Submitted"] = "auto-generated"
    # Base64: no line of it is too long, begins with a dot or looks like a boundary.
    message.set_content(text, cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")
    message.set_boundary(f"=_{found.id}")  # not drawn by chance: the same alert is the same bytes
    return message.as_bytes()


def build_request(body: bytes, target: Target, alert_id: str, now: datetime, secrets: Sequence[str]) -> Mail:
    """The stored message with its sender and recipients."""
    host, _, port = (target.server or "").partition(":")
    joined = ",\r\n ".join(target.to)  # one a line: a header line has 998 characters at most
    head = f"From: {target.sender}\r\nTo: {joined}\r\n".encode("ascii")
    number = int(port or _TLS_PORT)
    return Mail(
        host=host,
        port=number,
        starttls=number != _TLS_PORT,
        user=target.user,
        password=target.token,
        sender=target.sender or "",
        recipients=target.to,
        message=head + body,
    )


def read_reply(reply: Reply) -> Reply:
    """The mail server's own words for a refusal; its codes from 200 to 299 are a delivery, as elsewhere."""
    return reply if is_delivered(reply) else mark_refused(reply, "the mail server", format_answer_line(reply))


def _text(found: Notice) -> str:
    marks = [f"Mark as {verdict}: {url}" for verdict, url in found.marks]
    lines = [found.headline, found.facts, *_body(found), *([found.url] if found.url else []), *_end(found), *marks]
    return "\n\n".join(lines) + "\n"


def _html(found: Notice) -> str:
    headline = escape(found.headline)
    if found.url:
        headline = f'<a href="{escape(found.url)}">{headline}</a>'
    lines = [f"<p>{escape(line)}</p>" for line in (found.facts, *_body(found))]
    small = [f"<p><small>{escape(line)}</small></p>" for line in _end(found)]
    if found.marks:
        marks = " · ".join(f'<a href="{escape(url)}">{verdict}</a>' for verdict, url in found.marks)
        small.append(f"<p><small>Mark as {marks}</small></p>")
    return "\n".join(
        ['<!doctype html><meta charset="utf-8">', f"<h2>{headline}</h2>", *lines, "<hr>", *small, ""],
    )


def _body(found: Notice) -> list[str]:
    if found.edited:
        return list(found.changes)
    return [*([found.lead] if found.lead else []), *found.passages]


def _end(found: Notice) -> list[str]:
    return [line for line in (f"{found.label}: {found.why}", found.story, found.explain) if line]
