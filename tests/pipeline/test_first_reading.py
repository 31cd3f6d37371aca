"""What a fresh worker has loaded before its first page comes."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest
import wordfreq

from monitor.model.page import Reading
from monitor.pipeline.archive.document_reading import read_document
from monitor.pipeline.archive.documents import InputDocument
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.readers import PRELOADED, PRELOADED_FOR_TEXTS, word_counts
from monitor.text.words.languages import detect_language


def list_loaded() -> tuple[int, bool, int]:
    """In a worker: how many models of languages it has, whether it maps word counts, how many lists are in memory."""
    mapped = wordfreq.get_frequency_dict is not word_counts._WHOLE
    return len(detect_language._RANKERS), mapped, word_counts._WHOLE.cache_info().currsize


def test_a_worker_that_reads_pages_has_loaded_what_its_first_page_needs() -> None:
    with Workers(1, preload=PRELOADED) as workers:
        assert workers.call_now(list_loaded) == (1, True, 0)


def list_loaded_for_pages() -> list[str]:
    """In a worker: what of the libraries that read pages, and of what settles them, it has."""
    return sorted(
        sys.modules.keys() & {"lxml", "trafilatura", "htmldate", "pydantic", "sqlite_utils", "monitor.storage"}
    )


def test_a_worker_that_judges_texts_alone_has_loaded_what_its_first_text_needs_and_nothing_of_pages() -> None:
    with Workers(1, preload=PRELOADED_FOR_TEXTS) as workers:
        assert workers.call_now(list_loaded) == (1, True, 1)  # the short list, which tells names from words
        task = (InputDocument(echo=1, fields={"text": "The ferry to Leith waits."}), None, workers.share(()))
        found = workers.call_now(read_document, task)
        assert isinstance(found, Reading)
        assert found.article.text == "The ferry to Leith waits."
        assert workers.call_now(list_loaded_for_pages) == []


@pytest.mark.parametrize(("preload", "lists"), [(PRELOADED, 1), (PRELOADED_FOR_TEXTS, 2)])
def test_a_cache_that_cannot_be_used_is_told_once(
    preload: tuple[str, ...],
    lists: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "seedwatch").write_text("a file where a folder is wanted")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Workers(1, preload=preload) as workers:
        assert workers.call_now(list_loaded) == (1, False, lists)  # both are in memory
    assert capfd.readouterr().err.count("event=") == 1


def test_a_module_alone_is_imported_and_nothing_of_it_called() -> None:
    with Workers(1, preload=("monitor.pipeline.readers.first_reading",)) as workers:
        assert workers.call_now(list_loaded) == (0, False, 0)


def list_heavy(modules: list[str]) -> list[str]:
    """In a worker: what of the daemon's it has once these modules are loaded."""
    for module in modules:
        import_module(module)
    return sorted(sys.modules.keys() & {"scrapy", "twisted", "httpx", "pydantic", "sqlite_utils", "monitor.storage"})


def test_what_reads_lists_announcements_and_kept_pages_loads_neither_scrapy_nor_the_store() -> None:
    from scrapy.settings import Settings  # not above: the worker imports this module, too
    from scrapy.spiderloader import SpiderLoader

    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
    readers = {loader.load(name).reader.__module__ for name in loader.list()}  # type: ignore[attr-defined]
    asked = ["monitor.pipeline.ingest.announced_reading", "monitor.extraction.capture", *readers]
    asked.append("monitor.pipeline.archive.capture_reading")
    with Workers(1, preload=PRELOADED) as workers:
        assert workers.call_now(list_heavy, asked) == []
