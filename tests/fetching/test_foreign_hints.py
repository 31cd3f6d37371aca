"""What a source announces of another's site is a hint to look, and no way to have that site asked a thousand times."""

from __future__ import annotations

from typing import Any

import pytest
from drive import HTML, Rig
from two_outlets import TITLE, Stage, html, source

from monitor.newsroom.loopback import LoopbackAnswer as Answer

MADE_UP = 70
pytestmark = [pytest.mark.slow, pytest.mark.long]  # an hour of two outlets, and seventy pages


async def flood(rig: Rig) -> dict[str, Any]:
    """The rival lists 70 invented addresses of the owner's; the owner puts out the piece at the last of them."""
    stage = Stage(rig)
    form = b"<html><title>Log in</title><body><form><input type='password'></form></body></html>"
    stage.owner.routes |= {f"/made/{n}": Answer(headers=HTML, body=form) for n in range(MADE_UP)}  # asked for once each
    owner = source("owner", feeds=[stage.owner.url("/feed")]).replace("1h", "5m")
    stage.configure(owner, source("rival", feeds=[stage.rival.url("/feed")]))
    found: dict[str, Any] = {}

    def asked() -> int:
        return len({path for path in stage.owner.paths() if path.startswith("/made/")})

    async def problems() -> list[list[Any]]:
        rows = await running.rows("SELECT subject, detail FROM problems WHERE kind = 'foreign-hints' ORDER BY id")
        still = await running.rows("SELECT count(*) FROM problems WHERE kind = 'foreign-hints' AND closed_at IS NULL")
        return [*rows, *still]

    async with rig.engine() as running:
        await running.minutes(55)
        stage.rival.feed(*({"link": stage.owner.url(f"/made/{n}"), "title": f"Made up {n}"} for n in range(MADE_UP)))
        while not asked():
            await running.minutes(1)
        found["asked"] = [asked()]
        found["problems"] = await problems()
        last = f"/made/{MADE_UP - 1}"
        found["waits"] = await running.rows(f"SELECT state, attempts FROM links WHERE url LIKE '%{last}'")
        stage.owner.routes[last] = html(TITLE)
        stage.owner.feed({"path": last, "title": TITLE}, {"path": "/0", "title": "Nothing yet"})
        await running.minutes(6)
        found["told"] = stage.told()
        await running.minutes(10)
        found["asked"].append(asked())
    return found


def test_invented_addresses_of_a_site_are_asked_for_one_a_minute_and_its_own_at_once(drive: Any) -> None:
    found = drive(flood)
    assert 60 <= found["asked"][0] < MADE_UP
    ((subject, detail), (still,)) = found["problems"]
    assert (subject, still) == ("rival", 1)
    assert detail == (
        "it announces more than 60 addresses an hour of a site that is not its own: of owner.test 10 wait; what others "
        "announce there is fetched all the same"
    )
    assert found["waits"] == [["pending", 0]]
    assert [row[3] for row in found["told"]] == [f"/made/{MADE_UP - 1}"] * 2
    assert found["asked"][1] == MADE_UP
