CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources (name),
    endpoint_id INTEGER NOT NULL REFERENCES endpoints (id),
    from_at TEXT NOT NULL,
    to_at TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'filling' CHECK (state IN ('filling', 'open', 'closed')),
    anchors TEXT NOT NULL,
    deeper TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    found INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_try_at TEXT,
    closed_at TEXT,
    closed_by INTEGER REFERENCES endpoints (id),
    closed_because TEXT
);
CREATE INDEX gaps_open ON gaps (source, state) WHERE closed_at IS NULL;
CREATE INDEX gaps_endpoint ON gaps (endpoint_id);

ALTER TABLE endpoints ADD COLUMN listed TEXT;
ALTER TABLE endpoints ADD COLUMN listed_at TEXT;
CREATE INDEX sightings_endpoint ON sightings (endpoint_id, at);
