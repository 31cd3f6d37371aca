"""The only Scrapy settings of the daemon: every default that RELIABILITY.md fact 3 calls wrong is set here.

Components are named in full and Scrapy's own lists are emptied, so that a new Scrapy release adds nothing unseen.
"""

from __future__ import annotations

from typing import Any

from scrapy.settings import Settings, SettingsAttribute


class SharedSettings(Settings):
    """Settings of which every crawl has a copy of its own that shares what it does not change.

    Scrapy's own copy is deep: two milliseconds a poll for 240 settings that nobody changes. A spider that sets one
    changes its own copy only.
    """

    def copy(self) -> SharedSettings:
        found = SharedSettings.__new__(SharedSettings)
        found.frozen = False
        found.attributes = dict(self.attributes)
        return found

    def set(self, name: Any, value: Any, priority: int | str = "project") -> None:
        if (shared := self.attributes.get(name)) is not None:
            own = self.attributes[name] = SettingsAttribute.__new__(SettingsAttribute)
            own.value, own.priority = shared.value, shared.priority
        super().set(name, value, priority)


def build_scrapy_settings(*, agent: str, timeout: float, max_bytes: int) -> SharedSettings:
    """Settings of every crawl; `timeout` in seconds for a whole answer, `max_bytes` after decompression."""
    return SharedSettings(_list_settings(agent, timeout, max_bytes))


def _list_settings(agent: str, timeout: float, max_bytes: int) -> dict[str, Any]:
    handler = "monitor.fetching.transport.guarded_download.GuardedHandler"
    return {
        "BOT_NAME": "seedwatch",
        "SPIDER_MODULES": ["spiders"],
        "USER_AGENT": agent,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,"
            "application/feed+json,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "en,*;q=0.5",
        },
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_TIMEOUT": timeout,
        "DOWNLOAD_MAXSIZE": max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        # One conversation at a time: pacing is ours (monitor.fetching.transport.rate_limiter), on our clock.
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        # Scrapy begins so many tasks for each answer; its hundred cost 2 ms, and no pipeline of ours keeps one waiting.
        "CONCURRENT_ITEMS": 1,
        # In the ledger's order; Scrapy's own queue begins with what came last.
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "RETRY_ENABLED": False,
        "REDIRECT_ENABLED": True,
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "ROBOTSTXT_OBEY": False,  # obeyed by monitor.fetching.transport.robots, which forgets after a day
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "STATS_DUMP": False,
        "LOG_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            "monitor.fetching.transport.robots.RobotsMiddleware": 100,
            "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
            "monitor.fetching.transport.size_limit.Decompression": 590,
            "monitor.fetching.transport.redirect.Redirects": 600,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES": {
            "monitor.fetching.soft_404_probe.AbsenceMiddleware": 400,
            "monitor.fetching.ledger.LedgerMiddleware": 500,
        },
        "EXTENSIONS_BASE": {},
        "EXTENSIONS": {"scrapy.extensions.corestats.CoreStats": 0},  # finish_reason
    }
