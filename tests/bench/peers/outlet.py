"""What every scripted outlet has in common: what is out at a time, an answer, dates as its system writes them."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

from schedule import LANGUAGES, Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; `listing` marks lists, to which their faults apply; `piece` is the number of the piece it shows."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    listing: bool = False
    piece: int | None = None
    validators: bool = True


class Outlet(ABC):
    """One site at `origin`; `began` is the unix time of second 0."""

    name: str = ""
    title: str = ""
    hours: int = 0  # of its clock before UTC
    disallowed = "/internal/"

    def __init__(self, pieces: list[Piece], origin: str, began: float) -> None:
        self._pieces = sorted((piece for piece in pieces if piece.outlet == self.name), key=lambda piece: -piece.at)
        self.origin = origin
        self._began = began
        self.language = LANGUAGES[self.name]
        self.fresh_guids = 0  # how often all its guids were changed

    def live(self, now: float) -> list[Piece]:
        """What is out, the latest first."""
        return [piece for piece in self._pieces if piece.at <= now]

    def moment(self, seconds: float) -> datetime:
        """The time of a second of the run by the outlet's own clock."""
        zone = timezone(timedelta(hours=self.hours))
        return datetime.fromtimestamp(int(self._began + seconds), UTC).astimezone(zone)

    def modified(self, piece: Piece, now: float) -> datetime:
        """When a piece last changed."""
        changed = piece.edited is not None and now >= piece.edited
        return self.moment(piece.edited if changed and piece.edited is not None else piece.at)

    def url(self, piece: Piece) -> str:
        """The full address of a piece."""
        return self.origin + self.path(piece)

    @abstractmethod
    def path(self, piece: Piece) -> str:
        """The address of a piece on its site."""

    @abstractmethod
    def page(self, piece: Piece, now: float) -> str:
        """The page of a piece."""

    @abstractmethod
    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        """The answer of anything that is not the page of a piece."""

    def robots(self) -> str:
        """robots.txt."""
        return f"User-agent: *\nDisallow: {self.disallowed}\n"

    def answer(self, path: str, query: dict[str, str], now: float) -> Answer:
        """What the outlet says to a request, before any fault."""
        if path == "/robots.txt":
            return Answer(body=self.robots().encode(), kind="text/plain")
        for piece in self.live(now):
            if self.path(piece) == path:
                return Answer(body=self.page(piece, now).encode(), piece=piece.number)
        found = self.lists(path, query, now)
        return found or Answer(body=b"<html><title>404</title><h1>Not found</h1></html>", status=404)


def escape(text: str) -> str:
    """Text as HTML and XML take it."""
    return html.escape(text, quote=True)


def mail_date(moment: datetime) -> str:
    """A date as RSS writes it."""
    return format_datetime(moment)


def cut_list(items: list[Piece], number: int, size: int) -> list[Piece]:
    """Page `number` (from 1) of a list."""
    return items[(number - 1) * size : number * size]


def page_number(query: dict[str, str], name: str = "page", first: int = 1) -> int:
    """The page that a query asks for; the first where it asks for none."""
    asked = query.get(name, "")
    return int(asked) if asked.isdigit() else first
