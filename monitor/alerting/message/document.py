"""What an alert says, as the JSON that receivers get (docs/alert.schema.json); it must not know how it travels.

Runs inside the article's transaction: no IO, linear in the text, and it never fails for what an outlet wrote.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from monitor.model.identity import Edit
from monitor.model.moment import Moment
from monitor.model.page import ANNOUNCED, Article
from monitor.model.topic import Evidence, Match
from monitor.text.format_characters import clean_text
from monitor.text.words.graphemes import last_cut

SCHEMA = 1  # raised when a field changes its meaning or goes away; a new field does not raise it
PROBLEM = "source.problem"  # the event of a ProblemView
LIMIT = 20_000  # bytes of body; the Standard Webhooks specification asks for less than 20 kB
_URL_BYTES = 2_000
_NAME_BYTES = 100
_MISSING = 300  # bytes of what an incomplete text lacks
_AROUND = 90  # characters of text shown on either side of a term: about one line of print each


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """An article's place in its story: the `report`-th report, from one of `outlets` outlets, and who was first.

    `independent` are the sources among them: one wire copied by twelve outlets is one voice.
    """

    id: int
    report: int
    outlets: int
    independent: int
    first_outlet: str | None = None
    first_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthView:
    """What a story has got `since` the last alert on it: outlets and figures not in it before, and further reports.

    `reports` are (outlet, headline, address), this one among them, newest first.
    """

    since: datetime
    outlets: tuple[str, ...]
    numbers: tuple[str, ...]
    reports: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeEdit:
    """What an edited article said before, and what the edit changed as far as it could be told."""

    title: str
    lead: str | None
    text: str
    edit: Edit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """All that an alert can say of one article.

    `event` is "article.matched", "article.edited", "article.retracted", "story.grew" (with `new`) or "test".

    `source` is the outlet's name in the configuration, `outlet` the one people read. `at` is when the event
    happened, `seen_at` when an endpoint first listed the link; `delayed` says that its page was read right only now.
    `match` has offsets into `article`.
    """

    id: str
    event: str
    at: datetime
    rule: str
    source: str
    outlet: str
    article: Article
    seen_at: datetime
    match: Match
    story: StoryView | None = None
    revision: int = 1
    before: BeforeEdit | None = None
    new: GrowthView | None = None
    delayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """What an alert says of a problem of the monitor's own: that it began, or, with `over`, that it ended at `at`."""

    id: str
    at: datetime
    rule: str
    kind: str
    subject: str
    detail: str
    cure: str
    since: datetime
    over: bool = False


View = AlertView | ProblemView


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """Sizes in bytes of UTF-8, and counts."""

    title: int
    lead: int
    evidence: int
    passages: int
    passage: int
    paragraphs: int
    paragraph: int


# Tried in this order until the body fits. The last fits whatever is written: JSON at most doubles a byte (quotes
# and backslashes), and twice all of its sizes, with the names and the link, is 16 kB; what a story has got, 3 kB.
_LADDER = (
    _Limits(title=500, lead=4_000, evidence=20, passages=8, passage=600, paragraphs=8, paragraph=800),
    _Limits(title=500, lead=2_000, evidence=12, passages=5, passage=400, paragraphs=5, paragraph=500),
    _Limits(title=400, lead=1_000, evidence=8, passages=3, passage=300, paragraphs=3, paragraph=300),
    _Limits(title=300, lead=400, evidence=4, passages=1, passage=200, paragraphs=1, paragraph=200),
)


def encode_alert(alert: View) -> bytes:
    """`{"type", "timestamp", "data"}` as UTF-8 JSON of at most 20,000 bytes.

    What is too long is shortened and named in `data.truncated`; the link is never cut, and left out where it is
    no web address or longer than 2,000 bytes.
    """
    return encode_json(build_document(alert))


def build_document(alert: View) -> dict[str, Any]:
    """The alert document that `encode_alert` encodes: every text in it is clean (`clean_text`) and short."""
    if isinstance(alert, ProblemView):
        return {"type": PROBLEM, "timestamp": format_time(alert.at), "data": _problem(alert)}
    *wider, narrowest = _LADDER
    head = {"type": alert.event, "timestamp": format_time(alert.at)}
    tried = ({**head, "data": _data(alert, limits)} for limits in wider)
    fitting = (found for found in tried if len(encode_json(found)) <= LIMIT)
    return next(fitting, None) or {**head, "data": _data(alert, narrowest)}


