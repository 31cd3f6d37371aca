"""What a person removed is gone from every byte of the database, and does not come back (legal requests)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from drive import START, Rig, page
from quay_watch import QUAY_DESK

from monitor.commands.reports.remove_article import remove_article
from monitor.newsroom.loopback import LoopbackAnswer
from monitor.storage import Store

CANARY = ("quaxelbrandt", "zimmerplonk", "huxtaburg")  # headline, summary, text; in no other piece
MORE = "[store]\ncaptures = true\n" + QUAY_DESK.format(address="http://127.0.0.1:9/hook")


def held_bytes(folder: Path) -> list[str]:
    """The canaries that stand anywhere in the database's files."""
    found = set()
    for path in folder.rglob("seedwatch.db*"):
        content = path.read_bytes().lower()
        found |= {word for word in CANARY if word.encode() in content}
    return sorted(found)


async def removed(rig: Rig) -> dict[str, Any]:
    """A piece is stored and alerted beside two others; removed; then its outlet says it again in four ways."""
    outlet = rig.outlet()
    body = page(f"{CANARY[0]} at the quay", f"The {CANARY[2]} quay was closed.")

    def say(*more: dict[str, Any], title: str = f"{CANARY[0]} at the quay") -> None:
        first = {"path": "/a", "guid": "a", "title": title, "summary": f"A {CANARY[1]}.", "date": START}
        others = [
            {"path": f"/{name}", "title": f"The quay at {name}", "guid": name, "date": START} for name in ("b", "c")
        ]
        outlet.feed(first, *others, *more)

    outlet.routes["/a"] = LoopbackAnswer(headers={"Content-Type": "text/html"}, body=body)
    outlet.article("/b")
    outlet.article("/c")
    say()
    rig.config(rig.feeds(outlet.url("/feed"), every="1h", more="alert_backlog = true") + MORE, fetch="delay = 0")
    async with rig.engine() as running:
        await running.minutes(3)
        before = {
            "alerts": await running.rows("SELECT count(*) FROM alerts"),
            "matched": await running.rows("SELECT count(*) FROM matches WHERE matched = 1"),
            "found": await running.rows(f"SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '{CANARY[2]}'"),
            "bytes": held_bytes(rig.folder),
        }
    path = rig.folder / "db" / "seedwatch.db"
    with Store(path) as store:
        done = remove_article(store, outlet.url("/a"), "request 7", rig.clock.now())
        (story,) = store.db.execute("SELECT story_id FROM articles WHERE url LIKE '%/a'").fetchone()
        after = {
            "row": list(
                store.db.execute("SELECT title, lead, text, revision FROM articles WHERE url LIKE '%/a'").fetchone()
            ),
            "states": [
                list(row)
                for row in store.db.execute(
                    "SELECT state, hold, reason FROM alerts WHERE article_id = ?", (done["article"],)
                )
            ],
            "record": list(store.db.execute("SELECT url, reason, versions FROM removals").fetchone()),
            "counts": [
                int(store.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
                for table in ("revisions", "fingerprints", "matches", "captures")
            ],
            "check": store.db.execute("PRAGMA integrity_check").fetchone()[0],
        }
        store.db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")
    after["bytes"] = held_bytes(rig.folder)
    # Now the outlet words its item anew, lists the page under a new address and guid, and moves it.
    say(
        {"path": "/moved", "guid": "new", "title": f"{CANARY[0]} again", "summary": f"{CANARY[1]}", "date": START},
        {"path": "/elsewhere", "guid": "third", "title": "Nothing new", "date": START + timedelta(minutes=20)},
        title=f"Corrected: {CANARY[0]}",
    )
    outlet.routes["/moved"] = LoopbackAnswer(headers={"Content-Type": "text/html"}, body=body)
    outlet.routes["/elsewhere"] = LoopbackAnswer(status=301, headers={"Location": outlet.url("/a")}, body=b"")
    asked = len(outlet.asked("/a"))
    async with rig.engine() as running:
        await running.minutes(130)
        rows = await running.rows("SELECT url, state, outcome FROM links ORDER BY id")
        articles = await running.rows("SELECT count(*) FROM articles")
        alerts = await running.rows("SELECT count(*) FROM alerts")
        plain = await running.rows(
            "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '" + " OR ".join(CANARY) + "'"
        )
        entries = await running.rows("SELECT entry || coalesce(title, '') || coalesce(headline, '') FROM links")
    return {
        "before": before,
        "after": after,
        "done": {name: done[name] for name in ("versions", "alerts", "alerts_held", "copies", "backups", "swept")},
        "links": [[row[0].rpartition("/")[2], *row[1:]] for row in rows],
        "articles": articles,
        "alerts": alerts,
        "plain": plain,
        "said": [word for word in CANARY if any(word in row[0] for row in entries)],
        "asked": len(outlet.asked("/a")) - asked,
        "story": story,
    }


@pytest.mark.row("R8")
def test_a_removed_piece_is_gone_from_every_byte_and_does_not_come_back(drive: Any) -> None:
    found = drive(removed)
    assert found["before"]["alerts"] == [[3]]
    assert found["before"]["found"] == [[1]]
    assert found["before"]["bytes"] == sorted(CANARY)
    assert found["after"]["row"] == ["(removed)", None, "", 1]
    assert found["after"]["states"] == [["held", None, "the article was removed"]]
    assert found["after"]["record"][1:] == ["request 7", 1]
    assert found["after"]["counts"] == [2, 2, 2, 2]
    assert found["after"]["check"] == "ok"
    assert found["after"]["bytes"] == []
    assert found["done"] == {
        "versions": 1,
        "alerts": 1,
        "alerts_held": 1,
        "copies": [],
        "backups": [],
        "swept": True,
    }
    assert [row[:2] for row in found["links"]] == [
        ["a", "removed"],
        ["b", "done"],
        ["c", "done"],
        ["moved", "removed"],
        ["elsewhere", "removed"],
    ]
    assert (found["articles"], found["alerts"], found["plain"], found["said"]) == ([[3]], [[3]], [[0]], [])
    assert found["asked"] == 1  # by the redirect, which nobody can know before it is followed
