CREATE TABLE simulated_clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at TEXT NOT NULL
);
CREATE VIEW clock AS
SELECT coalesce((SELECT at FROM simulated_clock), strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) AS now;

CREATE TABLE topic_terms (
    topic TEXT NOT NULL REFERENCES topics (name),
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    weight REAL NOT NULL,
    seeds TEXT NOT NULL,
    PRIMARY KEY (topic, kind, term)
) WITHOUT ROWID;

ALTER TABLE stories ADD COLUMN articles INTEGER NOT NULL DEFAULT 0;
UPDATE stories SET articles = (SELECT count(*) FROM articles AS a WHERE a.story_id = stories.id AND a.baseline = 0);

CREATE TRIGGER story_article_added AFTER INSERT ON articles WHEN new.baseline = 0 BEGIN
    UPDATE stories SET articles = articles + 1 WHERE id = new.story_id;
END;
CREATE TRIGGER story_article_removed AFTER DELETE ON articles WHEN old.baseline = 0 BEGIN
    UPDATE stories SET articles = articles - 1 WHERE id = old.story_id;
END;
CREATE TRIGGER story_article_moved AFTER UPDATE OF story_id ON articles
WHEN new.baseline = 0 AND old.story_id IS NOT new.story_id BEGIN
    UPDATE stories SET articles = articles - 1 WHERE id = old.story_id;
    UPDATE stories SET articles = articles + 1 WHERE id = new.story_id;
END;

CREATE INDEX stories_covered ON stories (last_at, articles);
CREATE INDEX articles_reported ON articles (stored_at, source) WHERE baseline = 0;
CREATE INDEX matches_at ON matches (at) WHERE matched = 1;
CREATE INDEX matches_near ON matches (topic, at) WHERE matched = 0 AND score * 3 >= threshold * 2;
CREATE INDEX links_ledger ON links (source, state);
CREATE INDEX revisions_seen ON revisions (seen_at) WHERE number > 1;
CREATE INDEX departures_article ON departures (article_id);