def encode_json(value: Any) -> bytes:
    """JSON as it is stored and sent: compact UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _data(alert: AlertView, limits: _Limits) -> dict[str, Any]:
    cuts = Cuts()
    article = alert.article
    link = article.url if is_link(article.url) else None
    if link is None:
        cuts.names["url"] = None
    return {
        "schema": SCHEMA,
        "alert": alert.id,
        "rule": cuts.short("rule", alert.rule, _NAME_BYTES),
        "outlet": {
            "name": cuts.short("outlet", alert.source, _NAME_BYTES),
            "title": cuts.short("outlet", alert.outlet, _NAME_BYTES),
        },
        "article": {
            "url": link,
            "title": cuts.short("title", article.title, limits.title),
            "lead": cuts.short("lead", article.lead, limits.lead),
            "language": cuts.short("language", article.language, _NAME_BYTES),
            "published": _published(article.published),
            "seen": format_time(alert.seen_at),
            "place": cuts.short("place", article.dateline.place if article.dateline else None, _NAME_BYTES),
            "agency": cuts.short("agency", article.agency, _NAME_BYTES),
            "text": "feed" if article.rungs.get("text") == ANNOUNCED else "page",
            "missing": cuts.short("missing", article.complete_reason if article.complete == "no" else None, _MISSING),
        },
        "why": _why(alert.match, article.text, limits, cuts),
        "story": story_fields(alert.story, cuts),
        "new": growth_fields(alert.new, cuts),
        "change": _change(alert, limits, cuts),
        "delayed": alert.delayed,
        "explain": _explain(alert.id, link),
        "truncated": list(cuts.names),
    }


def _problem(problem: ProblemView) -> dict[str, Any]:
    cuts = Cuts()
    return {
        "schema": SCHEMA,
        "alert": problem.id,
        "rule": cuts.short("rule", problem.rule, _NAME_BYTES),
        "problem": {
            "kind": problem.kind,
            "subject": cuts.short("problem", problem.subject, _URL_BYTES),
            "state": "over" if problem.over else "open",
            "since": format_time(problem.since),
            "detail": cuts.short("problem", problem.detail, 2_000),
            "cure": cuts.short("problem", problem.cure, 2_000),
        },
        "explain": "seedwatch status",
        "truncated": list(cuts.names),
    }


class Cuts:
    """Shortens, and remembers the names of what it shortened."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}  # a dict for its order

    def short(self, name: str, text: str | None, size: int) -> str | None:
        """`text` cleaned, in at most `size` bytes with the "…" that marks a cut; None stays None."""
        if text is None:
            return None
        # Beyond `size` characters nothing can fit in `size` bytes; the margin is for what cleaning takes out.
        line = clean_text(text[: 4 * size])
        if len(line.encode("utf-8")) <= size and len(text) <= 4 * size:
            return line
        self.names[name] = None
        kept = line.encode("utf-8")[: size - 3].decode("utf-8", "ignore")
        return line[: last_cut(line, len(kept))].rstrip() + "…"

    def first(self, name: str, items: list[Any], count: int) -> list[Any]:
        if len(items) > count:
            self.names[name] = None
        return items[:count]


def is_link(url: str) -> bool:
    """Whether an address is a web address that is safe to follow and short enough to be sent whole."""
    return (
        re.fullmatch(r"https?://[^\s\\]+", url) is not None
        and clean_text(url) == url
        and len(url.encode("utf-8")) <= _URL_BYTES
    )


def format_time(moment: datetime) -> str:
    """A moment as every alert writes it: UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _published(moment: Moment | None) -> dict[str, str] | None:
    if moment is None:
        return None
    return {"at": format_time(moment.at), "precision": moment.precision.value, "from": moment.carrier}


def _why(match: Match, text: str, limits: _Limits, cuts: Cuts) -> dict[str, Any]:
    terms: dict[str, Evidence] = {}
    for evidence in sorted(match.evidence, key=lambda item: -item.weight):
        terms.setdefault(evidence.term, evidence)
    return {
        "topic": cuts.short("topic", match.topic, _NAME_BYTES),
        "score": round(match.score, 4),
        "threshold": round(match.threshold, 4),
        "evidence": [
            {
                "term": cuts.short("evidence", evidence.term, _NAME_BYTES),
                "found": cuts.short("evidence", evidence.found, _NAME_BYTES),
                "part": evidence.part,
                "weight": round(evidence.weight, 4),
            }
            for evidence in cuts.first("evidence", list(terms.values()), limits.evidence)
        ],
        "passages": _passages(match, text, limits, cuts),
    }


def _passages(match: Match, text: str, limits: _Limits, cuts: Cuts) -> list[str | None]:
    """The stretches of the text with the weightiest terms, in the text's order; title and lead stand whole."""
    found: list[tuple[int, int, float]] = []
    for evidence in sorted((item for item in match.evidence if item.part == "text"), key=lambda item: item.start):
        start, end = max(0, evidence.start - _AROUND), min(len(text), evidence.end + _AROUND)
        if found and start <= found[-1][1] and end - found[-1][0] <= limits.passage:
            found[-1] = (found[-1][0], end, found[-1][2] + evidence.weight)
        else:
            found.append((start, end, evidence.weight))
    best = cuts.first("passages", sorted(found, key=lambda item: -item[2]), limits.passages)
    return [cuts.short("passages", _whole_words(text, start, end), limits.passage) for start, end, _ in sorted(best)]


