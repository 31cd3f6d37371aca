"""The first poll of every shipped spider and of many odd outlets: no alert for what was there, one for what came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drive import LoopbackAnswer, Rig
from odd_outlets import ODD_OUTLETS, ListedPiece
from quay_watch import QUAY_HOOK

OLD = 7
CAME = ("/n/900", "/n/901")
# Those that are watched here: each costs two seconds of work. The others of `ODD_OUTLETS` can be named, too.
WATCHED = ["archive-teasers", "drupal", "feed-by-day", "feed-next-year", "hand-made", "latest", "plain-wordpress"]
WATCHED += ["feed-local-time", "sitemap-index-now", "sitemap-now", "tass"]
WATCH = (
    QUAY_HOOK
    + """
[alerts.desk]
topics = ["quay"]
channels = ["hook"]
per = "article"
on = ["new"]
"""
)


async def watch(rig: Rig, names: list[str]) -> dict[str, list[str]]:
    """Per outlet, the paths of the pieces that alerted while two came, an hour and two hours after it was added."""
    began, laid, tables, allowed = rig.clock.now(), {}, [], []
    for name in names:
        outlet = rig.outlet(f"{name}.test")
        allowed.append(f"{name}.test")
        pieces = [ListedPiece(path=f"/n/{199 - n}", at=began - timedelta(hours=3 * n + 1)) for n in range(OLD)]
        for path in (*(piece.path for piece in pieces), *CAME):
            outlet.article(path, f"The quay of {name}, part {path[3:]}")
        laid[name] = pieces
        tables.append(f'[sources.{name}]\nevery = "1h"\n{ODD_OUTLETS[name](outlet, pieces, rig.clock.now)}\n')
    sink = rig.outlet("sink.test")
    sink.otherwise = LoopbackAnswer(status=200)
    (rig.folder / "hook.secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    rig.config(
        "".join(tables) + WATCH.format(hook=f"http://127.0.0.1:{sink.port}/hook"),
        allow=["127.0.0.1", *allowed],
        fetch="delay = 0",
    )
    told: dict[str, list[str]] = {name: [] for name in names}
    async with rig.engine() as running:
        for path in CAME:
            await running.minutes(62)
            for pieces in laid.values():
                pieces.insert(0, ListedPiece(path=path, at=rig.clock.now()))
        await running.minutes(70)
        for source, url in await running.rows(
            "SELECT articles.source, articles.url FROM alerts JOIN articles ON articles.id = article_id "
            "WHERE alerts.state <> 'held' ORDER BY alerts.id"
        ):
            told[source].append("/" + url.split("/", 3)[3])
    return told


def test_what_was_there_is_no_news_and_what_came_is(drive: Any) -> None:
    told = drive(watch, names=WATCHED)
    assert {name: sorted(paths) for name, paths in told.items()} == {name: list(CAME) for name in WATCHED}
