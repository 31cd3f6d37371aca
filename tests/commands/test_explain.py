"""`explain`: a saved page's stable JSON, and every stage of what the database knows."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from newswire import everybody

from monitor.alerting.intents import Rule
from monitor.commands.reports.explain import (
    explain_configured,
    explain_source,
    explain_stages,
    load_knowledge,
    read_saved_page,
)
from monitor.config.profiles import load_topic_profile
from monitor.config.public_suffixes import site_of
from monitor.errors import SeedwatchError
from monitor.extraction.soft_404 import learn_absence
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.identity.ownership import build_estate, trace_page
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, FetchFacts, LinkAnswer, Outcome, Reading, Rejection
from monitor.model.source import Endpoint, Entry, Source
from monitor.model.template import Template
from monitor.model.topic import Evidence, Match
from monitor.pipeline.ingest.learn_templates import Lessons
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import Watch, settle_page
from monitor.pipeline.page_fields import build_page_fields, choose_best_verdict, find_outlet
from monitor.storage import Store
from monitor.storage.sources.links import link_from_row
from monitor.storage.sources.soft_404 import AbsenceAnswer
from monitor.topics.topic import Topic

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "outcome",
    "title",
    "lead",
    "text",
    "published_at",
    "published_from",
    "conflicts",
    "authors",
    "dateline",
    "language",
    "declared_language",
    "complete",
    "complete_reason",
}
KEYS |= {"matched", "score", "evidence"}
GULL = Source(
    name="gull",
    spider="feed",
    title="The Gull",
    address="https://www.gull.example/",
    every=600,
    endpoints=(Endpoint(kind="feed", url="https://gull.example/rss"),),
    article=r"/(?P<id>\d+)$",
    identity="gull:{id}",
)
PART = Evidence(term="strait", found="Strait", part="title", start=0, end=6, weight=0.5)


def verdict(topic: str, score: float) -> Match:
    return Match(
        topic=topic, score=score, threshold=0.5, matched=score >= 0.5, evidence=(PART,), missing=("a second name",)
    )


def article() -> Article:
    published = Moment(at=NOW, raw="2026-03-02T06:00:00Z", zone="offset", precision=Precision.SECOND, carrier="json-ld")
    return Article(
        url="https://gull.example/7",
        identity="gull:7",
        title="Strait closed",
        lead="Ice.",
        text="Ice closed the strait.",
        published=published,
        authors=("A. Auk",),
        language="en",
        rungs={"title": "json-ld"},
        removed=("Print", "Read it first"),
        furniture=("Read it first",),
        background=((0, 3),),
    )


def test_the_fields_of_a_page() -> None:
    reading = replace(judge_article(article(), (), source="gull"), matches=(verdict("near", 0.2), verdict("hit", 0.6)))
    assert build_page_fields(reading) == {
        "outcome": "new",
        "reason": None,
        "title": "Strait closed",
        "lead": "Ice.",
        "text": "Ice closed the strait.",
        "words": 4,
        "published_at": "2026-03-02T06:00:00Z",
        "published_from": "json-ld",
        "modified_at": None,
        "conflicts": [],
        "authors": ["A. Auk"],
        "dateline": None,
        "agency": None,
        "attribution": None,
        "language": "en",
        "declared_language": None,
        "complete": "unknown",
        "complete_reason": None,
        "section": None,
        "tags": [],
        "image": None,
        "topic": "hit",
        "score": 0.6,
        "matched": True,
        "evidence": [{"term": "strait", "found": "Strait", "part": "title", "start": 0, "end": 6, "weight": 0.5}],
        "threshold": 0.5,
        "missing": ["a second name"],
        "rungs": {"title": "json-ld"},
        "removed": ["Print", "Read it first"],
        "furniture": ["Read it first"],
        "background": [[0, 3]],
    }


def test_a_rejection_has_the_same_keys() -> None:
    rejected = build_page_fields(Rejection(outcome=Outcome.BLOCKED, reason="challenge page"))
    assert rejected.keys() == build_page_fields(judge_article(article(), (), source="gull")).keys() >= KEYS
    assert (rejected["outcome"], rejected["reason"], rejected["text"], rejected["authors"]) == (
        "blocked",
        "challenge page",
        None,
        [],
    )


def test_the_best_verdict_is_an_accepting_one_before_a_higher_score() -> None:
    strict = Match(topic="strict", score=0.8, threshold=0.9, matched=False)
    assert choose_best_verdict((strict, verdict("hit", 0.6)))["topic"] == "hit"
    assert choose_best_verdict(()) == {"topic": None, "score": None, "matched": False, "evidence": []}


def test_a_page_belongs_to_the_outlet_of_its_site() -> None:
    bare = replace(GULL, name="bare", address=None)
    assert find_outlet("https://gull.example/7", {"bare": bare, "gull": GULL}) is GULL
    assert find_outlet("https://tern.example/7", {"gull": GULL}) is None


def test_a_saved_page_packed_or_not_is_read_in_a_worker(tmp_path: Path) -> None:
    text = "Ice has closed the strait to every ship but one, the harbour master said on Monday morning. " * 4
    html = f"<html lang='en'><body><article><h1>Strait closed</h1><p>{text}</p></article></body></html>".encode()
    (tmp_path / "a.html").write_bytes(html)
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(html))
    found = [
        build_page_fields(read_saved_page(tmp_path / name, "https://gull.example/7", {"gull": GULL}, (), NOW))
        for name in ("a.html", "a.html.gz")
    ]
    assert (found[0]["outcome"], found[0]["title"], found[0]["language"]) == ("new", "Strait closed", "en")
    assert found[0] == found[1]
    with pytest.raises(SeedwatchError, match=r"none\.html: there is no such file"):
        read_saved_page(tmp_path / "none.html", "https://gull.example/7", {}, (), NOW)


def test_the_real_tass_page(shared: Path) -> None:
    topics = (Topic(name="karabakh", profile=load_topic_profile("karabakh", ROOT / "seeds", None)),)
    page = shared / "pages/tass.ru_moskva_8836033.html"
    found = build_page_fields(read_saved_page(page, "https://tass.ru/moskva/8836033", {}, topics, NOW))
    assert found.keys() >= KEYS
    assert found["outcome"] == "new"
    assert found["title"].startswith("Движение по ЦКАД-5 открывается")
    assert found["lead"].startswith("В церемонии открытия")
    assert (found["published_at"], found["published_from"]) == ("2020-06-28T21:16:15Z", "json-ld")
    assert (found["dateline"]["place"], found["dateline"]["day"]) == ("МОСКВА", 29)
    assert found["text"].startswith("МОСКВА, 29 июня. /ТАСС/.")
    assert "{{" not in found["text"]
    assert (found["matched"], found["score"] < 0.1) == (False, True)
    assert [(reason["term"], reason["found"]) for reason in found["evidence"]] == [("Russia", "Московской")]


def test_the_real_challenge_page(shared: Path) -> None:
    (page,) = (shared / "pages").glob("servicepipe_*.html")
    found = build_page_fields(read_saved_page(page, "https://okko.ru/", {}, (), NOW))
    assert (found["outcome"], found["title"], found["matched"]) == ("blocked", None, False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One article that was found, fetched, matched and alerted of."""
    watch = Watch(
        sources={"gull": GULL},
        topics=(),
        rules=(
            Rule(
                name="desk", topics=frozenset({"hit"}), channels=("hook",), per="story", on=frozenset({"new", "edit"})
            ),
        ),
        kinds={"hook": "webhook"},
    )
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.sources.sync([GULL], lambda _: "gull.example", lambda _: NOW, NOW)
            store.channels.sync({"hook": "webhook"})
            store.topics.record_profile("hit", "h", 0.5, 1, NOW)
            number = store.sources.add_endpoint("gull", GULL.endpoints[0])
            entry = Entry(
                url="https://gull.example/7?utm_source=feed", key="gull:7", endpoint="https://gull.example/rss"
            )
            store.links.upsert_listed(
                "gull", number, [entry], NOW, backlog_before=None, archived_before=None, speaks_for=everybody
            )
            (link,) = store.links.due("gull", NOW, 1)
            reading = replace(judge_article(article(), (), source="gull"), matches=(verdict("hit", 0.6),))
            settle_page(store, watch, link, reading, FetchFacts(at=NOW + timedelta(seconds=1), status=200), NOW, 0.5)
        yield store


