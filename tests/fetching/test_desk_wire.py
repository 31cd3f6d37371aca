"""The port's calls as bytes: what goes in comes out, and what is no message is an error."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FunctionType
from typing import Any

import msgspec
import pytest

from monitor.clock import SimulatedClock
from monitor.discovery.endpoint import EndpointAnswer
from monitor.errors import DatabaseError, LeaseLapsed, SourceVanished
from monitor.fetching.agents.agent_desk import LARGEST_PAGE, AgentDesk
from monitor.fetching.agents.dispatch import Dispatch
from monitor.fetching.desk.desk_server import DeskServer
from monitor.fetching.desk.port import AnswerTaken, CrawlOrder, CrawlReport, Desk, FurtherRequest, PollEnd
from monitor.fetching.desk.wire import (
    decode_answer,
    decode_call,
    describe_call,
    encode_answer,
    encode_call,
    encode_error,
)
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Capture, FetchFacts, Outcome, Rejection
from monitor.model.poll import PollLease, Robots
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source, Validators
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage
from monitor.storage.sources.links import Link

NOW = datetime(2026, 3, 2, 6, 0, 0, 123000, tzinfo=UTC)
LEASE = PollLease(source="gull", poll=7, whole=True, failures=0.25)
FEED = Endpoint(kind="feed", url="https://gull.example/feed")
SAID = Moment(at=NOW, raw="2026-03-02T06:00Z", zone="offset", precision=Precision.MINUTE, carrier="feed")
ENTRY = Entry(
    url="https://gull.example/1",
    key="gull:1",
    endpoint=FEED.url,
    title="Über „den“ Kai – հայ",
    published=SAID,
    details={"tags": ["a", "b"], "mark": 1.5, "backfill": True, "image": None},
)
LINK = Link(
    id=3,
    key="gull:1",
    source="gull",
    url=ENTRY.url,
    entry=ENTRY,
    attempts=2,
    backlog=False,
    first_seen_at=NOW,
    answers=2,
)
SOURCE = Source(name="gull", spider="feed", title="Gull", address=None, every=600, endpoints=(FEED,), cut=("End",))
READING = judge_article(
    Article(url=ENTRY.url, identity="gull:1", title="A title", lead=None, text="Ice. " * 80, published=SAID),
    (),
    source="g",
)
LISTED = EndpointAnswer(
    endpoint=FEED,
    root=FEED,
    url=FEED.url,
    status=200,
    validators=Validators(etag='W/"é"', last_modified=None),
    listing=Listing(entries=(ENTRY,), dropped=(DroppedItem(reason="no link"),), closed=frozenset({1, 167})),
    fresh=60.0,
)
CALLS: list[tuple[str, tuple[Any, ...], Any]] = [
    (
        "open_poll",
        (LEASE,),
        CrawlOrder(source=SOURCE, endpoints=(FEED,), validators={FEED.key: Validators(etag="x")}, owed=(LINK,)),
    ),
    (
        "record_answer",
        (LEASE, LISTED, 200, frozenset({1, 2}), None),
        AnswerTaken(owed=(LINK,), shallow=True, further=True),
    ),
    (
        "record_answer",
        (LEASE, LISTED, 200, frozenset(), CrawlReport(requests=1)),
        AnswerTaken(end=PollEnd(outcome="ok", seen=2)),
    ),
    (
        "list_further",
        (LEASE, frozenset({FEED.key})),
        (FurtherRequest(endpoint=FEED, root=FEED, validators=Validators(etag="x"), probe=True),),
    ),
    ("rest_host", ("gull.example", NOW + timedelta(minutes=1)), None),
    ("load_robots", ("gull.example",), Robots(status=200, text="User-agent: *\n", at=NOW)),
    ("load_robots", ("gull.example",), None),
    (
        "settle_page",
        (LINK, READING, FetchFacts(at=NOW, status=200, size=9)),
        SettledPage(outcome=Outcome.NEW, alerts=1),
    ),
    (
        "settle_page",
        (LINK, Rejection(outcome=Outcome.GONE, reason="404"), FetchFacts(at=NOW, status=404)),
        SettledPage(outcome=Outcome.UNCHANGED, reason="its link was answered before", late=True),
    ),
    (
        "close_poll",
        (LEASE, CrawlReport(requests=4, postponed={3: NOW}, hung=("gull.example",))),
        PollEnd(outcome="ok", seen=1),
    ),
]


@pytest.mark.parametrize(("call", "arguments", "answer"), CALLS, ids=lambda value: value if type(value) is str else "")
def test_what_goes_in_comes_out(call: str, arguments: tuple[Any, ...], answer: Any) -> None:
    assert decode_call(call, encode_call(arguments)) == arguments
    assert decode_answer(call, encode_answer(answer)) == answer


def test_a_long_message_is_packed() -> None:
    link = replace(LINK, headline="headline " * 9_000)
    message = encode_call((link, Rejection(outcome=Outcome.GONE, reason="404"), FetchFacts(at=NOW)))
    assert len(message) < 2_000
    assert decode_call("settle_page", message)[0] == link


def test_every_call_of_the_port_can_cross_but_one() -> None:
    ports = (*vars(Desk).items(), *vars(Dispatch).items())
    calls = {name for name, method in ports if isinstance(method, FunctionType) and name[0] != "_"}
    crossing = calls - {"load_topics"}
    for name in crossing:
        msgspec.msgpack.Decoder(describe_call(name).arguments)
        msgspec.msgpack.Decoder(describe_call(name).answer)
    with pytest.raises(KeyError):
        describe_call("load_topics")


@pytest.mark.parametrize("name", ["", "__init__", "_record", "no_such_call", "__class__"])
def test_no_other_name_is_a_call(name: str) -> None:
    with pytest.raises(KeyError):
        decode_call(name, encode_call((LEASE,)))


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"", "malformed"),
        (b"\0", "truncated"),
        (b"\0\xc1", "malformed"),
        (b"\1no zlib", "malformed"),
        (b"\1" + zlib.compress(bytes(70_000_000)), "more than"),
        (b"\1" + zlib.compress(bytes(9_000))[:-6], "cut off"),
        (encode_call(()), "of length"),
        (encode_call((replace(LEASE, poll="7"),)), "int"),  # type: ignore[arg-type]
    ],
)
def test_other_bytes_are_an_error(message: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        decode_call("open_poll", message)


@pytest.mark.parametrize(
    ("raised", "known"),
    [
        (LeaseLapsed("too late"), LeaseLapsed),
        (SourceVanished("it left"), SourceVanished),
        (DatabaseError("a full disk"), DatabaseError),
        (RuntimeError("a fault of ours"), DatabaseError),
    ],
)
def test_an_error_crosses_with_its_words(raised: Exception, known: type[Exception]) -> None:
    with pytest.raises(known) as caught:
        decode_answer("open_poll", encode_error(raised))
    assert type(caught.value) is known
    private = isinstance(raised, RuntimeError)  # its words may name a path or a secret
    assert str(caught.value) == ("a fault at the desk: RuntimeError" if private else str(raised))


class Counting:
    """A desk that counts what is asked of it."""

    def __init__(self) -> None:
        self.rests: list[str] = []

    async def rest_host(self, host: str, until: datetime) -> None:
        await asyncio.sleep(0)
        self.rests.append(host)


def test_a_message_that_comes_again_is_given_the_first_answer() -> None:
    desk = Counting()
    server = DeskServer(desk)  # type: ignore[arg-type]
    message = encode_call(("gull.example", NOW))

    async def ask() -> list[bytes]:
        twice = await asyncio.gather(*(server.answer("rest_host", message, "one 1") for _ in range(2)))
        return [
            *twice,
            await server.answer("rest_host", message, "one 1"),
            await server.answer("rest_host", message, "one 2"),
        ]

    assert set(asyncio.run(ask())) == {encode_answer(None)}
    assert desk.rests == ["gull.example", "gull.example"]


def test_a_page_too_large_for_a_message_is_settled_and_not_kept() -> None:
    sent: list[Any] = []

    async def send(call: str, message: bytes) -> bytes:
        sent.append(decode_call(call, message)[2].capture)
        return encode_answer(SettledPage(outcome=Outcome.NEW))

    small = Capture(digest="0" * 64, body=b"x" * LARGEST_PAGE, size=7, content_type="text/html")
    large = replace(small, body=b"x" * (LARGEST_PAGE + 1))
    for capture in (small, large):
        desk = AgentDesk(send, SimulatedClock(NOW))
        asyncio.run(desk.settle_page(LINK, READING, FetchFacts(at=NOW, capture=capture)))
    assert sent == [small, None]
