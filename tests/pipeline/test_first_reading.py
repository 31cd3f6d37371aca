"""What a fresh worker has loaded before its first page comes."""

from __future__ import annotations

import wordfreq

from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.readers import PRELOADED, word_counts
from monitor.text.words.languages import detect_language


def list_loaded() -> tuple[int, bool, int]:
    """In a worker: how many models of languages it has, whether it maps word counts, how many lists are in memory."""
    mapped = wordfreq.get_frequency_dict is not word_counts._WHOLE
    return len(detect_language._RANKERS), mapped, word_counts._WHOLE.cache_info().currsize


def test_a_worker_that_reads_pages_has_loaded_what_its_first_page_needs() -> None:
    with Workers(1, preload=PRELOADED) as workers:
        assert workers.call_now(list_loaded) == (1, True, 0)


def test_a_module_alone_is_imported_and_nothing_of_it_called() -> None:
    with Workers(1, preload=("monitor.pipeline.readers.first_reading",)) as workers:
        assert workers.call_now(list_loaded) == (0, False, 0)
