"""What changes hands while the daemon runs: owners that announce later, renamed sources, channels that leave; floods.

Two outlets on loopback, the daemon's engine and its reload, a real store and a real receiver.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drive import HTML, Rig
from two_outlets import HOUR, TITLE, Stage, html, source

from monitor.config.load import load_config
from monitor.errors import SourceVanished
from monitor.newsroom.loopback import LoopbackAnswer as Answer
from monitor.pipeline.learn_topic import learn_topic

OWED = f"""
    SELECT alerts.state, hold, count(*) FROM alerts JOIN articles ON articles.id = article_id
     WHERE articles.title = '{TITLE}' GROUP BY 1, 2
"""
OPEN = "FROM problems WHERE closed_at IS NULL AND kind <> 'gap'"
PROBLEMS = "SELECT kind, subject, closed_at IS NOT NULL FROM problems"


async def reload(rig: Rig, running: Any) -> None:
    """As at SIGHUP."""
    await running.engine.reload(load_config(rig.folder / "config.toml", environment={}))


async def join(rig: Rig) -> dict[str, Any]:
    """The rival brings a piece of a site that two sources share, so that nobody knows whose it is."""
    stage = Stage(rig)
    stage.owner.feed({"path": "/0", "title": "Nothing yet"}, path="/world")
    owner, world = (source(name, feeds=[stage.owner.url(path)]) for name, path in (("owner", "/feed"), ("w", "/world")))
    stage.configure(owner, world, source("rival", feeds=[stage.rival.url("/feed")]))
    async with rig.engine() as running:
        await running.minutes(HOUR)
        stage.owner.routes["/900"] = html(TITLE)
        stage.rival.feed({"link": stage.owner.url("/900"), "title": "Seen elsewhere"})
        await running.minutes(2 * HOUR)
        before = stage.told()
        stage.owner.feed({"path": "/900", "title": TITLE}, {"path": "/0", "title": "Nothing yet"})
        await running.minutes(3 * HOUR)
        edits = [d.body["data"]["change"] for d in stage.receiver.accepted if d.body["type"] == "article.edited"]
        return {"before": before, **await stage.result(running), "edits": [change["kinds"] for change in edits]}


def test_outlet_and_alerts_follow_the_owner_that_announces_later(drive: Any) -> None:
    """Who was told gets an edit of kind `outlet`; a rule for the owner, which had it held, its first match."""
    found = drive(join)
    assert found["before"] == [["desk", "article.matched", "rival", "/900"]]
    assert found["told"] == [
        ["desk", "article.edited", "owner", "/900"],
        ["desk", "article.matched", "rival", "/900"],
        ["own", "article.matched", "owner", "/900"],
    ]
    assert found["edits"] == [["outlet"]]
    assert found["stored"] == [["owner", "/900", TITLE, 1, 0]]


async def rename(rig: Rig) -> dict[str, Any]:
    """The source is renamed while its page waits for another try."""
    stage = Stage(rig)
    stage.configure(source("owner", feeds=[stage.owner.url("/feed")]))
    async with rig.engine() as running:
        await running.minutes(HOUR)
        stage.owner.routes["/900"] = Answer(status=500, headers=HTML)
        stage.owner.feed({"path": "/900", "title": "Notes of the day"})  # else the feed's words speak at once
        await running.minutes(70)
        stage.configure(source("harbour", feeds=[stage.owner.url("/feed")]), own="harbour")
        await reload(rig, running)
        stage.owner.routes["/900"] = html(TITLE)
        await running.minutes(12 * HOUR)
        problems = await running.rows(
            "SELECT kind, subject, closed_at IS NOT NULL FROM problems WHERE kind = 'renamed'"
        )
        return {**await stage.result(running), "problems": problems}


def test_a_source_that_is_renamed_at_a_reload_keeps_what_waited(drive: Any) -> None:
    found = drive(rename)
    assert found["told"] == [[rule, "article.matched", "harbour", "/900"] for rule in ("desk", "own")]
    assert found["stored"] == [["harbour", "/900", TITLE, 1, 0]]
    assert found["problems"] == [["renamed", "harbour", 1]]


async def retire_channel(rig: Rig) -> dict[str, Any]:
    """The channel is down, leaves the configuration with alerts waiting, and comes back."""
    stage = Stage(rig)
    owner = source("owner", feeds=[stage.owner.url("/feed")])
    stage.configure(owner)
    up = (rig.folder / "config.toml").read_text()
    (rig.folder / "config.toml").write_text(up.replace(stage.receiver.address, "http://127.0.0.1:9/"))
    gone = up[: up.index("[channels.hook]")]
    async with rig.engine() as running:
        await running.minutes(HOUR)
        stage.owner.routes["/900"] = html(TITLE)
        stage.owner.feed({"path": "/900", "title": TITLE})
        await running.minutes(70)
        found = {"waiting": await running.rows(OWED)}
        (rig.folder / "config.toml").write_text(gone)
        await reload(rig, running)
        await running.minutes(HOUR)
        found["gone"] = await running.rows(OWED)
        found["problems"] = await running.rows(f"SELECT kind, subject, detail {OPEN}")
        (rig.folder / "config.toml").write_text(up)
        await reload(rig, running)
        await running.minutes(HOUR)
        found["told"] = stage.told()
        found["left"] = await running.rows(f"SELECT kind {OPEN}")
    return found


def test_alerts_of_a_channel_that_left_wait_for_its_return(drive: Any) -> None:
    found = drive(retire_channel)
    assert found["waiting"] == [["pending", None, 2]]
    assert found["gone"] == [["held", "retired", 2]]
    said = "2 alerts wait for [channels.hook], which left the configuration"
    assert found["problems"] == [["channel-gone", "hook", said]]
    assert found["told"] == [[rule, "article.matched", "owner", "/900"] for rule in ("desk", "own")]
    assert found["left"] == []


async def vanish(rig: Rig) -> dict[str, Any]:
    """The source leaves the configuration between the claim of its turn and its crawl."""
    stage = Stage(rig)
    stage.both()
    async with rig.engine() as running:
        await running.minutes(HOUR)
        engine, now = running.engine, rig.clock.now()
        asked = len(stage.rival.log)
        await engine.store.do(engine.store.sources.poll_now, "rival", now)
        turns = await engine.store.do(engine.store.sources.claim, now, now + timedelta(minutes=9), 9)
        turn = next(turn for turn in turns if turn.source == "rival")
        stage.configure(source("owner", feeds=[stage.owner.url("/feed")]))
        await reload(rig, running)
        try:
            await engine.crawls.run(engine.crawls.begin(turn))
            said = ""
        except SourceVanished as error:
            said = str(error)
        await running.minutes(2 * HOUR)
        open_polls = await running.rows("SELECT source, outcome FROM polls WHERE outcome IN ('open', 'aborted')")
        return {"said": said, "asked": len(stage.rival.log) - asked, "polls": open_polls}


def test_a_crawl_whose_source_vanished_ends_before_it_asks(drive: Any) -> None:
    found = drive(vanish)
    assert found["said"] == "rival left the configuration before its crawl began"
    assert found["asked"] == 0
    assert found["polls"] == [["rival", "aborted"]]


async def flood(rig: Rig) -> dict[str, Any]:
    """Sixty matching pieces within an hour, where a handful a day are usual."""
    stage = Stage(rig)
    stage.configure(source("owner", feeds=[stage.owner.url("/feed")]))
    async with rig.engine() as running:
        await running.minutes(HOUR)
        pieces = [{"path": f"/{n}", "title": f"The quay, tale {n}"} for n in range(1, 61)]
        for piece in pieces:
            stage.owner.article(piece["path"], piece["title"])
        stage.owner.feed(*pieces)
        await running.minutes(90)
        problems = await running.rows(f"{PROBLEMS} WHERE kind = 'flood'")
        await running.minutes(3 * HOUR)
        await running.engine.housekeep()
        later = await running.rows(f"{PROBLEMS} WHERE kind = 'flood'")
        own = [d.body for d in stage.receiver.accepted if d.body["data"].get("rule") == "own"]
        return {
            "single": sum(body["type"] == "article.matched" for body in own),
            "types": sorted({body["type"] for body in own}),
            "problems": [problems, later],
            "owed": await running.rows(
                "SELECT state, count(*) FROM alerts WHERE rule = 'own' GROUP BY state ORDER BY 1"
            ),
        }


def test_a_flood_is_told_in_digests_after_the_first_fifty(drive: Any) -> None:
    found = drive(flood)
    assert found == {
        "single": 50,
        "types": ["article.matched", "digest"],
        "problems": [[["flood", "owner", 0]], [["flood", "owner", 1]]],
        "owed": [["delivered", 51], ["digested", 10], ["held", 1]],  # held: what was there at the first poll
    }


SEED = (
    "Dockers strike at the quay\n\nDockers at quay {0} went on strike, the union of dockers said, and cranes stand.\n"
)


async def learn_again(rig: Rig) -> list[Any]:
    """A seed comes, the problem says so; it is learned, and the daemon told: the problem may not outlive that."""
    seeds = rig.folder / "seeds"
    seeds.mkdir()
    for number in range(2):
        (seeds / f"{number}.txt").write_text(SEED.format(number))
    learn_topic(seeds, topic="quay")
    rig.config('[topics.quay]\nseeds = "seeds"\n[sources]\n')
    async with rig.engine() as running:
        (seeds / "2.txt").write_text(SEED.format(2))
        await running.engine.housekeep()
        before = await running.rows(PROBLEMS)
        learn_topic(seeds, topic="quay")
        await reload(rig, running)
        return [before, await running.rows(PROBLEMS)]


def test_what_a_reload_cures_is_no_problem_any_more(drive: Any) -> None:
    assert drive(learn_again) == [[["topic", "quay", 0]], [["topic", "quay", 1]]]
