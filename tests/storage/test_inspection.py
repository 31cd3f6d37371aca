"""A database is looked through without being changed, for a bounded time."""

from __future__ import annotations

from pathlib import Path

from monitor.storage import Store
from monitor.storage.inspection import Inspection, inspect_database


def test_a_large_database_is_looked_through_for_so_long_and_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    with Store(path) as store:
        store.db.execute(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000) "
            "INSERT INTO word_counts (word, articles) SELECT 'word ' || n, 1 FROM n"
        )
    assert inspect_database(path, 60) == Inspection(faults=(), newer=(), pending=())
    assert inspect_database(path, 0) == Inspection(faults=(), newer=(), pending=(), whole=False)


def test_what_is_no_database_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    path.write_bytes(b"no database" * 1000)
    assert inspect_database(path, 60) == Inspection(faults=("file is not a database",), newer=(), pending=())
