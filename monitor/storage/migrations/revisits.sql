ALTER TABLE links ADD COLUMN revisit_at TEXT;
ALTER TABLE links ADD COLUMN revisits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN gone_since TEXT;
ALTER TABLE links ADD COLUMN etag TEXT;
ALTER TABLE links ADD COLUMN last_modified TEXT;
CREATE INDEX links_revisit ON links (source, revisit_at) WHERE revisit_at IS NOT NULL;

CREATE TABLE departures (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    revision INTEGER NOT NULL,
    gone_since TEXT NOT NULL,
    noticed_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    returned_at TEXT
);
CREATE INDEX departures_noticed ON departures (noticed_at);
CREATE UNIQUE INDEX departures_open ON departures (article_id) WHERE returned_at IS NULL;
