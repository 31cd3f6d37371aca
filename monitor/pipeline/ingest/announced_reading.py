"""A piece whose page may not be fetched, or cannot be yet, is read as far as its own endpoint tells of it.

Headline and lead are matched as a page would be; the full text replaces them once it can be read.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.model.page import ANNOUNCED, Article, Outcome, Reading, Rejection
from monitor.model.source import Entry, Source
from monitor.pipeline.ingest.read_page import judge_article
from monitor.text.urls import build_canonical_address, find_outlet_id, is_web_url, strip_tracking
from monitor.text.words.languages.detect_language import detect_language
from monitor.topics.topic import Topic

if TYPE_CHECKING:  # the process that reads has no store
    from monitor.storage.sources.links import Link

# For so long a page is waited for: most that are 404 when they are announced are there within a minute.
GRACE = timedelta(seconds=45)
# The page will not be there later either: a refusal by robots.txt (`forbidden`), a wall, a size.
_FOR_GOOD = frozenset({Outcome.PAYWALL, Outcome.TOO_LARGE})
# It may be: an outage, a wall that comes and goes, an address that is announced before it is served.
_NOT_YET = frozenset({Outcome.FAILED, Outcome.BLOCKED, Outcome.CONSENT, Outcome.NO_TEXT})


def is_worth_announcing(
    link: Link, rejection: Rejection, status: int | None, now: datetime, *, forbidden: bool
) -> bool:
    """Whether the announcement of a link is to speak in place of its page, which came to `rejection`.

    `forbidden`: robots.txt keeps the page from being asked for.
    """
    if link.revisit or link.backlog or not link.entry.title or "backfill" in link.entry.details:
        return False
    if forbidden or rejection.outcome in _FOR_GOOD:
        return True
    waited = now - link.first_seen_at >= GRACE
    return waited and (rejection.outcome in _NOT_YET or (rejection.outcome is Outcome.GONE and status == 404))


def read_announcement(entry: Entry, source: Source, topics: tuple[Topic, ...], reason: str) -> Reading | None:
    """What an entry of a source's own piece says, judged; None where no topic finds anything in it.

    `reason` is why its page was not read.
    """
    text = entry.text or entry.lead or ""
    own = find_outlet_id(entry.url, source) or (None if is_web_url(entry.key) else entry.key)
    article = Article(
        url=build_canonical_address(entry.url, source) if source.canonical else strip_tracking(entry.url),
        identity=own,
        title=entry.title or "",
        headline=entry.title,
        lead=entry.lead,
        text=text,
        published=entry.published,
        modified=entry.modified,
        language=detect_language(f"{entry.title}\n{text}") or source.language,
        complete="no",
        complete_reason=f"its page was not read: {reason}",
        rungs={"title": ANNOUNCED, "lead": ANNOUNCED, "text": ANNOUNCED, "url": ANNOUNCED},
    )
    reading = judge_article(article, topics, source=source.name)
    return reading if any(match.matched for match in reading.matches) else None
