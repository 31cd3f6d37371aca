"""Links that mark: in the document as published, in each kind's message as one line, and never beyond a limit.

`GOLDEN=write pytest tests/delivery/test_links.py` writes the golden files anew.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from alert_schema import SCHEMA, violations
from alerting.channels.test_kinds import CHAT, check_inert, check_limits, sent

from monitor.alerting.channels import KINDS
from monitor.alerting.mark_token import MarkClaim, verify_token
from monitor.alerting.message.document import LIMIT, encode_alert, encode_json
from monitor.delivery.marks.links import MarkLinks

HERE = Path(__file__).resolve().parent
KEY = bytes(range(32))
LINKS = MarkLinks(public="https://watch.example.org", key=KEY)
LONGEST = MarkLinks(public=f"https://{'w' * 56}.example.org/{'p' * 43}", key=KEY)
REPORTS = ("matched", "bare", "edited", "retracted", "grew", "hostile", "hostile-grew")
AT = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
END = datetime(2026, 4, 2, 3, 4, 5, tzinfo=UTC)  # 90 days later


def written(kind: str, marks: dict[str, str]) -> str:
    """The line, as JSON has it, that a kind makes of the links; the only markup beside the article's link."""
    pairs = tuple(marks.items())
    form = {
        "slack": lambda: " · ".join(f"<{url}|{verdict}>" for verdict, url in pairs),
        "telegram": lambda: "\n\n" + " · ".join(f'<a href="{url}">{verdict}</a>' for verdict, url in pairs),
    }
    markdown = " · ".join(f"[{verdict}]({url})" for verdict, url in pairs)
    return form.get(kind, lambda: "\n\n" + markdown if kind == "mattermost" else markdown)()


def without(kind: str, message: dict[str, Any], marks: dict[str, str]) -> dict[str, Any]:
    """The message with its links taken out, which have to be there once and whole."""
    if kind == "ntfy":
        views = [{"action": "view", "label": name.capitalize(), "url": url} for name, url in marks.items()]
        assert message.pop("actions") == views
    elif kind == "teams":
        card = message["attachments"][0]["content"]
        opens = [{"type": "Action.OpenUrl", "title": name.capitalize(), "url": url} for name, url in marks.items()]
        assert card["actions"][-2:] == opens
        card["actions"] = card["actions"][:-2]
    elif kind == "slack":
        [found] = [block for block in message["blocks"] if block.get("text", {}).get("text") == written(kind, marks)]
        assert found["text"]["type"] == "mrkdwn"
        message["blocks"].remove(found)
    elif kind == "discord":
        assert message["embeds"][0]["fields"].pop() == {"name": "Mark as", "value": written(kind, marks)}
    else:
        assert message["text"].endswith(written(kind, marks))
        message["text"] = message["text"].removesuffix(written(kind, marks))
    return message


def marks(body: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(body)["data"]["mark"]
    return found


@pytest.mark.parametrize("case", REPORTS)
def test_a_report_carries_two_signed_links_and_is_else_what_it_was(case: str, cases: dict[str, bytes]) -> None:
    body, tokens = LINKS.add_links(cases[case])
    found = json.loads(body)
    links = found["data"].pop("mark")
    alert = found["data"]["alert"]
    assert encode_json(found) == cases[case]
    assert links == {
        verdict: f"https://watch.example.org/seedwatch/mark/{token}"
        for verdict, token in zip(("relevant", "irrelevant"), tokens, strict=True)
    }
    assert [verify_token(token, KEY, AT) for token in tokens] == [
        MarkClaim(alert=alert, verdict="relevant"),
        MarkClaim(alert=alert, verdict="irrelevant"),
    ]
    assert {verify_token(token, KEY, END) for token in tokens} == {"expired"}
    assert violations(json.loads(body), SCHEMA) == []
    assert LINKS.add_links(cases[case]) == (body, tokens)


@pytest.mark.parametrize("case", ["problem", "digest", "test"])
def test_what_is_on_no_piece_carries_none(case: str, cases: dict[str, bytes]) -> None:
    assert LINKS.add_links(cases[case]) == (cases[case], ())


def test_a_document_that_they_would_make_too_long_goes_without(cases: dict[str, bytes]) -> None:
    found = json.loads(cases["matched"])
    room = LIMIT - len(LINKS.add_links(cases["matched"])[0])
    fits, over = (
        encode_json({**found, "data": {**found["data"], "rule": "r" * (room + more + len("desk"))}}) for more in (0, 1)
    )
    assert (len(LINKS.add_links(fits)[0]), LINKS.add_links(over)) == (LIMIT, (over, ()))


def test_the_key_is_in_no_message_about_it() -> None:
    assert repr(LINKS) == "MarkLinks(public='https://watch.example.org')"


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"x", b'{"type":"t","timestamp":"x","data":{"article":1,"alert":"\xc3\xa9"}}']
)
def test_what_is_no_alert_is_said_so(body: bytes) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        LINKS.add_links(body)


@pytest.mark.parametrize("kind", ["slack", "telegram", "email"])
def test_the_message_is_the_golden_one(kind: str, cases: dict[str, bytes]) -> None:
    body = KINDS[kind].render(LINKS.add_links(cases["matched"])[0])
    if kind == "email":
        parts = [part for part in message_from_bytes(body, policy=SMTP).walk() if not part.is_multipart()]
        found: Any = [part.get_content() for part in parts]
    else:
        found = json.loads(sent(kind, body).body)
    golden = HERE / "golden" / f"{kind}.marked.json"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


@pytest.mark.parametrize("links", [LINKS, LONGEST])
@pytest.mark.parametrize("kind", CHAT)
def test_the_links_fit_and_leave_hostile_words_inert(kind: str, links: MarkLinks, cases: dict[str, bytes]) -> None:
    assert len(LONGEST.public) == 120
    for case in REPORTS:
        body, _ = links.add_links(cases[case])
        message = KINDS[kind].render(body)
        check_limits(kind, message)
        check_inert(kind, encode_json(without(kind, json.loads(message), marks(body))))


@pytest.mark.parametrize("letter", ["😀", "語", '"', "<", "&", "*"])
@pytest.mark.parametrize("kind", CHAT)
def test_the_longest_words_fit_with_the_longest_links(kind: str, letter: str, hostile_alert: Any) -> None:
    found = json.loads(encode_alert(hostile_alert(letter * 9_000)))
    found["data"]["mark"] = marks(LONGEST.add_links(encode_alert(hostile_alert("x")))[0])
    check_limits(kind, KINDS[kind].render(encode_json(found)))