def test_a_fetch_names_the_agent_that_made_it(store: Store) -> None:
    with store.write():
        link = store.links.one(1)
        answer = LinkAnswer(state="done", outcome=Outcome.UNCHANGED)
        store.links.settle(link, answer, FetchFacts(at=NOW + timedelta(hours=1), status=304, agent="one"))
    found = explain_stages(store, "gull:7", {"gull": GULL})
    assert found is not None
    assert [row.get("agent", "no agent") for row in found["fetches"]] == ["no agent", "one"]


@pytest.mark.parametrize(
    "name",
    ["https://gull.example/7?utm_source=feed", "https://gull.example/7", "https://www.gull.example/a/7", "gull:7", "1"],
)
def test_every_stage_by_any_name_of_the_piece(store: Store, name: str) -> None:
    found = explain_stages(store, name, {"gull": GULL})
    assert found is not None
    assert list(found) == ["url", "discovered", "link", "fetches", "article", "story", "lineage", "matches", "alerts"]
    assert found["discovered"] == [
        {"kind": "feed", "url": "https://gull.example/rss", "at": "2026-03-02T06:00:00.000Z"}
    ]
    assert (found["link"]["state"], found["link"]["outcome"]) == ("done", "new")
    assert found["fetches"] == [
        {
            "at": "2026-03-02T06:00:01.000Z",
            "final_url": None,
            "status": 200,
            "bytes": None,
            "outcome": "new",
            "reason": None,
        }
    ]
    assert (found["article"]["title"], found["article"]["backlog"]) == ("Strait closed", False)
    assert (found["article"]["departures"], found["link"]["revisit_at"] > "2026-03-02T06:09") == ([], True)
    assert found["article"]["revisions"] == [
        {
            "number": 1,
            "seen_at": "2026-03-02T06:00:00.000Z",
            "title": "Strait closed",
            "kinds": [],
            "substance": None,
            "changes": [],
            "repeats": None,
            "cause": "outlet",
        }
    ]
    assert [(match["topic"], match["matched"], match["missing"]) for match in found["matches"]] == [
        ("hit", True, ["a second name"])
    ]
    assert [(alert["rule"], alert["state"], alert["attempts"]) for alert in found["alerts"]] == [
        ("desk", "pending", [])
    ]


