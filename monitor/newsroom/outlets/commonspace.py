"""A simulated Commonspace: Drupal feeds, listings and RDFa pages as SOURCES.md describes; it must not poll itself.

Its traps: the feed carries the whole body as escaped markup, teasers are undated and say their title twice, a
pinned piece repeats on every page, filters are a crawl trap, and an unknown address answers 200 with the front
page.
"""

from __future__ import annotations

import json
import math
from email.utils import format_datetime
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from monitor.newsroom.loopback import LoopbackAnswer, LoopbackRequest
from monitor.newsroom.outlets.outlet import HTML, Outlet, escape_markup, fill_template, make_slug, wrap_paragraphs
from monitor.newsroom.piece import Piece
from monitor.newsroom.writer import ZONES

BRUSSELS = ZONES["commonspace"]
FEED_ITEMS = 10  # Drupal's default
PAGE_ITEMS = 10
# Path → title and beats of a feed, None for all: the region's term and the front page hold everything, the term
# "Culture and Lifestyle" (SOURCES.md, "Feeds") what it says.
FEEDS: dict[str, tuple[str, frozenset[str] | None]] = {
    "/taxonomy/term/24/feed": ("South Caucasus", None),
    "/taxonomy/term/20/feed": ("Culture and Lifestyle", frozenset({"culture"})),
    "/rss.xml": ("Commonspace", None),
}
LISTINGS = ("/region/south-caucasus", "/node")
_TYPES = {"politics": "news", "world": "news", "defense": "analysis", "economy": "opinion", "society": "interview"}
# Evergreens under "Related articles" and "Popular": (headline, teaser), off topic, at addresses that are gone.
_EVERGREENS = (
    (
        "Harbor towns of the north learn to live with fog",
        (
            "Lamplighters, bell ringers and ferry captains share what forty grey winters have taught them about "
            "waiting for the weather to lift."
        ),
    ),
    (
        "A village choir rehearses by radio",
        (
            "When the bridge was closed for the season, the singers of two valleys moved their Thursday practice to "
            "the short waves, and found new listeners."
        ),
    ),
)


