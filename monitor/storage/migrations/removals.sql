CREATE TABLE removals (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id),
    url TEXT NOT NULL,
    removed_at TEXT NOT NULL,
    reason TEXT,
    versions INTEGER NOT NULL
);

CREATE TABLE removed_texts (
    site TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    PRIMARY KEY (site, content_hash)
) WITHOUT ROWID;
