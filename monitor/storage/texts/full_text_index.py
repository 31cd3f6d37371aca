"""Keeps the full-text index in step with the articles; it must not search.

Triggers note in `unindexed` which articles were written; what an article said before leaves the index at once. Their
texts enter it together, when the transaction that wrote them ends: SQLite writes what its index has gathered to the
disk at every savepoint, and each statement that may fail halfway has one, so that an index kept row by row costs
three times as much. https://www.sqlite.org/fts5.html#external_content_tables
"""

from __future__ import annotations

from monitor.storage.connection import Connection


def index_texts(db: Connection) -> None:
    """Index the articles written since this was called last, in the caller's transaction."""
    if db.execute("SELECT 1 FROM unindexed LIMIT 1").fetchone() is None:
        return
    db.execute(
        "INSERT INTO articles_fts (rowid, title, lead, text) SELECT id, title, lead, text "
        "FROM unindexed CROSS JOIN articles ON id = article_id"
    )
    db.execute("DELETE FROM unindexed")
