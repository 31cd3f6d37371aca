"""Outlets in the manner of WordPress, Ghost, Hugo and Jekyll, after the public conventions of these systems."""

from __future__ import annotations

import hashlib
import json

from outlet import Answer, Outlet, cut_list, escape, mail_date, page_number
from schedule import Piece

XML = "application/xml; charset=utf-8"


def _paragraphs(piece: Piece, now: float) -> str:
    return "\n".join(f"<p>{escape(part)}</p>" for part in piece.text(now))


class WordPress(Outlet):
    """Feed of ten, REST API, numbered pages of the home page, core sitemaps."""

    name, title, hours = "wordpress", "The Saltmarsh Gazette", 0
    disallowed = "/wp-admin/"

    def path(self, piece: Piece) -> str:
        day = self.moment(piece.at)
        return f"/{day:%Y/%m/%d}/{piece.slug}/"

    def page(self, piece: Piece, now: float) -> str:
        side = "".join(f'<li><a href="{self.url(one)}">{escape(one.title)}</a></li>' for one in self.live(now)[:5])
        return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8"><title>{escape(piece.title)} &#8211; {self.title}</title>
<link rel="canonical" href="{self.url(piece)}"><link rel="https://api.w.org/" href="{self.origin}/wp-json/">
<link rel="alternate" type="application/rss+xml" title="{self.title} &raquo; Feed" href="{self.origin}/feed/">
<meta property="og:type" content="article"><meta property="og:title" content="{escape(piece.title)}">
<meta property="article:published_time" content="{self.moment(piece.at).isoformat()}">
<meta property="article:modified_time" content="{self.modified(piece, now).isoformat()}"></head>
<body class="post-template-default single single-post postid-{piece.number}"><header class="site-header"><p class="site-title">
<a href="{self.origin}/">{self.title}</a></p><nav><ul><li><a href="/category/politics/">Politics</a></li>
<li><a href="/category/coast/">Coast</a></li></ul></nav></header><main id="main"><article id="post-{piece.number}" class="post type-post hentry">
<header class="entry-header"><h1 class="entry-title">{escape(piece.title)}</h1><div class="entry-meta"><span class="posted-on">
<time class="entry-date published" datetime="{self.moment(piece.at).isoformat()}">{self.moment(piece.at):%B %d, %Y}</time></span>
<span class="byline"> by <a class="url fn n" href="/author/desk/">News desk</a></span></div></header>
<div class="entry-content">{_paragraphs(piece, now)}</div></article></main>
<aside class="widget-area"><section class="widget widget_recent_entries"><h2>Recent Posts</h2><ul>{side}</ul></section></aside></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        live = self.live(now)
        if path in ("/feed/", "/feed"):
            return self._feed(live[:10], now)
        if path.startswith("/wp-json/wp/v2/posts"):
            return self._posts(live, query, now)
        if path == "/wp-json/":
            index = {
                "name": self.title,
                "url": self.origin,
                "namespaces": ["oembed/1.0", "wp/v2"],
                "routes": {"/wp/v2/posts": {}},
            }
            return Answer(body=json.dumps(index).encode(), kind="application/json")
        if path == "/wp-sitemap.xml":
            part = f"<sitemap><loc>{self.origin}/wp-sitemap-posts-post-1.xml</loc></sitemap>"
            return Answer(body=_index(part), kind=XML, listing=True)
        if path == "/wp-sitemap-posts-post-1.xml":
            return Answer(body=_urlset(f"<url><loc>{self.url(one)}</loc><lastmod>{self.modified(one, now).isoformat()}</lastmod></url>"
                                       for one in live), kind=XML, listing=True)  # fmt: skip
        number = int(path.split("/")[2]) if path.startswith("/page/") and path.split("/")[2].isdigit() else 1
        shown = cut_list(live, number, 10)
        if path != "/" and not (path.startswith("/page/") and shown):
            return None
        posts = "".join(
            f'<article class="post hentry"><h2 class="entry-title"><a href="{self.url(one)}" rel="bookmark">{escape(one.title)}</a></h2>'
            f'<div class="entry-summary"><p>{escape(one.text(now)[0][:160])} [&hellip;]</p></div></article>'
            for one in shown
        )
        body = f"""<!DOCTYPE html><html lang="en-US"><head><title>{self.title}</title>
<link rel="alternate" type="application/rss+xml" title="{self.title} &raquo; Feed" href="{self.origin}/feed/">
<link rel="https://api.w.org/" href="{self.origin}/wp-json/"></head><body class="home blog"><a href="/wp-admin/">Log in</a>
<main>{posts}<nav class="pagination"><a class="next page-numbers" href="{self.origin}/page/{number + 1}/">Older posts</a></nav></main></body></html>"""
        return Answer(body=body.encode(), listing=True)

    def _feed(self, shown: list[Piece], now: float) -> Answer:
        items = "".join(
            f"<item><title>{escape(one.title)}</title><link>{self.url(one)}</link><dc:creator><![CDATA[News desk]]></dc:creator>"
            f"<pubDate>{mail_date(self.moment(one.at))}</pubDate><category><![CDATA[Coast]]></category>"
            f'<guid isPermaLink="false">{self.origin}/?p={one.number}{f"&amp;v={self.fresh_guids}" if self.fresh_guids else ""}</guid>'
            f"<description><![CDATA[<p>{escape(one.text(now)[0][:200])} [&#8230;]</p>]]></description>"
            f"<content:encoded><![CDATA[{_paragraphs(one, now)}]]></content:encoded></item>"
            for one in shown
        )
        body = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>{self.title}</title>
