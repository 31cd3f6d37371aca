"""Links that mark go out signed with the rest, the same at every attempt, and into no row of the database."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from standardwebhooks import Webhook

from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.delivery.marks.links import MarkLinks

KEY = bytes(range(32))
LINKS = MarkLinks(public="https://watch.example.org", key=KEY)


def test_every_attempt_sends_the_same_links_and_no_row_holds_a_token(office: Any) -> None:
    view = replace(build_sample_alert("msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR", office.now), event="article.matched")
    stored = encode_alert(view)
    sent, tokens = LINKS.add_links(stored)
    desk = office.listen((500, {}, f"refused: {sent.decode()}"), 200)
    [id] = office.queue("desk", body=stored)

    async def work(bench: Any) -> None:
        assert sum(made for _, made in await bench.drain()) == 2

    office.run({"desk": office.section(desk.url, secret_env="S")}, work, marks=LINKS)
    assert [body for _, body in desk.got] == [sent, sent]
    assert set(json.loads(sent)["data"]["mark"]) == {"relevant", "irrelevant"}
    headers = desk.got[0][0]
    assert headers["webhook-signature"] == Webhook(office.secret).sign(id, office.now, sent.decode())
    record = office.store.alerts.show(id)
    kept = b"".join((record.body, *(attempt.response for attempt in record.tries)))
    assert record.body == stored
    assert b"refused: " in kept
    assert [token for token in tokens if token.encode() in kept] == []


def test_an_outbox_that_somebody_else_wrote_into_is_a_failed_attempt(office: Any) -> None:
    desk = office.listen(200)
    [id] = office.queue("desk", body=b'{"type":"article.matched"}')

    async def work(bench: Any) -> None:
        await bench.delivery.round()

    office.run({"desk": office.section(desk.url)}, work, marks=LINKS)
    assert (desk.got, office.state(id)) == ([], ("pending", 1, [None]))
