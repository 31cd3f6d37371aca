"""Every kind of channel: golden forms, limits, hostile words made inert, answers understood (RELIABILITY W10).

`GOLDEN=write pytest tests/alerting/channels/test_kinds.py` writes the golden files anew; read the diff before you
keep it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerting.channels import KINDS
from monitor.alerting.message.chat_text import count_utf8_bytes, count_utf16_units, defuse_text, encode_link, fit_text
from monitor.alerting.message.document import encode_alert
from monitor.config.schema import CHANNEL_KEYS, ChannelSection
from monitor.model.alert import Reply, Request, Target

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CHAT = [name for name in KINDS if name not in ("webhook", "email", "apprise")]  # mail has a test file of its own
CASES = (
    *("matched", "bare", "edited", "retracted", "grew", "test", "problem", "digest"),
    *("hostile", "hostile-grew", "hostile-digest", "report", "hostile-report", "empty-report"),
)
TARGETS = {
    name: Target(
        name="desk",
        kind=name,
        url="https://hook.example/x",
        token="12345:token",
        chat="-100123",
        topic="desk-news",
        priority=4,
    )
    for name in KINDS
}


def sent(kind: str, body: bytes) -> Request:
    return KINDS[kind].request(body, TARGETS[kind], "msg_x", NOW, ())


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


@pytest.mark.parametrize("kind", CHAT)
@pytest.mark.parametrize("case", CASES)
def test_the_message_is_the_golden_one(kind: str, case: str, cases: dict[str, Any]) -> None:
    golden = HERE / "golden" / f"{kind}.{case}.json"
    found = json.loads(sent(kind, KINDS[kind].render(cases[case])).body)
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


def test_every_kind_is_configurable_and_documented() -> None:
    text = (HERE.parents[2] / "docs/alerts.md").read_text(encoding="utf-8")
    assert set(KINDS) == set(CHANNEL_KEYS) == set(get_args(ChannelSection.model_fields["kind"].annotation))
    for kind in KINDS:
        assert f'kind = "{kind}"' in text


def check_limits(kind: str, body: bytes) -> None:
    """The table of RELIABILITY, "Channel limits"."""
    message = json.loads(body)
    if kind == "slack":
        assert len(message["blocks"]) <= 50
        assert count_utf16_units(message["text"]) <= 3_000
        for block in message["blocks"]:
            parts = [block["text"]] if "text" in block else block["elements"]
            limit = 150 if block["type"] == "header" else 3_000
            assert all(0 < count_utf16_units(part["text"]) <= limit for part in parts)
            assert len(parts) <= 10
    elif kind == "discord":
        [embed] = message["embeds"]
        assert (
            0 < count_utf16_units(embed["title"]) <= 256,
            count_utf16_units(embed.get("description", "")) <= 4_096,
        ) == (True, True)
        assert all(0 < count_utf16_units(field["value"]) <= 1_024 for field in embed["fields"])
        assert count_utf16_units(embed["footer"]["text"]) <= 2_048
        assert sum(count_utf16_units(text) for text in strings({**embed, "url": ""})) <= 6_000
    elif kind == "teams":
        assert len(body) <= 28_000
    elif kind == "telegram":
        assert 0 < count_utf16_units(message["text"]) <= 4_096
    elif kind == "ntfy":
        assert (0 < count_utf8_bytes(message["title"]) <= 200, 0 < count_utf8_bytes(message["message"]) <= 7_800) == (
            True,
            True,
        )
    elif kind == "mattermost":
        assert 0 < count_utf16_units(message["text"]) <= 4_000


# A row of numbers, each with the address of a story of a report.
_LINK = r"\[\d+\]\(https?://(?:news|seedwatch)\.example/[^()\s]*\)"
NUMBERED = rf"{_LINK}(?: · {_LINK})*"


def check_inert(kind: str, body: bytes) -> None:
    """No mention, no markup that is not ours, no script, no link but the article's."""
    message = json.loads(body)
    texts = [text for text in strings(message) if not text.startswith("http://adaptivecards.io/")]
    shown = "\n".join(
        re.sub(r"https?://(?:news|seedwatch)\.example/[!#$%&+,\-./0-9:;=?@A-Z_a-z~]*", "", text) for text in texts
    )
    assert not re.search(r"@(everyone|here|channel|all|\w)", shown)
    assert not re.search(r"(?i)(java|vb)script\s*:|data:\w+/|://|\bwww\.", shown)
    assert "\u202e" not in shown
    if kind == "slack":
        for block in message["blocks"]:
            for part in [block["text"]] if "text" in block else block["elements"]:
                ours = (
                    r"<https?://[^<>|\"']+\|Read the piece>|<https?://[^<>|\"']+\|\d+>( · <https?://[^<>|\"']+\|\d+>)*"
                )
                assert part["type"] == "plain_text" or re.fullmatch(ours, part["text"])
                assert part["type"] == "mrkdwn" or not re.search(r"[<>]|&(?!(amp|lt|gt);)", part["text"])
        assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", message["text"])
    elif kind == "discord":
        assert message["allowed_mentions"] == {"parse": []}
        [embed] = message["embeds"]
        values = [field["value"] for field in embed["fields"] if not re.fullmatch(NUMBERED, field["value"])]
        for text in (embed["title"], embed.get("description", ""), *values):
            assert not re.search(r"[*_~|<>\[\]()`#]", re.sub(r"\\[^A-Za-z0-9\s]", "", text))
    elif kind == "teams":
        card = message["attachments"][0]["content"]
        assert {block["type"] for block in card["body"]} == {"RichTextBlock"}  # text runs know no Markdown
        assert "entities" not in card.get("msteams", {})
        assert not re.search(r"<[\w/!@]|\{\{", shown)
    elif kind == "telegram":
        text = re.sub(
            r'<a href="https?://(?:news|seedwatch)\.example/[^"<>]*">(<b>[^<>]*</b>)</a>', r"\1", message["text"]
        )
        text = re.sub(r'<a href="https?://(?:news|seedwatch)\.example/[^"<>]*">\d+</a>', "", text)
        assert not re.search(r"[<>]|&(?!(amp|lt|gt|quot);)", re.sub(r"^<b>([^<>]*)</b>", r"\1", text))
    elif kind == "ntfy":
        assert "markdown" not in message
        assert not {"attach", "icon"} & message.keys()
        assert len(message.get("actions", [])) <= 3
        assert all(re.fullmatch(r"\d+", action["label"]) for action in message.get("actions", []))
    elif kind == "mattermost":
        text = re.sub(r"^\*\*\[(.*?)\]\(https?://(?:news|seedwatch)\.example/[^()\s]*\)\*\*", r"\1", message["text"])
        text = re.sub(NUMBERED + r"$", "", re.sub(r"^\*\*(.*)\*\*", r"\1", text))
        assert not re.search(r"[*_~|<>\[\]()`#]", re.sub(r"\\[^A-Za-z0-9\s]", "", text))
        assert not re.search(r":\w+:", text)


