CREATE TABLE suggestions (
    topic TEXT PRIMARY KEY NOT NULL REFERENCES topics (name),
    made_at TEXT NOT NULL,
    since TEXT,
    until TEXT,
    matched INTEGER NOT NULL,
    named INTEGER NOT NULL,
    other INTEGER NOT NULL,
    terms TEXT NOT NULL
) STRICT, WITHOUT ROWID;
