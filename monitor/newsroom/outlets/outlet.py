"""What all simulated outlets have in common: pieces, a server, faults, validators and a request log.

It must not know how any one outlet dresses a piece; that is each subclass's `respond`.
"""

from __future__ import annotations

import hashlib
import html
import random
import re
import sys
import threading
from abc import ABC, abstractmethod
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, ClassVar

from monitor.newsroom.fault import Fault
from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest
from monitor.newsroom.piece import Piece
from monitor.newsroom.writer import Draft

HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request an outlet answered. `status` is 0 where the connection was closed unanswered."""

    method: str
    path: str  # with the query, as it stood in the request line
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    status: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A piece as it stands: where it is announced, and the status its address answers once it is gone."""

    piece: Piece
    endpoints: frozenset[str]
    gone: int | None = None


@cache
def load_page_template(name: str) -> Template:
    """A page template from `templates/`, with `$name` for what a piece fills in."""
    return Template((files("monitor.newsroom") / "templates" / name).read_text(encoding="utf-8"))


def fill_template(name: str, **values: str) -> str:
    """A template filled with values that are markup already."""
    return load_page_template(name).substitute(values)


def escape_markup(text: str) -> str:
    """Text as it stands in markup, quotes escaped too."""
    return html.escape(text, quote=True)


def wrap_paragraphs(texts: Iterable[str]) -> str:
    """`<p>…</p>` for each."""
    return "\n\n".join(f"<p>{escape_markup(text)}</p>" for text in texts)


def make_slug(title: str, *, sep: str) -> str:
    """An address from a headline: lower case letters and digits, at most ten words."""
    return sep.join(re.findall(r"[a-z0-9]+", title.lower().replace("'", "").replace("’", ""))[:10])


