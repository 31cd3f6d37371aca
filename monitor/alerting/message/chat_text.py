"""An alert as the few short lines that chat services show; it must not know any service's form, nor escape for one.

Texts here are clean and defused: no service turns a word of an outlet's into a mention, a link or a script. What a
service calls markup is escaped by its own module, with `fit`, so that a cut never splits an escape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from monitor.text.words.graphemes import last_cut

# Put after the character that begins a mention or a link: nothing to see, and no parser reads on.
_BREAK = "\u200b"
_STORIES = 10  # of a report that a chat lists: what is read at a glance
_LINKS = 900  # characters of their addresses and marks; a field of Discord's takes 1,024
_LABELS = {"article.edited": "Edited: ", "article.retracted": "Retracted: ", "story.grew": "Story grew: "}


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
    id: str
    rule: str
    edited: bool = False  # what changed, or a digest's items, stands in `changes` and is shown instead of the lead
    label: str = "Why"  # what `why` is
    marks: tuple[tuple[str, str], ...] = ()  # verdicts, each with the address that marks so; like `url` safe to print
    links: tuple[tuple[str, str], ...] = ()  # numbers of lines in `changes`, each with its address, safe like `url`


def build_notice(body: bytes) -> Notice:
    """The lines of a stored alert (docs/alert.schema.json); each is short, and no line of it breaks.

    Raises ValueError, LookupError or TypeError for bytes that are no alert.
    """
    found = json.loads(body)
    data = found["data"]
    common: dict[str, Any] = {"at": found["timestamp"], "id": data["alert"], "rule": data["rule"]}
    if "problem" in data:
        return _problem(data, common)
    if "digest" in data:
        return _digest(data, common)
    if "report" in data:
        return _report(data, common)
    article, story = data["article"], data["story"]
    return Notice(
        headline=defuse_text(_LABELS.get(found["type"], "") + (article["title"] or "(no headline)")),
        lead=None if article["lead"] is None else defuse_text(article["lead"]),
        facts=defuse_text(" · ".join(_facts(data))),
        why=defuse_text(_why(data["why"])),
        passages=tuple(defuse_text(passage) for passage in data["why"]["passages"] if passage),
        changes=tuple(defuse_text(line) for line in _changes(data["change"])),
        story=None if story is None else defuse_text(_story(story, data.get("new"))),
        url=encode_link(article["url"]),
        explain=f"seedwatch explain {data['alert']}",
        edited=data["change"] is not None,
        marks=_marks(data.get("mark")),
        **common,
    )


def _problem(data: dict[str, Any], common: dict[str, Any]) -> Notice:
    problem = data["problem"]
    over = problem["state"] == "over"
    return Notice(
        headline=defuse_text(f"{'Over' if over else 'Problem'}: {problem['kind']} {problem['subject']}"),
        lead=defuse_text(problem["detail"]) or None,
        facts=f"since {_when(problem['since'])}" + (f" · over {_when(common['at'])}" if over else ""),
        why="Nothing is to be done." if over else defuse_text(problem["cure"] or data["explain"]),
        passages=(),
        changes=(),
        story=None,
        url=None,
        explain=data["explain"],
        label="What helps",
        **common,
    )


def _digest(data: dict[str, Any], common: dict[str, Any]) -> Notice:
    digest = data["digest"]
    items, count = digest["items"], digest["count"]
    lines = [f"{item['outlet']}: {item['title'] or item['url'] or item['alert']}" for item in items]
    left = count - len(items)
    return Notice(
        headline=f"Digest: {count} alert{'' if count == 1 else 's'} held back",
        lead=None,
        facts=f"from {_when(digest['from'])} to {_when(digest['until'])}",
        why=_why_held(digest["reasons"]),
        passages=(),
        changes=_list_lines(lines, left),
        story=None,
        url=None,
        explain=data["explain"],
        edited=True,
        label="Held back for",
        **common,
    )


def _why_held(reasons: list[dict[str, Any]]) -> str:
    """The reasons for which alerts were held back, each with how many."""
    return defuse_text("; ".join(f"{each['count']} × {each['reason']}" for each in reasons))


def _list_lines(lines: list[str], left: int) -> tuple[str, ...]:
    """The lines, and how many more there are."""
    return tuple(defuse_text(line) for line in (*lines, *([f"… and {left} more"] if left else [])))


def _report(data: dict[str, Any], common: dict[str, Any]) -> Notice:
    report = data["report"]
    stories, counts = report["stories"], report["counts"]
    lines = [f"{number}. {describe_story(story)}" for number, story in enumerate(stories[:_STORIES], 1)]
    left = counts["stories"] - len(lines)
    return Notice(
        headline=f"Report: {sum_up_report(counts)}",
        lead=None,
        facts=format_span(report),
        why=_why_held(report["held"]["reasons"]) or "Nothing was held back.",
        passages=(),
        changes=_list_lines(lines, left),
        story=None,
        url=None,
        explain=data["explain"],
        edited=True,
        label="Held back",
        links=tuple(_numbered(stories[:_STORIES])),
        **common,
    )


def _numbered(stories: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The addresses of listed stories, as long as they are short enough for the strictest service."""
    room = _LINKS
    for number, story in enumerate(stories, 1):
        url = encode_link(story["url"])
        room -= 0 if url is None else len(url) + 10
        if url is not None and room >= 0:
            yield str(number), url


