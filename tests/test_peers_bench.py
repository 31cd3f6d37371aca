"""The bench beside other tools (tests/bench/peers): its plan, its outlets, its faults and its judge, in seconds."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

NOON = 1_772_452_800.0  # 2026-03-02 12:00 UTC
PEERS = Path(__file__).parent / "bench" / "peers"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The bench's modules by name; they import each other from their own folder."""
    monkeypatch.syspath_prepend(str(PEERS))
    import judge
    import schedule
    import stand

    return {"judge": judge, "schedule": schedule, "stand": stand}


def ask(url: str, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_has_what_the_comparison_needs(bench: Any, seed: int) -> None:
    plan = bench["schedule"].plan_run(seed)
    assert plan == bench["schedule"].plan_run(seed)
    assert len(plan.wanted()) >= 110
    assert len({piece.outlet for piece in plan.wanted()}) == 10
    windows = Counter(window.kind for window in plan.windows)
    assert windows == dict.fromkeys(bench["schedule"].FAULTS, 4)
    faults = Counter(piece.fault for piece in plan.wanted() if piece.fault)
    assert faults == dict.fromkeys(bench["schedule"].PAGE_FAULTS, 7)
    edited = [piece for piece in plan.pieces if piece.edited is not None]
    assert (len(edited), min(sum(bool(one.correction) is said for one in edited) for said in (True, False)) >= 3) == (
        10,
        True,
    )
    assert (len(plan.kills), len(plan.receiver_down)) == (4, 4)
    assert len([piece for piece in plan.pieces if piece.copy_of is not None]) == 5
    titles = [piece.title for piece in plan.pieces if piece.copy_of is None]
    assert len(set(titles)) == len(titles)


def test_the_outlets_show_their_pieces_and_the_judge_counts_what_the_receiver_got(bench: Any) -> None:
    plan = bench["schedule"].plan_run(1)
    moment = [NOON]
    with bench["stand"].Stand(plan, 18_731, lambda: moment[0]) as stand:
        for outlet in stand.outlets.values():
            status, home = ask(outlet.origin + "/")
            page = ask(outlet.url(outlet.live(-0.1)[0]))
            assert (status, page[0], len(home) > 200, len(page[1]) > 500) == (200, 200, True, True), outlet.name
            assert ask(outlet.origin + "/nothing-here")[0] == 404
            assert outlet.disallowed in ask(outlet.origin + "/robots.txt")[1].decode()
        stand.start()
        moment[0] = NOON + plan.length
        by_name = {outlet.name: outlet for outlet in stand.outlets.values()}
        wanted = plan.wanted()[0]
        copy = next(piece for piece in plan.pieces if piece.copy_of is not None)
        past = next(piece for piece in plan.pieces if piece.is_backlog())
        noise = next(piece for piece in plan.pieces if not piece.subject and not piece.is_backlog())
        edited = next(piece for piece in plan.pieces if piece.edited is not None)
        for piece, event in (
            *((one, "article.matched") for one in (wanted, copy, past, noise, wanted, edited)),
            (edited, "article.edited"),
        ):
            document = {"type": event, "data": {"article": {"url": by_name[piece.outlet].url(piece)}}}
            urllib.request.urlopen(stand.receiver, data=json.dumps(document).encode(), timeout=10).close()
        found = bench["judge"].judge_run(plan, stand.ledger, stand.outlets)
    assert {name: found[name] for name in ("alerted", "extra", "copies", "past", "noise", "edits", "edits_told")} == {
        "alerted": 2,
        "extra": 1,
        "copies": 1,
        "past": 1,
        "noise": 1,
        "edits": 10,
        "edits_told": 1,
    }
    assert len(found["never"]) == len(plan.wanted()) - 2


def test_a_fault_is_counted_once_where_somebody_meets_it(bench: Any) -> None:
    plan = bench["schedule"].plan_run(1)
    window = next(one for one in plan.windows if one.kind == "503")
    moment = [NOON]
    with bench["stand"].Stand(plan, 18_732, lambda: moment[0]) as stand:
        outlet = next(one for one in stand.outlets.values() if one.name == window.outlet)
        stand.start()
        statuses = []
        for second in (window.start - 1, window.start, window.end - 1, window.end):
            moment[0] = NOON + second
            statuses.append(ask(outlet.origin + "/")[0])
        faults = stand.ledger.faults
    assert statuses == [200, 503, 503, 200]
    assert faults["503"] == 1