class Outlet(ABC):
    """One simulated outlet on its own port of 127.0.0.1.

    All state is read and written under `lock`, which the newsroom shares among its outlets. A piece is visible
    once `published_at` has come, on the endpoints it was given.
    """

    name: ClassVar[str]
    endpoints: ClassVar[frozenset[str]]
    first: ClassVar[int]  # number of the first piece
    step: ClassVar[int]  # largest distance to the next
    weak: ClassVar[bool] = False  # whether the server's ETags are weak ones
    robots: str = "User-agent: *\nDisallow:\n"

    def __init__(self, *, now: Callable[[], datetime], lock: threading.RLock, chance: random.Random) -> None:
        self.now = now
        self.lock = lock
        self.chance = chance
        self._placed: dict[int, _Placed] = {}
        self._order: list[tuple[datetime, int]] = []  # of publication, so that a month of pieces is listed quickly
        self._touched: list[datetime] = []  # in order, those to come last
        self._faults: dict[Fault, int] = {}  # times left, -1 for ever
        self._log: list[LoggedRequest] = []
        self._next = self.first
        self.renamed = 0  # how often the feed's guids were made anew
        self._loopback = Loopback(self._answer, now)
        self.address = self._loopback.address

    def start(self) -> None:
        """Begin to answer."""
        self._loopback.start()

    def stop(self) -> None:
        """Answer no more."""
        self._loopback.stop()

    @property
    def log(self) -> list[LoggedRequest]:
        """Every request so far, in order of arrival."""
        with self.lock:
            return list(self._log)

    def forget_log(self) -> None:
        """Start the request log anew."""
        with self.lock:
            self._log.clear()

    def url(self, piece: Piece) -> str:
        """The piece's own address."""
        return self.address + piece.path

    def fault(self, fault: Fault) -> None:
        """Go wrong from now on, until `fault.times` requests have suffered it or it is cleared."""
        with self.lock:
            self._faults[fault] = -1 if fault.times is None else fault.times

    def clear(self, fault: Fault | None = None) -> None:
        """End one fault, or all of them."""
        with self.lock:
            if fault is None:
                self._faults.clear()
            else:
                self._faults.pop(fault, None)

    def place(
        self,
        draft: Draft,
        *,
        at: datetime,
        endpoints: frozenset[str] | None,
        copy_of: str | None,
        overrides: Mapping[str, Any],
    ) -> Piece:
        """Give a draft its number and address and put it out.

        Raises ValueError for an endpoint this outlet does not have, TypeError for an override no piece has.
        """
        if endpoints is not None and not endpoints <= self.endpoints:
            unknown = ", ".join(sorted(endpoints - self.endpoints))
            raise ValueError(f"{self.name} announces nothing on {unknown}; it has {sorted(self.endpoints)}")
        with self.lock:
            at = at.astimezone(UTC).replace(microsecond=0)
            piece = Piece(
                number=self.number(),
                outlet=self.name,
                section=draft.section,
                title=draft.title,
                lead=draft.lead,
                paragraphs=draft.paragraphs,
                published_at=at,
                modified_at=at,
                tags=draft.tags,
                author=draft.author,
                on_topic=draft.on_topic,
                beat=draft.beat,
                path="",
                copy_of=copy_of,
            )
            piece = replace(piece, **overrides)
            piece = replace(piece, path=piece.path or self.path(piece))
            self._next = max(self._next, piece.number) + self.chance.randint(1, self.step)
            where = self.endpoints if endpoints is None else endpoints
            self._placed[piece.number] = _Placed(piece=piece, endpoints=where)
            insort(self._order, (piece.published_at, piece.number))
            insort(self._touched, max(self.now(), piece.published_at))
            return piece

    def change(self, piece: Piece) -> None:
        """Put a later version in the place of the piece with the same number."""
        with self.lock:
            before = self._placed[piece.number]
            self._order.remove((before.piece.published_at, piece.number))
            insort(self._order, (piece.published_at, piece.number))
            self._placed[piece.number] = replace(before, piece=piece)
            insort(self._touched, self.now())

    def withdraw(self, piece: Piece, status: int) -> None:
        """Announce the piece no more and answer `status` at its address."""
        with self.lock:
            self._placed[piece.number] = replace(self._placed[piece.number], gone=status)
            insort(self._touched, self.now())

    def standing(self, piece: Piece) -> Piece:
        """The version now in place. Raises KeyError for a piece of another outlet."""
        with self.lock:
            return self._placed[piece.number].piece

    def listed(self, endpoint: str | None = None) -> list[Piece]:
        """Pieces visible now (on that endpoint), newest first."""
        with self.lock:
            visible = self._order[: bisect_right(self._order, (self.now(), sys.maxsize))]
            standing = (self._placed[number] for _, number in reversed(visible))
            return [
                placed.piece
                for placed in standing
                if placed.gone is None and (endpoint is None or endpoint in placed.endpoints)
            ]

    def before(self, piece: Piece) -> Piece | None:
        """The piece put out just before this one: what a template shows as the next story."""
        earlier = [other for other in self.listed() if other.number < piece.number]
        return max(earlier, key=lambda other: other.number, default=None)

    def last_change(self) -> datetime:
        """When anything visible last changed: Last-Modified of every feed, list and sitemap."""
        with self.lock:
            past = bisect_right(self._touched, self.now())
            return self._touched[past - 1] if past else datetime(2020, 10, 1, tzinfo=UTC)

    # What a subclass gives.

    def number(self) -> int:
        """The next piece's number: rising, with gaps."""
        return self._next

    @abstractmethod
    def path(self, piece: Piece) -> str:
        """The address below home of a new piece."""

    @abstractmethod
    def respond(self, asked: LoopbackRequest) -> LoopbackAnswer:
        """The answer of a healthy server, without regard to validators."""

    @abstractmethod
    def source(self) -> dict[str, Any]:
        """The `[sources.NAME]` table for this outlet, as config.toml has it."""

    # What a subclass uses.

    def page(self, body: str, *, status: int = 200, kind: str = HTML) -> LoopbackAnswer:
        """An answer without validators."""
        return LoopbackAnswer(status=status, headers={"Content-Type": kind}, body=body.encode())

    def listing(self, body: str, *, kind: str, **headers: str) -> LoopbackAnswer:
        """An answer with the validators of a feed, list or sitemap: ETag of these bytes, Last-Modified."""
        digest = hashlib.sha256(body.encode()).hexdigest()[:20]
        etag = f'W/"{digest}"' if self.weak else f'"{digest}"'
        validators = {"ETag": etag, "Last-Modified": format_datetime(self.last_change(), usegmt=True)}
        return LoopbackAnswer(headers={"Content-Type": kind, **validators, **headers}, body=body.encode())

    def find(self, pattern: str, path: str) -> Piece | int | None:
        """The visible piece whose number the group `id` of `pattern` names, or the status of one gone."""
        found = re.fullmatch(pattern, path)
        return None if found is None else self.numbered(int(found["id"]))

    def numbered(self, number: int) -> Piece | int | None:
        """The visible piece of that number, the status of one gone, None where there is neither."""
        placed = self._placed.get(number)
        if placed is None or placed.piece.published_at > self.now():
            return None
        return placed.piece if placed.gone is None else placed.gone

    def _answer(self, asked: LoopbackRequest) -> LoopbackAnswer:
        with self.lock:
            if asked.path == "/robots.txt":
                answer = self.page(self.robots, kind="text/plain; charset=UTF-8")
            else:
                answer = _conditional(asked, self.respond(asked))
            fault = next((fault for fault in self._faults if fault.hits(asked)), None)
            if fault is not None:
                answer = fault.spoil(asked, answer)
                self._faults[fault] -= 1
                if self._faults[fault] == 0:
                    del self._faults[fault]
            self._log.append(
                LoggedRequest(
                    method=asked.method,
                    path=asked.target,
                    headers=asked.headers,
                    body=asked.body,
                    status=0 if answer.reset else answer.status,
                    at=asked.at,
                )
            )
            return answer


def _conditional(asked: LoopbackRequest, answer: LoopbackAnswer) -> LoopbackAnswer:
    """RFC 9110, section 13.2.2: If-None-Match decides where it is given, else If-Modified-Since."""
    etag = answer.headers.get("ETag")
    if etag is None or asked.method not in ("GET", "HEAD"):
        return answer
    wanted = asked.headers.get("if-none-match")
    if wanted is not None:
        known = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        same = "*" in known or etag.removeprefix("W/") in known
    else:
        same = _not_since(asked.headers.get("if-modified-since"), answer.headers["Last-Modified"])
    return replace(answer, status=304, body=b"") if same else answer


def _not_since(since: str | None, last: str) -> bool:
    if since is None:
        return False
    try:
        return parsedate_to_datetime(last) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False  # section 13.1.3: a date that cannot be read is as none
