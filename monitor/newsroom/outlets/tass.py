"""A simulated TASS: feed, list API, sitemaps and article pages as SOURCES.md describes; it must not poll itself.

The article page is the Angular template with its traps: the lead outside the body, an empty date element,
another story's date beside it, placeholders, "Read also", a photo credit, three JSON-LD blocks.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from monitor.newsroom.loopback import LoopbackAnswer, LoopbackRequest
from monitor.newsroom.outlets.outlet import Outlet, escape_markup, fill_template, wrap_paragraphs
from monitor.newsroom.piece import Piece

MOSCOW = ZoneInfo("Europe/Moscow")
# Section ids of the list API (SOURCES.md, "TASS", endpoint 2).
SECTIONS = {
    "politics": 4954,
    "world": 4844,
    "economy": 4845,
    "defense": 4953,
    "science": 4957,
    "emergencies": 4992,
    "society": 4956,
    "pressreview": 4981,
    "sports": 4869,
}
FEED_ITEMS = 100  # SOURCES.md, endpoint 1
SITEMAP_PARTS = 10  # sitemap_news0 … 9
_SITEMAP_SIZE = 500
_ARTICLE = r"/[a-z-]+/(?P<id>\d+)(?:/amp)?"


class Tass(Outlet):
    """tass.com as the monitor sees it. Endpoints: rss, api, sitemap."""

    name: ClassVar[str] = "tass"
    endpoints: ClassVar[frozenset[str]] = frozenset({"rss", "api", "sitemap"})
    first: ClassVar[int] = 2100017
    step: ClassVar[int] = 23
    robots = "User-agent: *\nDisallow: /search\nDisallow: /userApi/search\n"

    def __init__(self, *, now: Callable[[], datetime], lock: threading.RLock, chance: random.Random) -> None:
        super().__init__(now=now, lock=lock, chance=chance)
        self.robots += f"Sitemap: {self.address}/sitemap.xml\n"

    def number(self) -> int:
        """Rising, but not strictly: one in twelve comes from a gap below the latest (SOURCES.md, "Addresses")."""
        number = self._next
        if self._placed and self.chance.random() < 1 / 12:
            number = max(self._placed) - 1
            while number in self._placed:
                number -= 1
        return number

    def path(self, piece: Piece) -> str:
        return f"/{piece.section}/{piece.number}"

    def source(self) -> dict[str, Any]:
        return {"spider": "tass", "address": self.address, "every": "5m"}

    def respond(self, asked: LoopbackRequest) -> LoopbackAnswer:
        path = asked.path
        if path == "/userApi/categoryNewsList":
            return self._news_list(asked)
        if path == "/rss/v2.xml":
            return self.listing(self._feed(), kind="application/rss+xml; charset=utf-8")
        if path == "/sitemap.xml":
            return self.listing(self._sitemap_index(), kind="application/xml; charset=utf-8")
        for part in range(SITEMAP_PARTS):
            if path == f"/sitemap/sitemap_news{part}.xml":
                return self.listing(self._sitemap(part), kind="application/xml; charset=utf-8")
        if path == "/":
            return self.page(self._front())
        if path.strip("/") in SECTIONS:
            return self.page(self._section(path.strip("/")))
        piece = self.find(_ARTICLE, path)
        if isinstance(piece, Piece):
            return self.page(self._amp(piece) if path.endswith("/amp") else self._article(piece))
        status = piece or 404
        return self.page(f"<!DOCTYPE html><title>{status}</title><h1>Page not found</h1>", status=status)

    # Endpoints

    def _feed(self) -> str:
        items = "".join(self._item(piece) for piece in self.listed("rss")[:FEED_ITEMS])
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>TASS</title>'
            f"<link>{self.address}</link><description>Simulated outlet</description><language>en</language>"
            f'<atom:link href="{self.address}/rss/v2.xml" rel="self" type="application/rss+xml"/>'
            f"{items}</channel></rss>\n"
        )

    def _item(self, piece: Piece) -> str:
        url = self.url(piece)
        if piece.number % 3 == 0:
            url += "?utm_source=rss&utm_medium=feed"
        link = f"<![CDATA[{url}]]>" if piece.number % 2 == 0 else escape_markup(url)
        when = format_datetime(piece.published_at.astimezone(MOSCOW))
        categories = "".join(f"<category>{escape_markup(name)}</category>" for name in (piece.section, *piece.tags))
        return (
            f"<item><title><![CDATA[{piece.title}]]></title><link>{link}</link>"
            f'<guid isPermaLink="false">{escape_markup(self.url(piece))}</guid>'
            f"<description><![CDATA[{piece.lead}]]></description><pubDate>{when}</pubDate>{categories}"
            f'<enclosure url="{self.address}/img/{piece.number}.jpg" length="10240" type="image/jpeg"/></item>\n'
        )

    def _news_list(self, asked: LoopbackRequest) -> LoopbackAnswer:
        if asked.method != "POST":
            return self.page("method not allowed", status=405)
        try:
            wish = json.loads(asked.body)
            section, limit, before = (int(wish[key]) for key in ("sectionId", "limit", "timestamp"))
        except (ValueError, KeyError, TypeError):
            return self.page('{"error": "bad request"}', status=400, kind="application/json")
        found = [
            piece
            for piece in self.listed("api")
            if section in _sections(piece) and int(piece.published_at.timestamp()) < before
        ][: max(0, min(limit, 100))]
        news = [self._news_point(piece) for piece in found]
        answer = {"newsList": news, "lastTime": news[-1]["date"] if news else before}
        return self.page(json.dumps(answer), kind="application/json; charset=utf-8")

    def _news_point(self, piece: Piece) -> dict[str, Any]:
        return {
            "id": piece.number,
            "isFlash": 0,
            "isOnline": 0,
            "type": "default",
            # The real list leaves the mark out on about half of the pieces on this topic.
            "mark": piece.tags[0] if piece.tags and piece.number % 2 else None,
            "date": int(piece.published_at.timestamp()),
            "title": piece.title,
            "subtitle": "",
            "lead": piece.lead,
            "image": f"/img/{piece.number}.jpg" if piece.number % 5 else None,
            "link": piece.path,
            "sponsor_id": None,
            "sponsor_type_id": None,
        }

    def _sitemap_index(self) -> str:
        when = _moscow(self.last_change())
        parts = "".join(
            f"<sitemap><loc>{self.address}/sitemap/sitemap_news{part}.xml</loc><lastmod>{when}</lastmod></sitemap>"
            for part in range(SITEMAP_PARTS)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>\n'
        )

    def _sitemap(self, part: int) -> str:
        """Newest first: part 0 holds the latest pieces."""
        pieces = self.listed("sitemap")[part * _SITEMAP_SIZE : (part + 1) * _SITEMAP_SIZE]
        urls = "".join(
            f"<url><loc>{self.url(piece)}</loc><lastmod>{_moscow(piece.modified_at)}</lastmod></url>\n"
            for piece in pieces
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>\n'
        )

    # Pages

    def _front(self) -> str:
        """An Angular shell: its script would fill in the headlines."""
        return (
            '<!DOCTYPE html><html lang="en" data-ng-app="tassApp"><head><title>TASS</title>'
            '<meta property="og:site_name" content="TASS">'
            '<link rel="alternate" type="application/rss+xml" title="TASS" href="/rss/v2.xml"></head><body>'
            + "".join(f'<a href="/{name}">{name.capitalize()}</a>' for name in SECTIONS)
            + '<div ng-repeat="newsPoint in news"><a ng-href="{{newsPoint.link}}">{{newsPoint.title}}</a></div>'
            "</body></html>"
        )

    def _section(self, section: str) -> str:
        return (
            f'<!DOCTYPE html><html data-ng-app="tassApp"><head><title>{section} - TASS</title></head><body>'
            f'<div data-ng-controller="contentList" ng-init="sectionId = {SECTIONS[section]}; firstInit()">'
            "<div>{{newsPoint.title}}</div></div></body></html>"
        )

    def _article(self, piece: Piece) -> str:
        other = self.before(piece)
        half = max(1, len(piece.paragraphs) // 2)
        return fill_template(
            "tass_article.html",
            **self._common(piece),
            menu="".join(
                f'<li class="menu-sections-list-item"><a class="menu-sections-list__title" href="/{name}">'
                f"{name.capitalize()}</a></li>"
                for name in SECTIONS
            ),
            section=piece.section,
            section_name=escape_markup(piece.section.capitalize()),
            number=str(piece.number),
            unix=str(int(piece.published_at.timestamp())),
            photographer=escape_markup(piece.author),
            organization=_script(
                {"@context": "https://schema.org/", "@type": "Organization", "url": self.address, "name": "TASS"}
            ),
            navigation=_script({"@context": "https://schema.org", "@graph": self._navigation()}),
            opening=wrap_paragraphs(piece.paragraphs[:half]),
            rest=wrap_paragraphs(piece.paragraphs[half:]),
            other_path=other.path if other else "/world/2000001",
            other_title=escape_markup(other.title if other else "Ferry timetable changes for the summer"),
            other_lead=escape_markup(other.lead if other else "Boats will leave every forty minutes"),
            other_unix=str(int((other or piece).published_at.timestamp()) + (0 if other else 726)),
        )

    def _amp(self, piece: Piece) -> str:
        return fill_template("tass_amp.html", **self._common(piece), body=wrap_paragraphs(piece.paragraphs))

    def _common(self, piece: Piece) -> dict[str, str]:
        return {
            "address": self.address,
            "url": self.url(piece),
            "title": escape_markup(piece.title),
            "lead": escape_markup(piece.lead),
            "news_article": _script(self._news_article(piece)),
            "tags": "".join(
                f'<a class="tags__item" href="/tag/{escape_markup(tag.lower().replace(" ", "-"))}">'
                f"{escape_markup(tag)}</a>"
                for tag in piece.tags
            ),
        }

    def _navigation(self) -> list[dict[str, str]]:
        return [
            {
                "@type": "SiteNavigationElement",
                "@id": "#menu-sections",
                "name": name.capitalize(),
                "url": f"{self.address}/{name}",
            }
            for name in SECTIONS
        ]

    def _news_article(self, piece: Piece) -> dict[str, Any]:
        """As on the saved page: +03:00 dates, no articleBody."""
        return {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": self.url(piece)},
            "headline": piece.title,
            "image": [f"{self.address}/img/share_{piece.number}.jpg"],
            "datePublished": _moscow(piece.published_at),
            "dateModified": _moscow(piece.modified_at),
            "author": {"@type": "Organization", "name": "TASS"},
            "publisher": {"@type": "Organization", "name": "TASS"},
            "description": piece.lead,
        }


def _sections(piece: Piece) -> set[int]:
    """The section lists a piece stands in: its own, and every fourth one in a second (lists are mixed)."""
    own = SECTIONS.get(piece.section, SECTIONS["world"])
    ids = list(SECTIONS.values())
    return {own, ids[piece.number % len(ids)]} if piece.number % 4 == 0 else {own}


def _moscow(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).astimezone(MOSCOW).isoformat()


def _script(value: dict[str, Any]) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