def _whole_words(text: str, start: int, end: int) -> str:
    """`text[start:end]` without the words it cuts in two, and with "…" where the text goes on."""
    passage = text[start:end]
    if start > 0:
        passage = "…" + re.sub(r"^\S{0,30}\s+", "", passage)
    if end < len(text):
        passage = re.sub(r"\s+\S{0,30}$", "", passage) + "…"
    return passage


def story_fields(place: StoryView | None, cuts: Cuts) -> dict[str, Any] | None:
    """An article's place in its story, as the document says it."""
    if place is None:
        return None
    return {
        "id": place.id,
        "report": place.report,
        "outlets": place.outlets,
        "independent": place.independent,
        "first": None
        if place.first_at is None
        else {"outlet": cuts.short("story", place.first_outlet, _NAME_BYTES), "at": format_time(place.first_at)},
    }


def growth_fields(new: GrowthView | None, cuts: Cuts) -> dict[str, Any] | None:
    """What a story has got, as the document says it; at most 1.5 kB, for which the smallest `_Limits` have room."""
    if new is None:
        return None
    return {
        "since": format_time(new.since),
        "outlets": [cuts.short("new", outlet, 60) for outlet in cuts.first("new", list(new.outlets), 5)],
        "numbers": [cuts.short("new", number, 20) for number in cuts.first("new", list(new.numbers), 8)],
        "reports": [
            {
                "outlet": cuts.short("new", outlet, 60),
                "title": cuts.short("new", title, 120),
                "url": url if is_link(url) and len(url) <= 150 else None,
            }
            for outlet, title, url in cuts.first("new", list(new.reports), 3)
        ],
    }


def _change(alert: AlertView, limits: _Limits, cuts: Cuts) -> dict[str, Any] | None:
    """What an edit changed; a paragraph that only moved is no change, a rewritten one is removed and added."""
    if alert.before is None:
        return None
    now, before = alert.article, alert.before

    def missing(paragraphs: str, others: str) -> list[str | None]:
        known = {clean_text(line) for line in others.split("\n")}
        new = [line for line in paragraphs.split("\n") if clean_text(line) not in known and clean_text(line)]
        return [cuts.short("change", line, limits.paragraph) for line in cuts.first("change", new, limits.paragraphs)]

    return {
        "revision": alert.revision,
        **edit_fields(before.edit, cuts, count=limits.paragraphs, size=limits.paragraph),
        "title_before": cuts.short("change", before.title, limits.title) if before.title != now.title else None,
        "lead_before": cuts.short("change", before.lead, limits.lead) if before.lead != now.lead else None,
        "added": missing(now.text, before.text),
        "removed": missing(before.text, now.text),
    }


def _explain(alert_id: str, link: str | None) -> str:
    """The command that says how this alert came about."""
    if link is not None and len(quoted := shlex.quote(link)) <= _URL_BYTES + 100:
        return f"seedwatch explain {quoted}"
    return f"seedwatch alerts show {alert_id}"


def edit_fields(edit: Edit | None, cuts: Cuts, *, count: int, size: int) -> dict[str, Any]:
    """`kinds`, and at most `count` `changes` with passages of at most `size` bytes; both empty where none is known."""
    return {
        "kinds": list(edit.kinds) if edit else [],
        "changes": [
            {
                "kind": change.kind,
                "before": cuts.short("change", change.before, size),
                "after": cuts.short("change", change.after, size),
            }
            for change in cuts.first("change", list(edit.changes) if edit else [], count)
        ],
    }
