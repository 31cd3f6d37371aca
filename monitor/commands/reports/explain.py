"""`seedwatch explain`: every stage of one URL, source or saved page, in the order in which it happened.

It reads the database and files only: no network, no writing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.commands.reports.provenance import describe_story_place, trace_text
from monitor.commands.reports.source_coverage import (
    list_gaps,
    measure_delay,
    measure_endpoint_lag,
    measure_weekly_recall,
)
from monitor.config.public_suffixes import site_of
from monitor.extraction.templates.outlet_knowledge import UNKNOWN, Knowledge
from monitor.identity.ownership import build_estate, trace_page
from monitor.model.page import Reading, Rejection
from monitor.model.source import Source
from monitor.model.template import parse_template_rung
from monitor.pipeline.archive.documents import read_saved_body
from monitor.pipeline.archive.warc import make_saved_page
from monitor.pipeline.ingest.learn_templates import Lessons
from monitor.pipeline.ingest.read_page import judge_page
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.page_fields import _iso, find_outlet
from monitor.storage import Store
from monitor.storage.connection import Row
from monitor.storage.sources.links import link_from_row
from monitor.storage.timestamps import format_stamp
from monitor.text.urls import build_link_key, normalize_url
from monitor.topics.topic import Topic

_SHARED_SHOWN = 20  # names that lost their meaning, of each site


def read_saved_page(
    file: Path,
    url: str,
    sources: Mapping[str, Source],
    topics: tuple[Topic, ...],
    now: datetime,
    known: Knowledge = UNKNOWN,
) -> Reading | Rejection:
    """Extraction and matching of a saved page, in a killable worker as in the daemon; `.gz` is unpacked.

    `known` is what its outlet's pages taught (`load_knowledge`), `now` stands for the moment it was fetched. Raises
    SeedwatchError for a file that cannot be read.
    """
    page = make_saved_page(url, read_saved_body(file), now)
    workers = Workers(1, preload=("monitor.extraction.extract",))
    try:
        return workers.call_now(judge_page, page, find_outlet(url, sources), topics, known)
    finally:
        workers.stop()


def load_knowledge(store: Store, url: str, sources: Mapping[str, Source]) -> Knowledge:
    """What the daemon would read a page of `url` with, as if the address had answered itself.

    A piece that is stored is read as when the daemon looks at it again.
    """
    source = find_outlet(url, sources)
    if source is None:
        return UNKNOWN
    key, lessons = build_link_key(url, source), Lessons(store)
    row = store.links.find(key) or store.links.find(url)
    if row is None:
        return lessons.load_knowledge_of(source.name, (key,), site_of(url))
    link = link_from_row(row, revisit=row["article_id"] is not None)
    origin = trace_page(build_estate(sources.values(), site_of), link.source, url, url)
    return lessons.load_knowledge_for(link, url, origin)


def explain_stages(store: Store, text: str, sources: Mapping[str, Source]) -> dict[str, Any] | None:
    """Everything the database knows of a URL, a key or an article's number; None where it knows nothing.

    A URL may be given in any spelling: as announced, canonical, or one from which the outlet's own id can be read.
    """
    outlet = find_outlet(text, sources)
    names = (text, normalize_url(text), *((build_link_key(text, outlet),) if outlet else ()))
    link = next((row for name in names if (row := store.links.find(name)) is not None), None)
    article = next((row for name in names if (row := store.articles.find(name)) is not None), None)
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
                "revisit_at",
                "outcome",
                "reason",
            )
        }
        found["fetches"] = [
            _without(row, "id", "link_id", *(() if row["agent"] else ("agent",)))  # what no agent fetched names none
            for row in store.links.fetches(link["id"])
        ]
    if article is not None:
        found["article"] = _stored(store, article)
        if (removal := store.removals.get(article["id"])) is not None:
            found["removed"] = {
                "at": format_stamp(removal.removed_at),
                "reason": removal.reason,
                "versions": removal.versions,
            }
        found["story"] = describe_story_place(store, article["id"])
        found["lineage"] = trace_text(store, article["id"])
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
    for name in ("authors", "tags", "notes", "background", "conflicts", "rungs"):
        fields[name] = json.loads(fields[name])
    for name in ("baseline", "backlog"):
        fields[name] = bool(fields[name])
    fields["revisions"] = [
        {
            "number": row["number"],
            "seen_at": row["seen_at"],
            "title": row["title"],
            "kinds": json.loads(row["kinds"]),
            "substance": None if row["substance"] is None else bool(row["substance"]),
            "changes": json.loads(row["changes"]),
            "repeats": row["repeats"],
            "cause": row["cause"],
        }
        for row in store.articles.revisions(article["id"])
    ]
    number = parse_template_rung(fields["rungs"].get("text", ""))
    template = store.templates.row(number) if number is not None else None
    fields["template"] = _template(template) if template is not None else None
    fields["departures"] = [_without(row, "id", "article_id") for row in store.revisits.departures(article["id"])]
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


def explain_source(store: Store, name: str, now: datetime) -> dict[str, Any] | None:
    """A source with its problems, endpoints, ledger counts, delays, completeness, gaps and last polls; None for a name
    the database does not know.

    Delays are seconds: of the source from publication to first sight, of an endpoint from the first sight anywhere.
    """
    try:
        row = store.sources.row(name)
    except KeyError:
        return None
    absent = store.absences.row(name)
    behind = measure_endpoint_lag(store, name, now)
    return {
        **dict(row),
        "problems": [
            {
                "kind": problem.kind,
                "detail": problem.detail,
                "cure": problem.cure,
                "since": format_stamp(problem.opened_at),
            }
            for problem in store.problems.current()
            if problem.subject == name or problem.subject.startswith(f"{name} ")
        ],
        "links": store.links.counts(name),
        "nonexistent": None if absent is None else _without(absent, "source", "sketch"),
        "delay": measure_delay(store, name, now),
        "endpoints": [
            {
                **_without(endpoint, "id", "source", "failures", "listed", "openings", "whole_at"),
                "dropped_because": json.loads(endpoint["dropped_because"] or "{}"),
                "delay": behind.get(endpoint["id"]),
            }
            for endpoint in store.sources.endpoints(name)
        ],
        "completeness": measure_weekly_recall(store, name, now),
        "gaps": list_gaps(store, name),
        "shared_names": _shared_names(store, row),
        "templates": [_template(row) for row in store.templates.rows(name)],
        "polls": [_without(poll, "id", "source") for poll in store.sources.polls(name, 10)],
    }


def _shared_names(store: Store, source: Row) -> list[dict[str, Any]]:
    """Names that different texts of the source's sites claim, so that they are not believed any more."""
    addresses = (source["address"] or "", *(endpoint["url"] for endpoint in store.sources.endpoints(source["name"])))
    return [
        {"name": shared.key, "texts": shared.texts, "since": format_stamp(shared.first_at)}
        for site in sorted({site_of(address) for address in addresses} - {""})
        for shared in store.names.shared(site, _SHARED_SHOWN)
    ]


