"""Outlets that list their pieces in odd ways, each as one content system or one hand-made site does it.

A maker lays an `Outlet`'s routes over `pieces`, newest first, which grows while the outlet is watched, and gives the
lines of its `[sources.NAME]`. The pages themselves state no date: only what lists them can tell old from new.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from drive import HTML, XML, LoopbackAnswer, LoopbackRequest, Outlet, index, rss, sitemap

JSON = {"Content-Type": "application/json"}
STEP = 2  # pieces a page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPiece:
    """A piece as a list knows it."""

    path: str
    at: datetime


Now = Callable[[], datetime]
Maker = Callable[[Outlet, list[ListedPiece], Now], str]


def _html(pieces: Sequence[ListedPiece], more: str = "") -> LoopbackAnswer:
    links = "".join(f'<li><h3><a href="{p.path}">The story of {p.path}</a></h3></li>' for p in pieces)
    return LoopbackAnswer(headers=HTML, body=f"<html><body><ul>{links}</ul>{more}</body></html>".encode())


def _xml(body: bytes) -> LoopbackAnswer:
    return LoopbackAnswer(headers=XML, body=body)


def _json(value: object) -> LoopbackAnswer:
    return LoopbackAnswer(headers=JSON, body=json.dumps(value).encode())


def _number(asked: LoopbackRequest, name: str, otherwise: int) -> int:
    return int(asked.query.get(name, otherwise))


def _paged(
    name: str, pager: str, *, first: int = 1, path: str = "/list", counts: int = 1
) -> Callable[[Outlet, list[ListedPiece], Now], str]:
    """A list paged by a parameter: `first` is the first page's number, `counts` by how much each page is one more."""

    def lay(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
        def answer(asked: LoopbackRequest) -> LoopbackAnswer:
            here = _number(asked, name, first)
            start = (here - first) // counts * STEP
            following = pager.format(path=path, next=here + counts, previous=here - counts, shown=start // STEP + 2)
            return _html(pieces[start : start + STEP], following if start + STEP < len(pieces) else "")

        outlet.routes[path] = answer
        return f'spider = "listing"\nlistings = ["{outlet.url(path)}"]\narticle = "/n/"\npages = 2'

    return lay


def _paged_path(form: str, pager: str, path: str = "/latest") -> Maker:
    """A list whose pages have addresses of their own."""

    def lay(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
        for number in range(1, 20):

            def answer(asked: LoopbackRequest, number: int = number) -> LoopbackAnswer:
                start = (number - 1) * STEP
                following = pager.format(next=form.format(number + 1), shown=number + 1)
                return _html(pieces[start : start + STEP], following if start + STEP < len(pieces) else "")

            outlet.routes[path if number == 1 else form.format(number)] = answer
        return f'spider = "listing"\nlistings = ["{outlet.url(path)}"]\narticle = "/n/"'

    return lay


def _fed(dates: Callable[[ListedPiece, datetime], datetime | None], *, oldest_first: bool = False) -> Maker:
    def lay(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
        def answer(_: LoopbackRequest) -> LoopbackAnswer:
            shown = pieces[::-1] if oldest_first else pieces
            items = [{"link": outlet.url(p.path), "title": f"Story {p.path}", "date": dates(p, now())} for p in shown]
            return _xml(rss(*({k: v for k, v in item.items() if v is not None} for item in items)))

        outlet.routes["/feed"] = answer
        return f'spider = "feed"\nfeeds = ["{outlet.url("/feed")}"]'

    return lay


def _mapped(stamps: Callable[[ListedPiece, datetime, list[ListedPiece]], datetime | None]) -> Maker:
    def lay(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
        outlet.routes["/sitemap.xml"] = lambda _: _xml(
            sitemap(*((outlet.url(p.path), stamps(p, now(), pieces)) for p in pieces))
        )
        return f'spider = "sitemap"\nsitemaps = ["{outlet.url("/sitemap.xml")}"]'

    return lay


def _index_made_now(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """An index of two parts; every date in them is the moment of the request."""
    outlet.routes["/sitemap.xml"] = lambda _: _xml(index(outlet.url("/a.xml"), outlet.url("/b.xml")))
    for path, odd in (("/a.xml", 0), ("/b.xml", 1)):
        outlet.routes[path] = lambda _, odd=odd: _xml(
            sitemap(*((outlet.url(p.path), now()) for p in pieces if int(p.path[3:]) % 2 == odd))
        )
    return f'spider = "sitemap"\nsitemaps = ["{outlet.url("/sitemap.xml")}"]'


def _pinned_2038(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    def answer(_: LoopbackRequest) -> LoopbackAnswer:
        pinned = {"link": outlet.url("/n/1"), "title": "Pinned", "date": datetime.fromisoformat("2038-01-19T03:14Z")}
        return _xml(rss(pinned, *({"link": outlet.url(p.path), "title": p.path, "date": p.at} for p in pieces)))

    outlet.article("/n/1")
    outlet.routes["/feed"] = answer
    return f'spider = "feed"\nfeeds = ["{outlet.url("/feed")}"]'


def _cut_at_first(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """An undated feed whose first answer is cut off in the middle."""
    asked_before: list[int] = []

    def answer(_: LoopbackRequest) -> LoopbackAnswer:
        whole = rss(*({"link": outlet.url(p.path), "title": f"Story {p.path}"} for p in pieces))
        asked_before.append(1)
        return _xml(whole if len(asked_before) > 1 else whole[: len(whole) // 2])

    outlet.routes["/feed"] = answer
    return f'spider = "feed"\nfeeds = ["{outlet.url("/feed")}"]'


def _failing_at_first(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """A feed of the newest, and a sitemap of everything that answers 503 for the first hour."""
    began = now()
    outlet.routes["/feed"] = lambda _: _xml(
        rss(*({"link": outlet.url(p.path), "title": p.path, "date": p.at} for p in pieces[:5]))
    )
    outlet.routes["/sitemap.xml"] = lambda _: (
        LoopbackAnswer(status=503, headers=HTML, body=b"busy")
        if now() - began < timedelta(hours=1)
        else _xml(sitemap(*((outlet.url(p.path), None) for p in pieces)))
    )
    return f'spider = "feed"\nfeeds = ["{outlet.url("/feed")}"]\nsitemaps = ["{outlet.url("/sitemap.xml")}"]'


def _later_page_fails_at_first(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """A list whose second page answers 500 at the first poll."""
    asked_before: list[int] = []

    def answer(asked: LoopbackRequest) -> LoopbackAnswer:
        if asked.query.get("page"):
            asked_before.append(1)
            if len(asked_before) == 1:
                return LoopbackAnswer(status=500, headers=HTML, body=b"broken")
            return _html(pieces[STEP:])
        return _html(pieces[:STEP], '<a href="/list?page=2">2</a>')

    outlet.routes["/list"] = answer
    return f'spider = "listing"\nlistings = ["{outlet.url("/list")}"]\narticle = "/n/"'


def _json_feed(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    def answer(asked: LoopbackRequest) -> LoopbackAnswer:
        start = (_number(asked, "page", 1) - 1) * STEP
        items = [{"id": p.path, "url": outlet.url(p.path), "title": p.path} for p in pieces[start : start + STEP]]
        further = {"next_url": outlet.url(f"/feed.json?page={start // STEP + 2}")} if items else {}
        return _json({"version": "https://jsonfeed.org/version/1.1", "title": "N", "items": items, **further})

    outlet.routes["/feed.json"] = answer
    return f'spider = "feed"\nfeeds = ["{outlet.url("/feed.json")}"]\npages = 3'


def _atom_pages(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    def answer(asked: LoopbackRequest) -> LoopbackAnswer:
        start = (_number(asked, "page", 1) - 1) * STEP
        parts = "".join(
            f'<entry><title>{p.path}</title><link href="{outlet.url(p.path)}"/></entry>'
            for p in pieces[start : start + STEP]
        )
        further = f'<link rel="next" href="/atom?page={start // STEP + 2}"/>' if parts else ""
        return _xml(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title>{further}{parts}</feed>'.encode())

    outlet.routes["/atom"] = answer
    return f'spider = "feed"\nfeeds = ["{outlet.url("/atom")}"]'


def _wordpress(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """A WordPress whose clock runs three hours ahead, so that `date_gmt` does too; two pages of posts."""

    def answer(asked: LoopbackRequest) -> LoopbackAnswer:
        size = min(_number(asked, "per_page", 10), 10)
        start = (_number(asked, "page", 1) - 1) * size
        ahead = timedelta(hours=3)
        return _json(
            [
                {
                    "id": int(p.path[3:]),
                    "link": outlet.url(p.path),
                    "title": {"rendered": f"Story {p.path}"},
                    "date_gmt": f"{p.at + ahead:%Y-%m-%dT%H:%M:%S}",
                    "modified_gmt": f"{p.at + ahead:%Y-%m-%dT%H:%M:%S}",
                }
                for p in pieces[start : start + size]
            ]
        )

    outlet.routes["/wp-json/wp/v2/posts"] = answer
    posts = outlet.url("/wp-json/wp/v2/posts?per_page=10")
    return f'spider = "wordpress"\naddress = "{outlet.url("/")}"\nfeeds = []\napi = ["{posts}"]\npages = 2'


def _drupal(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """A Drupal whose list gives no dates and leads on by `links.next`."""

    def answer(asked: LoopbackRequest) -> LoopbackAnswer:
        start = _number(asked, "page[offset]", 0)
        nodes = [
            {"attributes": {"title": p.path, "drupal_internal__nid": int(p.path[3:]), "path": {"alias": p.path}}}
            for p in pieces[start : start + STEP]
        ]
        further = {"next": {"href": outlet.url(f"/jsonapi/node/article?page[offset]={start + STEP}")}}
        return _json({"data": nodes, "links": further if start + STEP < len(pieces) else {}})

    outlet.routes["/jsonapi/node/article"] = answer
    nodes = outlet.url("/jsonapi/node/article")
    return f'spider = "drupal"\naddress = "{outlet.url("/")}"\nfeeds = []\napi = ["{nodes}"]\npages = 2'


def _tass(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """A list API by POST with a cursor, whose items bear no date; feed and sitemap are not there."""

    def answer(asked: LoopbackRequest) -> LoopbackAnswer:
        wanted = json.loads(asked.body)
        if wanted["sectionId"] != 4954:
            return _json({"newsList": [], "lastTime": 0})
        older = [p for p in pieces if p.at.timestamp() < wanted["timestamp"]][:STEP]
        items = [{"id": int(p.path[3:]), "title": f"Story {p.path}", "link": p.path} for p in older]
        return _json({"newsList": items, "lastTime": int(older[-1].at.timestamp()) if older else 0})

    outlet.routes["/userApi/categoryNewsList"] = answer
    home = outlet.url("/").rstrip("/")
    return f'spider = "tass"\naddress = "{home}"\narticle = "/n/"\nidentity = ""\ncanonical = ""\npages = 3'


def _commonspace(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """A Drupal with paged lists, the newest in the feed, and a soft 404 for what it does not have."""

    def answer(asked: LoopbackRequest) -> LoopbackAnswer:
        here = _number(asked, "page", 0)
        more = f'<a href="?page={here + 1}" rel="next">next ›</a>'
        return _html([pieces[0], *pieces[here * STEP : here * STEP + STEP]], more)  # the first is pinned

    outlet.routes["/node"] = outlet.routes["/region/south-caucasus"] = answer
    home = outlet.url("/").rstrip("/")
    return f'spider = "commonspace"\naddress = "{home}"\narticle = "/n/"\ncanonical = ""'


def _archive_teasers(outlet: Outlet, pieces: list[ListedPiece], now: Now) -> str:
    """A front page that shows another old piece, whose page states its date, at every request."""
    shown: list[int] = []
    for number in range(300, 340):
        outlet.routes[f"/n/{number}"] = LoopbackAnswer(
            headers=HTML,
            body=(
                f"<html><head><title>Archive {number}</title><meta property='og:type' content='article'>"
                "<meta property='article:published_time' content='2019-05-02T10:00:00+00:00'></head><body><article>"
                f"<h1>Archive {number}</h1>" + f"<p>Of the {number} boats in the basin none was seen.</p>" * 12
            ).encode(),
        )

    def answer(_: LoopbackRequest) -> LoopbackAnswer:
        shown.append(1)
        return _html([*pieces[:8], ListedPiece(path=f"/n/{300 + len(shown) % 40}", at=now())])

    outlet.routes["/list"] = answer
    return f'spider = "listing"\nlistings = ["{outlet.url("/list")}"]\narticle = "/n/"'


def _rebuilt(piece: ListedPiece, now: datetime, pieces: list[ListedPiece]) -> datetime:
    return pieces[0].at  # a static site: every page is made anew with each piece


ODD_OUTLETS: dict[str, Maker] = {
    "django": _paged("page", '<a href="?page={next}">next</a> <a href="?page=99">last &raquo;</a>'),
    "laravel": _paged("page", '<a rel="next" href="{path}?page={next}">&rsaquo;</a>'),
    "hand-made": _paged("p", '<a href="?p={previous}">[{previous}]</a><a href="?p={next}">[{next}]</a>'),
    "offset": _paged("offset", '<a href="?offset={next}">Older</a>', first=0, counts=STEP),
    "joomla": _paged("start", '<a href="{path}?start={next}">{shown}</a>', first=0, counts=STEP),
    "plain-wordpress": _paged("paged", '<a href="/?paged={next}">Older posts</a>', path="/"),
    "drupal-list": _paged("page", '<a href="?page={next}" title="Go to page {shown}">{shown}</a>', first=0),
    "latest": _paged_path("/latest/{}", '<a href="{next}">{shown}</a>'),
    "hugo": _paged_path("/page/{}/", '<a href="{next}" aria-label="Next">»</a>', path="/"),
    "static": _paged_path("/archive{}.html", '<a href="{next}">older news</a>', path="/archive.html"),
    "query-next": _paged("from", '<link rel="next" href="{path}?from={next}">', first=0, counts=STEP),
    "feed-local-time": _fed(lambda piece, now: piece.at + timedelta(hours=4)),
    "feed-undated": _fed(lambda piece, now: None),
    "feed-oldest-first": _fed(lambda piece, now: piece.at, oldest_first=True),
    "feed-oldest-first-undated": _fed(lambda piece, now: None, oldest_first=True),
    "feed-made-now": _fed(lambda piece, now: now),
    "feed-by-day": _fed(lambda piece, now: piece.at.replace(hour=0, minute=0)),
    "feed-next-year": _fed(lambda piece, now: piece.at + timedelta(days=365)),
    "feed-2038": _pinned_2038,
    "feed-cut": _cut_at_first,
    "feed-and-late-sitemap": _failing_at_first,
    "list-late-page": _later_page_fails_at_first,
    "archive-teasers": _archive_teasers,
    "json-feed": _json_feed,
    "atom-pages": _atom_pages,
    "sitemap-now": _mapped(lambda piece, now, pieces: now),
    "sitemap-undated": _mapped(lambda piece, now, pieces: None),
    "sitemap-rebuilt": _mapped(_rebuilt),
    "sitemap-ahead": _mapped(lambda piece, now, pieces: piece.at + timedelta(hours=3)),
    "sitemap-index-now": _index_made_now,
    "wordpress": _wordpress,
    "drupal": _drupal,
    "tass": _tass,
    "commonspace": _commonspace,
}
