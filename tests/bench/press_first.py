"""Four page generators that the learner was made with; they must not know it."""

# ruff: noqa: E501  markup keeps its lines

from __future__ import annotations

import json

from press import Press, Story, esc


class Blocks(Press):
    """A blog system's block theme: figures, prompts and teasers stand between the paragraphs."""

    name = "gull"
    site = "The Gull"

    def dress(self, story: Story) -> str:
        body: list[str] = []
        prompt = (
            '<div class="newsletter-box alignfull"><h4>The morning tide</h4><p>Get the five stories that matter in your '
            "inbox every weekday before breakfast.</p><form><input type=email><button>Sign up</button></form></div>"
        )
        middle = self.chance.randrange(1, len(story.parts) + 1)
        items: list[str] = []
        for number, part in enumerate(story.parts):
            if items and part.kind != "item":
                body.append(f'<ul class="wp-block-list">{"".join(items)}</ul>')
                items = []
            if part.kind == "h2":
                body.append(f'<h2 class="wp-block-heading">{esc(part.text)}</h2>')
            elif part.kind == "quote":
                body.append(f'<blockquote class="wp-block-quote"><p>{esc(part.text)}</p></blockquote>')
            elif part.kind == "item":
                items.append(f"<li>{esc(part.text)}</li>")
            else:
                body.append(f"<p>{esc(part.text)}</p>")
            if number == middle:
                body.append(
                    prompt
                    if self.often(0.6)
                    else f'<div class="ad-slot ad-{self.chance.randint(1, 900)}">Advertisement</div>'
                )
            if self.often(0.12) and self.earlier and not items:
                other = self.others(1)[0]
                body.append(f'<p><strong>Read also:</strong> <a href="{self.url(other)}">{esc(other.title)}</a></p>')
            if self.often(0.15) and not items:
                body.append(
                    f'<div class="wp-block-image"><img src="/i/{self.chance.randint(1, 999)}.jpg">'
                    f'<p class="wp-caption-text">{esc(self.caption())}</p></div>'
                )
        related = "".join(
            f'<div class="rel-item"><a href="{self.url(one)}"><h3>{esc(one.title)}</h3></a>'
            f'<p class="excerpt">{esc(one.parts[0].text[:140])}…</p></div>'
            for one in self.others(3)
        )
        comments = "".join(
            f'<li class="comment depth-1" id="comment-{self.chance.randint(1, 9999)}"><cite>{esc(who)}</cite>'
            f"<div class=comment-content><p>{esc(said)}</p></div></li>"
            for who, said in self.remarks()
        )
        lead = f'<p class="post-excerpt">{esc(story.standfirst)}</p>' if story.standfirst else ""
        tags = "".join(f'<a rel=tag href="/tag/{esc(tag)}">{esc(tag)}</a> ' for tag in story.tags)
        return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="utf-8"><title>{esc(story.title)} - The Gull</title>
<meta property="og:title" content="{esc(story.title)} - The Gull"><meta property="og:type" content="article">
<meta property="og:description" content="{esc(story.standfirst or story.parts[0].text[:150])}">
<meta property="article:published_time" content="{story.at.isoformat()}">{self.head()}</head>
<body class="post-template-default single postid-{story.number}"><div id="page" class="site">
<header class="site-header"><nav class="main-nav">{self.menu()}<ul><li><a href="/">Home</a></li><li><a href="/town">Town</a></li>
<li><a href="/sea">Sea</a></li><li><a href="/opinion">Opinion</a></li></ul></nav></header>
<main id="content" class="site-main"><article id="post-{story.number}" class="post-{story.number} post type-post hentry
 category-{story.section}"><header class="entry-header"><h1 class="entry-title">{esc(story.title)}</h1>{lead}
