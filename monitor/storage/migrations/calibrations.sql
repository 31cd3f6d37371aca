CREATE TABLE profile_versions (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    made_at TEXT NOT NULL,
    pieces INTEGER NOT NULL,
    threshold REAL NOT NULL,
    changes TEXT NOT NULL,
    profile TEXT NOT NULL
) STRICT;
CREATE INDEX profile_versions_topic ON profile_versions (topic, id);