def sum_up_report(counts: dict[str, int]) -> str:
    """`2 stories, 5 reports, 1 edit`; what there is none of is left out, all but the first."""
    names = (
        ("stories", "story", "stories"),
        ("reports", "report", "reports"),
        ("edits", "edit", "edits"),
        ("retractions", "retraction", "retractions"),
        ("held", "held back", "held back"),
    )
    parts = [f"{counts[key]} {one if counts[key] == 1 else many}" for key, one, many in names if counts[key]]
    return ", ".join(parts) or "nothing new"


def describe_story(story: dict[str, Any]) -> str:
    """A story of a report in a line, its headline first."""
    count, changed = story["count"], story["changed"]
    outlets = f"{story['outlets']} outlet{'' if story['outlets'] == 1 else 's'}"
    facts = [
        *([f"{count} report{'' if count == 1 else 's'}"] if count else []),
        *([f"{changed} change{'' if changed == 1 else 's'}"] if changed else []),
        outlets,
        f"{story['score']:.2f}",
    ]
    return f"{story['title'] or '(no headline)'} ({', '.join(facts)})"


def format_span(report: dict[str, Any]) -> str:
    """From when to when a report goes, by the clock of its zone."""
    zone = ZoneInfo(report["zone"])
    began, ended = (datetime.fromisoformat(report[name]).astimezone(zone) for name in ("from", "until"))
    return f"{began:%a %d %b %H:%M} to {ended:%a %d %b %H:%M} {report['zone']}"


def _marks(mark: dict[str, str] | None) -> tuple[tuple[str, str], ...]:
    found = ((verdict, encode_link(url)) for verdict, url in (mark or {}).items())
    return tuple((verdict, url) for verdict, url in found if url is not None)


def defuse_text(text: str) -> str:
    """`text` in which "@", "://", "www." and the names of script schemes begin nothing any more."""
    broken = re.sub(r"(@|:(?=//)|(?i:\bwww)(?=\.))", rf"\1{_BREAK}", text)
    return re.sub(r"(?i)((?:java|vb|live)script(?=\s*:)|data(?=:\w+/))", rf"\1{_BREAK}", broken)


def encode_link(url: str | None) -> str | None:
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


def count_utf16_units(text: str) -> int:
    """Length as the strictest of the services count it, in UTF-16 code units: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_utf8_bytes(text: str) -> int:
    """Length in bytes of UTF-8."""
    return len(text.encode("utf-8"))


def fit_text(
    text: str, limit: int, escape: Callable[[str], str] = str, length: Callable[[str], int] = count_utf16_units
) -> str:
    """`escape(text)`, cut so that its length is at most `limit`, with "…" where something is cut.

    The cut is made in the text and not in its escaped form, and between what people see as characters. `limit` is at
    least 8.
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
    return escape(text[: last_cut(text, low)].rstrip() + "…")


def _facts(data: dict[str, Any]) -> list[str]:
    article = data["article"]
    published = article["published"]
    return [
        data["outlet"]["title"],
        *([article["place"]] if article["place"] else []),
        *([f"published {_when(published['at'], published['precision'])}"] if published else []),
        f"seen {_when(article['seen'])}",
        *(["from the feed, its page was not read"] if article.get("text") == "feed" else []),
        *(["delayed"] if data.get("delayed") else []),  # a document of an earlier version has no such field
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


def _story(story: dict[str, Any], new: dict[str, Any] | None) -> str:
    outlets = f"{story['outlets']} outlet{'' if story['outlets'] == 1 else 's'}"
    if story["outlets"] > 1 and "independent" in story:  # an alert that an older version queued has none
        outlets += f", {story['independent']} independent"
    first = story["first"]
    told = f"; first {first['outlet']}, {_when(first['at'])}" if first and story["report"] > 1 else ""
    return f"Report {story['report']} of this story, {outlets}{told}" + ("" if new is None else f". {_new(new)}")


def _new(new: dict[str, Any]) -> str:
    """What came since the last alert on the story."""
    parts = [
        *([", ".join(new["outlets"])] if new["outlets"] else []),
        *([f"figures {', '.join(new['numbers'])}"] if new["numbers"] else []),
        *([f"{len(new['reports'])} more reports"] if len(new["reports"]) > 1 else []),
    ]
    return f"New since {_when(new['since'])}: {'; '.join(parts) or 'a further report'}"


def _changes(change: dict[str, Any] | None) -> list[str]:
    """What an edit changed: by kind where it could be told, else paragraphs that came and went."""
    if change is None:
        return []
    if not change.get("changes"):  # none told, or an alert stored before kinds were
        return [
            *([f"Headline before: {change['title_before']}"] if change["title_before"] else []),
            *([f"Lead before: {change['lead_before']}"] if change["lead_before"] else []),
            *(f"+ {paragraph}" for paragraph in change["added"]),
            *(f"− {paragraph}" for paragraph in change["removed"]),
        ]
    kinds: dict[tuple[str | None, str | None], list[str]] = {}
    for item in change["changes"]:
        kinds.setdefault((item["before"], item["after"]), []).append(item["kind"])
    lines = [f"Changed: {', '.join(change['kinds'])}"]
    for (before, after), found in kinds.items():
        passages = [f"− {before}"] if before else []
        passages += [f"+ {after}"] if after else []
        lines += [*passages[:-1], *(f"{passage}  ({', '.join(found)})" for passage in passages[-1:])]
    return lines