def test_what_nobody_saw_is_unknown(store: Store) -> None:
    assert explain_stages(store, "https://gull.example/8", {"gull": GULL}) is None
    assert explain_source(store, "tern", NOW) is None


def test_a_source_polled_or_only_configured(store: Store) -> None:
    found = explain_source(store, "gull", NOW)
    assert found is not None
    assert (found["name"], found["links"], found["polls"]) == ("gull", {"done": 1}, [])
    assert [(one["kind"], one["url"], "key" in one) for one in found["endpoints"]] == [
        ("feed", "https://gull.example/rss", False)
    ]
    assert "listed" not in found["endpoints"][0]
    assert found["endpoints"][0]["delay"] == {"links": 1, "first": 1, "p50": 0, "p95": 0}
    assert (found["delay"], found["gaps"], found["problems"]) == ({"links": 0, "p50": None, "p95": None}, [], [])
    assert [(week["week"], week["seen"], week["score"]) for week in found["completeness"]] == [("2026-W10", 1, None)]
    told = explain_configured(GULL)
    assert told.keys() <= found.keys()
    assert (told["state"], told["reason"]) == ("new", "configured, never polled yet")


def test_the_template_of_a_page_and_of_its_outlet(store: Store, tmp_path: Path) -> None:
    template = Template(
        anchor=("div.entry",),
        text=frozenset({"p"}),
        other=frozenset({"p@a"}),
        least=9,
        most=99,
        pages=5,
        site=("Gull",),
    )
    with store.write():
        store.templates.replace_learned("gull", [(template, ["https://gull.example/1"])], NOW)
        store.db.execute('UPDATE articles SET rungs = \'{"text": "template 1"}\'')
    told = {
        "id": 1,
        "container": "div.entry",
        "version": 1,
        "state": "trial",
        "pages": 5,
        "agreed": 0,
        "used": 0,
        "learned_at": "2026-03-02T06:00:00.000Z",
        "ended_at": None,
        "reason": None,
        "text": ["p"],
        "left_out": ["p@a"],
        "before": [],
        "title_without": ["Gull"],
        "examples": ["https://gull.example/1"],
    }
    outlet, piece = explain_source(store, "gull", NOW), explain_stages(store, "gull:7", {"gull": GULL})
    assert outlet is not None
    assert piece is not None
    assert (outlet["templates"], piece["article"]["template"]) == ([told], told)
    text = "Ice has closed the strait to every ship but one, the harbour master said on Monday morning."
    page = f"<html><h1>Strait closed</h1><div class='entry'><p>{text}</p><p><a>Other story</a></p></div></html>"
    (tmp_path / "a.html").write_text(page)
    known = load_knowledge(store, "https://gull.example/8", {"gull": GULL})
    found = build_page_fields(
        read_saved_page(tmp_path / "a.html", "https://gull.example/8", {"gull": GULL}, (), NOW, known)
    )
    assert (found["rungs"]["text"], found["text"], found["removed"]) == ("template 1", text, ["Other story"])
    assert load_knowledge(store, "https://tern.example/8", {"gull": GULL}) == Knowledge()


