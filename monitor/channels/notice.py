"""An alert as the few short lines that chat services show; it must not know any service's form, nor escape for one.

Texts here are clean and defused: no service turns a word of an outlet's into a mention, a link or a script. What a
service calls markup is escaped by its own module, with `fit`, so that a cut never splits an escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from monitor.channels.message import ProblemView, View, document

# Put after the character that begins a mention or a link: nothing to see, and no parser reads on.
_BREAK = "\u200b"
_LABELS = {"article.edited": "Edited: "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alert in lines, the outlet's words first; `url` is a web address without a character to escape but "&"."""

    headline: str
    lead: str | None
    facts: str  # outlet, place, when published, when seen
    why: str
    passages: tuple[str, ...]
    changes: tuple[str, ...]
    story: str | None
    url: str | None
    explain: str
    at: str  # RFC 3339
    edited: bool = False
    label: str = "Why"  # what `why` is


def notice(alert: View) -> Notice:
    """The lines of an alert; each is at most a few hundred characters, and no line of it breaks."""
    found = document(alert)
    data = found["data"]
    if isinstance(alert, ProblemView):
        return _problem(data, found["timestamp"])
    article, story = data["article"], data["story"]
    return Notice(
        headline=defused(_LABELS.get(found["type"], "") + (article["title"] or "(no headline)")),
        lead=None if article["lead"] is None else defused(article["lead"]),
        facts=defused(" · ".join(_facts(data))),
        why=defused(_why(data["why"])),
        passages=tuple(defused(passage) for passage in data["why"]["passages"] if passage),
        changes=tuple(defused(line) for line in _changes(data["change"])),
        story=None if story is None else defused(_story(story)),
        url=link(article["url"]),
        explain=f"seedwatch explain {alert.id}",
        at=found["timestamp"],
        edited=data["change"] is not None,
    )


def _problem(data: dict[str, Any], at: str) -> Notice:
    problem = data["problem"]
    over = problem["state"] == "over"
    return Notice(
        headline=defused(f"{'Over' if over else 'Problem'}: {problem['kind']} {problem['subject']}"),
        lead=defused(problem["detail"]) or None,
        facts=f"since {_when(problem['since'])}" + (f" · over {_when(at)}" if over else ""),
        why="Nothing is to be done." if over else defused(problem["cure"] or data["explain"]),
        passages=(),
        changes=(),
        story=None,
        url=None,
        explain=data["explain"],
        at=at,
        label="What helps",
    )


def defused(text: str) -> str:
    """`text` in which "@", "://", "www." and the names of script schemes begin nothing any more."""
    broken = re.sub(r"(@|:(?=//)|(?i:\bwww)(?=\.))", rf"\1{_BREAK}", text)
    return re.sub(r"(?i)((?:java|vb|live)script(?=\s*:)|data(?=:\w+/))", rf"\1{_BREAK}", broken)


def link(url: str | None) -> str | None:
    """A web address that needs no escape but that of "&": what markup could take for its own is percent-encoded.

    None where there is no safe way to: a user name in front of the host shows one site and leads to another.
    """
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not re.fullmatch(r"[\w.\-]+(:\d{1,5})?", parts.netloc):
        return None
    rest = quote(url.split("://", 1)[1][len(parts.netloc) :], safe="%/:?#@!$&+,;=~-._")
    return f"{parts.scheme}://{parts.netloc}{rest}"


def units(text: str) -> int:
    """Length as the strictest of the services count it, in UTF-16 code units: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def size(text: str) -> int:
    """Length in bytes of UTF-8."""
    return len(text.encode("utf-8"))


def fit(text: str, limit: int, escape: Callable[[str], str] = str, length: Callable[[str], int] = units) -> str:
    """`escape(text)`, cut so that its length is at most `limit`, with "…" where something is cut.

    The cut is made in the text and not in its escaped form. `limit` is at least 8.
    """
    whole = escape(text)
    if length(whole) <= limit:
        return whole
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if length(escape(text[:middle].rstrip() + "…")) <= limit:
            low = middle
        else:
            high = middle - 1
    return escape(text[:low].rstrip() + "…")


def _facts(data: dict[str, Any]) -> list[str]:
    article = data["article"]
    published = article["published"]
    return [
        data["outlet"]["title"],
        *([article["place"]] if article["place"] else []),
        *([f"published {_when(published['at'], published['precision'])}"] if published else []),
        f"seen {_when(article['seen'])}",
    ]


def _when(stamp: str, precision: str = "second") -> str:
    """`2026-01-02 03:04 UTC`; the day or the month alone where no more is known."""
    return (
        stamp[: {"day": 10, "month": 7}[precision]]
        if precision in ("day", "month")
        else f"{stamp[:10]} {stamp[11:16]} UTC"
    )


def _why(why: dict[str, Any]) -> str:
    terms = ", ".join(item["found"] for item in why["evidence"][:6])
    return f"{why['topic']} {why['score']:.2f} (alerts from {why['threshold']:.2f})" + (f": {terms}" if terms else "")


def _story(story: dict[str, Any]) -> str:
    outlets = f"{story['outlets']} outlet{'' if story['outlets'] == 1 else 's'}"
    first = story["first"]
    told = f"; first {first['outlet']}, {_when(first['at'])}" if first and story["report"] > 1 else ""
    return f"Report {story['report']} of this story, {outlets}{told}"


def _changes(change: dict[str, Any] | None) -> list[str]:
    if change is None:
        return []
    return [
        *([f"Headline before: {change['title_before']}"] if change["title_before"] else []),
        *([f"Lead before: {change['lead_before']}"] if change["lead_before"] else []),
        *(f"+ {paragraph}" for paragraph in change["added"]),
        *(f"− {paragraph}" for paragraph in change["removed"]),
    ]
