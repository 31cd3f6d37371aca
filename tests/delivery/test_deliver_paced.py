"""No service gets more than it takes, whatever waits and however often we start (RELIABILITY W11)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.config.schema import ChannelSection

ANSWERS = {
    "slack": (200, {}, "ok"),
    "telegram": (200, {}, '{"ok":true}'),
    "discord": (204, {}),
    "teams": (202, {}),
    "ntfy": (200, {}, '{"id":"x"}'),
    "mattermost": (200, {}, "ok"),
}
KEYS: dict[str, dict[str, Any]] = {
    "telegram": {"token_env": "S", "chat": -1001},
    "ntfy": {"topic": "desk"},
}


def section(kind: str, url: str) -> ChannelSection:
    return ChannelSection.model_validate({"kind": kind, "url": url, **KEYS.get(kind, {})})


def attempts(office: Any, channel: str) -> list[datetime]:
    rows = office.store.db.execute(
        "SELECT attempts.at FROM attempts JOIN alerts ON alerts.id = alert_id WHERE channel = ? ORDER BY attempts.at",
        (channel,),
    )
    return [datetime.fromisoformat(row[0]) for row in rows]


def most_within(moments: list[datetime], seconds: float) -> int:
    """The most of `moments` in any half-open window of that length."""
    window = timedelta(seconds=seconds)
    return max(sum(start <= moment < start + window for moment in moments) for start in moments)


@pytest.mark.parametrize(
    ("kind", "seconds", "most"),
    [
        ("slack", 1, 1),
        ("telegram", 60, 20),
        ("discord", 2, 5),
        ("teams", 1, 4),
        ("ntfy", 60, 12),
        ("mattermost", 1, 10),
    ],
)
def test_a_burst_goes_out_at_the_pace_of_its_service(office: Any, kind: str, seconds: float, most: int) -> None:
    service = office.listen(ANSWERS[kind])
    ids = office.queue("chat", count=30)
    office.run({"chat": section(kind, service.root)}, lambda bench: bench.drain(200))
    assert [office.state(id)[0] for id in ids] == ["delivered"] * 30
    assert most_within(attempts(office, "chat"), seconds) <= most


def test_a_restart_is_no_burst_and_a_webhook_is_not_paced(office: Any) -> None:
    chat, desk = office.listen(ANSWERS["slack"]), office.listen(200)
    office.queue("chat", "desk", count=10)
    channels = {"chat": section("slack", chat.root), "desk": office.section(desk.url)}

    async def work(bench: Any) -> None:
        await bench.delivery.round()

    for _ in range(3):  # each is a new delivery at the same moment
        office.run(channels, work)
    assert (len(chat.got), len(desk.got)) == (1, 10)


def test_discord_waits_as_long_as_its_body_asks_and_loses_nothing(office: Any) -> None:
    busy = (429, {"Retry-After": "1"}, json.dumps({"message": "slow down", "retry_after": 2.75, "global": False}))
    service = office.listen((204, {}), busy, (204, {}))
    ids = office.queue("guild", count=4)
    office.run({"guild": section("discord", service.root)}, lambda bench: bench.drain())
    moments = attempts(office, "guild")
    assert moments[2] - moments[1] >= timedelta(seconds=2.75)
    assert (len(moments), [office.state(id)[0] for id in ids]) == (5, ["delivered"] * 4)