<atom:link href="{self.origin}/feed/" rel="self" type="application/rss+xml" /><link>{self.origin}</link><description>Coast news</description>
<generator>https://wordpress.org/?v=6.8</generator>{items}</channel></rss>"""
        return Answer(body=body.encode(), kind="application/rss+xml; charset=UTF-8", listing=True)

    def _posts(self, live: list[Piece], query: dict[str, str], now: float) -> Answer:
        size = min(100, page_number(query, "per_page", 10))
        posts = [
            {
                "id": one.number, "date": self.moment(one.at).strftime("%Y-%m-%dT%H:%M:%S"),
                "date_gmt": self.moment(one.at).strftime("%Y-%m-%dT%H:%M:%S"),
                "modified_gmt": self.modified(one, now).strftime("%Y-%m-%dT%H:%M:%S"), "guid": {"rendered": f"{self.origin}/?p={one.number}"},
                "slug": one.slug, "status": "publish", "type": "post", "link": self.url(one), "title": {"rendered": escape(one.title)},
                "content": {"rendered": _paragraphs(one, now), "protected": False},
                "excerpt": {"rendered": f"<p>{escape(one.text(now)[0][:200])}</p>", "protected": False},
            }
            for one in cut_list(live, page_number(query), size)
        ]  # fmt: skip
        if "_fields" in query:
            names = {name.split(".")[0] for name in query["_fields"].split(",")}
            posts = [{key: value for key, value in post.items() if key in names} for post in posts]
        pages = {"X-WP-Total": str(len(live)), "X-WP-TotalPages": str(-(-len(live) // size))}
        return Answer(
            body=json.dumps(posts).encode(),
            kind="application/json; charset=UTF-8",
            headers=pages,
            listing=True,
            validators=False,
        )


class Ghost(Outlet):
    """RSS of fifteen with the full text and ids of 24 hex digits, sitemaps in parts, numbered pages."""

    name, title, hours = "ghost", "Cuaderno del Estrecho", 1
    disallowed = "/ghost/"

    def path(self, piece: Piece) -> str:
        return f"/{piece.slug}/"

    def page(self, piece: Piece, now: float) -> str:
        data = {
            "@context": "https://schema.org", "@type": "Article", "headline": piece.title, "url": self.url(piece),
            "datePublished": self.moment(piece.at).isoformat(), "dateModified": self.modified(piece, now).isoformat(),
            "author": {"@type": "Person", "name": "Redacción"}, "publisher": {"@type": "Organization", "name": self.title},
        }  # fmt: skip
        return f"""<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>{escape(piece.title)}</title>
<link rel="canonical" href="{self.url(piece)}"><meta name="generator" content="Ghost 5.82">
<link rel="alternate" type="application/rss+xml" title="{self.title}" href="{self.origin}/rss/">
<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script></head><body class="post-template"><div class="viewport">
<header id="gh-head"><a href="{self.origin}">{self.title}</a></header><main id="site-main" class="site-main"><article class="article post">
<header class="article-header gh-canvas"><h1 class="article-title">{escape(piece.title)}</h1><div class="article-byline">
<time datetime="{self.moment(piece.at):%Y-%m-%d}">{self.moment(piece.at):%d %b %Y}</time></div></header>
<section class="gh-content gh-canvas">{_paragraphs(piece, now)}</section></article></main>
<footer><p>{self.title} &copy; 2026 – Publicado con Ghost</p></footer></div></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        live = self.live(now)
        if path in ("/rss/", "/rss"):
            items = "".join(
                f"<item><title><![CDATA[{one.title}]]></title><description><![CDATA[{one.text(now)[0][:180]}]]></description>"
                f'<link>{self.url(one)}</link><guid isPermaLink="false">{self._guid(one)}</guid><dc:creator><![CDATA[Redacción]]></dc:creator>'
                f"<pubDate>{mail_date(self.moment(one.at))}</pubDate><content:encoded><![CDATA[{_paragraphs(one, now)}]]></content:encoded></item>"
                for one in live[:15]
            )
            body = f"""<?xml version="1.0" encoding="UTF-8"?><rss xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0"><channel><title><![CDATA[{self.title}]]></title>
<link>{self.origin}/</link><generator>Ghost 5.82</generator><ttl>60</ttl>{items}</channel></rss>"""
            return Answer(body=body.encode(), kind="application/rss+xml; charset=utf-8", listing=True)
        if path == "/sitemap.xml":
            return Answer(
                body=_index(f"<sitemap><loc>{self.origin}/sitemap-posts.xml</loc></sitemap>"), kind=XML, listing=True
            )
        if path == "/sitemap-posts.xml":
            return Answer(body=_urlset(f"<url><loc>{self.url(one)}</loc><lastmod>{self.modified(one, now).isoformat()}</lastmod></url>"
                                       for one in live), kind=XML, listing=True)  # fmt: skip
        number = int(path.split("/")[2]) if path.startswith("/page/") and path.split("/")[2].isdigit() else 1
        shown = cut_list(live, number, 12)
        if path != "/" and not (path.startswith("/page/") and shown):
            return None
        cards = "".join(
            f'<article class="post-card"><a class="post-card-content-link" href="{self.path(one)}"><h2 class="post-card-title">'
            f'{escape(one.title)}</h2><div class="post-card-excerpt">{escape(one.text(now)[0][:120])}</div></a></article>'
            for one in shown
        )
        body = f"""<!DOCTYPE html><html lang="es"><head><title>{self.title}</title><meta name="generator" content="Ghost 5.82">
<link rel="alternate" type="application/rss+xml" title="{self.title}" href="{self.origin}/rss/"></head><body class="home-template">
<a href="/ghost/">Entrar</a><div class="post-feed">{cards}</div><a class="older-posts" href="/page/{number + 1}/">Más</a></body></html>"""
        return Answer(body=body.encode(), listing=True)

    def _guid(self, piece: Piece) -> str:
        return hashlib.sha256(f"{piece.number}/{self.fresh_guids}".encode()).hexdigest()[:24]


class Hugo(Outlet):
    """A generated site: RSS of ten summaries at /index.xml, one sitemap of all, sections, a validator from the last build."""

    name, title, hours = "hugo", "Küstenblatt", 1

    def path(self, piece: Piece) -> str:
        return f"/posts/{piece.slug}/"

    def page(self, piece: Piece, now: float) -> str:
        return f"""<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{escape(piece.title)} | {self.title}</title>
<meta name="generator" content="Hugo 0.139.0"><meta name="description" content="{escape(piece.text(now)[0][:150])}">
<meta itemprop="datePublished" content="{self.moment(piece.at).isoformat()}"></head><body><nav class="menu"><a href="/">{self.title}</a>
<a href="/posts/">Artikel</a><a href="/tags/">Themen</a></nav><main><article class="single"><h1>{escape(piece.title)}</h1>
<p class="meta"><time datetime="{self.moment(piece.at).isoformat()}">{self.moment(piece.at):%d.%m.%Y %H:%M}</time></p>
<div class="content">{_paragraphs(piece, now)}</div></article></main><footer>Erstellt mit Hugo</footer></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        live = self.live(now)
        if path in ("/index.xml", "/posts/index.xml"):
            items = "".join(
                f"<item><title>{escape(one.title)}</title><link>{self.url(one)}</link><pubDate>{mail_date(self.moment(one.at))}</pubDate>"
                f"<guid>{self.url(one)}{f'#{self.fresh_guids}' if self.fresh_guids else ''}</guid>"
                f"<description>{escape(one.text(now)[0])}</description></item>"
                for one in live[:10]
            )
            body = f"""<?xml version="1.0" encoding="utf-8" standalone="yes"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>{self.title}</title><link>{self.origin}/</link><generator>Hugo</generator><language>de</language>
<atom:link href="{self.origin}/index.xml" rel="self" type="application/rss+xml"/>{items}</channel></rss>"""
            return Answer(body=body.encode(), kind="application/xml", listing=True)
        if path == "/sitemap.xml":
            urls = [f"<url><loc>{self.origin}/</loc></url>", f"<url><loc>{self.origin}/posts/</loc></url>"]
            urls += [
                f"<url><loc>{self.url(one)}</loc><lastmod>{self.modified(one, now).isoformat()}</lastmod></url>"
                for one in live
            ]
            return Answer(body=_urlset(urls), kind="application/xml", listing=True)
        parts = path.strip("/").split("/")
        number = int(parts[-1]) if len(parts) > 1 and parts[-2] == "page" and parts[-1].isdigit() else 1
        if path not in ("/", "/posts/") and not path.startswith(("/page/", "/posts/page/")):
            return None
        shown = "".join(
            f'<li><a href="{self.path(one)}">{escape(one.title)}</a> <span>{self.moment(one.at):%d.%m.%Y}</span></li>'
            for one in cut_list(live, number, 8)
        )
        body = f"""<!doctype html><html lang="de"><head><meta name="generator" content="Hugo 0.139.0"><title>{self.title}</title>
<link rel="alternate" type="application/rss+xml" href="{self.origin}/index.xml" title="{self.title}"></head><body><a href="/internal/">Intern</a>
<ul class="posts">{shown}</ul><ul class="pagination"><li><a href="/page/{number + 1}/">»</a></li></ul></body></html>"""
        return Answer(body=body.encode(), listing=True)


class Jekyll(Outlet):
    """An Atom feed of ten with the full text as escaped HTML, a home page that lists all, no sitemap."""

    name, title, hours = "jekyll", "Hafenprotokoll", 1

    def path(self, piece: Piece) -> str:
        return f"/{self.moment(piece.at):%Y/%m/%d}/{piece.slug}.html"

    def page(self, piece: Piece, now: float) -> str:
        return f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{escape(piece.title)} | {self.title}</title>
<meta name="generator" content="Jekyll v4.3.3" /></head><body><header class="site-header"><a class="site-title" rel="author" href="/">{self.title}</a></header>
<main class="page-content"><article class="post h-entry" itemscope itemtype="http://schema.org/BlogPosting"><header class="post-header">
<h1 class="post-title p-name" itemprop="name headline">{escape(piece.title)}</h1><p class="post-meta"><time class="dt-published"
 datetime="{self.moment(piece.at).isoformat()}" itemprop="datePublished">{self.moment(piece.at):%d.%m.%Y}</time></p></header>
<div class="post-content e-content" itemprop="articleBody">{_paragraphs(piece, now)}</div></article></main></body></html>"""

    def lists(self, path: str, query: dict[str, str], now: float) -> Answer | None:
        live = self.live(now)
        if path == "/feed.xml":
            entries = "".join(
                f'<entry><title type="html">{escape(escape(one.title))}</title><link href="{self.url(one)}" rel="alternate" type="text/html"/>'
                f"<published>{self.moment(one.at).isoformat()}</published><updated>{self.modified(one, now).isoformat()}</updated>"
                f'<id>{self.url(one)[:-5]}{f"/r{self.fresh_guids}" if self.fresh_guids else ""}</id><content type="html">'
                f"{escape(_paragraphs(one, now))}</content></entry>"
                for one in live[:10]
            )
            body = f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><generator uri="https://jekyllrb.com/">Jekyll</generator>
<link href="{self.origin}/feed.xml" rel="self" type="application/atom+xml"/><link href="{self.origin}/" rel="alternate" type="text/html"/>
<updated>{self.moment(now).isoformat()}</updated><id>{self.origin}/feed.xml</id><title type="html">{self.title}</title>{entries}</feed>"""
            return Answer(body=body.encode(), kind="application/xml", listing=True)
        if path != "/":
            return None
        shown = "".join(
            f'<li><span class="post-meta">{self.moment(one.at):%d.%m.%Y}</span><h3><a class="post-link" href="{self.path(one)}">'
            f"{escape(one.title)}</a></h3></li>"
            for one in live
        )
        body = f"""<!DOCTYPE html><html lang="de"><head><title>{self.title}</title><link type="application/atom+xml" rel="alternate"
 href="{self.origin}/feed.xml" title="{self.title}" /></head><body><a href="/internal/">Intern</a><ul class="post-list">{shown}</ul></body></html>"""
        return Answer(body=body.encode(), listing=True)


def _index(parts: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>'.encode()


def _urlset(urls: object) -> bytes:
    inner = "".join(urls)  # type: ignore[arg-type]
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'.encode()
