ALTER TABLE links ADD COLUMN voices INTEGER NOT NULL DEFAULT 1;

CREATE TABLE site_aliases (
    key TEXT NOT NULL,
    site TEXT NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    PRIMARY KEY (key, site)
) WITHOUT ROWID;
INSERT INTO site_aliases (key, site, article_id)
    SELECT key, site_of(articles.url), article_id FROM aliases JOIN articles ON articles.id = article_id;
DROP TABLE aliases;
ALTER TABLE site_aliases RENAME TO aliases;
CREATE INDEX aliases_article ON aliases (article_id);

CREATE TABLE shared_names (
    site TEXT NOT NULL,
    key TEXT NOT NULL,
    texts INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (site, key)
) WITHOUT ROWID;
