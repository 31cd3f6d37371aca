"""What an agent says is held to what can be true."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.discovery.endpoint import EndpointAnswer
from monitor.fetching.agents.checked_report import check_answer, check_facts, check_reading, check_report
from monitor.fetching.desk.port import CrawlReport
from monitor.model.page import Article, Capture, FetchFacts, Reading
from monitor.model.source import Endpoint, Entry, Listing, Validators
from monitor.model.topic import Match

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
FEED = Endpoint(kind="feed", url="https://gull.example/feed")
ENTRY = Entry(url="https://gull.example/1", key="gull:1", endpoint=FEED.key)
ANSWER = EndpointAnswer(
    endpoint=FEED, root=FEED, url=FEED.url, status=200, validators=Validators(), listing=Listing(entries=(ENTRY,))
)
READING = Reading(
    article=Article(url=ENTRY.url, identity=None, title="A title", lead=None, text="Ice."),
    content_hash="x",
    matches=(Match(topic="ice", score=0.5, threshold=0.4, matched=True),),
)
SCRIPT = "javascript:alert(1)"


def test_what_our_agents_say_passes_unchanged() -> None:
    facts = FetchFacts(at=NOW, final_url=ENTRY.url, status=200, retry_after=9.0)
    report = CrawlReport(requests=3, postponed={7: NOW}, hung=("gull.example",))
    assert check_answer(ANSWER) == ANSWER
    assert check_answer(replace(ANSWER, listing=None)) == replace(ANSWER, listing=None)
    assert check_reading(READING, {"ice"}) == READING
    assert check_facts(facts, NOW) == facts
    assert check_report(report, {7}, NOW) == report


def test_addresses_are_web_addresses() -> None:
    listing = Listing(
        entries=(ENTRY, replace(ENTRY, url=SCRIPT), replace(ENTRY, url=f"https://gull.example/{'x' * 9000}")),
        more=(replace(FEED, url="file:///etc/passwd"), replace(FEED, kind="shell"), FEED),
    )
    assert check_answer(replace(ANSWER, listing=listing)).listing == Listing(entries=(ENTRY,), more=(FEED,))
    article = replace(READING.article, image=SCRIPT, more=SCRIPT)
    assert check_reading(replace(READING, article=article), {"ice"}) == READING
    for false in (
        lambda: check_answer(replace(ANSWER, root=replace(FEED, url=SCRIPT))),
        lambda: check_answer(replace(ANSWER, endpoint=replace(FEED, kind="shell"))),
        lambda: check_reading(replace(READING, article=replace(READING.article, url=SCRIPT)), {"ice"}),
        lambda: check_facts(FetchFacts(at=NOW, final_url=SCRIPT), NOW),
    ):
        with pytest.raises(ValueError, match=r"no web address|no endpoint"):
            false()


def test_a_verdict_is_of_a_topic_there_is_and_a_number() -> None:
    assert check_reading(READING, {"fire"}).matches == ()
    for score in (float("nan"), float("inf"), -0.1, 1.1):
        match = replace(READING.matches[0], score=score)
        with pytest.raises(ValueError, match="a score of"):
            check_reading(replace(READING, matches=(match,)), {"ice"})


def test_times_are_the_desks() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    moments = [check_facts(FetchFacts(at=at), NOW).at for at in (NOW + day, NOW - day, NOW - hour / 2)]
    assert moments == [NOW, NOW - hour, NOW - hour / 2]
    waits = [check_facts(FetchFacts(at=NOW, retry_after=wait), NOW).retry_after for wait in (float("nan"), -1.0, 5.0)]
    assert waits == [None, 0.0, 5.0]
    capture = Capture(digest="0" * 64, body=b"x", size=1, content_type="text/html")
    assert check_facts(FetchFacts(at=NOW, capture=capture), NOW).capture is None


def test_a_report_counts_in_bounds_and_puts_off_only_links_that_were_given() -> None:
    found = check_report(
        CrawlReport(
            requests=-1,
            settled=10**12,
            stored=-5,
            answered=2,
            fault="x" * 9_000,
            postponed={7: NOW + timedelta(days=900), 8: NOW},
            hung=("h" * 9_000,) * 99,
        ),
        {7},
        NOW,
    )
    assert found == CrawlReport(
        requests=0,
        settled=1_000_000,
        stored=0,
        answered=2,
        fault="x" * 500,
        postponed={7: NOW + timedelta(days=1)},
        hung=("h" * 500,) * 9,
    )
