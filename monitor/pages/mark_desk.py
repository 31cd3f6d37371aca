"""Marking from our pages: buttons that carry a signed token, which the monitor takes out of its spool.

A page on loopback, or one that `[pages] public` opens, offers it. Without script: each button is a POST of a token that
only our own pages can make (monitor/alerting/page_token.py), so that no other site's form can mark.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor.alerting.page_token import PageMark, is_markable_topic, read_page_mark, sign_page_mark
from monitor.delivery.marks.spool import read_pages_key
from monitor.errors import StoreError
from monitor.pages.serving import DATABASE, PUBLIC

LIFE = timedelta(hours=24)  # a page that has been open longer is loaded again before it marks


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkDesk:
    """Where a page's marks go: the key that signs, the spool, until when, and what waits there by article and topic."""

    key: bytes
    spool: Path
    expires: datetime
    waiting: Mapping[tuple[int, str], str]

    def offer(self, article: int, topics: Iterable[str], marks: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """For each topic the tokens of its two buttons and the verdict that stands, `waiting` while it is not taken."""
        said = {mark["topic"]: mark["verdict"] for mark in marks}
        found = []
        for topic in filter(is_markable_topic, topics):
            tokens = {
                verdict: sign_page_mark(PageMark(article=article, topic=topic, verdict=verdict), self.expires, self.key)
                for verdict in ("relevant", "irrelevant")
            }
            waits = self.waiting.get((article, topic))
            found.append({"topic": topic, **tokens, "verdict": waits or said.get(topic), "waiting": waits is not None})
        return found


def open_mark_desk(datasette: Any, request: Any) -> MarkDesk | None:
    """The desk of this page, None where no mark is taken: neither on loopback nor public, or without a key."""
    if not (os.environ.get(PUBLIC) or _is_loopback(request)):
        return None
    database = Path(datasette.get_database(DATABASE).path)
    try:
        key = read_pages_key(database)
    except StoreError:  # `doctor` and the daemon's log tell of it; the page is shown without buttons
        return None
    spool = Path(f"{database.resolve()}-marks")
    if key is None or not spool.is_dir():
        return None
    expires = datetime.now(UTC) + LIFE
    return MarkDesk(key=key, spool=spool, expires=expires, waiting=_list_waiting(spool))


def is_own_form(request: Any) -> bool:
    """Whether a browser says that the form it sends stands on a page of ours; one that says nothing is not refused.

    By Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/), else by Origin, which is "null" under no-referrer.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return bool(site == "same-origin")
    origin = request.headers.get("origin")
    if origin in (None, "null"):
        return True
    own = {request.headers.get("host"), urlsplit(os.environ.get(PUBLIC, "")).netloc} - {"", None}
    return urlsplit(origin).netloc in own


def _is_loopback(request: Any) -> bool:
    """Whether the pages were reached on loopback and under a name of loopback: what a proxy asks for bears another."""
    asked = urlsplit(f"//{request.headers.get('host') or ''}").hostname
    return all(_names_loopback(host) for host in ((request.scope.get("server") or ("", None))[0], asked or ""))


def _names_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _list_waiting(spool: Path) -> dict[tuple[int, str], str]:
    """What waits by article and topic, the latest word last; its signature is the daemon's to check."""
    found: list[tuple[int, PageMark]] = []
    with os.scandir(spool) as entries:
        for entry in entries:
            said = read_page_mark(entry.name)
            if said is not None:
                try:
                    found.append((entry.stat(follow_symlinks=False).st_mtime_ns, said))
                except FileNotFoundError:  # taken this moment
                    continue
    return {(said.article, said.topic): said.verdict for _, said in sorted(found, key=lambda one: one[0])}
