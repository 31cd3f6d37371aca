"""Apprise: plain title and text within their sizes, hostile words inert (RELIABILITY W10)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from monitor.alerting.channels import KINDS
from monitor.config.schema import ChannelSection
from monitor.delivery.channel_target import resolve_channel
from monitor.model.alert import Push, Target

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_message_is_short_plain_and_inert_whatever_the_outlet_wrote(cases: dict[str, bytes]) -> None:
    for body in cases.values():
        message = json.loads(KINDS["apprise"].render(body))
        assert (0 < len(message["title"]) <= 200, 0 < len(message["body"]) <= 1_800) == (True, True)
        shown = re.sub(r"https?://(?:news|seedwatch)\.example/\S*", "", f"{message['title']}\n{message['body']}")
        assert not re.search(r"@(everyone|here|channel|all|\w)|(?i:(java|vb)script\s*:|data:\w+/)|://|\bwww\.", shown)


def test_a_matched_piece_as_it_is_shown(cases: dict[str, bytes]) -> None:
    target = Target(name="rest", kind="apprise", url="pover://user@token")
    sent = KINDS["apprise"].request(KINDS["apprise"].render(cases["bare"]), target, "msg_x", NOW, ())
    assert sent == Push(
        url="pover://user@token",
        title="Ferry link across the strait reopens after talks",
        body="The Example · seen 2026-01-02 03:04 UTC\n\n"
        "…on Friday evening, after a third round of talks in the old customs house. The first ferry leaves at dawn. "
        "Tickets cost as much as before.\n\n"
        "Why: strait 0.81 (alerts from 0.50): ferry, talks\n\n"
        "seedwatch explain msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR",
    )
    assert "token" not in repr(sent)


def test_its_address_is_one_of_apprises(tmp_path: Any) -> None:
    section = ChannelSection.model_validate({"kind": "apprise", "url_env": "A"})
    found = [
        resolve_channel("rest", section, folder=tmp_path, environ={"A": url})
        for url in ("pover://u@t", "pover:x", "a b://c")
    ]
    assert [each.error is None for each in found] == [True, False, False]