class Commonspace(Outlet):
    """commonspace.eu as the monitor sees it, and its JSON:API besides. Endpoints: rss, listing, jsonapi."""

    name: ClassVar[str] = "commonspace"
    endpoints: ClassVar[frozenset[str]] = frozenset({"rss", "listing", "jsonapi"})
    first: ClassVar[int] = 14021
    step: ClassVar[int] = 7
    weak: ClassVar[bool] = True
    redesigned: bool = False  # since when teasers are headed otherwise and the pinned piece stands below
    robots = "User-agent: *\nDisallow: /admin/\nDisallow: /user/login\nDisallow: /search\n"

    def path(self, piece: Piece) -> str:
        """`/<type>/<slug>`; Drupal numbers a slug that is taken."""
        path = f"/{_TYPES.get(piece.section, 'news')}/{make_slug(piece.title, sep='-')}"
        taken = {placed.piece.path for placed in self._placed.values()}
        free = (f"{path}-{n}" for n in range(len(taken) + 1))
        return path if path not in taken else next(other for other in free if other not in taken)

    def source(self) -> dict[str, Any]:
        return {"spider": "commonspace", "address": self.address, "every": "10m"}

    def respond(self, asked: LoopbackRequest) -> LoopbackAnswer:
        path = asked.path
        if path in FEEDS:
            return self.listing(self._feed(*FEEDS[path]), kind="application/rss+xml; charset=utf-8")
        if path in LISTINGS:
            return self.listing(self._list(path, asked.query.get("page", "0")), kind=HTML)
        if path == "/jsonapi/node/article":
            return self._nodes(asked)
        piece = self._piece(path)
        if isinstance(piece, Piece):
            return self.page(self._article(piece))
        if isinstance(piece, int) and piece != 404:
            return self.page("<h1>Gone</h1>", status=piece)
        return self.page(self._front())  # the soft 404, /sitemap.xml among them

    def _piece(self, path: str) -> Piece | int | None:
        path = path.removeprefix("/index.php").removeprefix("/ru")
        if path.startswith("/node/"):
            return self.find(r"/node/(?P<id>\d+)", path)
        number = next((n for n, placed in self._placed.items() if placed.piece.path == path), None)
        return None if number is None else self.numbered(number)

    # Endpoints

    def _feed(self, title: str, beats: frozenset[str] | None) -> str:
        pieces = [piece for piece in self.listed("rss") if beats is None or piece.beat in beats]
        items = "".join(self._item(piece) for piece in pieces[:FEED_ITEMS])
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<rss version="2.0" xml:base="{self.address}/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
            f"<channel><title>{title}</title><link>{self.address}/</link><description/>"
            f"<language>en</language>\n{items}</channel></rss>\n"
        )

    def _item(self, piece: Piece) -> str:
        """Order and classes of Drupal core's RSS item: the description is the rendered node, escaped."""
        title = escape_markup(piece.title)
        node = (
            f'<span property="schema:name" class="field field--name-title">{title}</span>\n'
            '<div property="schema:text" class="clearfix text-formatted field field--name-body '
            'field--type-text-with-summary field--label-hidden field__item">'
            f"{self._body(piece)}</div>\n"
            '<span rel="schema:author" class="field field--name-uid"><span lang="" about="/user/13" '
            'typeof="schema:Person" property="schema:name" datatype="">'
            f"{escape_markup(_account(piece))}</span></span>\n"
            f'<span property="schema:dateCreated" content="{_created(piece)}" '
            f'class="field field--name-created">{_visible(piece)}</span>\n'
            f'<div class="node__links"><ul class="links inline"><li class="node-readmore"><a href="{piece.path}" '
            f'rel="tag" title="{title}" hreflang="en">Read more<span class="visually-hidden"> about {title}</span>'
            '</a></li><li class="comment-forbidden"></li></ul></div>'
        )
        return (
            f"<item><title>{title}</title><link>{self.url(piece)}</link><description>{escape_markup(node)}</description>"
            f"<pubDate>{format_datetime(piece.published_at)}</pubDate><dc:creator>{escape_markup(_account(piece))}"
            f'</dc:creator><guid isPermaLink="false">{piece.number + 100_000 * self.renamed} at {self.address}'
            "</guid></item>\n"
        )

    def _nodes(self, asked: LoopbackRequest) -> LoopbackAnswer:
        """JSON:API of Drupal's core: `sort`, `page[offset]`, `page[limit]` up to 50, `fields[…]` kept, links.next."""
        query = asked.query
        changed = query.get("sort", "").lstrip("-") == "changed"
        offset, limit = (
            int(query.get(f"page[{name}]", default)) for name, default in (("offset", "0"), ("limit", "50"))
        )
        pieces = sorted(
            self.listed("jsonapi"),
            key=lambda piece: piece.modified_at if changed else piece.published_at,
            reverse=query.get("sort", "").startswith("-"),
        )
        shown = pieces[offset : offset + min(limit, 50)]
        following = {**query, "page[offset]": str(offset + len(shown))}
        links = {"self": {"href": self.address + asked.target}}
        if offset + len(shown) < len(pieces):
            links["next"] = {"href": f"{self.address}{asked.path}?{urlencode(following)}"}
        answer = {"jsonapi": {"version": "1.0"}, "data": [_node(piece) for piece in shown], "links": links}
        return self.page(json.dumps(answer), kind="application/vnd.api+json")

    def _list(self, path: str, page: str) -> str:
        number = int(page) if page.isdecimal() else 0
        pieces = self.listed("listing")
        shown = pieces[number * PAGE_ITEMS : (number + 1) * PAGE_ITEMS]
        last = max(0, math.ceil(len(pieces) / PAGE_ITEMS) - 1)
        pinned = [*shown, *pieces[-1:]] if self.redesigned else [*pieces[-1:], *shown]
        pager = "".join(
            f'<li class="pager__item"><a href="?page={n}" title="Go to page {n + 1}">{n + 1}</a></li>'
            for n in range(last + 1)
        )
        trap = "".join(
            f'<a href="{path}?created%5Bmin%5D={year}-01-01&amp;user%5B0%5D={year % 9}&amp;page={number}">{year}</a>'
            for year in range(2018, 2026)
        )
        main = (
            f'<h1 class="page-title">South Caucasus</h1><div class="view-filters">{trap}</div>'
            f'<div class="view-content">{self._teasers(pinned)}</div>'
            f'<nav class="pager" role="navigation"><ul class="pager__items">{pager}</ul></nav>'
        )
        return fill_template("commonspace_page.html", head="", title="South Caucasus", main=main)

    def _front(self) -> str:
        main = f'<div class="view view-frontpage">{self._teasers(self.listed("listing")[:PAGE_ITEMS])}</div>'
        return fill_template("commonspace_page.html", head="", title="Home", main=main)

    def _teasers(self, pieces: list[Piece]) -> str:
        make = _card if self.redesigned else _teaser
        return "".join(
            make(piece.path, piece.title, piece.lead, piece.path.split("/")[1].capitalize()) for piece in pieces
        )

    # Pages

    def _article(self, piece: Piece) -> str:
        popular = "".join(
            _teaser(f"/news/{make_slug(title, sep='-')}", title, text, "News") for title, text in _EVERGREENS
        )
        head = (
            f'    <link rel="canonical" href="{self.url(piece)}" />\n'
            f'    <link rel="shortlink" href="{self.address}/node/{piece.number}" />\n'
            f'    <meta property="og:title" content="{escape_markup(piece.title)}" />\n'
        )
        main = fill_template(
            "commonspace_article.html",
            title=escape_markup(piece.title),
            number=str(piece.number),
            path=piece.path,
            author=escape_markup(_account(piece)),
            created=_created(piece),
            visible=_visible(piece),
            body=self._body(piece),
            photo=f"A view of the venue, {piece.published_at:%d %B %Y} (picture: {piece.author})",
            related=_teaser("/news/" + make_slug(_EVERGREENS[0][0], sep="-"), *_EVERGREENS[0], "News"),
            popular=popular,
        )
        return fill_template("commonspace_page.html", head=head, title=escape_markup(piece.title), main=main)

    def _body(self, piece: Piece) -> str:
        return wrap_paragraphs((piece.lead, *piece.paragraphs))


