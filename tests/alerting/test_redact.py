"""What an alert's document says after its piece, or one that it mentions, was removed."""

from __future__ import annotations

import json

import pytest

from monitor.alerting.message.document import encode_json
from monitor.alerting.message.redact import redact_alert

GONE = {"https://a.example/1"}


def test_the_article_of_an_alert_loses_its_words_and_keeps_its_address_and_times() -> None:
    document = {
        "type": "article.edited",
        "timestamp": "2026-03-02T06:00:00.000Z",
        "data": {
            "schema": 1,
            "alert": "msg_1",
            "outlet": {"name": "a", "title": "A"},
            "article": {
                "url": "https://a.example/1",
                "title": "Secret",
                "lead": "Words",
                "seen": "2026-03-02T05:00:00.000Z",
                "published": {"at": "2026-03-02T05:00:00.000Z", "from": "feed"},
            },
            "why": {"topic": "t", "score": 0.5, "evidence": [{"term": "x"}], "passages": ["y"]},
            "change": {"title": "Before", "kinds": ["title"]},
            "new": None,
            "truncated": [],
        },
    }
    assert json.loads(redact_alert(encode_json(document), GONE, "(removed)"))["data"] == {
        "schema": 1,
        "alert": "msg_1",
        "outlet": {"name": "a", "title": "A"},
        "article": {
            "url": "https://a.example/1",
            "title": "(removed)",
            "lead": None,
            "seen": "2026-03-02T05:00:00.000Z",
            "published": {"at": "2026-03-02T05:00:00.000Z", "from": None},
        },
        "why": {"topic": "t", "score": 0.5, "evidence": [], "passages": []},
        "change": {"title": None, "kinds": []},
        "new": None,
        "truncated": [],
    }


def test_a_digest_loses_the_item_and_keeps_the_others() -> None:
    other = {"alert": "msg_2", "title": "Other", "url": "https://a.example/2"}
    items = [{"alert": "msg_1", "title": "Secret", "reason": "words", "url": "https://a.example/1"}, other]
    found = json.loads(redact_alert(encode_json({"data": {"digest": {"items": items}}}), GONE, "(removed)"))
    assert found["data"]["digest"]["items"] == [
        {"alert": "msg_1", "title": "(removed)", "reason": None, "url": "https://a.example/1"},
        other,
    ]


@pytest.mark.parametrize("document", [{}, [], 1, {"data": {"article": {"url": "https://a.example/2", "title": "x"}}}])
def test_what_speaks_of_other_pieces_stays_byte_for_byte(document: object) -> None:
    body = json.dumps(document, indent=1).encode()
    assert redact_alert(body, GONE, "(removed)") == body


def test_an_article_without_the_parts_of_an_alert_is_redacted_too() -> None:
    body = encode_json({"data": {"article": {"url": "https://a.example/1", "title": "x"}}})
    found = json.loads(redact_alert(body, GONE, "-"))
    assert found == {"data": {"article": {"url": "https://a.example/1", "title": "-"}}}
