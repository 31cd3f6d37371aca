"""TASS's list API: bodies sent, answers read, cursors followed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.discovery.formats.tass_api import build_request_body, parse_news_list
from monitor.discovery.source_defaults import build_source, build_tass_endpoints, parse_outlets
from monitor.model.moment import Moment, Precision
from monitor.model.page import Outcome, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing

URL = "https://tass.com/userApi/categoryNewsList"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHIPPED = parse_outlets((Path(__file__).parents[2] / "spiders" / "outlets.toml").read_text("utf-8"))
TASS = build_source("tass", "tass", None, SHIPPED)
(WORLD,) = build_tass_endpoints(URL, {"world": 4844}, 20)


def read(answer: object, endpoint: Endpoint = WORLD) -> Listing | Rejection:
    return parse_news_list(json.dumps(answer).encode(), url=URL, endpoint=endpoint, source=TASS)


def item(number: int, **said: object) -> dict[str, object]:
    return {"id": number, "date": 1772366400, "title": f"T{number}", "link": f"/world/{number}", **said}


def test_an_endpoint_keeps_its_key_and_asks_from_now():
    assert WORLD.key == f'{URL} {{"sectionId": 4844, "limit": 20, "type": "all"}}'
    assert json.loads(build_request_body(WORLD, NOW)) == {
        "sectionId": 4844,
        "limit": 20,
        "type": "all",
        "timestamp": 1772366400,
    }


def test_a_cursor_is_kept():
    older = Endpoint(kind="api", url=URL, body='{"sectionId": 4844, "timestamp": 17}')
    assert json.loads(build_request_body(older, NOW)) == {"sectionId": 4844, "timestamp": 17}
    assert json.loads(build_request_body(Endpoint(kind="api", url=URL), NOW)) == {"timestamp": 1772366400}


def test_an_answer_becomes_entries_and_the_page_before():
    answer = {
        "newsList": [
            {
                "id": 2100001,
                "isFlash": 1,
                "type": "default",
                "mark": "A made-up topic",
                "date": 1772366400,
                "title": "Ferry &amp; barge meet — harbour master",
                "subtitle": "",
                "lead": "Nobody was <b>hurt</b>",
                "image": None,
                "link": "/world/2100001",
            },
            item(2100002, link="https://tass.com/world/2100002?utm_source=x", title=None, date=None),
            item(2100001),
            item(2100003, link="/world"),
            item(2100004, link=None),
            "no item",
        ],
        "lastTime": 1772360000,
    }
    assert read(answer) == Listing(
        entries=(
            Entry(
                url="https://tass.com/world/2100001",
                key="tass:2100001",
                endpoint=WORLD.key,
                title="Ferry & barge meet — harbour master",
                lead="Nobody was hurt",
                published=Moment(at=NOW, raw="1772366400", zone="unix", precision=Precision.SECOND, carrier="api"),
                details={"id": 2100001, "isFlash": 1, "type": "default", "mark": "A made-up topic"},
            ),
            Entry(
                url="https://tass.com/world/2100002?utm_source=x",
                key="tass:2100002",
                endpoint=WORLD.key,
                details={"id": 2100002},
            ),
        ),
        more=(
            Endpoint(
                kind="api",
                url=URL,
                body='{"sectionId": 4844, "limit": 20, "type": "all", "timestamp": 1772360000}',
            ),
        ),
        dropped=(
            DroppedItem(reason="it names no web address", title="T2100004", unread=True),
            DroppedItem(reason="it names no web address", unread=True),
        ),
    )


@pytest.mark.parametrize("cursor", [None, "1772360000", 0, 1772360000, 1772360001])
def test_a_cursor_that_does_not_lead_back_ends_the_paging(cursor):
    page = Endpoint(kind="api", url=URL, body='{"timestamp": 1772360000}')
    listing = read({"newsList": [item(2100001)], "lastTime": cursor}, page)
    assert isinstance(listing, Listing)
    assert listing.more == ()


def test_a_list_without_a_body_is_paged_too():
    listing = read({"newsList": [item(2100001)], "lastTime": 5}, Endpoint(kind="api", url=URL))
    assert isinstance(listing, Listing)
    assert listing.more == (Endpoint(kind="api", url=URL, body='{"timestamp": 5}'),)


def test_an_empty_list_ends_the_paging():
    assert read({"newsList": [], "lastTime": 5}) == Listing(entries=())


@pytest.mark.parametrize("answer", [{"error": "no"}, {"newsList": {}}, 7, None])
def test_an_answer_without_a_list_is_a_failure(answer):
    assert read(answer) == Rejection(outcome=Outcome.FAILED, reason="the list API's answer has no newsList")


@pytest.mark.parametrize("body", [b"<oops", b"[" * 200_000, b"\xff\xfe\xff", b"1" * 5_000])
def test_what_is_no_json_is_a_failure(body):
    got = parse_news_list(body, url=URL, endpoint=WORLD, source=TASS)
    assert isinstance(got, Rejection)
    assert got.outcome is Outcome.FAILED
    assert got.reason.startswith("no JSON where the list API should be: ")


def test_real_items_parse_without_loss(shared):
    body = (shared / "pages" / "tass.com_api_categoryNewsList_defense_2023-05_2023-10.json").read_bytes()
    listing = parse_news_list(body, url=URL, endpoint=WORLD, source=TASS)
    assert isinstance(listing, Listing)
    got = [(e.key, e.title, e.lead, e.published.at.timestamp() if e.published else None) for e in listing.entries]
    assert got == [
        (f"tass:{i['id']}", " ".join(i["title"].split()), " ".join(i["lead"].split()) or None, i["date"])
        for i in json.loads(body)
    ]
    assert (len(got), listing.dropped, listing.more) == (2416, (), ())


def test_real_items_come_through_without_loss(shared: Path):
    """2,416 items as the API gave them, in answers of a hundred."""
    items = json.loads((shared / "pages/tass.com_api_categoryNewsList_defense_2023-05_2023-10.json").read_text("utf-8"))
    found: dict[str, Entry] = {}
    for start in range(0, len(items), 100):
        listing = read({"newsList": items[start : start + 100]})
        assert isinstance(listing, Listing)
        assert listing.dropped == ()
        found |= {entry.key: entry for entry in listing.entries}
    assert len(items) == 2416
    assert {
        key: (entry.url, entry.published and int(entry.published.at.timestamp()), entry.details["id"])
        for key, entry in found.items()
    } == {f"tass:{i['id']}": (f"https://tass.com{i['link']}", i["date"], i["id"]) for i in items}
    silent = {"date", "link", "title", "lead", "id"}
    for item in items:
        entry = found[f"tass:{item['id']}"]
        assert bool(entry.title) == bool(item["title"].strip())
        assert bool(entry.lead) == bool((item["lead"] or "").strip())
        carried = {name: value for name, value in item.items() if name not in silent and value not in (None, "")}
        assert {name: entry.details[name] for name in carried} == carried
