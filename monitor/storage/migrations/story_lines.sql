ALTER TABLE stories ADD COLUMN merged_into INTEGER REFERENCES stories (id);

CREATE TABLE story_profiles (
    story_id INTEGER PRIMARY KEY REFERENCES stories (id),
    algorithm TEXT NOT NULL,
    texts INTEGER NOT NULL,
    words TEXT NOT NULL,
    names TEXT NOT NULL,
    central TEXT NOT NULL,
    since TEXT,
    until TEXT,
    apart TEXT NOT NULL,
    touched INTEGER NOT NULL,
    indexed TEXT NOT NULL
);

CREATE TABLE story_words (
    word TEXT NOT NULL,
    touched INTEGER NOT NULL,
    story_id INTEGER NOT NULL REFERENCES story_profiles (story_id),
    PRIMARY KEY (word, touched, story_id)
) WITHOUT ROWID;

CREATE TABLE word_counts (
    word TEXT PRIMARY KEY,
    articles INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE story_changes (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('merged', 'split')),
    story_id INTEGER NOT NULL REFERENCES stories (id),
    other_id INTEGER NOT NULL REFERENCES stories (id),
    article_id INTEGER NOT NULL REFERENCES articles (id),
    similarity REAL NOT NULL,
    articles INTEGER NOT NULL
);
CREATE INDEX story_changes_story ON story_changes (story_id);
CREATE INDEX story_changes_other ON story_changes (other_id);

CREATE INDEX articles_copy ON articles (copy_of) WHERE copy_of IS NOT NULL;
