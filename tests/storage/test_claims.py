"""What a claim gives out and which links, held against plain models that look at all that is due; how much is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model.source import Entry
from monitor.storage import Store
from monitor.storage.leases.host_leases import HostLeases
from monitor.storage.sources.entry_json import encode_entry
from monitor.storage.timestamps import format_stamp

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
PAUSE, LEASE = 2, 5
NAMES, HOSTS = "abcdefgh", "xyz"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def stamp(seconds: float | None) -> str | None:
    return None if seconds is None else format_stamp(at(seconds))


@dataclass(slots=True)
class Outlet:
    """A row of `sources`; moments are seconds since NOW."""

    name: str
    host: str
    enabled: bool
    paused: bool
    stopped: bool
    poll: int
    links: list[tuple[bool, int]]  # of each that waits, whether it is backlog, and when it is due


@dataclass(slots=True)
class Host:
    lease: str | None = None
    until: int | None = None
    rests: int | None = None


@dataclass(slots=True)
class Model:
    """What a claim gives out, said without SQL: all that is due is listed, then taken in turn."""

    outlets: list[Outlet]
    hosts: dict[str, Host]
    news_was_last: bool = False
    polls: list[str] = field(default_factory=list)  # the outcome of each, whose number is its place from 1 on

    def claim(self, now: int, limit: int, fits: frozenset[str]) -> list[tuple[str, int, bool, bool]]:
        queues: dict[bool, list[tuple[Outlet, bool]]] = {True: [], False: []}
        order = sorted(enumerate(self.outlets), key=lambda one: (one[1].poll, one[0]))
        for outlet in (outlet for _, outlet in order if outlet.enabled and not outlet.paused):
            due = [backlog for backlog, when in outlet.links if when <= now]
            if outlet.poll <= now and not outlet.stopped:
                queues[False].append((outlet, True))
            elif due:
                queues[not all(due)].append((outlet, False))
        given: list[tuple[str, int, bool]] = []
        taken = set()
        while queues[True] or queues[False]:
            news = bool(queues[True]) and not (bool(queues[False]) and self.news_was_last)
            outlet, whole = queues[news].pop(0)
            host = self.hosts.setdefault(outlet.host, Host())
            held, rests = (-99 if when is None else when for when in (host.until, host.rests))
            if outlet.host in taken or held > now or rests > now or outlet.name not in fits:
                continue
            if len(given) >= limit:
                return [(*turn, True) for turn in given]
            if host.lease is not None:
                if held + PAUSE > now:
                    continue
                if host.lease.isdigit() and self.polls[int(host.lease) - 1] == "open":
                    self.polls[int(host.lease) - 1] = "aborted"
            self.polls.append("open")
            self.news_was_last = news
            taken.add(outlet.host)
            host.lease, host.until = str(len(self.polls)), now + LEASE
            given.append((outlet.name, len(self.polls), whole))
        return [(*turn, False) for turn in given]


ONE = partial(Outlet, "a", "x", enabled=True, paused=False, stopped=False, poll=0)
ENTRY = encode_entry(Entry(url="https://a.example/", key="a", endpoint="k", title=None))
MOMENTS = st.integers(-9, 9)
LINKS = st.lists(st.tuples(st.booleans(), MOMENTS), max_size=3)
OFTEN, SELDOM = st.sampled_from([True, True, True, False]), st.sampled_from([False, False, False, True])
OUTLETS = st.lists(
    st.builds(
        Outlet,
        name=st.sampled_from(NAMES),
        host=st.sampled_from([*HOSTS, ""]),  # "": a host of its own
        enabled=OFTEN,
        paused=SELDOM,
        stopped=SELDOM,
        poll=MOMENTS,
        links=LINKS,
    ),
    max_size=len(NAMES),
    unique_by=lambda outlet: outlet.name,
)
HELD = st.dictionaries(
    st.sampled_from(HOSTS),
    st.builds(
        Host, lease=st.sampled_from([None, "turn 9"]), until=st.none() | MOMENTS, rests=st.none() | st.integers(-9, 4)
    ),
)
CLAIMS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.frozensets(st.sampled_from(NAMES), min_size=5)),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("claims") / "test.db") as store:
        yield store


def add_link(store: Store, outlet: Outlet, number: int, backlog: bool, when: int) -> None:
    store.db.execute(
        "INSERT INTO links (key, source, url, entry, state, next_attempt_at, backlog, first_seen_at, last_seen_at) "
        "VALUES (?, ?, 'https://a.example/', ?, 'pending', ?, ?, ?, ?)",
        (f"{outlet.name} {number}", outlet.name, ENTRY, stamp(when), backlog, stamp(0), stamp(0)),
    )


def fill(store: Store, model: Model) -> None:
    for outlet in model.outlets:
        store.db.execute(
            "INSERT INTO sources (name, spider, title, host, every, enabled, paused_at, state, added_at, next_poll_at) "
            "VALUES (?, 'feed', ?, ?, 600, ?, ?, ?, ?, ?)",
            (
                *(outlet.name, outlet.name, outlet.host, outlet.enabled, stamp(0) if outlet.paused else None),
                *("stopped" if outlet.stopped else "ok", stamp(0), stamp(outlet.poll)),
            ),
        )
        for number, (backlog, when) in enumerate(outlet.links):
            add_link(store, outlet, number, backlog, when)
    for name, host in model.hosts.items():
        store.db.execute(
            "INSERT INTO hosts (host, lease, leased_until, next_turn_at) VALUES (?, ?, ?, ?)",
            (name, host.lease, stamp(host.until), stamp(host.rests)),
        )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outlets=OUTLETS, hosts=HELD, claims=CLAIMS)
def test_claims_give_out_what_a_look_at_all_that_is_due_would(
    store: Store, outlets: list[Outlet], hosts: dict[str, Host], claims: list[tuple[int, int, frozenset[str]]]
) -> None:
    for outlet in outlets:
        outlet.host = outlet.host or f"{outlet.name}.example"
    model, leases, now = Model(outlets=outlets, hosts=hosts), HostLeases(store.db), 0
    store.db.execute("BEGIN")
    try:
        fill(store, model)
        for later, limit, fits in claims:
            now += later
            wanted = model.claim(now, limit, fits)
            turns = leases.claim(
                at(now), at(now + LEASE), limit, agent="one", fits=fits.__contains__, pause_of=lambda _: PAUSE
            )
            assert [(turn.source, turn.poll, turn.whole, turn.crowded) for turn in turns] == wanted
        polls = store.db.execute("SELECT outcome FROM polls ORDER BY id")
        assert [row["outcome"] for row in polls] == model.polls
        held = {row["host"]: row["lease"] for row in store.db.execute("SELECT host, lease FROM hosts")}
        assert held == {name: host.lease for name, host in model.hosts.items() if name in held}
    finally:
        store.db.execute("ROLLBACK")


WAITING = "SELECT name, waits_at, news_at FROM sources ORDER BY name"
WAITING_BY_LINKS = (
    "SELECT name, min(next_attempt_at), min(iif(backlog, NULL, next_attempt_at)) FROM sources "
    "LEFT JOIN links ON source = name AND links.state = 'pending' GROUP BY name ORDER BY name"
)
CHANGES = (
    "UPDATE links SET state = 'done', next_attempt_at = NULL WHERE id % 5 = :chance",
    "UPDATE links SET state = 'pending', next_attempt_at = :at WHERE id % 5 = :chance",
    "UPDATE links SET next_attempt_at = max(next_attempt_at, :at) WHERE id % 5 = :chance AND state = 'pending'",
    "UPDATE links SET backlog = 1 - backlog WHERE id % 5 = :chance",
    "UPDATE links SET source = (SELECT min(name) FROM sources) WHERE id % 5 = :chance",
    "rename",
    "DELETE FROM links WHERE id % 5 = :chance",
    (
        "INSERT INTO links (key, source, url, entry, state, next_attempt_at, backlog, first_seen_at, last_seen_at) "
        "SELECT 'new ' || count(*), (SELECT max(name) FROM sources), '', '{}', 'pending', :at, :chance % 2, :at, :at "
        "FROM links HAVING (SELECT count(*) FROM sources) > 0 ON CONFLICT DO NOTHING"
    ),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(outlets=OUTLETS, changes=st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 4), MOMENTS), max_size=9))
def test_a_source_says_when_its_first_link_is_due_whatever_becomes_of_its_links(
    store: Store, outlets: list[Outlet], changes: list[tuple[str, int, int]]
) -> None:
    store.db.execute("BEGIN")
    try:
        fill(store, Model(outlets=outlets, hosts={}))
        for statement, chance, when in changes:
            if statement != "rename":
                store.db.execute(statement, {"chance": chance, "at": stamp(when)})
            elif name := store.db.execute("SELECT max(name) AS name FROM sources").fetchone()["name"]:
                store.source_names.rename(name, f"{name}{chance}")
            found = [tuple(row) for row in store.db.execute(WAITING)]
            assert found == [tuple(row) for row in store.db.execute(WAITING_BY_LINKS)]
    finally:
        store.db.execute("ROLLBACK")


def count_steps(store: Store, sources: int, owing: int, waiting: int) -> list[int]:
    """Hundreds of SQLite's steps for each of four claims of three, where so many sources are due for a poll, so many
    owe news and so many backlog, each ten links."""
    steps = [0]

    def count() -> int:
        steps[-1] += 1
        return 0

    store.db.execute("BEGIN")
    try:
        outlets = [
            Outlet(
                *(f"{number:05}", f"{number:05}.example", True, False, False),
                poll=-number if number < sources else number,
                links=[] if number < sources else [(number >= sources + owing, -page) for page in range(10)],
            )
            for number in range(sources + owing + waiting)
        ]
        fill(store, Model(outlets=outlets, hosts={}))
        leases = HostLeases(store.db)
        store.db.set_progress_handler(count, 100)
        for second in range(4):
            assert [turn.crowded for turn in leases.claim(at(second), at(99), 3)] == [True] * 3
            steps.append(0)
        return steps[:-1]
    finally:
        store.db.set_progress_handler(None, 0)
        store.db.execute("ROLLBACK")


@pytest.mark.parametrize(("sources", "owing", "waiting"), [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)])
def test_a_claim_reads_what_it_gives_out_however_many_are_due(
    store: Store, sources: int, owing: int, waiting: int
) -> None:
    few, many = (count_steps(store, n * sources, n * owing, n * waiting) for n in (20, 2_000))
    assert max(many) <= max(few) + 2


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    links=st.lists(st.tuples(st.booleans(), MOMENTS), max_size=9),
    limit=st.integers(0, 5),
    without=st.frozensets(st.integers(1, 9), max_size=3),
)
def test_links_are_due_news_first_and_the_longest_due_of_each(
    store: Store, links: list[tuple[bool, int]], limit: int, without: frozenset[int]
) -> None:
    store.db.execute("BEGIN")
    try:
        fill(store, Model(outlets=[ONE(links=links)], hosts={}))
        order = sorted((backlog, when, number) for number, (backlog, when) in enumerate(links, 1) if when <= 0)
        found = [link.id for link in store.links.due("a", NOW, limit, without=without)]
        assert found == [number for _, _, number in order if number not in without][:limit]
    finally:
        store.db.execute("ROLLBACK")


def test_no_more_links_are_read_than_are_asked_for(store: Store) -> None:
    steps = []

    def count() -> int:
        steps[-1] += 1
        return 0

    for many in (5, 2_000):
        store.db.execute("BEGIN")
        try:
            links = [(number % 2 == 0, -1) for number in range(many)]
            fill(store, Model(outlets=[ONE(links=links)], hosts={}))
            store.db.set_progress_handler(count, 20)
            steps.append(0)
            assert len(store.links.due("a", NOW, 2)) == 2
        finally:
            store.db.set_progress_handler(None, 0)
            store.db.execute("ROLLBACK")
    assert steps[1] <= steps[0] + 1
