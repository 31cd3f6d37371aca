"""An archive of any size for the pages: outlets, topics, stories, edits, copies, alerts, polls, made by rule.

No page was fetched for it; rows are written as the line writes them. `hostile` puts markup, formulas, marks that turn
direction and control characters into everything an outlet can write.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.storage.connection import Connection, connect_database
from monitor.storage.timestamps import format_stamp

MADE = 100_000  # articles that are made one by one; a larger archive holds copies of these
NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
TOPICS = ("ports", "flooding", "energy", "chips", "breaches", "banks")
OUTLETS = (
    *("Capital Wire", "Delta Tribune", "El Mirador", "Gulf Business Daily", "Harbor Courier", "La Gazette du Lac"),
    *("Metro Eleven", "Northern Ledger", "Ocean Desk", "Pacific Observer", "Steppe Times", "Valley Post"),
)
HOSTILE = (
    "<script>document.title='ran'</script>",
    '"><img src=x onerror="document.title=\'ran\'">',
    '\u202e=HYPERLINK("http://evil.example") <b>bold</b>\x07',
    "{{ 7 * 7 }} {% raw %} ${7*7} &lt;i&gt;",
    "]]> <!-- --> &amp; \ufffe \u2028 \u0000",
    "javascript:alert(1)",
    "W" * 400,
)
_SUBJECTS = (
    "Dockworkers",
    "The central bank",
    "A grid operator",
    "The hospital group",
    "Flood wardens",
    "A chip maker",
)
_DEEDS = (
    "vote to prolong a strike",
    "holds its interest rate",
    "blames a fault",
    "confirms a breach",
    "raises the alarm",
)
_PLACES = ("Oakland", "Khulna", "Westminster", "Valdivia", "Karaganda", "Bergsund", "Kingston", "Fresno")
_SENTENCE = (
    "officials said the decision takes effect at midnight while residents were told to stay on and freight rates fell "
    "within hours as brokers confirmed that clearing the backlog will take weeks after the container terminal closed"
)
_WORDS = _SENTENCE.split()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSize:
    """How many articles over how many days; the last one is stored a few minutes before NOW."""

    articles: int
    days: int = 200


def fill_archive(path: Path, size: ArchiveSize, *, hostile: bool = False, seed: int = 1) -> Path:
    """Make a database in the state in which a running monitor has it, but on a clock that stands at NOW."""
    chance = random.Random(seed)
    made, copies = (size, 0) if size.articles <= MADE else (replace(size, articles=MADE), size.articles // MADE - 1)
    with closing(connect_database(path)) as db:
        db.execute("PRAGMA journal_mode = OFF")  # nobody else is there, and a half-made archive is made anew
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -200000")  # kB
        db.execute("BEGIN")
        _outlets(db, chance, hostile)
        upkeep = _drop_upkeep(db)
        for rows in _batches(_articles(made, chance, hostile), 5_000):
            _write(db, rows)
        for number in range(1, copies + 1):
            _copy(db, number * MADE)
        _restore_upkeep(db, upkeep)
        db.execute("UPDATE stories SET first_article_id = (SELECT min(id) FROM articles WHERE story_id = stories.id)")
        db.execute("INSERT INTO simulated_clock VALUES (1, ?)", (format_stamp(NOW),))
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")  # and no ANALYZE: the monitor makes no statistics either
    return path


def _drop_upkeep(db: Connection) -> list[tuple[str, str]]:
    """Take indexes and triggers off the tables that are filled, which is many times faster; (name, SQL) of each."""
    found = [
        (row["name"], row["sql"], row["type"])
        for row in db.execute(
            "SELECT name, sql, type FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL "
            f"AND tbl_name IN ({', '.join('?' * len(_STATEMENTS))})",
            tuple(_STATEMENTS),
        )
    ]
    assert {name for name, _, kind in found if kind == "trigger"} == _TRIGGERS, "what a new one does is to be done here"
    for name, _, kind in found:
        db.execute(f"DROP {kind} {name}")
    return [(name, sql) for name, sql, _ in found]


def _restore_upkeep(db: Connection, upkeep: list[tuple[str, str]]) -> None:
    """Do at once what the triggers would have done row by row, and put everything back."""
    for _, sql in upkeep:
        db.execute(sql)
    db.execute(
        "UPDATE stories SET articles = (SELECT count(*) FROM articles WHERE story_id = stories.id AND baseline = 0)"
    )
    waits = "SELECT min(next_attempt_at) FROM links WHERE source = sources.name AND state = 'pending'"
    db.execute(f"UPDATE sources SET waits_at = ({waits}), news_at = ({waits} AND backlog = 0)")
    db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")


def _spoiled(text: str, number: int, hostile: bool) -> str:
    return f"{HOSTILE[number % len(HOSTILE)]} {text}" if hostile and number % 3 == 0 else text


def _outlets(db: Connection, chance: random.Random, hostile: bool) -> None:
    began = format_stamp(NOW - timedelta(days=400))
    for number, title in enumerate(OUTLETS):
        state = {10: "failing", 11: "blocked", 1: "unsteady"}.get(number, "ok")
        name = title.lower().replace(" ", "-")
        db.execute(
            "INSERT INTO sources (name, spider, title, address, host, every, state, reason, added_at, next_poll_at, "
            "last_poll_at, last_ok_at, failures) VALUES (?, 'feed', ?, ?, ?, 600, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(name, _spoiled(title, number, hostile), f"https://{name}.example/", f"{name}.example", state),
                None if state == "ok" else _spoiled("403 Forbidden on the last 145 polls", number, hostile),
                *(began, format_stamp(NOW + timedelta(minutes=4))),
                *(
                    format_stamp(NOW - timedelta(minutes=6)),
                    format_stamp(NOW - timedelta(hours=1 + number)),
                    number // 10,
                ),
            ),
        )
        for kind in ("feed", "sitemap"):
            db.execute(
                "INSERT INTO endpoints (source, kind, url, key, last_status, last_at, entries) "
                "VALUES (?, ?, ?, ?, 200, ?, 50)",
                (name, kind, f"https://{name}.example/{kind}", f"{name} {kind}", format_stamp(NOW)),
            )
        for back in range(48 * 6):
            at = NOW - timedelta(minutes=10 * back + number)
            bad = number >= 10 or (number == 1 and back % 5 == 0)
            db.execute(
                "INSERT INTO polls (source, started_at, finished_at, outcome, requests, seen, reason) "
                "VALUES (?, ?, ?, ?, 2, 50, ?)",
                (
                    name,
                    format_stamp(at),
                    format_stamp(at),
                    "failed" if bad else "ok",
                    "TimeoutError: 30 s" if bad else None,
                ),
            )
    name = OUTLETS[2].lower().replace(" ", "-")
    db.execute(
        "INSERT INTO gaps (source, endpoint_id, from_at, to_at, opened_at, reason, state, anchors) "
        "VALUES (?, 5, ?, ?, ?, 'its two last lists do not meet', 'open', '[]')",
        (name, format_stamp(NOW - timedelta(hours=9)), format_stamp(NOW - timedelta(hours=7)), format_stamp(NOW)),
    )
    for number, topic in enumerate(TOPICS):
        db.execute("INSERT INTO topics VALUES (?, 'hash', 0.5, 12, ?)", (topic, began))
        for at in range(12):
            seeds = json.dumps([f"{topic}-{at % 5}.txt"])
            kind = ("name", "word", "group")[at % 3]
            row = (topic, kind, _spoiled(_WORDS[at + number], at, hostile), 1 - at / 13, seeds)
            db.execute("INSERT INTO topic_terms VALUES (?, ?, ?, ?, ?)", row)
    risen = [
        {"term": _spoiled("harbour levy", 5, hostile), "matched": 5, "named": 1, "other": 0, "before": 0},
        {"term": "quay", "matched": 3, "named": 0, "other": 2, "before": 1},
    ]
    risen = [{**term, "weight": 0.3, "pieces": [23, 46]} for term in risen]
    day = [(NOW - timedelta(days=back)).date().isoformat() for back in (30, 0)]
    for topic in (TOPICS[0], min(TOPICS)):  # the latter is the first on the home page
        db.execute(
            "INSERT INTO suggestions (topic, made_at, since, until, matched, named, other, terms) "
            "VALUES (?, ?, ?, ?, 9, 14, 52, ?)",
            (topic, format_stamp(NOW), *day, json.dumps(risen)),
        )
    failed = (format_stamp(NOW), _spoiled("looking for terms took longer than 120 s and was stopped", 4, hostile))
    few = (None, "2 pieces matched from 2026-10-22 to 2026-11-21; of fewer than 3 nothing can be told from chance")
    looks: tuple[tuple[str, list[dict[str, Any]], tuple[str | None, str]], ...] = (
        *(("chips", risen, failed), ("flooding", [], failed)),
        ("breaches", [], few),
    )
    earlier = format_stamp(NOW - timedelta(days=1))
    for topic, found, (failed_at, reason) in looks:
        db.execute(
            "INSERT INTO suggestions VALUES (?, ?, ?, ?, ?, 14, 52, ?, ?, ?)",
            (topic, earlier, *day, 9 if found else 2, json.dumps(found), reason, failed_at),
        )
    db.execute("INSERT INTO channels (name, kind, state) VALUES ('desk', 'webhook', 'ok')")
    db.execute(
        "INSERT INTO channels (name, kind, state, reason, failing_since) VALUES ('ops', 'slack', 'failing', ?, ?)",
        (_spoiled("it answered 502", 3, hostile), format_stamp(NOW - timedelta(hours=5))),
    )
    db.execute(
        "INSERT INTO problems (kind, subject, detail, cure, opened_at, last_at) VALUES ('source', 'steppe-times', ?, "
        "'seedwatch explain steppe-times', ?, ?)",
        (_spoiled("403 Forbidden", 3, hostile), format_stamp(NOW - timedelta(days=3)), format_stamp(NOW)),
    )


def _articles(size: ArchiveSize, chance: random.Random, hostile: bool) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """The rows of one article after the other, by table."""
    story, step = 0, timedelta(days=size.days) / size.articles
    recent: list[int] = []
    for number in range(1, size.articles + 1):
        at = NOW - step * (size.articles - number) - timedelta(minutes=3)
        fresh = not recent or chance.random() < 0.45
        if fresh:
            story += 1
            recent = [*recent[-40:], story]
        its_story = story if fresh else chance.choice(recent)
        outlet = OUTLETS[number % len(OUTLETS)].lower().replace(" ", "-")
        topic = TOPICS[its_story % len(TOPICS)]
        matched = chance.random() < 0.12
        words = " ".join(chance.choice(_WORDS) for _ in range(24))
        title = _spoiled(
            f"{chance.choice(_SUBJECTS)} {chance.choice(_DEEDS)} in {chance.choice(_PLACES)}", number, hostile
        )
        lead = _spoiled(f"{words[:110]}.", number + 1, hostile)
        text = (
            f"{lead}\n\n{topic} stands here. {words}\n\n{_spoiled(words[::-1], number + 2, hostile)} Edition {number}."
        )
        url = f"https://{outlet}.example/{number}" if not hostile or number % 7 else HOSTILE[5]
        day = number % 9 == 0
        published = (at - timedelta(minutes=chance.randrange(1, 40))).replace(second=0)
        if day:
            published = published.replace(hour=0, minute=0)
        copy_of = number - 1 if number % 11 == 0 and number > 1 and not fresh else None
        seen, came = format_stamp(at), format_stamp(published)
        revisions = 2 if number % 23 == 0 else 1
        rows: dict[str, list[tuple[Any, ...]]] = {
            "stories": [(its_story, title, seen, seen)],
            "articles": [
                (number, url, f"{outlet}:{number}", outlet, 0, 0, revisions, title, lead, text, f"h{number}", copy_of,
                 0.9 if copy_of else None, its_story, came, "day" if day else "minute", "json-ld",
                 chance.choice(("en", "de", "fr")), len(text.split()), seen, seen)
            ],
            "links": [
                (number, f"{outlet}:{number}", outlet, url, title, came, "{}", seen, seen, "done", "new", number)
            ],
            "sightings": [(number, 2 * (number % len(OUTLETS)) + 1, seen, "{}")],
            "revisions": [(number, 1, title, lead, text, "h1", seen, "[]", None, "[]")],
        }  # fmt: skip
        if revisions == 2:
            changed = text.replace("officials", "people").replace("hours", "days")
            later = format_stamp(at + timedelta(minutes=2))
            rows["revisions"].append(
                (number, 2, title + " – updated", lead, changed, "h2", later, '["numbers"]', 1, "[]")
            )
        start = text.index(f"\n\n{topic}") + 2
        evidence = [
            {"term": topic, "found": topic, "part": "text", "start": start, "end": start + len(topic), "weight": 0.6}
        ]
        if matched or number % 4 == 0:
            score = 0.8 if matched else (0.4 if number % 40 == 0 else 0.1)
            rows["matches"] = [(number, topic, revisions, score, 0.5, matched, json.dumps(evidence), '["sea"]', seen)]
        if matched:
            state = "dead" if number % 97 == 0 else "delivered"
            sent = format_stamp(at + timedelta(seconds=4)) if state == "delivered" else None
            body = json.dumps({"type": "article.matched", "data": {"article": {"title": title}}}).encode()
            rows["alerts"] = [
                (
                    f"msg_{number:027}",
                    "desk",
                    "desk",
                    "article.matched",
                    number,
                    1,
                    its_story,
                    topic,
                    seen,
                    body,
                    state,
                    1,
                    sent,
                )
            ]
            rows["attempts"] = [(f"msg_{number:027}", 1, seen, 0.4, 200 if sent else 502)]
        yield rows


_STATEMENTS = {
    "stories": "INSERT INTO stories (id, title, first_at, last_at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET last_at = excluded.last_at",
    "articles": "INSERT INTO articles (id, url, identity, source, baseline, backlog, revision, title, lead, text, "
    "content_hash, copy_of, similarity, story_id, published_at, published_precision, published_from, language, words, "
    "first_seen_at, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "links": "INSERT INTO links (id, key, source, url, title, published_at, entry, first_seen_at, last_seen_at, state, "
    "outcome, article_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "sightings": "INSERT INTO sightings (link_id, endpoint_id, at, said) VALUES (?, ?, ?, ?)",
    "revisions": "INSERT INTO revisions (article_id, number, title, lead, text, content_hash, seen_at, kinds, "
    "substance, changes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "matches": "INSERT INTO matches (article_id, topic, revision, score, threshold, matched, evidence, missing, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "alerts": "INSERT INTO alerts (id, rule, channel, event, article_id, revision, story_id, topic, created_at, body, "
    "state, attempts, delivered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "attempts": "INSERT INTO attempts (alert_id, number, at, seconds, status) VALUES (?, ?, ?, ?, ?)",
}


_TRIGGERS = {
    *("articles_ad", "articles_au"),
    *("story_article_removed", "story_article_moved"),
    *("links_wait_insert", "links_wait_update", "links_wait_delete"),
}


# What becomes of a column in a copy of all rows; `:off` is what is added to numbers.
_ALERT = "'msg_' || printf('%027d', CAST(substr({0}, 5) AS INTEGER) + :off)"
_COPIED = {
    "stories": {"id": "id + :off", "first_article_id": "first_article_id + :off"},
    "articles": {
        "id": "id + :off",
        "copy_of": "copy_of + :off",
        "story_id": "story_id + :off",
        "url": "url || '-' || :off",
        "identity": "identity || '-' || :off",
    },
    "links": {
        "id": "id + :off",
        "key": "key || '-' || :off",
        "url": "url || '-' || :off",
        "article_id": "article_id + :off",
    },
    "sightings": {"link_id": "link_id + :off"},
    "revisions": {"id": "NULL", "article_id": "article_id + :off"},
    "matches": {"article_id": "article_id + :off"},
    "alerts": {"id": _ALERT.format("id"), "article_id": "article_id + :off", "story_id": "story_id + :off"},
    "attempts": {"id": "NULL", "alert_id": _ALERT.format("alert_id")},
}


def _copy(db: Connection, offset: int) -> None:
    """Every row of the first `MADE` articles once more, as of further outlets' pieces at the same times."""
    first = {"stories": "id", "articles": "id", "links": "id", "sightings": "link_id", "alerts": "article_id"}
    first |= {"revisions": "article_id", "matches": "article_id"}
    for table, changed in _COPIED.items():
        names = [row["name"] for row in db.execute(f"PRAGMA table_info({table})")]
        values = ", ".join(changed.get(name, name) for name in names)
        which = f"{first[table]} <= {MADE}" if table in first else f"CAST(substr(alert_id, 5) AS INTEGER) <= {MADE}"
        db.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {which}",
            {"off": offset},
        )


def _batches(rows: Iterator[dict[str, list[tuple[Any, ...]]]], size: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """The rows of `size` articles at a time."""
    batch: dict[str, list[tuple[Any, ...]]] = {}
    for number, one in enumerate(rows, 1):
        for table, found in one.items():
            batch.setdefault(table, []).extend(found)
        if number % size == 0:
            yield batch
            batch = {}
    if batch:
        yield batch


def _write(db: Connection, batch: dict[str, list[tuple[Any, ...]]]) -> None:
    for table, statement in _STATEMENTS.items():
        db.executemany(statement, batch.get(table, []))
