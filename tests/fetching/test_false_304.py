"""Endpoints that say "not modified" whatever has changed: caught, told of, and asked for the whole list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from drive import START, XML, LoopbackAnswer, Rig, rss


async def lying(rig: Rig, honest: bool, map_too: bool) -> dict[str, Any]:
    """A feed that says "not modified" to every validator from the third hour on, or (honest) to its present one."""
    outlet = rig.outlet()
    outlet.robots("User-agent: *\nDisallow: /n/")

    def pieces() -> list[int]:
        hours = (rig.clock.now() - START) // timedelta(hours=1)
        return list(range(20 + (hours if not honest or hours < 48 else 48), 0, -1))[:10]

    def feed(asked: Any) -> LoopbackAnswer:
        numbers = pieces()
        etag = f'"{numbers[0]}"'
        sent = asked.headers.get("if-none-match")
        if sent == etag or (sent and not honest and numbers[0] > 22):
            return LoopbackAnswer(status=304, headers={"ETag": sent})
        items = [{"link": outlet.url(f"/n/{number}"), "title": f"Piece {number}"} for number in numbers]
        return LoopbackAnswer(headers={**XML, "ETag": etag}, body=rss(*items))

    outlet.routes["/feed"] = feed
    outlet.routes["/other"] = lambda asked: replace(feed(replace(asked, headers={})), headers=XML)
    addresses = [outlet.url("/feed"), *([outlet.url("/other")] if map_too else [])]
    rig.config(rig.feeds(*addresses, every="10m"))
    async with rig.engine() as running:
        await running.minutes(60 * 23)
        problems = await running.rows("SELECT subject, detail, closed_at IS NOT NULL FROM problems WHERE kind <> 'gap'")
        asked = outlet.asked("/feed")
        counts = await running.rows(
            "SELECT unchanged, distrusted_until IS NOT NULL FROM endpoints WHERE url LIKE '%/feed'"
        )
        late = sum("if-none-match" in one.headers for one in asked[-10:])
        whole = [number for number, one in enumerate(asked) if "if-none-match" not in one.headers]
        found = await running.rows("SELECT count(*) FROM links")
    return {"problems": problems, "counts": counts, "late": late, "whole": whole[:3], "links": found, "n": len(asked)}


def test_a_feed_that_lies_is_caught_by_the_request_in_a_hundred(drive: Any) -> None:
    found = drive(lying, honest=False, map_too=False)
    [[subject, detail, closed]] = found["problems"]
    assert subject.startswith("news http://news.test:")
    assert detail.startswith(
        'it says "not modified" (304) while its list has 10 entries that it never gave; until 2026-'
    )
    assert closed == 0
    assert found["late"] == 0  # whole lists from then on
    assert 100 <= found["whole"][1] <= 120
    assert found["counts"] == [[0, 1]]


def test_it_is_caught_sooner_where_others_have_news(drive: Any) -> None:
    found = drive(lying, honest=False, map_too=True)
    assert len(found["problems"]) == 1
    assert found["whole"][1] < 80


def test_a_quiet_honest_feed_is_asked_whole_once_in_a_hundred(drive: Any) -> None:
    found = drive(lying, honest=True, map_too=False)
    assert (found["problems"], found["counts"][0][1]) == ([], 0)


async def forgiven(rig: Rig) -> list[Any]:
    """After a week the feed is believed again, and the problem is over."""
    outlet = rig.outlet()
    outlet.feed({"path": "/a"}, headers={"ETag": '"1"'})
    rig.config(rig.feeds(outlet.url("/feed"), every="12h"))
    async with rig.engine() as running:
        await running.minutes(5)
        until = (START + timedelta(days=7)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        await running.do(f"UPDATE endpoints SET distrusted_until = '{until}'")
        [[url]] = await running.rows("SELECT url FROM endpoints")
        await running.do(
            "INSERT INTO problems (kind, subject, detail, cure, opened_at, last_at) "
            f"VALUES ('validators', 'news {url}', 'd', 'c', '{until}', '{until}')"
        )
        await running.minutes(60 * 24 * 8)
        sent = ["if-none-match" in asked.headers for asked in outlet.asked("/feed")]
        rows = await running.rows("SELECT distrusted_until FROM endpoints UNION ALL SELECT closed_at FROM problems")
    return [sent[:3], sent[-1], rows[0][0], rows[1][0] is not None]


def test_after_a_week_it_is_believed_again(drive: Any) -> None:
    assert drive(forgiven) == [[False, False, False], True, None, True]
