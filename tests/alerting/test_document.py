from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alert_schema import SCHEMA, violations
from ferry import ID, LEAD, NOW, PASSAGE, TEXT, TITLE, data, view
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.message.chat_text import build_notice
from monitor.alerting.message.digest import build_growth_alert
from monitor.alerting.message.document import (
    LIMIT,
    AlertView,
    BeforeEdit,
    GrowthView,
    ProblemView,
    StoryView,
    encode_alert,
)
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.model.identity import Edit, TextChange
from monitor.model.topic import Evidence, Match
from monitor.text.format_characters import clean_text

DOCS = (Path(__file__).resolve().parents[2] / "docs/alerts.md").read_text(encoding="utf-8")
PLACE = StoryView(id=7, report=3, outlets=5, independent=4)


def test_an_alert_says_what_where_when_why() -> None:
    assert json.loads(encode_alert(view())) == {
        "type": "article.matched",
        "timestamp": "2026-01-02T03:04:05.678Z",
        "data": {
            "schema": 1,
            "alert": ID,
            "rule": "desk",
            "outlet": {"name": "example", "title": "The Example"},
            "article": {
                "url": "https://news.example/a?b=1&c=2",
                "title": TITLE,
                "lead": LEAD,
                "language": "en",
                "published": {"at": "2026-01-02T02:59:05.678Z", "precision": "second", "from": "api"},
                "seen": "2026-01-02T03:04:03.678Z",
                "place": "HARBOUR",
                "agency": "EXN",
                "text": "page",
                "missing": None,
            },
            "why": {
                "topic": "strait",
                "score": 0.8123,
                "threshold": 0.5,
                "evidence": [
                    {"term": "ferry", "found": "ferry", "part": "text", "weight": 0.9},
                    {"term": "talk", "found": "talks", "part": "title", "weight": 0.3},
                ],
                "passages": [PASSAGE],
            },
            "story": {
                "id": 7,
                "report": 3,
                "outlets": 2,
                "independent": 1,
                "first": {"outlet": "The Other", "at": "2026-01-02T02:04:05.678Z"},
            },
            "new": None,
            "change": None,
            "delayed": False,
            "explain": "seedwatch explain 'https://news.example/a?b=1&c=2'",
            "truncated": [],
        },
    }


def test_an_edit_says_what_changed() -> None:
    before = BeforeEdit(
        title="Ferry link to reopen",
        lead=LEAD,
        text="Tickets cost as much as before.\n\nBoats sail again from Monday.\n\nNo date is set.",
    )
    found = data(view(event="article.edited", revision=2, before=before))
    assert found["change"] == {
        "revision": 2,
        "kinds": [],
        "changes": [],
        "title_before": "Ferry link to reopen",
        "lead_before": None,
        "added": [TEXT.split("\n\n")[1]],
        "removed": ["No date is set."],
    }


def test_an_edit_whose_kind_is_known_says_so_with_the_passages() -> None:
    change = TextChange(kind="numbers", before="At 5 the boat left.", after="At 6 the boat left.", substance=True)
    edit = Edit(kinds=("numbers", "minor"), changes=(change,), substance=True)
    before = BeforeEdit(title=TITLE, lead=LEAD, text=TEXT, edit=edit)
    alert = view(event="article.retracted", revision=2, before=before)
    found = data(alert)["change"]
    assert (found["kinds"], found["changes"]) == (
        ["numbers", "minor"],
        [{"kind": "numbers", "before": "At 5 the boat left.", "after": "At 6 the boat left."}],
    )
    assert violations(json.loads(encode_alert(alert)), SCHEMA) == []
    lines = build_notice(encode_alert(alert))
    assert lines.headline == f"Retracted: {TITLE}"
    assert lines.changes == ("Changed: numbers, minor", "− At 5 the boat left.", "+ At 6 the boat left.  (numbers)")


@pytest.mark.parametrize(
    "alert",
    [
        view(),
        view(lead=None, language=None, published=None, dateline=None, agency=None, story=None),
        view(story=StoryView(id=1, report=1, outlets=1, independent=1)),
        view(event="article.edited", revision=2, before=BeforeEdit(title="Was", lead=None, text="Was.")),
        view(url="urn:x"),
        build_sample_alert(ID, NOW),
    ],
    ids=["full", "bare", "first of its story", "edited", "no link", "test"],
)
def test_every_alert_satisfies_the_published_schema(alert: AlertView) -> None:
    assert violations(json.loads(encode_alert(alert)), SCHEMA) == []