<div class="entry-meta">By <a href="/author">{esc(story.author)}</a> | <time datetime="{story.at.isoformat()}">{story.at:%B %d, %Y}
</time></div></header><div class="share">Share this: <a href="#">Facebook</a> <a href="#">Telegram</a></div>
<div class="entry-content">{"".join(body)}{f"<ul>{''.join(items)}</ul>" if items else ""}
<div class="post-tags">Tags: {tags}</div></div>
<div class="author-box"><h4>{esc(story.author)}</h4><p>{esc(story.author)} has written for The Gull since it was founded and
covers the coast, its people and their quarrels.</p></div></article>
<section class="related"><h2>More from The Gull</h2>{related}</section>
<section id="comments"><h2>Comments</h2><ol>{comments}</ol></section></main>
<footer class="site-footer"><p>The Gull is published by the Gull Society. All rights reserved.</p></footer></div></body></html>"""


class Modules(Press):
    """A script-built page: class names are hashes, paragraphs are single boxes, everything is a div."""

    name = "tern"
    site = "Tern Daily"
    standfirst = 0.9

    def dress(self, story: Story) -> str:
        rows: list[str] = []
        for part in story.parts:
            kind = {"h2": "Heading_root__x91ab", "quote": "Quote_root__a8Kd1", "item": "Bullet_item__Zz0u2"}.get(
                part.kind, "Paragraph_root__f3Tq9"
            )
            tag = "h3" if part.kind == "h2" else "div" if part.kind != "p" else "p"
            rows.append(f'<div class="Row_row__k2Lm3"><{tag} class="{kind}">{esc(part.text)}</{tag}></div>')
            if self.often(0.1):
                rows.append(
                    '<div class="Row_row__k2Lm3"><div class="Ad_slot__09aBc" data-ad="x">Advertisement</div></div>'
                )
            if self.often(0.1) and self.earlier:
                other = self.others(1)[0]
                rows.append(
                    f'<div class="Row_row__k2Lm3"><div class="Teaser_root__Qw3rT"><span class="Teaser_kicker__1aA">'
                    f'Editor\'s choice</span><a class="Teaser_link__bB2" href="{self.url(other)}">{esc(other.title)}</a>'
                    f'<p class="Teaser_text__cC3">{esc(other.parts[0].text[:160])}</p></div></div>'
                )
            if self.often(0.15):
                rows.append(
                    f'<div class="Row_row__k2Lm3"><div class="Media_root__7hYtR"><img src="/{self.chance.randint(1, 999)}">'
                    f'<div class="Media_text__Lp0oI">{esc(self.caption())}</div></div></div>'
                )
        if self.often(0.7):
            rows.append(
                '<div class="Row_row__k2Lm3"><p class="Paragraph_root__f3Tq9">Do you know more about this story? Write to our '
                "newsroom in confidence, we read every message.</p></div>"
            )
        trending = "".join(
            f'<li class="Trend_item__u8"><a href="{self.url(one)}">{esc(one.title)}</a></li>' for one in self.others(5)
        )
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": story.at.isoformat(),
            "author": {"@type": "Person", "name": story.author},
        }
        return f"""<!doctype html><html lang=en><head><meta charset=utf-8><title>{esc(story.title)} | {esc(story.section)} | Tern Daily</title>
