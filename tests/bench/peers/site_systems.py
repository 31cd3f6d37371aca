"""Outlets in the manner of Django, Drupal, hand-made HTML, a JSON Feed, a sitemap alone, and a crowded front page."""

from __future__ import annotations

import json

from outlet import Answer, Outlet, cut_list, escape, mail_date, page_number
from schedule import Piece

XML = "application/xml; charset=utf-8"


def _paragraphs(piece: Piece, now: float) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in piece.text(now))


class Django(Outlet):
    """Syndication framework's RSS of twenty, list views with ?page=N, sitemap framework with days as lastmod."""

    name, title, hours = "django", "Пристань", 3
    disallowed = "/admin/"

    def path(self, piece: Piece) -> str:
        return f"/news/{piece.number}/"

    def page(self, piece: Piece, now: float) -> str:
        return f"""<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>{escape(piece.title)} — {self.title}</title>
<meta property="og:title" content="{escape(piece.title)}"><meta property="og:url" content="{self.url(piece)}"></head><body>
<div id="header"><a href="/">{self.title}</a> <a href="/news/">Все новости</a></div><div id="content"><h1>{escape(piece.title)}</h1>
<p class="date">{self.moment(piece.at):%d.%m.%Y %H:%M}</p><div class="news-body">{_paragraphs(piece, now)}</div>
<form method="post" action="/subscribe/"><input type="hidden" name="csrfmiddlewaretoken" value="x{int(now)}"></form></div></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        live = self.live(now)
        if path == "/news/feed/":
            items = "".join(
                f"<item><title>{escape(one.title)}</title><link>{self.url(one)}</link><description>{escape(one.text(now)[0])}</description>"
                f"<pubDate>{mail_date(self.moment(one.at))}</pubDate><guid>{self.url(one)}{f'?v={self.fresh_guids}' if self.fresh_guids else ''}</guid></item>"
                for one in live[:20]
            )
            body = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>{self.title}</title><link>{self.origin}/news/</link>
<description>Новости</description><atom:link href="{self.origin}/news/feed/" rel="self"/><language>ru</language>{items}</channel></rss>"""
            return Answer(body=body.encode(), kind="application/rss+xml; charset=utf-8", listing=True)
        if path == "/sitemap.xml":
            urls = "".join(
                f"<url><loc>{self.url(one)}</loc><lastmod>{self.modified(one, now):%Y-%m-%d}</lastmod></url>"
                for one in live
            )
            return Answer(body=_urlset(urls), kind=XML, listing=True)
        if path not in ("/", "/news/"):
            return None
        number = page_number(query)
        shown = "".join(
            f'<div class="news-item"><a href="{self.path(one)}">{escape(one.title)}</a> <small>{self.moment(one.at):%H:%M}</small>'
            f"<p>{escape(one.text(now)[0][:120])}…</p></div>"
            for one in cut_list(live, number, 10)
        )
        body = f"""<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>{self.title}</title>
<link rel="alternate" type="application/rss+xml" href="/news/feed/" title="RSS"></head><body><a href="/admin/">Вход</a>{shown}
<span class="step-links"><a href="?page={number + 1}">следующая</a></span></body></html>"""
        return Answer(body=body.encode(), listing=True)


