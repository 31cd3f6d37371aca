"""Story profiles of JSON become bytes; what nobody of ours wrote becomes an empty one, and no database is lost."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.storage import Store
from monitor.storage.texts.word_weights import unpack_counts, unpack_weights

BEFORE = Path(__file__).parent / "databases" / "unindexed.db.gz"


@pytest.mark.parametrize(
    ("words", "names", "expected"),
    [
        ('{"quay": 1.5, "ice": 0.25}', '{"Leith": 3}', ({"quay": 1.5, "ice": 0.25}, {"Leith": 3})),
        ("", "[]", ({}, {})),
        ('{"quay": -1}', '{"Leith": 1.5}', ({}, {})),
        ("[1]", '{"Leith": 99999999999999999999999}', ({}, {})),
    ],
)
def test_each_profile(tmp_path: Path, words: str, names: str, expected: tuple[object, object]) -> None:
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(BEFORE.read_bytes()))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        columns = {name: kind for _, name, kind, *_ in db.execute("PRAGMA table_info(story_profiles)")}
        story = db.execute("SELECT id FROM stories LIMIT 1").fetchone()[0]
        given = {"story_id": story, "words": words, "names": names, "central": words}
        row = {name: given.get(name, 1 if kind == "INTEGER" else "1") for name, kind in columns.items()}
        db.execute(
            f"INSERT INTO story_profiles ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )
    with Store(path) as store:
        found = store.db.execute("SELECT words, names, central FROM story_profiles").fetchone()
    assert (unpack_weights(found["words"]), unpack_counts(found["names"])) == expected
    assert found["central"] == b""  # one and the same
