# ruff: noqa: E501  markup keeps its lines
"""Two page generators written when the learner was done; what they print was never used to make it."""

from __future__ import annotations

import json

from press import Press, Story, esc


class Sections(Press):
    """A magazine's builder: the article is cut into sections by ads, with drop caps, pull quotes and fact boxes."""

    name = "skua"
    site = "Skua Magazine"
    standfirst = 0.8

    def dress(self, story: Story) -> str:
        sections: list[list[str]] = [[]]
        for number, part in enumerate(story.parts):
            if part.kind == "h2":
                sections[-1].append(f'<h3 class="elementor-heading elementor-size-default">{esc(part.text)}</h3>')
            elif part.kind == "quote":
                sections[-1].append(f'<div class="qt"><p class="qt-text">{esc(part.text)}</p></div>')
            elif part.kind == "item":
                sections[-1].append(f'<p class="li">– {esc(part.text)}</p>')
            else:
                first, rest = (part.text[0], part.text[1:]) if number == 0 else ("", part.text)
                cap = f'<span class="dropcap">{esc(first)}</span>' if first else ""
                sections[-1].append(f"<p>{cap}{esc(rest)}</p>")
            if number % 4 == 3:
                sections.append([])
            if self.often(0.08):
                pull = part.text.split(". ")[0]
                sections[-1].append(f'<aside class="pull"><p>{esc(pull)}</p></aside>')
            if self.often(0.1):
                sections[-1].append(
                    f'<figure class="fig-{self.chance.randint(1, 99)}"><picture><source srcset="/x.webp"><img src="/x.jpg"></picture>'
                    f"<figcaption>{esc(self.caption())}</figcaption></figure>"
                )
            if self.often(0.1) and self.earlier:
                one = self.others(1)[0]
                sections[-1].append(
                    f'<div class="crosslink crosslink--inline"><p class="crosslink-label">Also in Skua</p>'
                    f'<p><a href="{self.url(one)}">{esc(one.title)}</a></p></div>'
                )
        advert = '<div class="dfp" id="dfp-{n}"><span>Advertisement</span><p>Story continues below</p></div>'
        body = "".join(
            f'<section class="sec sec-{n} elementor-element-{self.chance.randbytes(3).hex()}"><div class="inner">{"".join(lines)}</div></section>'
            + advert.format(n=n)
            for n, lines in enumerate(sections)
            if lines
        )
        facts = (
            f'<div class="facts"><h4>In brief</h4><ul><li>{esc(story.tags[0] if story.tags else story.section)}</li>'
            f"<li>{esc(story.at.strftime('%B %Y'))}</li></ul></div>"
            if self.often(0.3)
            else ""
        )
        prompt = (
            '<div class="sub"><h4>Skua by post</h4><p>Six issues a year for the price of four. You can cancel whenever '
            "you like, and the first issue is on us.</p></div>"
            if self.often(0.5)
            else ""
        )
        grid = "".join(
            f'<article class="card"><a href="{self.url(one)}"><img src="/c.jpg"><h3>{esc(one.title)}</h3></a>'
            f'<p class="card-text">{esc((one.standfirst or one.parts[0].text)[:120])}</p><span class="card-by">{esc(one.author)}</span></article>'
            for one in self.others(6)
        )
        notes = "".join(
            f'<div class="remark" data-id="{self.chance.randint(1, 9999)}"><span class="who">{esc(who)}</span><p>{esc(said)}</p></div>'
            for who, said in self.remarks()
        )
        stand = f'<p class="dek">{esc(story.standfirst)}</p>' if story.standfirst else ""
        return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{esc(story.title)} — Skua Magazine</title>
