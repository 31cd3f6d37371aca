CREATE TABLE fingerprints (
    article_id INTEGER PRIMARY KEY REFERENCES articles (id),
    algorithm TEXT NOT NULL,
    sketch BLOB NOT NULL,
    numbers TEXT NOT NULL
);

CREATE TABLE bands (
    band INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES fingerprints (article_id),
    PRIMARY KEY (band, article_id)
) WITHOUT ROWID;

CREATE TABLE furniture (
    source TEXT NOT NULL,
    slot INTEGER NOT NULL,
    line INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    PRIMARY KEY (source, slot)
) WITHOUT ROWID;