NUMERIC = (
    "<html><body><h1>Strait closed</h1><p class='date'>03/02/2025 10:30</p><article>{text}</article></body></html>"
)
TEXT = "<p>Ice has closed the strait to every ship but one, the harbour master said on Monday morning.</p>" * 8


def test_a_saved_page_is_read_in_its_outlets_order_of_day_and_month(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(NUMERIC.format(text=TEXT))
    url = "https://gull.example/8"

    def published() -> object:
        known = load_knowledge(store, url, {"gull": GULL})
        page = read_saved_page(tmp_path / "a.html", url, {"gull": GULL}, (), NOW, known)
        return build_page_fields(page)["published_at"]

    with store.write():
        store.db.execute("INSERT INTO date_orders (source, day_first, dates) VALUES ('gull', 0, 5)")
    assert published() == "2025-03-02T10:30:00Z"
    with store.write():
        store.db.execute("UPDATE date_orders SET day_first = 1")
    assert published() == "2025-02-03T10:30:00Z"


def test_a_saved_page_that_is_the_outlets_answer_for_nonsense_is_none_as_in_the_daemon(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_text(NUMERIC.format(text=TEXT))
    url = "https://gull.example/8"
    shown = read_saved_page(tmp_path / "a.html", url, {"gull": GULL}, (), NOW)
    assert isinstance(shown, Reading)
    with store.write():
        answer = AbsenceAnswer(url=f"{url}x", status=200, outcome="new", absence=learn_absence(shown.article))
        store.absences.save_answer("gull", answer, NOW)
    known = load_knowledge(store, url, {"gull": GULL})
    found = build_page_fields(read_saved_page(tmp_path / "a.html", url, {"gull": GULL}, (), NOW, known))
    assert found["outcome"] == "not-article"


@pytest.mark.parametrize("url", ["https://gull.example/7", "https://gull.example/8"])
def test_a_saved_page_is_read_with_what_the_daemon_would_read_it_with(store: Store, url: str) -> None:
    with store.write():
        store.db.execute("INSERT INTO date_orders (source, day_first, dates) VALUES ('gull', 1, 5)")
        store.db.execute("UPDATE links SET headline = 'Strait closed to ships'")
    link = link_from_row(store.db.execute("SELECT * FROM links").fetchone(), revisit=True)
    new = replace(link, key="gull:8", url="https://gull.example/8", article_id=None, revisit=False)
    asked = link if url.endswith("7") else new
    daemon = Lessons(store).load_knowledge_for(asked, url, trace_page(build_estate([GULL], site_of), "gull", url, url))
    assert load_knowledge(store, url, {"gull": GULL}) == daemon
    assert (daemon.day_first, daemon.fresh) == (True, not url.endswith("7"))