@pytest.mark.parametrize("over", [False, True])
def test_a_problem_says_what_happened_and_what_helps(over: bool) -> None:
    problem = ProblemView(
        id=ID,
        at=NOW,
        rule="ops",
        kind="source",
        subject="example",
        detail="no answer for an hour\r\n\u202e" + "x" * 3_000,
        cure="seedwatch explain example",
        since=NOW - timedelta(hours=1),
        over=over,
    )
    found = json.loads(encode_alert(problem))
    assert violations(found, SCHEMA) == []
    assert (found["type"], found["data"]["truncated"]) == ("source.problem", ["problem"])
    assert found["data"]["problem"] == {
        "kind": "source",
        "subject": "example",
        "state": "over" if over else "open",
        "since": "2026-01-02T02:04:05.678Z",
        "detail": "no answer for an hour " + "x" * 1_975 + "…",
        "cure": "seedwatch explain example",
    }


def test_all_that_may_be_stored_satisfies_the_schema_and_fits(cases: dict[str, bytes]) -> None:
    assert {json.loads(body)["type"] for body in cases.values()} == set(SCHEMA["properties"]["type"]["enum"])
    for name, body in cases.items():
        assert (name, violations(json.loads(body), SCHEMA), len(body) <= LIMIT) == (name, [], True)


def test_a_digest_lists_the_strongest_first_counts_all_and_says_how_many_for_which_reason(
    cases: dict[str, bytes],
) -> None:
    found = json.loads(cases["digest"])["data"]["digest"]
    assert [(item["score"], item["title"]) for item in found["items"]] == [
        (0.9, "Fares fall"),
        (0.5, TITLE),
        (0.5, TITLE),
    ]
    assert found["count"] == 3
    assert (found["from"], found["until"]) == ("2026-01-02T03:02:05.678Z", "2026-01-02T03:04:05.678Z")
    assert found["reasons"] == [
        {"reason": "quiet hours until 07:00 Europe/Berlin", "count": 2},
        {"reason": "the day's budget of 10 is spent", "count": 1},
    ]
    data = json.loads(cases["hostile-digest"])["data"]
    assert data["digest"]["count"] == 60 > len(data["digest"]["items"]) > 10
    assert "items" in data["truncated"]


def test_a_story_that_grew_tells_of_all_reports_on_the_form_of_one(cases: dict[str, bytes]) -> None:
    new = GrowthView(since=NOW, outlets=("The Tern",), numbers=("17",), reports=(("The Tern", "17 hurt", "urn:x"),))
    found = json.loads(build_growth_alert(cases["matched"], ID[:-1] + "x", NOW + timedelta(hours=1), new, PLACE))
    before = json.loads(cases["matched"])
    told = {
        "since": "2026-01-02T03:04:05.678Z",
        "outlets": ["The Tern"],
        "numbers": ["17"],
        "reports": [{"outlet": "The Tern", "title": "17 hurt", "url": None}],
    }
    assert found == {
        "type": "story.grew",
        "timestamp": "2026-01-02T04:04:05.678Z",
        "data": {
            **before["data"],
            "alert": ID[:-1] + "x",
            "new": told,
            "story": {"id": 7, "report": 3, "outlets": 5, "independent": 4, "first": None},
        },
    }


def test_a_story_that_grew_fits_whatever_its_report_said(cases: dict[str, bytes]) -> None:
    long = GrowthView(since=NOW, outlets=('"' * 99,) * 9, numbers=("1" * 30,) * 9, reports=(('"' * 99,) * 3,) * 9)
    worst = view(
        title='"' * 999,
        lead="\\" * 9_999,
        text='"' * 99_999,
        before=BeforeEdit(title="x", lead=None, text="\n\\" * 9_999),
    )
    for body in (*(encode_alert(worst),), cases["hostile"], cases["hostile-grew"]):
        found = build_growth_alert(body, ID, NOW, long, replace(PLACE, first_outlet='"' * 999, first_at=NOW))
        assert (violations(json.loads(found), SCHEMA), len(found) <= LIMIT) == ([], True)


def test_what_a_story_got_takes_the_place_of_evidence_and_no_more_is_cut_than_needed() -> None:
    new = GrowthView(since=NOW, outlets=("The Strait",), numbers=(), reports=())
    body = json.loads(encode_alert(view()))
    body["data"]["why"]["evidence"] = [{"term": "ferry", "found": "x" * 90}] * 200
    grown = json.loads(build_growth_alert(json.dumps(body).encode(), ID, NOW, new, PLACE))
    assert grown["data"]["why"]["evidence"] == []
    assert grown["data"]["truncated"] == ["change", "passages", "evidence"]
    body["data"]["lead"] = "x" * LIMIT
    kept = json.loads(build_growth_alert(json.dumps(body).encode(), ID, NOW, new, PLACE))
    assert (kept["data"]["lead"], kept["data"]["why"]["evidence"]) == ("x" * LIMIT, [])


def test_the_documented_example_is_one_that_we_could_send() -> None:
    example = json.loads(re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)[0])
    assert violations(example, SCHEMA) == []
    assert example["data"].keys() == data(view()).keys()


