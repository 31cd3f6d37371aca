"""What `init` asks goes the way of every crawl, and a known outlet is asked where it is known to answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drive import Rig

from monitor.commands.reports.outlet.find_outlet import inspect_url


async def shipped(rig: Rig) -> Any:
    rig.config("", fetch="delay = 0")
    async with rig.engine() as running:
        found = await inspect_url(running.engine, "https://www.tass.com/politics", (), set(), lambda _: None)
        return asdict(found), await running.rows("SELECT count(*) FROM links")


def test_a_known_outlet_is_asked_at_its_shipped_addresses(drive: Any) -> None:
    found, links = drive(shipped)
    assert [(tried["kind"], tried["url"], tried["found"]) for tried in found["endpoints"]] == [
        ("feed", "https://tass.com/rss/v2.xml", "shipped"),
        ("sitemap", "https://tass.com/sitemap.xml", "shipped"),
        ("api", "https://tass.com/userApi/categoryNewsList", "shipped"),
    ]
    assert (found["outcome"], found["cure"], links) == (
        "failed",
        "check the spelling, and this machine's network and name resolution",
        [[0]],
    )


async def guarded(rig: Rig) -> Any:
    outlet = rig.outlet("inner.test", ["127.0.0.1"])  # a name nobody let through
    outlet.article("/")
    rig.config("", fetch="delay = 0")
    async with rig.engine() as running:
        found = await inspect_url(running.engine, outlet.url("/"), (), set(), lambda _: None)
    return found.reason, found.cure, outlet.paths()


def test_the_address_policy_holds(drive: Any) -> None:
    reason, cure, asked = drive(guarded)
    assert (reason.partition(",")[0], cure, asked) == (
        "inner.test resolves to 127.0.0.1",
        "add its host to [fetch] allow in config.toml if you trust it, then run this again",
        [],
    )
