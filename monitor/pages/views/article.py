"""One article: its text to read, why it matched, what happened, its versions, its story, other outlets' versions."""

from __future__ import annotations

from typing import Any

from monitor.pages.highlight import collect_spans, mark_paragraphs, mark_spans
from monitor.pages.mark_desk import open_mark_desk
from monitor.pages.serving import PageReading, read_database, respond, respond_missing, topic_classes
from monitor.pages.wording import clean_line, read_stamp, show_span
from monitor.storage.pages.article import read_article
from monitor.storage.pages.overview import list_topics
from monitor.storage.timestamps import format_stamp

_MARKABLE = 8
_EVENTS = {
    "article.matched": "Alert",
    "article.edited": "Alert on an edit",
    "article.retracted": "Alert on a retraction",
    "story.grew": "Alert on the story",
    "digest": "Digest",
    "report": "Report",
}


async def show_article(datasette: Any, request: Any) -> Any:
    """`/article/N`."""
    number = int(request.url_vars["number"])

    def read(reading: PageReading) -> dict[str, Any] | None:
        found = read_article(reading.store, number)
        if found is None:
            return None
        return {
            "at": format_stamp(reading.now),
            "simulated": reading.simulated,
            "topics": list_topics(reading.store.db),
            "article": found,
            "events": list_events(found),
        }

    page = await read_database(datasette, read)
    if page is None:
        return respond_missing(request, f"No article has the number {number}.")
    article, classes = page["article"], topic_classes(page["topics"])
    current = [verdict for verdict in article["verdicts"] if verdict["revision"] == article["revision"]]
    text, lead = article["text"], article["lead"]
    spans = collect_spans(current, "text", classes)
    if lead and text.startswith(lead):  # evidence in the lead counts its characters from the lead's own beginning
        spans += collect_spans(current, "lead", classes)
    desk = None if page["simulated"] else open_mark_desk(datasette, request)
    return respond(
        request,
        "article.html",
        page,
        choices=[] if desk is None else desk.offer(number, list_markable(article, page["topics"]), article["marks"]),
        title=clean_line(article["title"]) or f"Article {number}",
        classes=classes,
        title_html=mark_spans(article["title"], collect_spans(current, "title", classes)),
        paragraphs=mark_paragraphs(text, spans),
        is_web=article["url"].startswith(("https://", "http://")),
    )


def list_markable(article: dict[str, Any], topics: list[str]) -> list[str]:
    """The topics to mark a piece for: those that accept it, then those that nearly do; all where there are none."""
    verdicts = sorted(article["verdicts"], key=lambda verdict: (not verdict["matched"], -verdict["score"]))
    near = [verdict["topic"] for verdict in verdicts if verdict["matched"] or verdict["score"] > 0]
    return [topic for topic in near if topic in topics][:_MARKABLE] or topics[:_MARKABLE]


def list_events(article: dict[str, Any]) -> list[dict[str, Any]]:
    """What happened to a piece, in order: `at`, what, and how long `after` the publication where both are known.

    Of a piece with a day for a date, publication stands first and nothing is counted from it.
    """
    events: list[tuple[str, str, str | None]] = []
    exact = article["published_precision"] in ("second", "minute")
    if article["first_seen_at"] and not article["baseline"]:
        events.append((article["first_seen_at"], "Seen by the monitor", None))
    for version in article["versions"]:
        if version["number"] > 1:
            what = "Text changed" if version["cause"] == "outlet" else "Read anew"
            events.append(
                (version["seen_at"], f"{what}: version {version['number']}", ", ".join(version["kinds"]) or None)
            )
    for alert in article["alerts"]:
        name = _EVENTS.get(alert["event"], alert["event"])
        if alert["state"] == "delivered" and alert["delivered_at"]:
            events.append((alert["delivered_at"], f"{name} delivered to {alert['channel']}", None))
        elif alert["state"] == "held":
            events.append((alert["created_at"], f"{name} for {alert['channel']} held", alert["reason"]))
        elif alert["state"] == "dead":
            events.append((alert["created_at"], f"{name} for {alert['channel']} given up", alert["reason"]))
        else:
            events.append((alert["created_at"], f"{name} for {alert['channel']}: {alert['state']}", alert["reason"]))
    for departure in article["departures"]:
        events.append((departure["noticed_at"], "Taken down by the outlet", departure["reason"]))
        if departure["returned_at"]:
            events.append((departure["returned_at"], "There again", None))
    if article["removed"]:
        events.append((article["removed"]["at"], "Taken out of the database", article["removed"]["reason"]))
    events.sort(key=lambda event: event[0])
    came = read_stamp(article["published_at"])
    found = []
    if came is not None:
        carrier = article["published_from"]
        found.append(
            {
                "at": article["published_at"],
                "precision": article["published_precision"],
                "what": "Published by the outlet",
                "more": f"as {carrier} says" if carrier else None,
                "after": None,
            }
        )
    for at, what, more in events:
        moment = read_stamp(at)
        after = (moment - came).total_seconds() if exact and came is not None and moment is not None else None
        found.append(
            {"at": at, "precision": None, "what": what, "more": more,
             "after": None if after is None or after < 0 else f"{show_span(after)} later"}
        )  # fmt: skip
    return found
