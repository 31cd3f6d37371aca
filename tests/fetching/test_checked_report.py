"""What an agent says is held to what can be true."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.discovery.endpoint import EndpointAnswer
from monitor.fetching.agents.checked_report import (
    check_answer,
    check_capture,
    check_facts,
    check_reading,
    check_report,
)
from monitor.fetching.desk.port import CrawlReport
from monitor.model.page import Article, Capture, FetchFacts, Outcome, Reading, Rejection
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
    assert check_facts(facts, "one", NOW, 100) == replace(facts, agent="one")
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
        lambda: check_facts(FetchFacts(at=NOW, final_url=SCRIPT), "one", NOW, 100),
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
    moments = [check_facts(FetchFacts(at=at), "one", NOW, 9).at for at in (NOW + day, NOW - day, NOW - hour / 2)]
    assert moments == [NOW, NOW - hour, NOW - hour / 2]
    facts = [FetchFacts(at=NOW, retry_after=wait) for wait in (float("nan"), -1.0, 5.0)]
    assert [check_facts(fact, "one", NOW, 9).retry_after for fact in facts] == [None, 0.0, 5.0]


def test_an_agent_cannot_name_another() -> None:
    assert check_facts(FetchFacts(at=NOW, agent="two"), "one", NOW, 9).agent == "one"


def pack(body: bytes) -> Capture:
    digest = hashlib.sha256(body).hexdigest()
    return Capture(digest=digest, body=zlib.compress(body), size=len(body), content_type="text/html")


def test_words_of_an_answer_are_cut() -> None:
    refused = replace(ANSWER, listing=None, rejection=Rejection(outcome=Outcome.FAILED, reason="x" * 9_000))
    found = check_answer(replace(refused, error="y" * 9_000))
    assert (found.error, found.rejection) == ("y" * 500, Rejection(outcome=Outcome.FAILED, reason="x" * 500))


def test_a_kept_page_is_what_its_digest_says() -> None:
    page = pack(b"<p>Ice.")
    assert check_facts(FetchFacts(at=NOW, capture=page), "one", NOW, 7).capture == page
    assert check_capture(pack(b"")) == pack(b"")
    assert check_capture(replace(page, content_type="x" * 9_000)).content_type == "x" * 500
    large = FetchFacts(at=NOW, capture=pack(b"x" * 50_000_000))  # read before the desk's limit was lowered
    assert check_facts(large, "one", NOW, 7) == FetchFacts(at=NOW, agent="one")
    for false, said in (
        (replace(page, digest=pack(b"<p>Fire").digest), "not what its digest says"),
        (replace(page, size=6), "not the 6 bytes"),
        (replace(pack(b"x" * 50_000_000), size=7), "not the 7 bytes"),
        (replace(pack(b"x" * 50_000_000), size=-1), "not the -1 bytes"),
        (replace(page, body=page.body + b"more"), "not the 7 bytes"),
        (replace(page, body=page.body[:-1]), "not the 7 bytes"),
        (replace(page, body=b"xyz"), "is damaged"),
    ):
        with pytest.raises(ValueError, match=said):
            check_facts(FetchFacts(at=NOW, capture=false), "one", NOW, 7)


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
