"""What a fresh worker has loaded before its first page comes."""

from __future__ import annotations

from htmldate.extractors import month_words
from py3langid import langid

from monitor.pipeline.ingest.workers import Workers


def list_loaded() -> tuple[bool, int]:
    """In a worker: whether the model of languages is unpacked, and how many tables of month names are read."""
    return langid.IDENTIFIER is not None, month_words.cache_info().currsize


def test_a_worker_that_reads_pages_has_loaded_what_its_first_page_needs() -> None:
    with Workers(1, preload=("monitor.pipeline.first_reading:prepare_reading",)) as workers:
        assert workers.call_now(list_loaded) == (True, 1)


def test_a_module_alone_is_imported_and_nothing_of_it_called() -> None:
    with Workers(1, preload=("monitor.pipeline.first_reading",)) as workers:
        assert workers.call_now(list_loaded) == (False, 0)
