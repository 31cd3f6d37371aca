"""`seedwatch explain`: every stage of one URL, source or saved page, in the order in which it happened.

It reads the database and files only: no network, no writing.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.core import urls
from monitor.core.read import read
from monitor.core.topic import Topic
from monitor.errors import SeedwatchError
from monitor.model import Article, Dateline, Match, Page, Reading, Rejection, Source
from monitor.store import Store
from monitor.store.connection import Row
from monitor.workers import Workers


def page_fields(result: Reading | Rejection) -> dict[str, Any]:
    """What extraction and matching made of one page: the stable JSON of `explain FILE.html --json`."""
    if isinstance(result, Rejection):
        return {"outcome": str(result.outcome), "reason": result.reason, **_article(None), **best(())}
    fields = {"outcome": "new", "reason": None, **_article(result.article), **best(result.matches)}
    return {**fields, "rungs": dict(result.article.rungs), "removed": list(result.article.removed)}


def _article(article: Article | None) -> dict[str, Any]:
    if article is None:
        names = ("title", "lead", "text", "published_at", "published_from", "authors", "dateline", "language")
        return dict.fromkeys(names) | {"authors": []}
    return {
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "published_at": _iso(article.published.at) if article.published else None,
        "published_from": article.published.carrier if article.published else None,
        "authors": list(article.authors),
        "dateline": _dateline(article.dateline),
        "language": article.language,
    }


def _dateline(dateline: Dateline | None) -> dict[str, Any] | None:
    return None if dateline is None else asdict(dateline)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def best(matches: tuple[Match, ...]) -> dict[str, Any]:
    """The verdict of the topic that accepts a text best: topic, score, matched, evidence."""
    if not matches:
        return {"topic": None, "score": None, "matched": False, "evidence": []}
    match = max(matches, key=lambda found: (found.matched, found.score, found.topic))
    return {
        "topic": match.topic,
        "score": round(match.score, 4),
        "matched": match.matched,
        "evidence": [asdict(evidence) for evidence in match.evidence],
    }


def saved_page(
    file: Path, url: str, sources: Mapping[str, Source], topics: tuple[Topic, ...], now: datetime
) -> Reading | Rejection:
    """Extraction and matching of a saved page, in a killable worker as in the daemon; `.gz` is unpacked.

    Raises SeedwatchError for a file that cannot be read.
    """
    try:
        body = file.read_bytes()
        if file.suffix == ".gz":
            body = gzip.decompress(body)
    except (OSError, EOFError) as error:
        raise SeedwatchError(f"{file}: cannot be read: {error}") from error
    page = Page(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        fetched_at=now,
    )
    workers = Workers(1, preload=("monitor.core.read",))
    try:
        return workers.call_now(read, page, _source_of(url, sources), topics)
    finally:
        workers.stop()


def _source_of(url: str, sources: Mapping[str, Source]) -> Source | None:
    """The configured outlet a saved page comes from, by its address; None where none fits."""
    return next(
        (source for source in sources.values() if source.address and urls.same_site(url, source.address)),
        None,
    )


def stages(store: Store, text: str) -> dict[str, Any] | None:
    """Everything the database knows of a URL, a key or an article's number; None where it knows nothing."""
    link = store.links.find(text)
    article = store.articles.find(text)
    if article is None and link is not None and link["article_id"] is not None:
        article = store.articles.find(str(link["article_id"]))
    if link is None and article is not None:
        link = store.links.of_article(article["id"])
    if link is None and article is None:
        return None
    found: dict[str, Any] = {"url": link["url"] if link else article["url"] if article else text}
    if link is not None:
        found["discovered"] = [dict(row) for row in store.links.sightings(link["id"])]
        found["link"] = {
            name: link[name]
            for name in (
                "key",
                "source",
                "state",
                "backlog",
                "first_seen_at",
                "attempts",
                "next_attempt_at",
                "outcome",
                "reason",
            )
        }
        found["fetches"] = [dict(row) for row in store.links.fetches(link["id"])]
    if article is not None:
        found["article"] = _stored(store, article)
        found["matches"] = [_verdict(row) for row in store.topics.verdicts(article["id"])]
        found["alerts"] = [
            {
                "id": record.alert.id,
                "rule": record.alert.rule,
                "channel": record.alert.channel,
                "event": record.alert.event,
                "state": record.alert.state,
                "reason": record.alert.reason,
                "attempts": [
                    {"at": _iso(attempt.at), "status": attempt.status, "error": attempt.error}
                    for attempt in record.tries
                ],
            }
            for record in store.alerts.of_article(article["id"])
        ]
    return found


def _stored(store: Store, article: Row) -> dict[str, Any]:
    fields = {key: article[key] for key in article.keys() if key not in ("text", "content_hash")}  # noqa: SIM118  Row
    for name in ("authors", "tags", "notes", "rungs"):
        fields[name] = json.loads(fields[name])
    fields["revisions"] = [
        {"number": row["number"], "seen_at": row["seen_at"], "title": row["title"]}
        for row in store.articles.revisions(article["id"])
    ]
    original = store.articles.find(str(article["copy_of"])) if article["copy_of"] else None
    fields["copy_of_url"] = original["url"] if original else None
    return fields


def _verdict(row: Row) -> dict[str, Any]:
    return {
        "topic": row["topic"],
        "score": row["score"],
        "threshold": row["threshold"],
        "matched": bool(row["matched"]),
        "evidence": json.loads(row["evidence"]),
        "missing": json.loads(row["missing"]),
    }


def source(store: Store, name: str) -> dict[str, Any] | None:
    """A source with its endpoints, ledger counts and last polls; None for a name the database does not know."""
    try:
        row = store.sources.row(name)
    except KeyError:
        return None
    return {
        **dict(row),
        "links": store.links.counts(name),
        "endpoints": [dict(endpoint) for endpoint in store.sources.endpoints(name)],
        "polls": [dict(poll) for poll in store.sources.polls(name, 10)],
    }