def _template(row: Row) -> dict[str, Any]:
    """A template for people: where text stands on the outlet's pages, where not, and how it holds."""
    model = json.loads(row["model"])
    fields = {name: value for name, value in dict(row).items() if name not in ("model", "examples")}
    return {
        **fields,
        "text": model["text"],
        "left_out": model["other"],
        "before": ["/".join(steps) for steps in model["before"]],
        "title_without": model["site"],
        "examples": json.loads(row["examples"]),
    }


def _without(row: Row, *names: str) -> dict[str, Any]:
    """A row as fields, less those that say nothing to a person; a key that only repeats the URL, too."""
    fields = {name: value for name, value in dict(row).items() if name not in names}
    if fields.get("key") == fields.get("url"):
        fields.pop("key", None)
    return fields


def explain_configured(found: Source) -> dict[str, Any]:
    """A source that was never polled, as its configuration has it; the same names as of `source`."""
    return {
        "name": found.name,
        "spider": found.spider,
        "title": found.title,
        "address": found.address,
        "every": found.every,
        "enabled": int(found.enabled),
        "state": "new",
        "reason": "configured, never polled yet",
        "problems": [],
        "links": {},
        "nonexistent": None,
        "delay": None,
        "endpoints": [
            {"kind": endpoint.kind, "url": endpoint.url, "key": endpoint.key} for endpoint in found.endpoints
        ],
        "completeness": [],
        "gaps": [],
        "shared_names": [],
        "templates": [],
        "polls": [],
    }
