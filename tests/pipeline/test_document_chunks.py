"""How many documents a worker is given at once."""

from __future__ import annotations

from monitor.pipeline.archive.backfill import cut_chunks
from monitor.pipeline.archive.documents import InputDocument
from monitor.pipeline.shared_value import SharedValue


def test_long_documents_are_read_by_themselves() -> None:
    def cut(*sizes: int) -> list[int]:
        given = (InputDocument(echo=0, fields={"text": "x" * size}) for size in sizes)
        return [len(chunk) for chunk in cut_chunks((document, None, SharedValue("")) for document in given)]

    assert cut(*[10] * 40) == [16, 16, 8]
    assert cut(250_000, 10, 150_000, 60_000, 10) == [1, 3, 1]
    assert cut() == []
