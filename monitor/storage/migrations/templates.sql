CREATE TABLE templates (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    container TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'trial' CHECK (state IN ('trial', 'trusted', 'superseded', 'retired')),
    model TEXT NOT NULL,
    pages INTEGER NOT NULL,
    examples TEXT NOT NULL,
    agreed INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0,
    learned_at TEXT NOT NULL,
    ended_at TEXT,
    reason TEXT,
    UNIQUE (source, container, version)
);

CREATE TABLE samples (
    source TEXT NOT NULL,
    number INTEGER NOT NULL,
    page BLOB NOT NULL,
    PRIMARY KEY (source, number)
) WITHOUT ROWID;

CREATE TABLE lessons (
    source TEXT PRIMARY KEY,
    samples INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    doubted INTEGER NOT NULL DEFAULT 0,
    recent TEXT NOT NULL DEFAULT '',
    doubt TEXT,
    doubted_at TEXT
);
