"""The addresses of feeds: plain on loopback; where the pages are public, private by a key that only our pages can make.

A feed reader cannot log in at a proxy, so feeds are let through there, and each address carries a key of its own
(monitor/alerting/page_token.py). Whoever has one address reads that one feed. A new key of the pages ends them all.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from monitor.alerting.page_token import is_feed_signed, sign_feed_address
from monitor.delivery.marks.spool import read_pages_key
from monitor.errors import StoreError
from monitor.pages.serving import DATABASE, PUBLIC, link_to

_KINDS = (("Atom", "atom"), ("JSON Feed", "feed"))


def list_feed_links(datasette: Any, path: str, **query: str) -> list[tuple[str, str]]:
    """(kind, address) of the feeds of the page at `path` below the root, relative to that page; none without a key."""
    public, key = bool(os.environ.get(PUBLIC)), None
    if public and (key := _read_key(datasette)) is None:
        return []
    found = []
    for kind, ending in _KINDS:
        signed = {} if key is None else {"key": sign_feed_address(f"{path}.{ending}", query.items(), key)}
        found.append((kind, link_to(f"{path.rsplit('/', 1)[-1]}.{ending}", **query, **signed)))
    return found


def is_feed_open(datasette: Any, request: Any) -> bool:
    """Whether a feed may be read: on loopback always, where the pages are public with its key only."""
    if not os.environ.get(PUBLIC):
        return True
    key = _read_key(datasette)
    query = parse_qsl(request.query_string, keep_blank_values=True)
    return key is not None and is_feed_signed(unquote(request.path), query, request.args.get("key") or "", key)


def _read_key(datasette: Any) -> bytes | None:
    try:
        return read_pages_key(Path(datasette.get_database(DATABASE).path))
    except StoreError:  # the monitor's log tells of it when it starts the pages; until then no feed is open
        return None