def test_the_schema_check_can_fail() -> None:
    document = json.loads(encode_alert(view()))
    document["data"].update(schema=2, alert="x", extra=1, why={**document["data"]["why"], "score": 2})
    document["data"]["article"]["title"] = None
    del document["data"]["article"]["url"]
    assert violations(document, SCHEMA) == [
        "$.data.schema: 2 is not 1",
        "$.data.alert: 'x' does not match ^msg_[0-9A-Za-z]{27}$",
        "$.data.article: url is missing",
        "$.data.article.title: None is not ['string']",
        "$.data.why.score: 2 is out of range",
        "$.data: extra is unknown",
    ]


def test_the_test_alert_is_plainly_one() -> None:
    document = json.loads(encode_alert(build_sample_alert(ID, NOW)))
    assert (document["type"], document["data"]["article"]["title"], document["data"]["why"]["passages"]) == (
        "test",
        "Test alert from seedwatch: your channel works",
        ["This is a test. No article stands behind it; a real alert carries its headline, lead, place and…"],
    )


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("two\r\nlines\tand \x00\x1b[31m controls", "two lines and [31m controls"),
        ("paid \u202etxt.exe\u202c now\u2066x\u2069", "paid txt.exe nowx"),
        ("zero\u200bwidth \ufeffmark so\u00adft", "zerowidth mark soft"),
        ("tag\U000e0041\U000e0042 lone\ud800", "tag lone"),
        ("نیم\u200cفاصله 👩\u200d🔬 é 9 °C", "نیم\u200cفاصله 👩\u200d🔬 é 9 °C"),
        ("line\u2028break\u0085next", "line break next"),
    ],
)
def test_marks_that_hide_or_reorder_are_taken_out(raw: str, shown: str) -> None:
    assert (clean_text(raw), data(view(title=raw))["article"]["title"]) == (shown, shown)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://news.example/\r\nx",
        "https://news.example/a b",
        "https://news.example\\@x",
        "https://news.example/\u202e",
        "https://news.example/\ud800",
        "https://news.example/" + "a" * 2000,
    ],
)
def test_a_link_that_is_not_safe_or_too_long_is_left_out_never_cut(url: str) -> None:
    found = data(view(url=url))
    assert (found["article"]["url"], found["explain"], found["truncated"]) == (
        None,
        f"seedwatch alerts show {ID}",
        ["url"],
    )


def test_long_parts_are_shortened_and_named() -> None:
    text = "\n\n".join(f"Paragraph {number} " + "слово " * 300 for number in range(50))
    evidence = tuple(
        Evidence(term=f"t{number}", found="слово", part="text", start=where, end=where + 5, weight=1 / (number + 1))
        for number, where in enumerate(range(20, len(text) - 10, len(text) // 40))
    )
    alert = view(
        title="Заголовок " * 200,
        lead="Лид " * 5000,
        text=text,
        match=Match(topic="strait", score=0.9, threshold=0.5, matched=True, evidence=evidence),
        before=BeforeEdit(title=TITLE, lead=LEAD, text=TEXT),
        event="article.edited",
    )
    body = encode_alert(alert)
    found = json.loads(body)["data"]
    assert 10_000 < len(body) <= LIMIT
    assert found["truncated"] == ["title", "lead", "evidence", "passages", "change"]
    assert found["article"]["title"].endswith("…")
    assert len(found["article"]["title"].encode()) <= 500
    assert found["article"]["url"] == "https://news.example/a?b=1&c=2"
    assert violations(json.loads(body), SCHEMA) == []


nasty = st.text(alphabet=st.sampled_from("\"\\'\n\t<&é語😀a \u202e\ud800"), max_size=400).map(lambda text: text * 40)


@given(nasty, nasty, nasty, nasty, st.text(alphabet="'\"&a%", max_size=1900), st.integers(0, 30))
def test_no_text_makes_a_body_that_is_too_long_or_not_json(
    title: str, lead: str, text: str, name: str, path: str, terms: int
) -> None:
    evidence = tuple(
        Evidence(term=f"{number}{name}", found=name, part="text", start=number * 9, end=number * 9 + 5, weight=1.0)
        for number in range(terms)
    )
    alert = view(
        url=f"https://news.example/{path}",
        title=title,
        lead=lead,
        text=text,
        language=name,
        agency=name,
        rule=name,
        source=name,
        outlet=name,
        match=Match(topic=name, score=0.9, threshold=0.5, matched=True, evidence=evidence),
        before=BeforeEdit(title=lead, lead=title, text=name),
        story=StoryView(id=1, report=1, outlets=1, independent=1, first_outlet=name, first_at=NOW),
    )
    body = encode_alert(alert)
    assert len(body) <= LIMIT
    assert violations(json.loads(body.decode("utf-8")), SCHEMA) == []


def test_the_worst_of_everything_still_fits() -> None:
    worst = '"\\' * 50_000
    test_no_text_makes_a_body_that_is_too_long_or_not_json.hypothesis.inner_test(  # type: ignore[attr-defined]
        worst, worst, worst, worst, '"' * 1900, 30
    )
