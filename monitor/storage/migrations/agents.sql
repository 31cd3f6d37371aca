ALTER TABLE polls ADD COLUMN agent TEXT;
CREATE INDEX polls_agent ON polls (agent, id) WHERE agent IS NOT NULL;
CREATE TABLE agents (
    name TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    labels TEXT NOT NULL,
    slots INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
) STRICT;
