"""A list whose answer broke off: what was read counts, the rest is asked for soon, what it lacks says nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from drive import HTML, XML, LoopbackAnswer, Rig, page, rss, sitemap

PATHS = ("/c", "/b", "/a")


def _list(kind: str, urls: list[str]) -> tuple[dict[str, str], bytes]:
    if kind == "feed":
        return XML, rss(*({"link": url, "title": f"The quay at {url[-1]}"} for url in urls))
    if kind == "sitemap":
        return XML, sitemap(*((url, None) for url in urls))
    links = "".join(f"<article><h2><a href='{url}'>The quay at {url[-1]}</a></h2></article>" for url in urls)
    return HTML, f"<html><body><main>{links}</main></body></html>".encode()


async def broken_once(rig: Rig, kind: str, after: int | None) -> dict[str, Any]:
    """A list of two known pieces answers with one more, cut off `after` so many bytes or behind its first entry."""
    outlet = rig.outlet()
    for path in PATHS:
        outlet.article(path)
    urls = [outlet.url(path) for path in PATHS]
    headers, whole = _list(kind, urls)
    old = LoopbackAnswer(headers={**headers, "ETag": '"old"'}, body=_list(kind, urls[1:])[1])
    new = {"headers": {**headers, "ETag": '"new"', "Cache-Control": "max-age=7200"}, "body": whole}
    keep = whole.index(b"/b") + 1 if after is None else after
    answers = [old, LoopbackAnswer(**new, keep=keep), LoopbackAnswer(**new, keep=keep)]
    outlet.routes["/list"] = lambda _: answers.pop(0) if answers else LoopbackAnswer(**new)
    outlet.feed({"path": "/a"}, path="/other")
    lists = {f"{kind}s": [outlet.url("/list")]}
    feeds = lists.pop("feeds", [])
    rig.config(rig.feeds(*feeds, outlet.url("/other"), every="1h", more='article = "/[abc]$"', **lists))
    async with rig.engine() as running:
        while len(outlet.asked("/list")) < 2:
            await running.minutes(1)
        await running.minutes(0.5)
        told = {
            "read": await running.rows("SELECT substr(url, -1) FROM links ORDER BY url"),
            "source": await running.rows("SELECT state, reason FROM sources"),
            "list": await running.rows("SELECT etag, last_error, cut_offs FROM endpoints WHERE url LIKE '%/list'"),
        }
        await running.minutes(90)
        return {
            **told,
            "then": await running.rows("SELECT substr(url, -1) FROM links ORDER BY url"),
            "waits": [round(b - a) for a, b in pairwise(outlet.times("/list"))],
            "sent": [asked.headers.get("if-none-match") for asked in outlet.asked("/list")],
            "others": [round(b - a) for a, b in pairwise(outlet.times("/other"))],
            "gaps": await running.rows("SELECT count(*) FROM gaps"),
            "problems": await running.rows("SELECT kind FROM problems"),
            "after": await running.rows("SELECT state, reason FROM sources"),
            "cut_offs": await running.rows("SELECT etag, last_error, cut_offs FROM endpoints WHERE url LIKE '%/list'"),
        }


@pytest.mark.parametrize(
    ("kind", "after", "read", "entries"),
    [
        ("feed", None, ["a", "b", "c"], 1),
        ("feed", 75, ["a", "b"], 0),  # in the middle of the first entry
        ("feed", 50, ["a", "b"], None),  # before the root
        ("sitemap", None, ["a", "b", "c"], 1),
        ("listing", None, ["a", "b"], 0),
    ],
)
def test_the_rest_of_a_list_that_broke_off_is_asked_for_soon(
    drive: Any, kind: str, after: int | None, read: list[str], entries: int | None
) -> None:
    found = drive(broken_once, kind=kind, after=after)
    waits, others = found.pop("waits"), found.pop("others")
    (told,) = found["list"]
    assert told[0] == '"old"'
    assert found.pop("list") == [['"old"', told[1], 1]]
    (source,) = found.pop("source")
    assert source[0] == "unsteady"
    assert told[1] in source[1]
    assert ("cut off after" in told[1], f"after {entries} entr" in told[1]) == (True, entries is not None)
    assert found == {
        "read": [[name] for name in read],
        "then": [["a"], ["b"], ["c"]],
        "sent": [None, '"old"', '"old"', '"old"'],
        "gaps": [[0]],
        "problems": [],
        "after": [["ok", None]],
        "cut_offs": [['"new"', None, 0]],
    }
    assert 3_200 <= waits[0] <= 4_000
    assert [wait for wait in waits[1:] if not 60 <= wait <= 75] == []
    assert [wait for wait in others if not 3_200 <= wait <= 4_000] == []  # those that came whole keep their pace


async def never_whole(rig: Rig, turns_over: int) -> dict[str, Any]:
    """A feed that always breaks off behind its second entry; from its answer number `turns_over` on it lists others."""
    outlet = rig.outlet()
    outlet.otherwise = lambda asked: LoopbackAnswer(headers=HTML, body=page(f"The quay at {asked.path[1:]}"))
    outlet.robots("")
    asked: list[int] = []

    def answer(_: Any) -> LoopbackAnswer:
        asked.append(1)
        first = 100 if len(asked) < turns_over else 200
        body = rss(*({"link": outlet.url(f"/{number}")} for number in range(first, first + 5)))
        return LoopbackAnswer(headers={**XML, "ETag": '"x"'}, body=body, keep=body.index(str(first + 2).encode()))

    outlet.routes["/feed"] = answer
    rig.config(rig.feeds(outlet.url("/feed"), every="5m"))
    async with rig.engine() as running:
        await running.minutes(40)
        return {
            "waits": [round(b - a) for a, b in pairwise(outlet.times("/feed"))],
            "sent": {asked.headers.get("if-none-match") for asked in outlet.asked("/feed")} == {None},
            "links": await running.rows("SELECT count(*) FROM links"),
            "gaps": await running.rows("SELECT count(*) FROM gaps"),
            "source": await running.rows("SELECT state, reason LIKE '%off after 2 entries, % in a row' FROM sources"),
        }


@pytest.mark.parametrize(("turns_over", "gaps"), [(3, 0), (8, 1)])
def test_a_list_that_never_comes_whole_is_taken_for_as_long_as_it_is(drive: Any, turns_over: int, gaps: int) -> None:
    """Five times it is asked again sooner; then two answers of it that do not meet leave a gap like any others."""
    found = drive(never_whole, turns_over=turns_over)
    rungs = (60, 60, 60, 300, 300, 300)
    wrong = [(a, b) for a, b in zip(found.pop("waits"), rungs, strict=False) if not 0.8 * b <= a <= 1.2 * b + 15]
    assert wrong == []
    assert found == {"sent": True, "links": [[4]], "gaps": [[gaps]], "source": [["unsteady", 1]]}
