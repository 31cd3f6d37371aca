CREATE TABLE hint_paces (
    source TEXT NOT NULL,
    site TEXT NOT NULL,
    free_at TEXT NOT NULL,
    left_out INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, site)
) WITHOUT ROWID;
