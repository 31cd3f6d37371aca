"""E-mail: a stable Message-ID, text and HTML, no header or tag that an outlet could have written (RELIABILITY W10)."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerting.channels import KINDS, email
from monitor.alerting.message.document import encode_alert
from monitor.model.alert import Mail, Reply, Target

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TARGET = Target(
    name="desk",
    kind="email",
    url="",
    token="canary-password",
    server="mail.example:587",
    user="desk",
    sender="monitor@desk.example",
    to=("a@desk.example", "b@desk.example"),
)
HEADERS = [
    *("From", "To", "Subject", "Message-ID", "Date", "List-Id", "Auto-Submitted", "MIME-Version", "Content-Type"),
]
CASES = (
    *("matched", "bare", "edited", "retracted", "grew", "test", "problem", "digest"),
    *("hostile", "hostile-grew", "hostile-digest", "report", "hostile-report", "empty-report"),
)


def mail(alert: Any) -> Mail:
    found = KINDS["email"].request(KINDS["email"].render(alert), TARGET, "msg_x", NOW, ())
    assert isinstance(found, Mail)
    return found


def read(alert: Any) -> EmailMessage:
    """The message as a mail program reads it."""
    message = message_from_bytes(mail(alert).message, policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert isinstance(found, EmailMessage)
    text: str = found.get_content()
    return text.replace("\r\n", "\n")


@pytest.mark.parametrize("case", CASES)
def test_the_message_is_the_golden_one(case: str, cases: dict[str, Any]) -> None:
    message = read(cases[case])
    golden = HERE / "golden" / f"email.{case}.json"
    found = {
        "headers": {name: str(message[name]) for name in HEADERS},
        "text": part(message, "plain").splitlines(),
        "html": part(message, "html").splitlines(),
    }
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


def test_an_attempt_goes_to_all_recipients_from_the_sender_and_hides_the_password(cases: dict[str, Any]) -> None:
    found = mail(cases["matched"])
    assert (found.host, found.port, found.starttls, found.user, found.sender, found.recipients) == (
        "mail.example",
        587,
        True,
        "desk",
        "monitor@desk.example",
        ("a@desk.example", "b@desk.example"),
    )
    assert "canary" not in repr(found)
    assert mail(cases["matched"]) == found  # nothing in it is drawn by chance


REPORT_TAGS = {
    *("html", "head", "meta", "style", "body", "div", "h1", "h2", "h3", "p", "ul", "li", "a", "b", "br", "span"),
}
CLASSES = ("page", "facts", "quiet", "story", "change", "before", "after", "quiet end")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def check(alert: Any) -> None:
    raw = mail(alert).message
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None
    assert raw.isascii()
    message = read(alert)
    assert list(message.keys()) == HEADERS
    assert all(line.startswith(b" ") or line.split(b":")[0].decode() in HEADERS for line in head.split(b"\r\n"))
    assert not re.search(r"[\r\n\x00-\x1f\x7f]", str(message["Subject"]))
    assert message["Message-ID"] == f"<{json.loads(alert)['data']['alert']}@alerts.seedwatch>"
    assert [each.get_content_type() for each in message.iter_parts()] == ["text/plain", "text/html"]
    tags = Tags()
    tags.feed(part(message, "html"))
    report = json.loads(alert)["type"] == "report"
    assert {tag for tag, _ in tags.tags} <= (REPORT_TAGS if report else {"meta", "h2", "a", "p", "hr", "small"})
    assert all(value in CLASSES for _, attributes in tags.tags for name, value in attributes.items() if name == "class")
    links = [attributes for tag, attributes in tags.tags if tag == "a"]
    assert all(attributes.keys() == {"href"} for attributes in links)
    assert report or len(links) <= 1
    assert all(re.match(r"https?://(news|seedwatch)\.example/", attributes["href"] or "") for attributes in links)


def test_hostile_words_are_inert(cases: dict[str, Any]) -> None:
    for case in CASES:
        check(cases[case])


PARTS = st.sampled_from(
    [
        *("\r\nBcc: x@evil.example", "\r\n\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "=?utf-8?q?=0ABcc:?="),
        *("<script>", "</p>", "<a href=x>", "&lt;", "&", '"', "'", "javascript:", "--=_msg", ".", "\r\n.\r\n"),
        *("😀", "語", "\ud800", "\u202e", "a", " ", ":", ";", "<", ">", "é"),
    ]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(PARTS, max_size=60).map("".join), times=st.sampled_from([1, 1, 100]))
def test_no_words_become_a_header_or_a_tag(hostile_alert: Any, hostile_report: Any, words: str, times: int) -> None:
    check(encode_alert(hostile_alert(words * times)))
    check(hostile_report(words * times, f"https://news.example/{words[:20]}"))


def test_what_the_mail_server_says_is_the_reason_of_a_refusal() -> None:
    taken = Reply(status=250, body=b"2.0.0 Ok: queued")
    assert email.read_reply(taken) == taken
    refused = email.read_reply(Reply(status=550, body=b"5.1.1 no such\r\nmailbox"))
    assert (refused.status, refused.error) == (550, "the mail server answered 550: 5.1.1 no such mailbox")
