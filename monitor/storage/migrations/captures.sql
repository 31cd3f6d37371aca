CREATE TABLE pages (
    digest TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    packed INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX pages_packed ON pages (packed);

CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    link_id INTEGER NOT NULL REFERENCES links (id),
    digest TEXT NOT NULL REFERENCES pages (digest),
    at TEXT NOT NULL,
    final_url TEXT NOT NULL,
    content_type TEXT NOT NULL,
    article_id INTEGER REFERENCES articles (id),
    revision INTEGER,
    extractor TEXT
);
CREATE INDEX captures_link ON captures (link_id);
CREATE INDEX captures_digest ON captures (digest);
CREATE INDEX captures_at ON captures (at);

ALTER TABLE revisions ADD COLUMN cause TEXT NOT NULL DEFAULT 'outlet' CHECK (cause IN ('outlet', 'extractor'));