class Drupal(Outlet):
    """Default RSS of ten with "N at site" guids, a view of ten with ?page from 0, simple_sitemap."""

    name, title, hours = "drupal", "Le Veilleur du Détroit", 1
    disallowed = "/admin/"

    def path(self, piece: Piece) -> str:
        return f"/actualites/{piece.slug}"

    def page(self, piece: Piece, now: float) -> str:
        return f"""<!DOCTYPE html><html lang="fr" dir="ltr"><head><meta charset="utf-8"/><title>{escape(piece.title)} | {self.title}</title>
<meta name="Generator" content="Drupal 10 (https://www.drupal.org)"/><link rel="canonical" href="{self.url(piece)}"/>
<link rel="shortlink" href="{self.origin}/node/{piece.number}"/></head><body class="path-node page-node-type-article">
<header role="banner"><div class="site-branding__name"><a href="/" rel="home">{self.title}</a></div></header><main role="main">
<h1 class="page-title"><span class="field field--name-title">{escape(piece.title)}</span></h1><article class="node node--type-article" about="{self.path(piece)}">
<footer class="node__meta"><span>Soumis par <span>redaction</span> le {self.moment(piece.at):%d/%m/%Y - %H:%M}</span></footer>
<div class="node__content"><div class="clearfix text-formatted field field--name-body field--type-text-with-summary">{_paragraphs(piece, now)}</div>
</div></article></main><footer><nav><a href="/contact">Contact</a></nav></footer></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        live = self.live(now)
        if path == "/rss.xml":
            items = "".join(
                f"<item><title>{escape(one.title)}</title><link>{self.url(one)}</link><description>{escape(_paragraphs(one, now))}</description>"
                f"<pubDate>{mail_date(self.moment(one.at))}</pubDate><dc:creator>redaction</dc:creator>"
                f'<guid isPermaLink="false">{one.number}{f".{self.fresh_guids}" if self.fresh_guids else ""} at {self.origin}</guid></item>'
                for one in live[:10]
            )
            body = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:base="{self.origin}/">
<channel><title>{self.title}</title><link>{self.origin}/</link><description/><language>fr</language>{items}</channel></rss>"""
            return Answer(body=body.encode(), kind="application/rss+xml; charset=utf-8", listing=True)
        if path == "/sitemap.xml":
            urls = "".join(
                f"<url><loc>{self.url(one)}</loc><lastmod>{self.modified(one, now).isoformat()}</lastmod></url>"
                for one in live
            )
            return Answer(body=_urlset(urls), kind=XML, listing=True)
        if path not in ("/", "/actualites"):
            return None
        number = page_number(query, first=0)
        rows = "".join(
            f'<div class="views-row"><h2 class="node__title"><a href="{self.path(one)}" rel="bookmark"><span>{escape(one.title)}</span></a></h2>'
            f"<p>{escape(one.text(now)[0][:140])}</p></div>"
            for one in cut_list(live, number + 1, 10)
        )
        body = f"""<!DOCTYPE html><html lang="fr"><head><title>{self.title}</title><meta name="Generator" content="Drupal 10 (https://www.drupal.org)"/>
<link rel="alternate" type="application/rss+xml" title="" href="{self.origin}/rss.xml"/></head><body><a href="/admin/">Se connecter</a>
<div class="views-element-container">{rows}</div><nav class="pager"><a href="?page={number + 1}" rel="next">››</a></nav></body></html>"""
        return Answer(body=body.encode(), listing=True)


class Handmade(Outlet):
    """Tables, windows-1254, one list of the latest sixty, no feed, no sitemap, no validators, local time without a zone."""

    name, title, hours = "handmade", "Boğaz Postası", 3

    def path(self, piece: Piece) -> str:
        return f"/haber.asp?id={piece.number}"

    def page(self, piece: Piece, now: float) -> str:
        return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1254"><title>{escape(piece.title)} - {self.title}</title></head>
