CREATE TABLE marks (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    topic TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('relevant', 'irrelevant')),
    revision INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (article_id, topic)
) WITHOUT ROWID;
CREATE INDEX marks_topic ON marks (topic, verdict);
