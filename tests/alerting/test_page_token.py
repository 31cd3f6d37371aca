"""What the key of the pages signs: buttons that mark, and private addresses of feeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerting.page_token import (
    PageMark,
    is_feed_signed,
    is_markable_topic,
    read_page_mark,
    sign_feed_address,
    sign_page_mark,
    verify_page_mark,
)

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
KEY, OTHER = b"k" * 32, b"o" * 32
MARK = PageMark(article=17, topic="port-strikes", verdict="irrelevant")
TOKEN = sign_page_mark(MARK, NOW + timedelta(hours=1), KEY)


def test_a_button_says_what_was_signed_until_it_expires() -> None:
    assert TOKEN.startswith("page.i.1772434800.17.port-strikes.")
    assert len(TOKEN.rpartition(".")[2]) == 43
    assert verify_page_mark(TOKEN, KEY, NOW) == MARK
    assert verify_page_mark(TOKEN, KEY, NOW + timedelta(minutes=59, seconds=59)) == MARK
    assert verify_page_mark(TOKEN, KEY, NOW + timedelta(hours=1)) == "expired"
    assert read_page_mark(TOKEN) == MARK


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (TOKEN.replace(".i.", ".r."), "forged"),
        (TOKEN.replace(".17.", ".18."), "forged"),
        (TOKEN.replace("port-", "sea-"), "forged"),
        (TOKEN.replace("1772434800", "1972434800"), "forged"),
        (sign_page_mark(MARK, NOW + timedelta(hours=1), OTHER), "forged"),
        (TOKEN[:-1], "malformed"),
        (TOKEN + "\n", "malformed"),
        (TOKEN.replace(".17.", ".٣.", 1), "malformed"),
        (TOKEN.replace("port-strikes", "../x"), "malformed"),
        ("", "malformed"),
    ],
)
def test_what_is_not_ours_counts_for_nothing(token: str, said: str) -> None:
    assert verify_page_mark(token, KEY, NOW) == said
    assert (read_page_mark(token) is None) == (said == "malformed")


@pytest.mark.parametrize(
    ("topic", "good"), [("ports", True), ("a" * 64, True), ("a" * 65, False), ("a.b", False), ("", False), ("ä", False)]
)
def test_topics_that_a_token_can_name(topic: str, good: bool) -> None:
    assert is_markable_topic(topic) is good


def test_a_feed_has_one_key_however_its_limits_are_ordered() -> None:
    signed = sign_feed_address("topic/ports.atom", [], KEY)
    assert len(signed) == 22
    assert is_feed_signed("/topic/ports.atom", [("key", signed)], signed, KEY)
    asked = [("q", "dock strike"), ("source", "gull"), ("period", "")]
    kept = sign_feed_address("search.atom", asked, KEY)
    assert is_feed_signed("/search.atom", [("source", "gull"), ("q", "dock strike"), ("key", kept)], kept, KEY)
    closed = [
        ("/topic/ports.feed", [], signed, KEY),
        ("/topic/banks.atom", [], signed, KEY),
        ("/topic/ports.atom", [("q", "x")], signed, KEY),
        ("/topic/ports.atom", [], signed, OTHER),
        ("/topic/ports.atom", [], "", KEY),
        ("/topic/ports.atom", [], "ü" * 22, KEY),
        ("/search.atom", [("q", "dock"), ("source", "gull")], kept, KEY),
    ]
    assert [is_feed_signed(*one) for one in closed] == [False] * len(closed)
    assert sign_feed_address("topic/\ud800.atom", [], KEY) != signed
