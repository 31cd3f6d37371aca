"""The record of the bench of agents: whether one of them could have something committed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model.source import Endpoint, Source
from monitor.storage import Store
from monitor.storage.timestamps import format_stamp

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from agents_record import Record
from agents_world import Outlets

HOST = "127.9.0.1:80"
PAGE = f"http://{HOST}/p/0-0"
NOW = datetime.now(UTC)  # the record asks its database for the time
FEED = Endpoint(kind="feed", url=f"http://{HOST}/feed")
SOURCE = Source(name="s0", spider="feed", title="S0", address=None, every=600, endpoints=(FEED,))
LINK = (
    "INSERT INTO links (key, source, url, entry, first_seen_at, last_seen_at, next_attempt_at) "
    "VALUES (:url, 's0', :url, '{}', :at, :at, :at)"
)


def test_an_agent_has_work_where_a_source_is_due_or_a_page_of_its_own_is_not_settled(tmp_path: Path) -> None:
    outlets = Outlets(hosts=1, pages=1, seconds=0.0, delay=1.0, rest=0)
    begun = NOW.timestamp() - 5
    with Store(tmp_path / "test.db") as store:
        record = Record(tmp_path / "test.db", outlets)
        with store.write():
            store.sources.sync([SOURCE], lambda _: HOST, lambda _: NOW - timedelta(minutes=1), NOW)
        due = [record.has_work({"a0": begun}, 2), record.has_work({"a0": begun}, 0), record.has_work({}, 2)]
        with store.write():
            store.sources.claim(NOW, NOW + timedelta(days=1), 1, agent="a0")
            store.db.execute(LINK, {"url": PAGE, "at": format_stamp(NOW)})
        held = [record.has_work({name: begun}, 2) for name in ("a0", "a1")]
        outlets.last[HOST] = (PAGE, NOW.timestamp() + 1)
        told = [record.has_work({name: since}, 2) for name, since in (("a0", begun), ("a1", begun), ("a0", begun + 9))]
        with store.write():
            store.db.execute("UPDATE links SET state = 'done'")
        settled = record.has_work({"a0": begun}, 2)
    assert (due, held, told, settled) == ([True, False, False], [False, False], [True, False, False], False)
