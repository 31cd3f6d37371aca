"""A simulated Milli Gazete, English: one listing and plain old pages, as SOURCES.md describes; it must not poll
itself.

It has no feed and no sitemap; the only date is `Date: D.M.YYYY H:MM` on the article, in Turkish time.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from monitor.newsroom.loopback import LoopbackAnswer, LoopbackRequest
from monitor.newsroom.outlets.outlet import HTML, Outlet, escape_markup, fill_template, make_slug, wrap_paragraphs
from monitor.newsroom.piece import Piece
from monitor.newsroom.writer import ZONES

ISTANBUL = ZONES["milligazete"]
LIST_ITEMS = 30
ARTICLE = r"/(?P<slug>[a-z0-9_]+)/(?P<id>\d+)"


class MilliGazete(Outlet):
    """en.milligazete.com.tr as the monitor sees it. Endpoints: listing."""

    name: ClassVar[str] = "milligazete"
    endpoints: ClassVar[frozenset[str]] = frozenset({"listing"})
    first: ClassVar[int] = 10354
    step: ClassVar[int] = 4

    def path(self, piece: Piece) -> str:
        return f"/{make_slug(piece.title, sep='_')}/{piece.number}"

    def source(self) -> dict[str, Any]:
        return {
            "spider": "listing",
            "address": self.address,
            "every": "15m",
            "listings": ["/"],
            "article": rf"^{re.escape(self.address)}{ARTICLE}$",
            "identity": "milligazete:{id}",
            "language": "en",
            "zone": "Europe/Istanbul",
        }

    def respond(self, asked: LoopbackRequest) -> LoopbackAnswer:
        if asked.path == "/":
            page = asked.query.get("page", "1")
            return self.listing(self._front(int(page) if page.isdecimal() else 1), kind=HTML)
        piece = self.find(ARTICLE, asked.path)
        if isinstance(piece, Piece):
            return self.page(self._article(piece))
        return self.page("<html><body><h1>Not Found</h1></body></html>", status=piece or 404)

    def _front(self, page: int) -> str:
        """A page of the list, counted from 1, with a link to the next."""
        listed = self.listed("listing")
        start = (max(page, 1) - 1) * LIST_ITEMS
        pager = f'<a href="/?page={page + 1}">{page + 1}</a>' if len(listed) > start + LIST_ITEMS else ""
        rows = "\n".join(
            f'<div class="news"><a href="{piece.path}"><img src="/images/{piece.number}.jpg" alt=""></a>'
            f'<h3><a href="{piece.path}">{escape_markup(piece.title)}</a></h3><p>{escape_markup(piece.lead)}</p></div>'
            for piece in listed[start : start + LIST_ITEMS]
        )
        return fill_template("milligazete_page.html", title="English", main=f'<div class="list">{rows}</div>{pager}')

    def _article(self, piece: Piece) -> str:
        local = piece.published_at.astimezone(ISTANBUL)
        date = f"{local.day}.{local.month}.{local.year} {local.hour}:{local.minute:02}"
        plain = re.sub(r"['’\"]", "", piece.title)  # the page says its title again without quotes
        main = (
            f'<h1>{escape_markup(piece.title)}</h1>\n<div class="photo"><img src="/images/{piece.number}.jpg" alt="">'
            f'<span>{escape_markup(plain)}</span></div>\n<div class="date">Date: {date}</div>\n'
            f'<h2 class="spot">{escape_markup(piece.lead)}</h2>\n<div class="tools"><a href="#">email</a> '
            '<a href="#">Print</a> <a href="#">zoom+</a> <a href="#">zoom-</a></div>\n'
            f'<div class="text">{wrap_paragraphs(piece.paragraphs)}</div>'
        )
        return fill_template("milligazete_page.html", title=escape_markup(piece.title), main=main)