<meta name=description content="{esc(story.standfirst or story.title)}"><script type="application/ld+json">{json.dumps(data)}</script>
<script>window.__DATA__={json.dumps({"items": [one.title for one in self.others(9)]})}</script>{self.head()}</head><body><div id="__next">
<div class="Shell_root__aa1"><div class="TopBar_root__bb2"><a href="/">Tern Daily</a>{self.menu()}<a href="/live">Live</a><a href="/world">World
</a><a href="/sport">Sport</a></div><div class="Grid_grid__cc3"><div class="Grid_main__dd4"><div class="Article_head__ee5">
<div class="Kicker_root__ff6">{esc(story.section)}</div><h1 class="Headline_root__gg7">{esc(story.title)}</h1>
{f'<p class="Standfirst_root__hh8">{esc(story.standfirst)}</p>' if story.standfirst else ""}
<div class="Byline_root__ii9">{esc(story.author)}, {story.at:%d.%m.%Y %H:%M}</div></div>
<div class="Article_body__jj0">{"".join(rows)}</div>
<div class="Topics_root__kk1">{"".join(f"<a href=#>{esc(tag)}</a>" for tag in story.tags)}</div>
<div class="Share_root__ll2">Share Copy link</div></div>
<div class="Grid_side__mm3"><div class="Trend_root__nn4"><div>Most read</div><ol>{trending}</ol></div></div></div>
<div class="Foot_root__oo5">Tern Daily is part of Shore Media. Imprint. Privacy.</div></div></div></body></html>"""


class Fields(Press):
    """A content system's fields: nested wrappers, one long body field, boxes floated into it."""

    name = "petrel"
    site = "Petrel Review"
    standfirst = 0.7

    def url(self, story: Story) -> str:
        return f"https://petrel.example/node/{story.number}"

    def dress(self, story: Story) -> str:
        body: list[str] = []
        for part in story.parts:
            tag = {"h2": "h4", "quote": "blockquote", "item": "p"}.get(part.kind, "p")
            body.append(f"<{tag}>{'• ' if part.kind == 'item' else ''}{esc(part.text)}</{tag}>")
            if self.often(0.1):
                body.append(f"<p><em>Photo: {esc(self.caption())}</em></p>")
            if self.often(0.08) and self.earlier:
                links = "".join(f'<li><a href="{self.url(one)}">{esc(one.title)}</a></li>' for one in self.others(2))
                body.append(
                    f'<div class="align-right embedded-entity"><strong>Background</strong><ul>{links}</ul></div>'
                )
        teasers = "".join(
            f'<div class="views-row"><div class="node node--type-news node--view-mode-teaser"><span>Editor\'s choice</span>'
            f'<h2><a href="{self.url(one)}">{esc(one.title)}</a></h2><div class="field--name-body">'
            f"<p>{esc(one.parts[0].text[:200])}</p></div></div></div>"
            for one in self.others(4)
        )
        lead = (
            f'<div class="field field--name-field-summary field--type-text"><p>{esc(story.standfirst)}</p></div>'
            if story.standfirst
            else ""
        )
        return f"""<!DOCTYPE html><html lang="en" dir="ltr"><head><meta charset="utf-8"/><title>{esc(story.title)} | Petrel Review</title>
<link rel="shortlink" href="https://petrel.example/node/{story.number}"/>{self.head()}</head>
<body class="path-node page-node-type-news"><div class="dialog-off-canvas-main-canvas"><header><ul class="menu">
<li><a href="/">News</a></li><li><a href="/opinion">Opinion</a></li></ul>{self.menu()}</header>
<div class="layout-container"><main role="main"><div class="layout-content"><div class="region region-content">
<article role="article" class="node node--type-news node--promoted node--view-mode-full"><h1 class="page-title">
<span class="field field--name-title">{esc(story.title)}</span></h1><div class="node__content">
<div class="node__submitted"><span property="schema:dateCreated" content="{story.at.isoformat()}">{story.at:%a, %m/%d/%Y - %H:%M}
</span></div>{lead}<div class="clearfix text-formatted field field--name-body field--type-text-with-summary">{"".join(body)}
<p>source: Petrel Review with agencies</p></div>
<div class="field--name-field-tags"><div>Tags</div>{"".join(f"<div><a href=#>{esc(tag)}</a></div>" for tag in story.tags)}</div>
</div></article></div></div></main><aside><div class="block-views"><h2>Related articles</h2>{teasers}</div></aside></div>
<footer>© Petrel Review</footer></div></body></html>"""


class Tables(Press):
    """An old page: tables, line breaks for paragraphs, the article's text right in a cell."""

    name = "auk"
    site = "Auk Gazette"
    standfirst = 0.3

    def dress(self, story: Story) -> str:
        lines = [part.text for part in story.parts]
        text = "<br><br>".join(
            f"<b>{esc(part.text)}</b>" if part.kind == "h2" else esc(part.text) for part in story.parts
        )
        left = "".join(
            f'<tr><td class="mlink"><a href="{self.url(one)}">{esc(one.title)}</a></td></tr>' for one in self.others(6)
        )
        lead = f'<div class="spot"><b>{esc(story.standfirst)}</b></div>' if story.standfirst else ""
        comments = "".join(f'<div class="yorum"><b>{esc(who)}</b><br>{esc(said)}</div>' for who, said in self.remarks())
        picture = (
            f'<div class="resim"><img src="/{len(lines)}.jpg"><br>{esc(self.caption())}</div>'
            if self.often(0.7)
            else ""
        )
        return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>Auk Gazette - {esc(story.title)}</title>
{self.head()}</head><body bgcolor="#ffffff"><table width="980"><tr><td colspan="3" class="top"><a href="/">Main page</a> |
<a href="/world">World</a> | <a href="/economy">Economy</a></td></tr><tr valign="top"><td width="160"><table>{left}</table>{self.menu()}</td>
<td class="haber" width="600"><h1>{esc(story.title)}</h1><div class="tarih">Date: {story.at:%d.%m.%Y %H:%M}</div>
<div class="araclar"><a href="#">email</a> <a href="#">Print</a> <a href="#">zoom+</a> <a href="#">zoom-</a></div>
{lead}{picture}<div class="metin">{text}</div><div class="reklam">Advertisement</div>
<div class="yorumlar"><b>Comments</b>{comments}</div></td>
<td width="200"><div class="kutu"><b>Popular</b>{"".join(f'<div><a href="{self.url(one)}">{esc(one.title)}</a></div>' for one in self.others(4))}
</div></td></tr></table><p class="alt">Auk Gazette Publication Group All Rights Reserved</p></body></html>"""


FIRST: tuple[type[Press], ...] = (Blocks, Modules, Fields, Tables)
