"""The first hour as the README tells it: its own commands, in an empty folder, until a signed alert has come."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from first_hour import MOST, NEWS, SECRET, play_first_hour, read_lines
from standardwebhooks.webhooks import Webhook

pytestmark = pytest.mark.long  # seven commands in processes of their own, and a poll's interval of a minute


def test_from_an_empty_folder_to_a_signed_alert(tmp_path: Path) -> None:
    played = play_first_hour(tmp_path, pieces=52, quick=True)
    first, *rest = played.commands
    said = "\n".join(f"$ {one.line} ({one.code})\n{one.out}{one.err}" for one in played.commands)
    # Outlets on this machine are refused with the cure, which the person follows; the same command then goes through.
    assert (first.code, [one.code for one in rest]) == (1, [0] * 6), said
    assert first.out.count("add its host to [fetch] allow in config.toml if you trust it, then run this again") == 2
    assert [one.line for one in played.commands] == [read_lines()[0], *read_lines()]
    assert len(played.commands) <= MOST
    assert played.said("once").out == "2 ok, 0 error, 105 new\n"
    learned = played.said("learn").out
    for part in (
        "How the seeds score",
        "of the newest 105 stored pieces",
        "Piraeus dockers strike",
        "Where it is wrong",
    ):
        assert part in learned, learned
    assert "warming up" not in learned + played.said("status").out
    assert "term gone" not in learned
    assert "last 24 h: 105 articles, 0 of them copies, 1 matched" in played.said("status").out
    assert "status: 200" in played.said("test-alert").out
    alert = played.alert
    assert alert is not None, said
    body = Webhook(SECRET).verify(alert.raw, dict(alert.headers))  # raises where the signature is not ours
    assert (body["type"], body["data"]["article"]["title"]) == ("article.matched", NEWS["title"])
    sent = datetime.fromisoformat(body["timestamp"])
    assert abs((datetime.now(UTC) - sent).total_seconds()) < 600


def test_with_fewer_pieces_the_topic_says_how_far_it_has_warmed_up(tmp_path: Path) -> None:
    played = play_first_hour(tmp_path, pieces=12, quick=True, until="status")
    assert played.said("once").out == "2 ok, 0 error, 25 new\n"
    wanted = "warming up, 25 of 100 pieces of its outlets are known, copies left out; "
    for name in ("learn", "status"):
        assert wanted in played.said(name).out, played.said(name).out
