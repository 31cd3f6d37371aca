CREATE TABLE sources (
    name TEXT PRIMARY KEY,
    spider TEXT NOT NULL,
    title TEXT NOT NULL,
    address TEXT,
    host TEXT NOT NULL,
    every INTEGER NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'ok', 'unsteady', 'failing', 'blocked')),
    reason TEXT,
    added_at TEXT NOT NULL,
    baselined_at TEXT,
    next_poll_at TEXT NOT NULL,
    last_poll_at TEXT,
    last_ok_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX sources_due ON sources (next_poll_at) WHERE enabled = 1;

CREATE TABLE hosts (
    host TEXT PRIMARY KEY,
    next_turn_at TEXT,
    lease TEXT,
    leased_until TEXT,
    robots_status INTEGER,
    robots_text TEXT,
    robots_at TEXT
);

CREATE TABLE endpoints (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources (name),
    kind TEXT NOT NULL CHECK (kind IN ('feed', 'api', 'sitemap', 'listing')),
    url TEXT NOT NULL,
    key TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    last_at TEXT,
    last_status INTEGER,
    last_error TEXT,
    last_ok_at TEXT,
    next_at TEXT,
    entries INTEGER,
    newest_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source, key)
);

CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL REFERENCES sources (name),
    started_at TEXT NOT NULL,
    finished_at TEXT,
    outcome TEXT NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'ok', 'partial', 'failed', 'aborted')),
    requests INTEGER NOT NULL DEFAULT 0,
    seen INTEGER NOT NULL DEFAULT 0,
    new_links INTEGER NOT NULL DEFAULT 0,
    stored INTEGER NOT NULL DEFAULT 0,
    reason TEXT
);
CREATE INDEX polls_source ON polls (source, started_at);
CREATE INDEX polls_open ON polls (outcome) WHERE outcome = 'open';

CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL REFERENCES sources (name),
    url TEXT NOT NULL,
    title TEXT,
    published_at TEXT,
    entry TEXT NOT NULL,
    backlog INTEGER NOT NULL DEFAULT 0,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'done', 'refused', 'gone', 'given-up', 'archived')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    outcome TEXT,
    reason TEXT,
    article_id INTEGER REFERENCES articles (id)
);
CREATE INDEX links_pending ON links (source, next_attempt_at) WHERE state = 'pending';
CREATE INDEX links_article ON links (article_id);
CREATE INDEX links_url ON links (url);

CREATE TABLE sightings (
    link_id INTEGER NOT NULL REFERENCES links (id),
    endpoint_id INTEGER NOT NULL REFERENCES endpoints (id),
    at TEXT NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (link_id, endpoint_id)
) WITHOUT ROWID;

CREATE TABLE fetches (
    id INTEGER PRIMARY KEY,
    link_id INTEGER NOT NULL REFERENCES links (id),
    at TEXT NOT NULL,
    final_url TEXT,
    status INTEGER,
    bytes INTEGER,
    outcome TEXT NOT NULL,
    reason TEXT
);
CREATE INDEX fetches_link ON fetches (link_id);
CREATE INDEX fetches_at ON fetches (at);

CREATE TABLE stories (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    first_article_id INTEGER,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL
);
CREATE INDEX stories_last ON stories (last_at);

CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    identity TEXT UNIQUE,
    source TEXT NOT NULL,
    baseline INTEGER NOT NULL DEFAULT 0,
    backlog INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 1,
    title TEXT NOT NULL,
    lead TEXT,
    text TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    copy_of INTEGER REFERENCES articles (id),
    similarity REAL,
    story_id INTEGER NOT NULL REFERENCES stories (id),
    published_at TEXT,
    published_raw TEXT,
    published_zone TEXT,
    published_precision TEXT,
    published_from TEXT,
    modified_at TEXT,
    dateline_place TEXT,
    dateline_day TEXT,
    dateline_raw TEXT,
    agency TEXT,
    attribution TEXT,
    language TEXT,
    authors TEXT NOT NULL DEFAULT '[]',
    section TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    image TEXT,
    notes TEXT NOT NULL DEFAULT '[]',
    rungs TEXT NOT NULL DEFAULT '{}',
    words INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    stored_at TEXT NOT NULL
);
CREATE INDEX articles_hash ON articles (content_hash);
CREATE INDEX articles_published ON articles (published_at);
CREATE INDEX articles_source ON articles (source, stored_at);
CREATE INDEX articles_stored ON articles (stored_at);
CREATE INDEX articles_story ON articles (story_id);

CREATE TABLE aliases (
    key TEXT PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id)
) WITHOUT ROWID;
CREATE INDEX aliases_article ON aliases (article_id);

CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id),
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    lead TEXT,
    text TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    modified_at TEXT,
    seen_at TEXT NOT NULL,
    UNIQUE (article_id, number)
);

CREATE TABLE topics (
    name TEXT PRIMARY KEY,
    profile_hash TEXT NOT NULL,
    threshold REAL NOT NULL,
    terms INTEGER NOT NULL,
    loaded_at TEXT NOT NULL
);

CREATE TABLE matches (
    article_id INTEGER NOT NULL REFERENCES articles (id),
    topic TEXT NOT NULL REFERENCES topics (name),
    revision INTEGER NOT NULL,
    score REAL NOT NULL,
    threshold REAL NOT NULL,
    matched INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    missing TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (article_id, topic)
) WITHOUT ROWID;
CREATE INDEX matches_topic ON matches (topic, matched, at);

CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'ok' CHECK (state IN ('ok', 'failing', 'disabled')),
    reason TEXT,
    failing_since TEXT,
    next_at TEXT,
    last_ok_at TEXT
);

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    channel TEXT NOT NULL,
    event TEXT NOT NULL,
    article_id INTEGER REFERENCES articles (id),
    revision INTEGER,
    story_id INTEGER REFERENCES stories (id),
    topic TEXT,
    created_at TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead', 'held')),
    reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    lease TEXT,
    leased_until TEXT,
    delivered_at TEXT
);
CREATE INDEX alerts_due ON alerts (channel, next_attempt_at) WHERE state = 'pending';
CREATE INDEX alerts_article ON alerts (article_id);
CREATE INDEX alerts_story ON alerts (story_id, channel, rule);
CREATE INDEX alerts_state ON alerts (state, created_at);

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    seconds REAL NOT NULL,
    status INTEGER,
    error TEXT,
    response BLOB,
    UNIQUE (alert_id, number)
);

CREATE TABLE problems (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    cure TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    closed_at TEXT
);
CREATE UNIQUE INDEX problems_open ON problems (kind, subject) WHERE closed_at IS NULL;
