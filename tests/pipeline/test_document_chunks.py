"""How many documents a worker is given at once, and how many are in its hands while others are settled."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

from monitor.pipeline.archive.backfill import BATCH, backfill_documents, cut_chunks
from monitor.pipeline.archive.documents import InputDocument
from monitor.pipeline.ingest.settle import Watch
from monitor.pipeline.ingest.workers import AHEAD, Workers
from monitor.pipeline.shared_value import SharedValue
from monitor.storage import Store


def test_long_documents_are_read_by_themselves() -> None:
    def cut(*sizes: int) -> list[int]:
        given = (InputDocument(echo=0, fields={"text": "x" * size}) for size in sizes)
        return [len(chunk) for chunk in cut_chunks((document, None, SharedValue("")) for document in given)]

    assert cut(*[10] * 40) == [16, 16, 8]
    assert cut(250_000, 10, 150_000, 60_000, 10) == [1, 3, 1]
    assert cut() == []


def test_workers_have_another_batch_to_read_while_one_is_settled(tmp_path: Path) -> None:
    numbers = itertools.count()
    given = (InputDocument(echo=number, fault="it is broken") for number in numbers)
    watch = Watch(sources={}, topics=(), rules=(), kinds={})
    with (
        Workers(1, preload=("monitor.pipeline.archive.document_reading",)) as workers,
        Store(tmp_path / "a.db") as store,
    ):
        settled = backfill_documents(store, watch, workers, given, datetime(2026, 3, 2, tzinfo=UTC))
        document, line = next(settled)
        assert (document.echo, line["outcome"]) == (0, "failed")
        in_hand = next(numbers) - BATCH
        assert BATCH < in_hand <= BATCH + (AHEAD + 1) * 16
