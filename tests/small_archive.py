"""A small database with one of everything that the pages show."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from monitor.storage.connection import connect_database
from monitor.storage.texts.full_text_index import index_texts

AT = "2026-03-02T06:00:00.000Z"


HOSTILE = '\u202e=HYPERLINK("x") <b>bold</b>\x07'


def filled(path: Path) -> Path:
    """A database with one source, two articles (the second a copy), a match, a near miss, two alerts."""
    recent = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 hour')"
    with closing(connect_database(path)) as db:
        db.execute(
            "INSERT INTO sources (name, spider, title, host, every, state, reason, added_at, next_poll_at, failures) "
            "VALUES ('example', 'feed', 'Example', 'news.example', 600, 'failing', 'refused', ?, ?, 3)",
            (AT, AT),
        )
        db.execute("INSERT INTO topics VALUES ('karabakh', 'hash', 0.5, 1, ?)", (AT,))
        db.execute(
            "INSERT INTO endpoints (id, source, kind, url, key) "
            "VALUES (1, 'example', 'feed', 'https://news.example/rss', 'k')"
        )
        db.execute(
            "INSERT INTO gaps (source, endpoint_id, from_at, to_at, opened_at, reason, state, anchors) "
            "VALUES ('example', 1, ?, ?, ?, 'they do not meet', 'open', '[]')",
            (AT, AT.replace("T06", "T09"), AT),
        )
        evidence = json.dumps(
            [{"term": "corridor", "found": "Corridor", "part": "title", "start": 0, "end": 8, "weight": 0.4}]
        )
        for number, (title, url, score) in enumerate(
            (("Corridor talks resume", "https://news.example/1", 0.8), (HOSTILE, "javascript:alert(1)", 0.4)), 1
        ):
            db.execute(
                "INSERT INTO stories (id, title, first_at, last_at) VALUES (?, ?, ?, ?)", (number, title, AT, AT)
            )
            db.execute(
                "INSERT INTO articles (id, url, identity, source, title, lead, text, content_hash, copy_of, "
                "similarity, story_id, words, first_seen_at, stored_at, published_at) "
                "VALUES (?, ?, ?, 'example', ?, '-1', 'The corridor\n\nopens.', 'h', ?, ?, ?, 3, ?, ?, ?)",
                (number, url, url, title, *((1, 0.9) if number == 2 else (None, None)), number, AT, AT, AT),
            )
            db.execute("INSERT INTO unindexed (article_id) VALUES (?)", (number,))
            db.execute("UPDATE stories SET articles = 1 WHERE id = ?", (number,))
            db.execute(
                f"INSERT INTO matches VALUES (?, 'karabakh', 1, ?, 0.5, ?, ?, '[\"sea\"]', {recent})",
                (number, score, score >= 0.5, evidence),
            )
            db.execute(
                "INSERT INTO links (id, key, source, url, entry, first_seen_at, last_seen_at, state, outcome, "
                "article_id) VALUES (?, ?, 'example', ?, '{}', ?, ?, 'done', 'new', ?)",
                (number, url, url, AT, AT, number),
            )
            db.execute("INSERT INTO sightings (link_id, endpoint_id, at, said) VALUES (?, 1, ?, '{}')", (number, AT))
            db.execute("INSERT INTO fetches (link_id, at, outcome, bytes) VALUES (?, ?, 'new', 2048)", (number, AT))
            db.execute(
                "INSERT INTO alerts (id, rule, channel, event, article_id, created_at, body, state, attempts) "
                "VALUES (?, 'desk', 'desk', 'article.matched', ?, ?, X'7B7D', ?, 1)",
                (f"msg_{number}", number, AT, ("delivered", "dead")[number - 1]),
            )
            db.execute(
                "INSERT INTO attempts (alert_id, number, at, seconds, status) VALUES (?, 1, ?, 0.5, 503)",
                (f"msg_{number}", AT),
            )
        db.execute(
            "INSERT INTO revisions (article_id, number, title, text, content_hash, seen_at, kinds, substance, changes) "
            "VALUES (1, 2, 'Corridor talks resume', 'The corridor\n\nopens.', 'h', ?, '[\"numbers\"]', 1, ?)",
            (AT, json.dumps([{"kind": "numbers", "before": "At 5.", "after": "At 6.", "substance": True}])),
        )
        db.execute(
            "INSERT INTO problems (kind, subject, detail, cure, opened_at, last_at) VALUES ('k', 's', 'd', 'c', ?, ?)",
            (AT, AT),
        )
        index_texts(db)
    return path
