"""What alerts say of their story when several outlets report it: through the line, in every form that is sent."""

from __future__ import annotations

import email
import email.policy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from newswire import rule, source

from monitor.alerting.channels import KINDS
from monitor.alerting.message.chat_text import build_notice
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, PageToSettle
from monitor.model.topic import Match
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import Watch, store_reading
from monitor.storage import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WIRE = (
    "The ferries between Osterhaven and Linnea stopped on Monday after the ice closed the strait. Captain Berta Auk "
    "said that the ferry Kittiwake lay in the harbour of Linnea with eighty passengers, a cargo of seed wheat "
    "and food for a week."
)
REPORT = (
    "Ice has closed the strait of Linnea, and nothing sails. Eighty passengers of the Kittiwake wait in the harbour, "
    "Captain Auk told reporters in Osterhaven; an icebreaker is on its way to the ferry."
)
LATER = (
    "Passengers of the ferry Kittiwake spent a second night in the harbour of Linnea. The icebreaker that Osterhaven "
    "sent after Captain Auk called for help was itself held up by ice in the strait."
)
QUAKE = (
    "A quake of magnitude 5.6 shook Qoda before dawn. Two schools lost their roofs, Governor Imre Sand said, and "
    "the road to the copper mines was buried under stones; nobody was hurt, for nobody was up."
)
# Outlet, minutes after noon, text: a wire and two outlets that print it, one with a line of its own; a report of an
# outlet that was there; another story; and the first of the copiers with a report of its own.
PIECES = (
    ("tass", 0, WIRE),
    ("gull", 20, WIRE),
    ("tern", 30, f"{WIRE} Our town sent blankets."),
    ("auk", 45, REPORT),
    ("gull", 50, QUAKE),
    ("gull", 90, LATER),
)


def test_every_alert_says_which_report_it_is_who_was_first_and_how_many_sources_there_are(tmp_path: Path) -> None:
    names = dict.fromkeys(outlet for outlet, _, _ in PIECES)
    watch = Watch(
        sources={name: source(name) for name in names},
        topics=(),
        rules=(replace(rule(per="article"), channels=tuple(KINDS)),),
        kinds={kind: kind for kind in KINDS},
    )
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.channels.sync(watch.kinds)
            store.topics.record_profile("strait", "hash", 0.5, 1, NOON)
            for number, (outlet, minutes, text) in enumerate(PIECES):
                at = NOON + timedelta(minutes=minutes)
                article = Article(
                    url=f"https://{outlet}.example/{number}",
                    identity=None,
                    title=text.split(".")[0],
                    lead=None,
                    text=text,
                    published=Moment(at=at, raw="", zone="offset", precision=Precision.SECOND, carrier="feed"),
                )
                reading = judge_article(article, (), source=outlet)
                match = Match(topic="strait", score=0.9, threshold=0.5, matched=True)
                page = PageToSettle(reading=replace(reading, matches=(match,)), source=outlet, first_seen_at=at)
                store_reading(store, watch, page, at)
        rows = store.db.execute("SELECT channel, body FROM alerts ORDER BY article_id, rowid").fetchall()
    bodies: dict[str, list[bytes]] = {}
    for row in rows:
        bodies.setdefault(row["channel"], []).append(bytes(row["body"]))
    assert bodies.keys() == KINDS.keys()
    first = {"outlet": "The tass", "at": "2026-03-02T12:00:00.000Z"}
    assert [json.loads(body)["data"]["story"] for body in bodies["webhook"]] == [
        {"id": 1, "report": 1, "outlets": 1, "independent": 1, "first": first},
        {"id": 1, "report": 2, "outlets": 2, "independent": 1, "first": first},
        {"id": 1, "report": 3, "outlets": 3, "independent": 1, "first": first},
        {"id": 1, "report": 4, "outlets": 4, "independent": 2, "first": first},
        {
            "id": 2,
            "report": 1,
            "outlets": 1,
            "independent": 1,
            "first": {"outlet": "The gull", "at": "2026-03-02T12:50:00.000Z"},
        },
        {"id": 1, "report": 5, "outlets": 4, "independent": 3, "first": first},
    ]
    told = "Report 4 of this story, 4 outlets, 2 independent; first The tass, 2026-03-02 12:00 UTC"
    assert build_notice(bodies["slack"][3]).story == told
    bare = "".join(letter for letter in told if letter.isalnum())  # without what a service asks to be escaped
    for kind, sent in bodies.items():
        message = KINDS[kind].render(sent[3])
        shown = [message.decode()]
        if kind == "email":
            mail = email.message_from_bytes(message, policy=email.policy.default)
            shown = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        for text in shown if kind != "webhook" else ():
            assert bare in "".join(letter for letter in text if letter.isalnum()), kind
