"""A report by schedule as mail: text, and HTML that is read in light and dark; it must not know how mail travels.

The HTML is whole without its style sheet, which many mail programs drop: headings, paragraphs and lists. Nothing in it
is loaded from anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from monitor.alerting.message.chat_text import defuse_text, encode_link, format_span, sum_up_report

_STYLE = """\
:root{color-scheme:light dark;supported-color-schemes:light dark}
body{margin:0;padding:24px 16px;background:#f4f4f1;color:#1c1c1a;font:16px/1.5 system-ui,-apple-system,"Segoe UI",\
Roboto,Helvetica,Arial,sans-serif}
.page{max-width:640px;margin:0 auto}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}
h2{font-size:18px;line-height:1.35;margin:0 0 4px}
h3{font-size:16px;margin:0 0 8px}
p{margin:0 0 8px}
ul{margin:8px 0 0;padding:0;list-style:none}
li{margin:0 0 8px}
a{color:#0b5394;text-decoration:none}
a:hover{text-decoration:underline}
.facts,.quiet{color:#5f5f58;font-size:14px}
.story{background:#fff;border:1px solid #e2e2db;border-radius:8px;padding:16px 20px;margin:16px 0}
.change{border-left:3px solid #b45309;padding-left:12px}
.before{color:#8a2f2f}
.after{color:#1f6b3a}
.end{border-top:1px solid #d8d8d0;margin-top:24px;padding-top:16px}
@media (prefers-color-scheme:dark){
body{background:#16171a!important;color:#e8e8e3!important}
a{color:#8ab8f0!important}
.facts,.quiet{color:#a5a59d!important}
.story{background:#202226!important;border-color:#34363c!important}
.change{border-left-color:#f0a848!important}
.before{color:#f0a3a3!important}
.after{color:#8fd6a8!important}
.end{border-top-color:#3a3c42!important}
}
"""
_TOLD = {"digest": "told in a digest", "later": "held back until later"}
_KINDS = {"article.edited": "Edited", "article.retracted": "Retracted"}


def write_report_mail(body: bytes) -> tuple[str, str]:
    """The text and the HTML of a stored report; raises ValueError, LookupError or TypeError for what is none."""
    data = json.loads(body)["data"]
    return "\n".join(_text(data)) + "\n", "\n".join(_html(data)) + "\n"


def _text(data: dict[str, Any]) -> Iterator[str]:
    report, zone = data["report"], ZoneInfo(data["report"]["zone"])
    yield from (f"Report: {sum_up_report(report['counts'])}", format_span(report), "")
    for number, story in enumerate(report["stories"], 1):
        yield f"{number}. {_words(story['title'])}"
        yield f"   {_facts(story)}"
        for item in story["reports"]:
            yield f"   - {_line(item, zone)}{_why_held(item)}"
            yield from _address(item, "     ")
        yield from _more(story, "reports", "   ")
        for item in story["changes"]:
            yield f"   * {_change_head(item)}: {_line(item, zone)}{_why_held(item)}"
            yield from (f"     - {defuse_text(text)}" for text in (item["before"],) if text)
            yield from (f"     + {defuse_text(text)}" for text in (item["after"],) if text)
            yield from _address(item, "     ")
        yield from _more(story, "changes", "   ")
        yield ""
    left = report["counts"]["stories"] - len(report["stories"])
    yield from ([f"… and {left} more stor{'y' if left == 1 else 'ies'}", ""] if left else [])
    if report["held"]["reasons"]:
        yield f"Held back: {report['counts']['held']}"
        yield from (f"   {each['count']} × {defuse_text(each['reason'])}" for each in report["held"]["reasons"])
        for item in report["held"]["items"]:
            yield f"   - {_line(item, zone)} ({defuse_text(item['reason'] or '')})"
            yield from _address(item, "     ")
        yield ""
    yield f"All of it: {data['explain']}"


def _html(data: dict[str, Any]) -> Iterator[str]:
    report, zone = data["report"], ZoneInfo(data["report"]["zone"])
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    yield f"<style>{_STYLE}</style></head>"
    yield f'<body><div class="page"><p class="facts">{escape(defuse_text(data["rule"]))}</p>'
    yield f"<h1>{escape(sum_up_report(report['counts']).capitalize())}</h1>"
    yield f'<p class="facts">{escape(format_span(report))}</p>'
    for story in report["stories"]:
        yield f'<div class="story"><h2>{_linked(story)}</h2><p class="facts">{escape(_facts(story))}</p>'
        yield from _items(story["reports"], zone, story)
        for item in story["changes"]:
            yield f'<div class="change"><p><b>{escape(_change_head(item))}</b> {_entry(item, zone)}</p>'
            if item["before"]:
                yield f'<p class="before">− {escape(defuse_text(item["before"]))}</p>'
            if item["after"]:
                yield f'<p class="after">+ {escape(defuse_text(item["after"]))}</p>'
            yield "</div>"
        for name in ("reports", "changes"):
            yield from (f'<p class="quiet">{line}</p>' for line in _more(story, name, ""))
        yield "</div>"
    left = report["counts"]["stories"] - len(report["stories"])
    yield from ([f'<p class="quiet">… and {left} more stor{"y" if left == 1 else "ies"}</p>'] if left else [])
    if report["held"]["reasons"]:
        yield f'<div class="story"><h3>Held back: {report["counts"]["held"]}</h3><ul>'
        for each in report["held"]["reasons"]:
            yield f'<li class="quiet">{each["count"]} × {escape(defuse_text(each["reason"]))}</li>'
        yield "</ul>"
        yield from _items(report["held"]["items"], zone, {})
        yield "</div>"
    yield f'<p class="quiet end">All of it: {escape(data["explain"])}</p></div></body></html>'


def _items(items: list[dict[str, Any]], zone: ZoneInfo, story: dict[str, Any]) -> Iterator[str]:
    """Pieces as a list; the one that gave its story the headline is named without it."""
    rows = [
        f"<li>{_entry(item, zone, headline=item['url'] is None or item['url'] != story.get('url'))}</li>"
        for item in items
    ]
    yield from (["<ul>", *rows, "</ul>"] if rows else [])


def _entry(item: dict[str, Any], zone: ZoneInfo, *, headline: bool = True) -> str:
    """Outlet and time of a piece, its headline linked, and why it was held back."""
    parts = [f'<span class="quiet">{escape(defuse_text(item["outlet"] or ""))}, {_clock(item["at"], zone)}</span>']
    parts += [_linked(item)] if headline else []
    why = _why_held(item)
    return "<br>".join([*parts, *([f'<span class="quiet">{escape(why.strip())}</span>'] if why else [])])


def _linked(item: dict[str, Any]) -> str:
    words, url = escape(_words(item["title"])), encode_link(item["url"])
    return words if url is None else f'<a href="{escape(url)}">{words}</a>'


def _words(title: str | None) -> str:
    return defuse_text(title or "(no headline)")


def _facts(story: dict[str, Any]) -> str:
    count, outlets = story["count"], story["outlets"]
    facts = [
        f"{story['topic']} {story['score']:.2f}",
        f"{count} report{'' if count == 1 else 's'}",
        f"{outlets} outlet{'' if outlets == 1 else 's'}"
        + (f", {story['independent']} independent" if outlets > 1 else ""),
    ]
    return defuse_text(" · ".join(facts))


def _line(item: dict[str, Any], zone: ZoneInfo) -> str:
    return f"{defuse_text(item['outlet'] or '')}, {_clock(item['at'], zone)}: {_words(item['title'])}"


def _address(item: dict[str, Any], indent: str) -> Iterator[str]:
    if (url := encode_link(item["url"])) is not None:
        yield f"{indent}{url}"


def _why_held(item: dict[str, Any]) -> str:
    """Why a piece was not told at once, where it was not."""
    said = _TOLD.get(item["told"])
    return "" if said is None else f" ({said}: {defuse_text(item['reason'] or '')})"


def _change_head(item: dict[str, Any]) -> str:
    kinds = f" ({', '.join(item['kinds'])})" if item["kinds"] else ""
    return defuse_text(f"{_KINDS[item['type']]}{kinds}")


def _more(story: dict[str, Any], name: str, indent: str) -> Iterator[str]:
    """How many of a story's pieces are not listed."""
    left = story["count" if name == "reports" else "changed"] - len(story[name])
    if left:
        yield f"{indent}… and {left} more {name if left > 1 else name[:-1]}"


def _clock(stamp: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone(zone):%a %H:%M}"
