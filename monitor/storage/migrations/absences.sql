CREATE TABLE absences (
    source TEXT PRIMARY KEY REFERENCES sources (name),
    url TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    status INTEGER,
    outcome TEXT NOT NULL,
    reason TEXT,
    title TEXT,
    sketch TEXT
) WITHOUT ROWID;
