"""A simulated WordPress outlet in the Jannah theme, with agency copy, as SOURCES.md describes; it must not poll
itself.

Feed, REST API and page head name each other, the shortlink `/?p=N` is the identity, JSON-LD repeats the body.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar

from monitor.newsroom.loopback import LoopbackAnswer, LoopbackRequest
from monitor.newsroom.outlets.outlet import HTML, Outlet, escape_markup, fill_template, make_slug, wrap_paragraphs
from monitor.newsroom.piece import Piece

FEED_ITEMS = 10  # WordPress' default
_PER_PAGE = 10
_MOST_PER_PAGE = 100
_JSON = "application/json; charset=UTF-8"


class WordPress(Outlet):
    """A Jannah site as the monitor sees it. Endpoints: rss, rest, listing, and a sitemap that dates everything now."""

    name: ClassVar[str] = "wordpress"
    endpoints: ClassVar[frozenset[str]] = frozenset({"rss", "rest", "listing", "sitemap"})
    first: ClassVar[int] = 48210
    step: ClassVar[int] = 11
    robots = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"

    def path(self, piece: Piece) -> str:
        """`/<slug>/`; WordPress numbers a slug that is taken, from 2 on."""
        path = f"/{make_slug(piece.title, sep='-')}"
        taken = {placed.piece.path for placed in self._placed.values()}
        ways = (path, *(f"{path}-{n}" for n in range(2, len(taken) + 3)))
        return next(way for way in ways if f"{way}/" not in taken) + "/"

    def source(self) -> dict[str, Any]:
        return {"spider": "wordpress", "address": self.address, "every": "10m"}

    def respond(self, asked: LoopbackRequest) -> LoopbackAnswer:
        path, query = asked.path, asked.query
        if path == "/" and "p" in query:
            return self._shortlink(query["p"])
        if path == "/":
            return self.listing(self._front(), kind=HTML)
        if path in ("/feed/", "/comments/feed/"):
            shown = self.listed("rss")[:FEED_ITEMS] if path == "/feed/" else []
            return self.listing(self._feed(shown), kind="application/rss+xml; charset=UTF-8")
        if path == "/sitemap.xml":
            return self.page(self._sitemap(asked.at), kind="application/xml")
        if path == "/wp-json/":
            return self.page(json.dumps({"name": "The Unseen Courier", "namespaces": ["wp/v2"]}), kind=_JSON)
        if path == "/wp-json/wp/v2/posts":
            return self._posts(query)
        number = next((n for n, p in self._placed.items() if p.piece.path in (path, f"{path}/")), None)
        piece = None if number is None else self.numbered(number)
        if isinstance(piece, Piece):
            return self.page(self._article(piece)) if path == piece.path else self._moved(piece)
        return self.page("<!DOCTYPE html><title>Page not found</title><h1>Oops!</h1>", status=piece or 404)

    def _shortlink(self, number: str) -> LoopbackAnswer:
        piece = self.numbered(int(number)) if number.isdecimal() else None
        if isinstance(piece, Piece):
            return self._moved(piece)
        return self.page("<!DOCTYPE html><title>Page not found</title><h1>Oops!</h1>", status=piece or 404)

    def _moved(self, piece: Piece) -> LoopbackAnswer:
        return LoopbackAnswer(status=301, headers={"Location": self.url(piece), "Content-Type": HTML})

    # Endpoints

    def _feed(self, pieces: list[Piece]) -> str:
        items = "".join(self._item(piece) for piece in pieces)
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
            'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">\n<channel>\n'
            f'<title>The Unseen Courier</title><atom:link href="{self.address}/feed/" rel="self" '
            f'type="application/rss+xml" /><link>{self.address}</link><description>Simulated outlet</description>'
            f"<lastBuildDate>{format_datetime(self.last_change())}</lastBuildDate><language>en-US</language>"
            # Four times an hour, where WordPress' default is once: news is waited for.
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
            f"<generator>https://wordpress.org/?v=6.4.3</generator>\n{items}</channel></rss>\n"
        )

    def _sitemap(self, now: datetime) -> str:
        """Every piece, each with the moment of the request as its date, as careless plugins do."""
        rows = "".join(
            f"<url><loc>{self.url(piece)}</loc><lastmod>{now.isoformat(timespec='seconds')}</lastmod></url>"
            for piece in self.listed("sitemap")
        )
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'

    def _item(self, piece: Piece) -> str:
        categories = "".join(f"<category><![CDATA[{tag}]]></category>" for tag in piece.tags)
        more = (
            f'<p>The post <a href="{self.url(piece)}">{escape_markup(piece.title)}</a> appeared first on '
            f'<a href="{self.address}">The Unseen Courier</a>.</p>'
        )
        return (
            f"<item><title>{escape_markup(piece.title)}</title><link>{self.url(piece)}</link>"
            f"<dc:creator><![CDATA[{piece.author}]]></dc:creator>"
            f"<pubDate>{format_datetime(piece.published_at)}</pubDate>{categories}"
            f'<guid isPermaLink="false">{self.address}/?p={piece.number}</guid>'
            f"<description><![CDATA[<p>{escape_markup(piece.lead)} [&#8230;]</p>\n{more}]]></description>"
            f"<content:encoded><![CDATA[{_content(piece)}\n{more}]]></content:encoded></item>\n"
        )

    def _posts(self, query: dict[str, str]) -> LoopbackAnswer:
        """REST API handbook, "List Posts": paging, order, `after`, `modified_after`, `_fields`, X-WP-Total(Pages)."""
        try:
            per_page, page = int(query.get("per_page", _PER_PAGE)), int(query.get("page", 1))
            after, changed = (_moment(query.get(name)) for name in ("after", "modified_after"))
        except ValueError:
            return self._refuse("rest_invalid_param")
        if not 1 <= per_page <= _MOST_PER_PAGE or page < 1:
            return self._refuse("rest_invalid_param")
        found = [
            piece
            for piece in self.listed("rest")
            if (after is None or piece.published_at > after) and (changed is None or piece.modified_at > changed)
        ]
        if query.get("orderby") == "modified":
            found.sort(key=lambda piece: piece.modified_at, reverse=True)
        pages = math.ceil(len(found) / per_page)
        if page > max(1, pages):
            return self._refuse("rest_post_invalid_page_number")
        posts = [self._post(piece) for piece in found[(page - 1) * per_page : page * per_page]]
        if fields := query.get("_fields"):
            wanted = fields.split(",")
            posts = [{name: post[name] for name in wanted if name in post} for post in posts]
        answer = self.page(json.dumps(posts), kind=_JSON)
        totals = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
        return LoopbackAnswer(headers={**answer.headers, **totals}, body=answer.body)

    def _refuse(self, code: str) -> LoopbackAnswer:
        return self.page(json.dumps({"code": code, "data": {"status": 400}}), status=400, kind=_JSON)

    def _post(self, piece: Piece) -> dict[str, Any]:
        return {
            "id": piece.number,
            "date": _gmt(piece.published_at),
            "date_gmt": _gmt(piece.published_at),
            "modified": _gmt(piece.modified_at),
            "modified_gmt": _gmt(piece.modified_at),
            "guid": {"rendered": f"{self.address}/?p={piece.number}"},
            "slug": piece.path.strip("/"),
            "link": self.url(piece),
            "title": {"rendered": escape_markup(piece.title)},
            "content": {"rendered": _content(piece), "protected": False},
            "excerpt": {"rendered": f"<p>{escape_markup(piece.lead)}</p>"},
        }

    def _front(self) -> str:
        posts = "".join(
            f'<li class="post-item"><h2 class="post-title"><a href="{self.url(piece)}">'
            f"{escape_markup(piece.title)}</a></h2>"
            f'<p class="post-excerpt">{escape_markup(piece.lead)}</p></li>'
            for piece in self.listed("listing")[:_PER_PAGE]
        )
        return (
            '<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8"/><title>The Unseen Courier</title>'
            f'<link rel="alternate" type="application/rss+xml" href="{self.address}/feed/"/>'
            f'<link rel="https://api.w.org/" href="{self.address}/wp-json/"/></head>'
            f'<body id="tie-body" class="home"><ul class="posts-items">{posts}</ul></body></html>'
        )

    # Pages

    def _article(self, piece: Piece) -> str:
        other = self.before(piece)
        related = (
            f'<div class="related-item"><a href="{self.url(other)}" class="post-thumb"></a><h3 class="post-title">'
            f'<a href="{self.url(other)}">{escape_markup(other.title)}</a></h3></div>'
            if other
            else ""
        )
        return fill_template(
            "wordpress_article.html",
            address=self.address,
            url=self.url(piece),
            title=escape_markup(piece.title),
            lead=escape_markup(piece.lead),
            number=str(piece.number),
            section=piece.section,
            section_name=escape_markup(piece.section.capitalize()),
            author=escape_markup(piece.author),
            published=_offset(piece.published_at),
            modified=_offset(piece.modified_at),
            visible=f"{piece.published_at:%B} {piece.published_at.day}, {piece.published_at.year}",
            body=_content(piece),
            related=related,
            breadcrumb=_script({"@context": "http://schema.org", "@type": "BreadcrumbList", "@id": "#Breadcrumb"}),
            article=_script(self._schema(piece)),
        )

    def _schema(self, piece: Piece) -> dict[str, Any]:
        return {
            "@context": "http://schema.org",
            "@type": "Article",
            "dateCreated": _offset(piece.published_at),
            "datePublished": _offset(piece.published_at),
            "dateModified": _offset(piece.modified_at),
            "headline": piece.title,
            "name": piece.title,
            "keywords": list(piece.tags),
            "url": self.url(piece),
            "description": piece.lead,
            "articleSection": piece.section.capitalize(),
            "articleBody": re.sub(r"\s+", " ", piece.text),
            "publisher": {"@id": "#Publisher", "@type": "Organization", "name": "The Unseen Courier"},
            "author": {"@type": "Person", "name": piece.author, "url": f"{self.address}/author/desk/"},
            "mainEntityOfPage": {"@type": "WebPage", "@id": self.url(piece)},
        }


def _content(piece: Piece) -> str:
    return wrap_paragraphs((piece.lead, *piece.paragraphs))


def _moment(text: str | None) -> datetime | None:
    """ISO 8601 as WordPress takes it, UTC where it has no offset. Raises ValueError."""
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _gmt(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def _offset(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


def _script(value: dict[str, Any]) -> str:
    """JSON as PHP writes it, every slash escaped, so that it may stand inside a script element."""
    return json.dumps(value).replace("/", "\\/")