<body bgcolor="#ffffff"><table width="760"><tr><td colspan="2"><a href="/"><img src="/logo.gif" alt="{self.title}"></a></td></tr><tr><td width="160" valign="top">
<a href="/">Ana sayfa</a><br><a href="/arsiv.asp">Arşiv</a><br><a href="/kunye.html">Künye</a></td><td valign="top"><font size="5"><b>{escape(piece.title)}</b></font><br>
<font size="1">{self.moment(piece.at):%d.%m.%Y %H:%M}</font><br><br>{"<br><br>".join(escape(part) for part in piece.text(now))}</td></tr></table></body></html>"""

    def answer(self, path: str, query: dict[str, str], now: float) -> Answer:
        """Its pages are told by ?id=N and are in windows-1254."""
        if path == "/haber.asp":
            for piece in self.live(now):
                if query.get("id") == str(piece.number):
                    page = self.page(piece, now).encode("cp1254", "xmlcharrefreplace")
                    return Answer(body=page, kind="text/html", piece=piece.number, validators=False)
            return Answer(body=b"<html><body>Haber bulunamadi</body></html>", status=404)
        return super().answer(path, query, now)

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        if path not in ("/", "/arsiv.asp"):
            return None
        rows = "".join(
            f'<tr><td><font size="1">{self.moment(one.at):%H:%M}</font></td><td><a href="haber.asp?id={one.number}">{escape(one.title)}</a></td></tr>'
            for one in self.live(now)[:60]
        )
        body = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1254"><title>{self.title}</title></head><body>
<a href="/internal/">Yonetim</a><table>{rows}</table><a href="/kunye.html">Künye</a></body></html>"""
        return Answer(body=body.encode("cp1254", "xmlcharrefreplace"), kind="text/html", listing=True, validators=False)


class JsonFeed(Outlet):
    """A home page that a script fills from a JSON Feed of twenty with next_url; the pages are plain."""

    name, title, hours = "jsonfeed", "Strait Brief", 0

    def path(self, piece: Piece) -> str:
        return f"/s/{piece.number:x}/{piece.slug}"

    def page(self, piece: Piece, now: float) -> str:
        return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(piece.title)}</title><meta name="author" content="Brief desk">
<meta name="date" content="{self.moment(piece.at).isoformat()}"><link rel="canonical" href="{self.url(piece)}"></head><body><div id="root">
<div class="css-1x2"><div class="css-9ab"><h1 class="css-77q">{escape(piece.title)}</h1><time datetime="{self.moment(piece.at).isoformat()}">today</time>
<div class="css-k3p">{_paragraphs(piece, now)}</div></div></div></div></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        if path == "/":
            body = f"""<!doctype html><html lang="en"><head><title>{self.title}</title><link rel="alternate" type="application/feed+json" title="{self.title}"
 href="{self.origin}/api/stories.json"></head><body><a href="/internal/">Staff</a><div id="root"></div><script src="/app.js"></script></body></html>"""
            return Answer(body=body.encode())
        if path != "/api/stories.json":
            return None
        number, live = page_number(query), self.live(now)
        items = [
            {
                "id": f"{one.number}{f'-{self.fresh_guids}' if self.fresh_guids else ''}", "url": self.url(one), "title": one.title,
                "summary": one.text(now)[0], "date_published": self.moment(one.at).isoformat(), "date_modified": self.modified(one, now).isoformat(),
                "content_html": _paragraphs(one, now),
            }
            for one in cut_list(live, number, 20)
        ]  # fmt: skip
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": self.title, "home_page_url": self.origin + "/",
                "feed_url": f"{self.origin}/api/stories.json", "items": items}  # fmt: skip
        if number * 20 < len(live):
            feed["next_url"] = f"{self.origin}/api/stories.json?page={number + 1}"
        return Answer(body=json.dumps(feed, ensure_ascii=False).encode(), kind="application/feed+json", listing=True)


