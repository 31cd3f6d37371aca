"""What a fresh worker has loaded before its first page comes."""

from __future__ import annotations

from wordfreq import get_frequency_dict

from monitor.pipeline.ingest.workers import Workers
from monitor.text.words.languages import detect_language


def list_loaded() -> tuple[int, int]:
    """In a worker: how many models of languages it has, and how many lists of words are read."""
    return len(detect_language._RANKERS), get_frequency_dict.cache_info().currsize


def test_a_worker_that_reads_pages_has_loaded_what_its_first_page_needs() -> None:
    with Workers(1, preload=("monitor.pipeline.first_reading:prepare_reading",)) as workers:
        assert workers.call_now(list_loaded) == (1, 1)


def test_a_module_alone_is_imported_and_nothing_of_it_called() -> None:
    with Workers(1, preload=("monitor.pipeline.first_reading",)) as workers:
        assert workers.call_now(list_loaded) == (0, 0)
