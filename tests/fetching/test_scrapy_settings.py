"""Each crawl has settings of its own, which share what nobody changes."""

from __future__ import annotations

from scrapy.settings import Settings

from monitor.fetching.transport.scrapy_settings import build_scrapy_settings


def test_a_copy_has_the_same_settings_and_changes_no_other() -> None:
    settings = build_scrapy_settings(agent="seedwatch", timeout=30, max_bytes=1_000)
    first, second = settings.copy(), settings.copy()
    assert dict(first) == dict(settings) == dict(Settings.copy(settings))
    first.set("DOWNLOAD_TIMEOUT", 5, priority="spider")
    first.freeze()
    assert (first["DOWNLOAD_TIMEOUT"], second["DOWNLOAD_TIMEOUT"], settings["DOWNLOAD_TIMEOUT"]) == (5, 30, 30)
    assert (first.frozen, second.frozen, settings.frozen) == (True, False, False)
    assert first["DOWNLOAD_HANDLERS"] is second["DOWNLOAD_HANDLERS"]
    second.set("A_SPIDERS_OWN", 7)
    assert (second["A_SPIDERS_OWN"], "A_SPIDERS_OWN" in settings, "A_SPIDERS_OWN" in settings.copy()) == (
        7,
        False,
        False,
    )