class SitemapOnly(Outlet):
    """robots.txt names a sitemap index with a news sitemap and one of all; the home page shows three pieces, other ones each time."""

    name, title, hours = "sitemaponly", "Dépêches du Large", 1

    def robots(self) -> str:
        return f"{super().robots()}\nSitemap: {self.origin}/sitemaps/index.xml\n"

    def path(self, piece: Piece) -> str:
        return f"/depeche/{piece.number}-{piece.slug}.html"

    def page(self, piece: Piece, now: float) -> str:
        data = {"@context": "https://schema.org", "@graph": [{
            "@type": "NewsArticle", "headline": piece.title, "mainEntityOfPage": self.url(piece), "inLanguage": "fr",
            "datePublished": self.moment(piece.at).isoformat(), "dateModified": self.modified(piece, now).isoformat(),
        }]}  # fmt: skip
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{escape(piece.title)} - {self.title}</title>
<script type="application/ld+json">{json.dumps(data)}</script></head><body><div class="top">{self.title}</div><article><h1>{escape(piece.title)}</h1>
<div class="chapo">{escape(piece.text(now)[0])}</div><div class="corps">{"".join(f"<p>{escape(part)}</p>" for part in piece.text(now)[1:])}</div></article></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        live = self.live(now)
        if path == "/":
            turn = int(now / 20) % max(1, len(live) - 3)
            teasers = "".join(f'<a href="{self.path(one)}">{escape(one.title)}</a> ' for one in live[turn : turn + 3])
            body = f'<!DOCTYPE html><html lang="fr"><head><title>{self.title}</title></head><body><a href="/internal/">Intranet</a>{teasers}</body></html>'
            return Answer(body=body.encode(), validators=False)
        if path == "/sitemaps/index.xml":
            parts = "".join(
                f"<sitemap><loc>{self.origin}/sitemaps/{name}.xml</loc></sitemap>" for name in ("news", "all")
            )
            body = f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>'
            return Answer(body=body.encode(), kind=XML, listing=True)
        if path == "/sitemaps/all.xml":
            return Answer(
                body=_urlset("".join(f"<url><loc>{self.url(one)}</loc></url>" for one in live)), kind=XML, listing=True
            )
        if path != "/sitemaps/news.xml":
            return None
        urls = "".join(
            f"<url><loc>{self.url(one)}</loc><news:news><news:publication><news:name>{self.title}</news:name><news:language>fr</news:language>"
            f"</news:publication><news:publication_date>{self.moment(one.at).isoformat()}</news:publication_date>"
            f"<news:title>{escape(one.title)}</news:title></news:news></url>"
            for one in live
            if one.at > now - 172800
        )
        return Answer(body=_urlset(urls), kind=XML, listing=True)


class FrontPage(Outlet):
    """No feed: a front page of eight with sections and adverts, an archive by numbered pages, a plain sitemap."""

    name, title, hours = "frontpage", "Вечерний Рейд", 3

    def path(self, piece: Piece) -> str:
        return f"/{self.moment(piece.at):%Y/%m/%d}/news_{piece.number}.html"

    def page(self, piece: Piece, now: float) -> str:
        return f"""<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>{escape(piece.title)} :: {self.title}</title>
<meta property="article:published_time" content="{self.moment(piece.at).isoformat()}"></head><body><div class="advert"><a href="/promo/42/">Ипотека</a></div>
<div class="story"><h1 class="story__title">{escape(piece.title)}</h1><div class="story__text">{_paragraphs(piece, now)}</div></div>
<div class="more">Читайте также: {"".join(f'<a href="{self.path(one)}">{escape(one.title)}</a>' for one in self.live(now)[2:6])}</div></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        live = self.live(now)
        if path == "/sitemap.xml":
            return Answer(
                body=_urlset("".join(f"<url><loc>{self.url(one)}</loc></url>" for one in live)), kind=XML, listing=True
            )
        if path == "/":
            shown, further = live[:8], ""
        elif path == "/archive/":
            number = page_number(query, "p")
            shown, further = cut_list(live, number, 15), f'<a class="next" href="/archive/?p={number + 1}">Дальше</a>'
        else:
            return None
        cards = "".join(
            f'<div class="card"><a href="{self.path(one)}"><b>{escape(one.title)}</b></a></div>' for one in shown
        )
        body = f"""<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>{self.title}</title></head><body><a href="/internal/">Редакция</a>
<nav><a href="/archive/">Все новости</a> <a href="/section/economy/">Экономика</a> <a href="/about/">О нас</a></nav><a href="/promo/42/">Ипотека</a>{cards}{further}</body></html>"""
        return Answer(body=body.encode(), listing=True)


def _urlset(urls: str) -> bytes:
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {spaces}>{urls}</urlset>'.encode()
