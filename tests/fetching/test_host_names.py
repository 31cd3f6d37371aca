"""What a name resolves to is checked at every connection, and may change: for worse, and for better again."""

from __future__ import annotations

from typing import Any

import pytest
from drive import LoopbackAnswer, Rig


async def names(rig: Rig) -> dict[str, Any]:
    """Names whose DNS answers point inwards: plainly, among public ones, or from the second answer on."""
    outlet, canary = rig.outlet(), rig.outlet("canary.test")
    rig.names |= {
        "private.test": ["127.0.0.1"],
        "mixed.test": ["93.184.216.34", "127.0.0.1"],
        "mapped.test": ["::ffff:127.0.0.1"],
        "six.test": ["::1"],
        "metadata.test": ["169.254.169.254"],
        "rebind.test": [["127.0.0.1"], ["127.0.0.1"]],
        "nowhere.test": [],
    }
    hosts = [name for name in rig.names if name not in ("news.test", "canary.test")]
    outlet.feed(*({"link": f"http://{name}:{canary.port}/x"} for name in hosts), {"path": "/hop"})
    outlet.routes["/hop"] = LoopbackAnswer(status=301, headers={"Location": f"http://private.test:{canary.port}/y"})
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        await running.minutes(0.9)
        rows = await running.rows("SELECT url, outcome, reason FROM links ORDER BY id")
    return {"rows": [[url.split("/")[2].split(":")[0], *rest] for url, *rest in rows], "canary": canary.paths()}


@pytest.mark.row("S2")
def test_no_name_leads_inwards(drive: Any) -> None:
    result = drive(names)
    assert result["canary"] == []
    said = {host: [outcome, reason] for host, outcome, reason in result["rows"]}
    unread = said.pop("nowhere.test")
    assert unread[0] == "failed"
    assert unread[1].startswith("robots.txt of nowhere.test")
    assert said == {
        "private.test": ["failed", "private.test resolves to 127.0.0.1, which is loopback"],
        "mixed.test": ["failed", "mixed.test resolves to 127.0.0.1, which is loopback"],
        "mapped.test": ["failed", "mapped.test resolves to ::ffff:127.0.0.1, which is loopback"],
        "six.test": ["failed", "six.test resolves to ::1, which is loopback"],
        "metadata.test": ["failed", "metadata.test resolves to 169.254.169.254, which is link-local"],
        "rebind.test": ["failed", "rebind.test resolves to 127.0.0.1, which is loopback"],
        "news.test": ["failed", "private.test resolves to 127.0.0.1, which is loopback"],
    }


async def portal(rig: Rig) -> list[Any]:
    """A name that leads inwards for a while, as behind the sign-in page of a network."""
    outlet = rig.outlet()
    other = rig.outlet("other.test")
    outlet.feed({"link": other.url("/x")})
    other.article("/x")
    rig.names["other.test"] = ["10.0.0.1"]
    rig.config(rig.feeds(outlet.url("/feed"), every="6h"), allow=["127.0.0.1"])
    seen = []
    async with rig.engine() as running:
        await running.minutes(1)
        seen += await running.rows("SELECT state, outcome, reason FROM links")
        rig.names["other.test"] = ["127.0.0.1"]
        await running.minutes(3 * 60)
        seen += await running.rows("SELECT state, outcome, reason FROM links")
    return seen


def test_a_name_that_led_inwards_for_a_while_costs_no_piece(drive: Any) -> None:
    assert drive(portal) == [
        ["pending", "failed", "other.test resolves to 10.0.0.1, which is private"],
        ["done", "new", None],
    ]


async def rebinding(rig: Rig) -> dict[str, Any]:
    """A feed whose host answers well at first (let through by its network) and then points elsewhere inwards."""
    outlet = rig.outlet("rebind.test", [["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]])
    outlet.feed({"path": "/a"}, {"path": "/b"}, headers={"Connection": "close"})
    outlet.routes["/robots.txt"] = LoopbackAnswer(status=404, headers={"Connection": "close"})
    rig.config(rig.feeds(outlet.url("/feed")), allow=["127.0.0.1"])
    async with rig.engine() as running:
        await running.minutes(0.5)
        rows = await running.rows("SELECT outcome, reason FROM links ORDER BY id")
    return {"rows": rows, "asked": outlet.paths()}


@pytest.mark.row("S2")
def test_every_connection_resolves_and_is_checked_anew(drive: Any) -> None:
    refused = ["failed", "rebind.test resolves to 10.0.0.1, which is private"]
    assert drive(rebinding) == {"rows": [refused, refused], "asked": ["/feed", "/robots.txt"]}