@pytest.mark.parametrize("kind", CHAT)
def test_hostile_words_are_inert(kind: str, cases: dict[str, Any]) -> None:
    for case in CASES:
        body = KINDS[kind].render(cases[case])
        check_limits(kind, body)
        check_inert(kind, body)


PARTS = st.sampled_from(
    [
        *("@everyone", "@here", "@channel", "<!channel>", "<@U1>", "<b>", "</b>", "&lt;", "&", "<", ">", "[x](", ")"),
        *("javascript:", "java\nscript:", "data:text/html,", "https://evil.example", "`", "```", "||", "_", "~", "#"),
        *("**", "\\", '"', "'", "\r\n", "{{", ":boom:", "😀", "語", "\u202e", "\x00", "\ud800", "\u200b"),
        *("a", " ", "-", "+", "=", "."),
    ]
)


@pytest.mark.parametrize("kind", CHAT)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(PARTS, max_size=60).map("".join),
    times=st.sampled_from([1, 1, 40, 400]),
    path=st.lists(PARTS, max_size=10).map("".join),
)
def test_no_words_exceed_a_limit_or_become_markup(
    kind: str, hostile_alert: Any, hostile_report: Any, words: str, times: int, path: str
) -> None:
    url = f"https://news.example/{path}"
    for document in (encode_alert(hostile_alert(words * times, url)), hostile_report(words * times, url)):
        body = KINDS[kind].render(document)
        check_limits(kind, body)
        check_inert(kind, body)


@pytest.mark.parametrize("letter", ["😀", "語", '"', "\\", "<", "&", "*"])
@pytest.mark.parametrize("kind", CHAT)
def test_the_longest_words_of_any_letter_fit(kind: str, letter: str, hostile_alert: Any, hostile_report: Any) -> None:
    check_limits(kind, KINDS[kind].render(encode_alert(hostile_alert(letter * 9_000))))
    check_limits(kind, KINDS[kind].render(hostile_report(letter * 9_000, f"https://news.example/{'x' * 400}")))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, None),
        ("https://news.example/a?b=1&c=2#d", "https://news.example/a?b=1&c=2#d"),
        ("https://news.example:8443/(a)|'b'*[c]<d>", "https://news.example:8443/%28a%29%7C%27b%27%2A%5Bc%5D%3Cd%3E"),
        ("https://news.example/слово%20x", "https://news.example/%D1%81%D0%BB%D0%BE%D0%B2%D0%BE%20x"),
        ("https://tass.example@evil.example/", None),
        ("https://[::1]/", None),
        ("https://[x/", None),
    ],
)
def test_a_link_needs_no_escape(url: str | None, expected: str | None) -> None:
    assert encode_link(url) == expected


@given(st.text(max_size=80), st.integers(8, 60))
def test_a_cut_is_made_in_the_text_and_never_too_late(text: str, limit: int) -> None:
    found = fit_text(text, limit, lambda part: part.replace("&", "&amp;"))
    assert count_utf16_units(found) <= limit
    assert re.search(r"&(?!amp;)", found) is None