def _teaser(path: str, title: str, text: str, kind: str) -> str:
    """Every teaser is an "Editor's choice", says its title twice and has no date (SOURCES.md)."""
    return (
        '<div class="views-row"><div class="teaser"><div class="teaser__label">Editor\'s choice</div>'
        f'<div class="teaser__type">{kind}</div><a class="teaser__image" href="{path}" title="{escape_markup(title)}">'
        f'<img src="/sites/default/files/teaser.jpg" alt="{escape_markup(title)}" /></a>'
        f'<h3><a href="{path}">{escape_markup(title)}</a>'
        f'</h3><div class="teaser__title"><a href="{path}" rel="bookmark">{escape_markup(title)}</a></div>'
        f'<div class="field field--name-body field__item"><p>{escape_markup(text)}</p></div></div></div>'
    )


def _node(piece: Piece) -> dict[str, Any]:
    return {
        "type": "node--article",
        "id": str(UUID(int=piece.number)),
        "attributes": {
            "drupal_internal__nid": piece.number,
            "title": piece.title,
            "created": _created(piece),
            "changed": piece.modified_at.isoformat(),
            "path": {"alias": piece.path, "pid": piece.number, "langcode": "en"},
        },
    }


def _card(path: str, title: str, text: str, kind: str) -> str:
    """A teaser after the redesign: one link around everything, no heading."""
    return (
        f'<section class="card"><a href="{path}"><span class="card__kind">{kind}</span>'
        f'<strong class="card__title">{escape_markup(title)}</strong></a>'
        f'<p class="card__text">{escape_markup(text)}</p></section>'
    )


def _account(piece: Piece) -> str:
    return piece.author.split()[0].lower() + "2020"


def _created(piece: Piece) -> str:
    return piece.published_at.replace(microsecond=0).isoformat()


def _visible(piece: Piece) -> str:
    """US order, Brussels time: `Sat, 08/23/2025 - 08:34`."""
    return piece.published_at.astimezone(BRUSSELS).strftime("%a, %m/%d/%Y - %H:%M")
