"""Scrapy settings for a spider run by hand (`scrapy crawl`); the daemon has its own and never reads these.

Scrapy's defaults trust any certificate, take 1 GiB, ignore robots.txt and open a console: each is set right here.
"""

from __future__ import annotations

from monitor import __version__

BOT_NAME = "seedwatch"
SPIDER_MODULES = ["spiders"]
USER_AGENT = f"seedwatch/{__version__} (+https://github.com/seedwatch/seedwatch)"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

DOWNLOAD_VERIFY_CERTIFICATES = True
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}  # http and https only

ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = BOT_NAME
DOWNLOAD_DELAY = 1.5  # seconds: at least 1-2 s between requests to one host
# One request at a time, or Scrapy 2.19 obeys robots.txt for the first request of a host only: those that wait for
# the same robots.txt share one Deferred, and the second to read it gets None, which means "allowed".
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"  # an outlet gets neither cookie nor referer

DOWNLOAD_MAXSIZE = 10_000_000  # bytes after decompression
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # seconds
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # challenge pages use it; a page that does is no article
RETRY_TIMES = 1

FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