def test_defusing_leaves_ordinary_words_alone() -> None:
    plain = "Ratio 3:2, data of 2026; Ilham Aliyev: “No javascript here” – www, e.g. a/b"
    assert defuse_text(plain) == plain
    assert defuse_text("press@x.example https://x.example") == "press@\u200bx.example https:\u200b//x.example"


def answer(kind: str, status: int, body: str = "", **headers: str) -> tuple[str | None, str | None]:
    reply = Reply(status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=body.encode())
    found = KINDS[kind].read(reply)
    assert found.status == status
    return found.error, found.headers.get("retry-after")


@pytest.mark.parametrize(
    ("kind", "status", "body", "expected"),
    [
        ("webhook", 200, "<html>", (None, None)),
        ("slack", 200, "ok", (None, None)),
        ("slack", 200, "", (None, None)),
        ("slack", 200, '{"ok":true}', (None, None)),
        ("slack", 200, '{"ok":false,"error":"x"}', ('Slack answered 200: {"ok":false,"error":"x"}', None)),
        ("slack", 200, "<html>Sign in</html>", ("Slack answered 200: <html>Sign in</html>", None)),
        ("slack", 404, "no_service", ("Slack answered 404: no_service", None)),
        ("slack", 500, "", (None, None)),
        ("mattermost", 200, "ok", (None, None)),
        ("slack", 200, '{"success": true}', (None, None)),  # Rocket.Chat
        ("mattermost", 200, '{"success":true}', (None, None)),
        ("slack", 200, "OK", (None, None)),
        ("mattermost", 200, '"ok"', (None, None)),
        ("slack", 200, '{"success":false}', ('Slack answered 200: {"success":false}', None)),
        ("mattermost", 400, "bad\r\nline", ("Mattermost answered 400: bad line", None)),
        ("discord", 204, "", (None, None)),
        ("discord", 429, '{"message":"slow","retry_after":64.57}', ("Discord answered 429: slow", "64.570")),
        ("discord", 429, '{"retry_after":true}', (None, None)),
        ("discord", 429, '{"retry_after":-1}', (None, None)),
        ("discord", 404, '{"message":"Unknown Webhook"}', ("Discord answered 404: Unknown Webhook", None)),
        ("discord", 502, "<html>", (None, None)),
        ("teams", 202, "", (None, None)),
        ("teams", 200, "1", (None, None)),
        (
            "teams",
            200,
            "delivery failed: Microsoft Teams endpoint returned HTTP error 429",
            ("Teams answered 200: delivery failed: Microsoft Teams endpoint returned HTTP error 429", None),
        ),
        ("teams", 404, "gone", ("Teams answered 404: gone", None)),
        ("telegram", 200, '{"ok":true,"result":{}}', (None, None)),
        ("telegram", 200, "", (None, None)),
        ("telegram", 200, '{"ok":false,"description":"no"}', ("Telegram answered 200: no", None)),
        ("telegram", 200, "[" * 9_000, ("Telegram answered 200: " + "[" * 200, None)),
        (
            "telegram",
            429,
            '{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":31}}',
            ("Telegram answered 429: Too Many Requests", "31.000"),
        ),
        (
            "telegram",
            400,
            '{"ok":false,"description":"group upgraded","parameters":{"migrate_to_chat_id":-1009}}',
            ("Telegram answered 400: group upgraded; set chat = -1009", None),
        ),
        ("ntfy", 200, '{"id":"x"}', (None, None)),
        ("ntfy", 200, "", (None, None)),
        ("ntfy", 200, "<html>", ("ntfy answered 200: <html>", None)),
        ("ntfy", 403, '{"code":40301,"error":"forbidden"}', ("ntfy answered 403: forbidden", None)),
    ],
)
def test_an_answer_is_understood(kind: str, status: int, body: str, expected: tuple[str | None, str | None]) -> None:
    assert answer(kind, status, body) == expected


def test_the_longer_of_two_waits_counts_and_a_date_stands() -> None:
    body = '{"retry_after": 5}'
    date = "Fri, 02 Jan 2026 03:14:05 GMT"
    assert [answer("discord", 429, body, retry_after=header)[1] for header in ("60", "1", date)] == [
        "60.000",
        "5.000",
        date,
    ]


def test_what_a_service_needs_beside_the_stored_bytes_is_added_to_the_request() -> None:
    telegram, ntfy = sent("telegram", b'{"text":"x"}'), sent("ntfy", b'{"title":"x"}')
    assert (telegram.url, json.loads(telegram.body)) == (
        "https://hook.example/x/bot12345:token/sendMessage",
        {"chat_id": "-100123", "text": "x"},
    )
    assert (ntfy.url, ntfy.headers["authorization"], json.loads(ntfy.body)) == (
        "https://hook.example/x",
        "Bearer 12345:token",
        {"topic": "desk-news", "priority": 4, "title": "x"},
    )
    open_topic = KINDS["ntfy"].request(b"{}", Target(name="d", kind="ntfy", url="u", topic="t"), "m", NOW, ())
    assert ("authorization" in open_topic.headers, json.loads(open_topic.body)) == (False, {"topic": "t"})