<meta property="og:title" content="{esc(story.title)}"><meta property="og:description" content="{esc(story.standfirst or story.title)}">
<meta property="article:published_time" content="{story.at.isoformat()}">{self.head()}</head>
<body class="single single-{story.section} has-{self.chance.choice(("video", "audio", "none"))}"><div class="wrap wrap--{story.section}">
<header class="masthead"><a href="/">Skua</a><div class="drawer">{self.menu()}</div></header>
<main class="feature feature--{self.chance.choice(("wide", "narrow"))}"><div class="hero"><span class="cat">{esc(story.section)}</span>
<h1 class="hed">{esc(story.title)}</h1>{stand}<div class="credits">Words by {esc(story.author)} <time>{story.at:%d %B %Y}</time></div></div>
<div class="story-body">{facts}{body}{prompt}<p class="end-note">This article first stood in the {story.at:%B} issue of Skua Magazine.</p></div>
<div class="remarks"><h3>What readers say</h3>{notes}</div></main>
<section class="grid"><h2>Keep reading</h2>{grid}</section>
<footer class="colophon"><p>Skua Magazine, printed on the coast. Terms. Privacy.</p></footer></div></body></html>"""


class Stream(Press):
    """A portal: custom elements, another whole story under the first, paragraphs as spans, agency credit in the text."""

    name = "plover"
    site = "Plover Online"
    standfirst = 0.6

    def _lines(self, story: Story) -> str:
        rows: list[str] = []
        for number, part in enumerate(story.parts):
            level = {"h2": "h2", "quote": "blockquote"}.get(part.kind, "p")
            rows.append(f'<{level} data-block="{part.kind}" data-n="{number}"><span>{esc(part.text)}</span></{level}>')
            if self.often(0.12) and self.earlier:
                one = self.others(1)[0]
                rows.append(
                    f'<p data-block="link"><span>▶ </span><a href="{self.url(one)}"><span>{esc(one.title)}</span></a></p>'
                )
            if self.often(0.1):
                rows.append(
                    f'<div class="media media--{self.chance.choice(("left", "full"))}"><app-image><img src="/{number}.png"></app-image>'
                    f'<p class="media__note">{esc(self.caption())}</p></div>'
                )
            if self.often(0.06):
                who, said = self.chance.choice(
                    (("@harbour_watch", "Queue at gate two again."), ("@ferryfan", "There she goes!"))
                )
                rows.append(
                    f'<div class="embed embed--post"><p>{esc(said)}</p><a href="#">{esc(who)} on Chirper</a></div>'
                )
            if number == 2:
                rows.append(
                    '<div class="consent-box"><p>Here stands content of a third party. Allow it to see it.</p><button>Allow</button></div>'
                )
        rows.append(
            f'<p class="agency"><i>{self.chance.choice(("plo/agencies", "dpl", "with material from GPA"))}</i></p>'
        )
        return "".join(rows)

    def dress(self, story: Story) -> str:
        following = self.others(1)
        more = "".join(
            f'<plover-story><div class="story story--next"><h2 class="story__title">{esc(one.title)}</h2>'
            f'<div class="story__text">{"".join(f"<p><span>{esc(part.text)}</span></p>" for part in one.parts[:3])}</div></div></plover-story>'
            for one in following
        )
        ticker = "".join(
            f'<li><time>{one.at:%H:%M}</time> <a href="{self.url(one)}">{esc(one.title)}</a></li>'
            for one in self.others(12)
        )
        lead = f'<p class="story__intro">{esc(story.standfirst)}</p>' if story.standfirst else ""
        data = [
            {"@type": "BreadcrumbList", "itemListElement": [{"name": story.section}]},
            {"@type": "NewsArticle", "headline": story.title, "datePublished": story.at.isoformat()},
        ]
        return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{esc(story.title)} - {esc(story.section)} - Plover Online</title>
<script type="application/ld+json">{json.dumps(data)}</script>{self.head()}</head><body data-page="{story.number}"><plover-app><plover-nav>{self.menu()}</plover-nav>
<div class="cols"><div class="cols__main"><plover-story><div class="story story--main" id="story-{story.number}"><div class="story__head">
<h1 class="story__title">{esc(story.title)}</h1><div class="story__meta"><span>{story.at:%d.%m.%Y, %H:%M}</span> <span>{esc(story.author)}</span>
<button>Listen</button></div></div><div class="story__content">{lead}{self._lines(story)}</div>
<ul class="story__tags">{"".join(f"<li><a href=#>{esc(tag)}</a></li>" for tag in story.tags)}</ul>
<div class="story__share"><span>Share</span><a href="#">Mail</a><a href="#">Print</a></div></div></plover-story>{more}</div>
<div class="cols__side"><h3>Ticker</h3><ul>{ticker}</ul></div></div>
<plover-foot><p>Plover Online is a service of Plover Networks.</p></plover-foot></plover-app></body></html>"""


LATER: tuple[type[Press], ...] = (Sections, Stream)
