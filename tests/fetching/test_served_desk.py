"""An agent gets what it was given and nothing else: whatever it sends, the desk answers by its own books."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.clock import SimulatedClock
from monitor.discovery.endpoint import EndpointAnswer
from monitor.errors import AgentRefused, LeaseLapsed
from monitor.extraction.capture import pack_page
from monitor.fetching.agents.dispatch import AgentRequest, CrawlTerms
from monitor.fetching.agents.host_pauses import HostPauses
from monitor.fetching.agents.served_desk import ServedDesk
from monitor.fetching.desk.local_desk import LocalDesk
from monitor.fetching.desk.port import CrawlReport, PollEnd
from monitor.model.page import FetchFacts, Outcome, Page, Rejection
from monitor.model.poll import PollLease, Robots
from monitor.model.source import Endpoint, Entry, Listing, Source, Validators
from monitor.pipeline.ingest.ingest import Ingest
from monitor.pipeline.ingest.settle import Watch
from monitor.pipeline.ingest.workers import Workers
from monitor.storage import Store

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
TERMS = CrawlTerms(at=NOW, lease=15.0, agent="seedwatch/9", timeout=5.0, max_bytes=9_999, delay=2.0)
GONE = Rejection(outcome=Outcome.GONE, reason="status 404")


def outlet(name: str, **more: Any) -> Source:
    feed = Endpoint(kind="feed", url=f"https://{name}.example/feed")
    return Source(name=name, spider="feed", title=name, address=None, every=600, endpoints=(feed,), **more)


SOURCES = (
    outlet("gull"),
    outlet("tern", label="ge"),
    outlet("auk", proxy="http://proxy.example:3128"),
    outlet("crow", headers_file="/secret"),
)


@dataclass
class Office:
    """A desk with a committer, and agents of it."""

    store: Store
    clock: SimulatedClock
    desk: LocalDesk

    def agent(self, name: str = "one") -> ServedDesk:
        return ServedDesk(name, self.desk, lambda: TERMS, "1.0")

    def run(self, play: Callable[[], Any]) -> Any:
        async def whole() -> Any:
            committer = asyncio.create_task(self.desk.ingest.run())
            try:
                return await play()
            finally:
                committer.cancel()
                await asyncio.gather(committer, return_exceptions=True)

        return asyncio.run(whole())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.db.execute(sql)]

    def restart(self) -> None:
        """Another desk on the same store."""
        with self.store.write():
            self.store.sources.recover(self.clock.now())
        self.desk = make_desk(self.store, self.clock, self.desk.ingest)


def make_ingest(store: Store, clock: SimulatedClock) -> Ingest:
    watch = Watch(sources={source.name: source for source in SOURCES}, topics=(), rules=(), kinds={})
    return Ingest(store, Workers(1), watch, clock, random.Random(1))


def make_desk(store: Store, clock: SimulatedClock, ingest: Ingest) -> LocalDesk:
    desk = LocalDesk(store, ingest, clock, random.Random(2))
    desk.pauses = HostPauses(delay=2.0, timeout=5.0, agent="seedwatch/9")
    return desk


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    clock = SimulatedClock(NOW)
    with Store(tmp_path / "test.db") as store:
        with store.write():
            store.sources.sync(SOURCES, lambda source: f"{source.name}.example", lambda _: NOW, NOW)
        yield Office(store, clock, make_desk(store, clock, make_ingest(store, clock)))


def request(free: int = 9, **more: Any) -> AgentRequest:
    return AgentRequest(version="1.0", free=free, slots=9, **more)


def answer(name: str, *paths: str) -> EndpointAnswer:
    feed = Endpoint(kind="feed", url=f"https://{name}.example/feed")
    entries = tuple(
        Entry(url=f"https://{name}.example/{path}", key=f"https://{name}.example/{path}", endpoint=feed.key, title=path)
        for path in paths
    )
    return EndpointAnswer(
        endpoint=feed, root=feed, url=feed.url, status=200, validators=Validators(), listing=Listing(entries=entries)
    )


def test_secrets_stay_and_labels_part(office: Office) -> None:
    async def play() -> Any:
        plain = await office.agent().work(request())
        labelled = await office.agent("two").work(request(labels=("ge",)))
        again = await office.agent("three").work(request(labels=("ge",)))
        return [[order.lease.source for order in taken.orders] for taken in (plain, labelled, again)]

    assert office.run(play) == [["gull"], ["tern"], []]
    assert office.rows("SELECT name, labels, slots FROM agents") == [
        ("one", "", 9),
        ("two", "ge", 9),
        ("three", "ge", 9),
    ]


@pytest.mark.parametrize(
    "asked", [replace(request(), version="0.9"), request(labels=("a b",)), request(labels=("x",) * 17)]
)
def test_an_agent_of_another_version_gets_nothing(office: Office, asked: AgentRequest) -> None:
    for call in ("greet", "work"):
        with pytest.raises(AgentRefused):
            office.run(lambda call=call: getattr(office.agent(), call)(asked))
    assert office.rows("SELECT count(*) FROM polls") == [(0,)]


def test_a_poll_is_answered_by_whose_it_is(office: Office) -> None:
    async def play() -> Any:
        one, two = office.agent(), office.agent("two")
        (order,) = (await one.work(request())).orders
        lease = order.lease
        refused = 0
        for stranger in (
            lambda: two.open_poll(lease),
            lambda: two.record_answer(lease, answer("gull", "1"), 9, frozenset()),
        ):
            try:
                await stranger()
            except LeaseLapsed:
                refused += 1
        kept = [(await agent.renew(frozenset({lease.poll}))).polls for agent in (two, one)]
        false = replace(lease, source="tern", failures=99.0)  # whatever it calls the poll
        taken = await one.record_answer(false, answer("gull", "1"), 9, frozenset())
        try:
            await two.close_poll(lease, CrawlReport())
        except LeaseLapsed:
            refused += 1
        end = await one.close_poll(false, CrawlReport(requests=1))
        return refused, [set(found) for found in kept], [link.source for link in taken.owed], end.outcome

    assert office.run(play) == (3, [set(), {1}], ["gull"], "ok")
    assert office.rows("SELECT source, outcome FROM polls") == [("gull", "ok")]
    assert office.rows("SELECT failures FROM sources WHERE name = 'gull'") == [(0,)]


def test_a_link_is_settled_by_whom_it_was_given_to_as_the_desk_knows_it(office: Office) -> None:
    async def play() -> Any:
        one, two = office.agent(), office.agent("two")
        (order,) = (await one.work(request())).orders
        taken = await one.record_answer(order.lease, answer("gull", "1", "2"), 9, frozenset())
        first, second = taken.owed
        fetched = FetchFacts(at=NOW, status=404)
        try:
            await two.settle_page(first, GONE, fetched)
            refused = False
        except LeaseLapsed:
            refused = True
        false = replace(first, source="tern", url="https://tern.example/9", attempts=99)
        settled = await one.settle_page(false, GONE, fetched)
        late = await one.settle_page(false, GONE, fetched)
        office.restart()
        again = office.agent()
        after = await again.settle_page(replace(second, source="tern"), GONE, fetched)
        try:
            await office.agent("two").settle_page(second, GONE, fetched)
            refused = False
        except LeaseLapsed:
            pass
        return refused, settled.outcome, late.late, after.outcome

    assert office.run(play) == (True, "gone", True, "gone")
    assert office.rows("SELECT source, url, attempts, outcome FROM links ORDER BY id") == [
        ("gull", "https://gull.example/1", 1, "gone"),
        ("gull", "https://gull.example/2", 1, "gone"),
    ]


def test_a_poll_goes_on_over_a_restart_of_the_desk(office: Office) -> None:
    async def play() -> Any:
        (order,) = (await office.agent().work(request())).orders
        office.restart()
        again = office.agent()
        kept = await again.renew(frozenset({order.lease.poll}))
        taken = await again.record_answer(order.lease, answer("gull", "1"), 9, frozenset())
        end = await again.close_poll(order.lease, CrawlReport(requests=2))
        repeated = await again.close_poll(order.lease, CrawlReport(requests=7))
        return set(kept.polls), len(taken.owed), end.outcome, repeated.outcome

    assert office.run(play) == ({1}, 1, "ok", "ok")
    assert office.rows("SELECT source, outcome, requests, new_links FROM polls") == [("gull", "ok", 2, 1)]


def test_the_last_answer_of_a_poll_ends_it_where_it_gives_nothing_to_do(office: Office) -> None:
    same = replace(answer("gull"), status=304, listing=None)
    found = []

    async def play(told: EndpointAnswer) -> Any:
        one = office.agent()
        (order,) = (await one.work(request())).orders
        taken = await one.record_answer(order.lease, told, 9, frozenset(), CrawlReport(requests=2))
        ended = office.rows("SELECT outcome, requests FROM polls ORDER BY id DESC LIMIT 1")
        held = office.rows("SELECT lease, leased_until FROM hosts")
        late = await office.agent().close_poll(order.lease, CrawlReport(requests=7))
        return taken.end, len(taken.owed), ended[0], held, late.outcome

    for answered in (same, answer("gull", "1")):
        found.append(office.run(lambda answered=answered: play(answered)))
        with office.store.write():
            office.store.sources.poll_now("gull", NOW)
            office.store.db.execute("UPDATE hosts SET leased_until = NULL")
    ends = PollEnd(outcome="ok"), 0, ("ok", 2), [(None, "2026-03-02T06:00:02.000Z")], "ok"
    goes_on = None, 1, ("open", 0), [("2", "2026-03-02T06:00:15.000Z")], "ok"
    assert found == [ends, goes_on]
    assert office.rows("SELECT outcome, requests FROM polls ORDER BY id") == [("ok", 2), ("ok", 7)]


def test_a_last_answer_that_is_sent_again_to_the_next_desk_changes_nothing(office: Office) -> None:
    same = replace(answer("gull"), status=304, listing=None)

    async def play() -> Any:
        (order,) = (await office.agent().work(request())).orders
        said = []
        for requests in (1, 7):
            try:
                report = CrawlReport(requests=requests)
                said.append((await office.agent().record_answer(order.lease, same, 9, frozenset(), report)).end)
            except LeaseLapsed as error:
                said.append(str(error))
            office.restart()
        return said

    late = "poll 1 of gull was closed before this answer came"
    assert office.run(play) == [PollEnd(outcome="ok"), late]
    assert office.rows("SELECT outcome, requests FROM polls") == [("ok", 1)]
    assert office.rows("SELECT unchanged FROM endpoints") == [(1,)]


def test_an_answer_that_is_sent_again_to_the_next_desk_counts_once(office: Office) -> None:
    same = replace(answer("gull"), status=304, listing=None)
    lost = replace(same, status=500, error="status 500")
    found = {}
    for name, told in (("list", answer("gull", "1", "2")), ("same", same), ("lost", lost)):

        async def play(told: EndpointAnswer = told) -> Any:
            (order,) = (await office.agent().work(request())).orders
            owed = []
            for _ in range(2):
                taken = await office.agent().record_answer(order.lease, told, 9, frozenset())
                owed.append(len(taken.owed))
                office.restart()
            end = await office.agent().close_poll(order.lease, CrawlReport())
            return owed, end.outcome, end.seen, end.reason

        played = office.run(play)
        with office.store.write():
            counts = office.rows("SELECT unchanged, failures FROM endpoints")
            office.store.sources.poll_now("gull", NOW)
            office.store.db.execute("UPDATE hosts SET leased_until = NULL")
        found[name] = (*played, *counts)
    assert found == {
        "list": ([2, 2], "ok", 2, None, (0, 0)),
        "same": ([2, 2], "ok", 0, None, (1, 0)),
        "lost": ([2, 2], "failed", 0, "status 500 (feed https://gull.example/feed)", (1, 0.5)),
    }


def test_what_a_poll_has_found_outlasts_a_restart_of_the_desk(office: Office) -> None:
    feed = Endpoint(kind="feed", url="https://gull.example/feed")
    refused = EndpointAnswer(
        endpoint=feed, root=feed, url=feed.url, status=500, validators=Validators(), error="status 500"
    )

    async def play() -> Any:
        (order,) = (await office.agent().work(request())).orders
        await office.agent().record_answer(order.lease, answer("gull", "1", "2"), 9, frozenset())
        await office.agent().record_answer(order.lease, refused, 9, frozenset())
        kept = office.rows("SELECT books FROM polls")
        office.restart()
        end = await office.agent().close_poll(order.lease, CrawlReport(requests=2))
        return kept[0][0] is not None, end.outcome, end.seen, end.reason

    reason = "status 500 (feed https://gull.example/feed)"
    assert office.run(play) == (True, "partial", 2, reason)
    assert office.rows("SELECT outcome, seen, new_links, reason, books FROM polls") == [("partial", 2, 2, reason, None)]


@pytest.mark.parametrize("captures", [False, True])
def test_a_page_is_kept_where_the_desk_keeps_pages_with_the_agent_that_fetched_it(
    office: Office, captures: bool
) -> None:
    office.desk.ingest.watch = replace(office.desk.ingest.watch, captures=captures)
    page = pack_page(
        Page(
            url="https://gull.example/1",
            final_url="https://gull.example/1",
            status=200,
            headers={},
            body=b"<p>Ice.",
            fetched_at=NOW,
        )
    )
    hollow = Rejection(outcome=Outcome.NO_TEXT, reason="no text")

    async def play() -> Any:
        one = office.agent()
        (order,) = (await one.work(request())).orders
        (link,) = (await one.record_answer(order.lease, answer("gull", "1"), 9, frozenset())).owed
        wanted = await one.order_page(link, link.url, link.url)
        await one.settle_page(link, hollow, FetchFacts(at=NOW, status=200, capture=page, agent="two"))
        return wanted.captures

    assert office.run(play) is captures
    assert office.rows("SELECT outcome, agent FROM fetches") == [("no-text", "one")]
    assert office.rows("SELECT digest, body FROM pages") == [(page.digest, page.body)] * captures


def test_what_is_said_of_a_host_counts_from_whoever_asks_it(office: Office) -> None:
    robots = Robots(status=200, text="User-agent: *\nDisallow: /", at=NOW + timedelta(days=900))

    async def play() -> Any:
        one = office.agent()
        (order,) = (await one.work(request())).orders
        for host in ("gull.example", "tern.example", "reef.example"):
            await one.save_robots(host, robots)
            await one.rest_host(host, NOW + timedelta(days=9999))
        turn = await one.take_host(order.lease, "cliff.example")
        taken = await office.agent("two").take_host(PollLease(source="gull", poll=1, whole=True, failures=0), "x")
        return turn.wait, taken

    with pytest.raises(LeaseLapsed):
        office.run(play)
    assert office.rows("SELECT host, robots_at, next_turn_at FROM hosts ORDER BY host") == [
        ("cliff.example", None, None),
        ("gull.example", "2026-03-02T06:00:00.000Z", "2026-04-01T06:00:00.000Z"),
    ]


def test_a_turn_is_given_to_one_at_a_time_and_the_pause_is_the_desks(office: Office) -> None:
    async def play() -> Any:
        one, two = office.agent(), office.agent("two")
        (gull,) = (await one.work(request())).orders
        (tern,) = (await two.work(request(labels=("ge",)))).orders
        waits = [(await one.take_host(gull.lease, "reef.example")).wait]
        waits.append((await two.take_host(tern.lease, "reef.example")).wait)
        await one.leave_host(gull.lease, "reef.example")
        waits.append((await two.take_host(tern.lease, "reef.example")).wait)
        office.clock.advance_to(NOW + timedelta(seconds=2))
        waits.append((await two.take_host(tern.lease, "reef.example")).wait)
        waits.append((await two.take_host(tern.lease, "gull.example")).wait)
        return waits

    assert office.run(play) == [0.0, 22.0, 2.0, 0.0, 15.0]


def test_a_crawl_delay_is_kept_between_two_agents(office: Office) -> None:
    async def play() -> Any:
        (order,) = (await office.agent().work(request())).orders
        await office.agent().save_robots(
            "gull.example", Robots(status=200, text="User-agent: *\nCrawl-delay: 90", at=NOW)
        )
        await office.agent().close_poll(order.lease, CrawlReport(stopped=True))
        found = []
        for seconds in (89, 90):
            office.clock.advance_to(NOW + timedelta(seconds=seconds))
            found.append([given.lease.source for given in (await office.agent("two").work(request())).orders])
        return found

    assert office.run(play) == [[], ["gull"]]


def test_room_is_bounded(office: Office) -> None:
    assert office.run(lambda: office.agent().work(request(free=-5))).orders == ()
    assert len(office.run(lambda: office.agent().work(request(free=10**9))).orders) == 1
