"""Chat services end to end: what their bodies say counts, and no secret of theirs is kept (RELIABILITY W5, S10)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from monitor.config.schema import ChannelSection

TOKEN = "12345:canary-token"


def test_telegram_is_told_its_chat_and_waits_as_long_as_its_body_asks(office: Any) -> None:
    busy = {"ok": False, "description": f"Too Many Requests {TOKEN}", "parameters": {"retry_after": 90}}
    service = office.listen((429, {}, json.dumps(busy)), (200, {}, '{"ok":true}'))
    [id] = office.queue("group")
    section = ChannelSection.model_validate({"kind": "telegram", "url": service.root, "token_env": "T", "chat": -1001})

    async def work(bench: Any) -> None:
        moments = await bench.drain()
        assert [moment - office.now for moment, _ in moments] == [timedelta(0), timedelta(seconds=90)]

    office.run({"group": section}, work, environ={"T": TOKEN})
    assert [path for path, _, _ in service.asked] == [f"/bot{TOKEN}/sendMessage"] * 2
    assert [json.loads(body)["chat_id"] for _, _, body in service.asked] == ["-1001"] * 2
    record = office.store.alerts.show(id)
    assert [(one.status, one.error) for one in record.tries] == [
        (429, "Telegram answered 429: Too Many Requests ***"),
        (200, None),
    ]
    office.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"canary" not in office.store.path.read_bytes()


def test_a_login_page_in_front_of_a_service_is_no_delivery(office: Any) -> None:
    page = office.listen((200, {}, "<html>Sign in</html>"), (200, {}, "ok"))
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        assert [made for _, made in await bench.drain()] == [1, 1]

    section = ChannelSection.model_validate({"kind": "slack", "url_env": "U"})
    office.run({"desk": section}, work, environ={"U": page.url})
    assert office.state(id) == ("delivered", 1, [200, 200])
    assert office.store.alerts.show(id).tries[0].error == "Slack answered 200: <html>Sign in</html>"


def test_the_test_alert_of_a_chat_is_plainly_one(office: Any) -> None:
    service = office.listen((200, {}, '{"id":"x"}'))
    section = ChannelSection.model_validate({"kind": "ntfy", "url": service.url, "topic": "desk", "priority": 4})
    found: list[Any] = []

    async def work(bench: Any) -> None:
        found.append(await bench.delivery.test("phone"))

    office.run({"phone": section}, work)
    [(_, _, body)] = service.asked
    message = json.loads(body)
    assert (found[0].reply.error, message["topic"], message["priority"]) == (None, "desk", 4)
    assert message["title"] == "Test alert from seedwatch: your channel works"


def test_an_alert_that_waits_goes_out_in_the_form_of_the_kind_its_channel_has_now(office: Any) -> None:
    """W9, W10: the outbox holds what an alert says, not how the kind of that day wrote it."""
    slack, discord, webhook = office.listen(500), office.listen((204, {})), office.listen(200)
    ids = office.queue("desk", count=2)

    async def fail(bench: Any) -> None:
        assert await bench.delivery.round() == 1

    async def work(bench: Any) -> None:
        bench.clock.advance_to(office.now + timedelta(seconds=10))
        assert {made for _, made in await bench.drain()} == {1}

    office.run({"desk": ChannelSection.model_validate({"kind": "slack", "url": slack.url})}, fail)
    office.run({"desk": ChannelSection.model_validate({"kind": "discord", "url": discord.url})}, work)
    assert [office.state(id)[0] for id in ids] == ["delivered"] * 2
    assert [list(json.loads(body)) for _, body in (*slack.got, *discord.got)] == [
        ["text", "blocks", "mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media"],
        *[["embeds", "allowed_mentions"]] * 2,
    ]
    with office.store.write():
        assert office.store.alerts.replay(ids[0], office.now)
    office.run({"desk": office.section(webhook.url)}, work)
    assert [body for _, body in webhook.got] == [office.body]


def test_what_is_no_alert_fails_in_words_and_holds_up_no_other(office: Any) -> None:
    service = office.listen((200, {}, "ok"))
    broken, good = office.queue("desk", count=2)
    with office.store.write():
        office.store.db.execute("UPDATE alerts SET body = ? WHERE id = ?", (b'{"text": 1}', broken))

    async def work(bench: Any) -> None:
        assert [made for _, made in await bench.drain(2)] == [1, 1]
        assert bench.clock.now() == office.now + timedelta(seconds=1)  # Slack's pace alone

    office.run({"desk": ChannelSection.model_validate({"kind": "slack", "url": service.url})}, work)
    assert (office.state(broken), office.state(good)[0]) == (("pending", 1, [None]), "delivered")
    assert office.store.alerts.show(broken).tries[0].error == "what is stored is no alert (KeyError: 'data')"
