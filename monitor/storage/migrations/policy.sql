ALTER TABLE alerts ADD COLUMN score REAL;
ALTER TABLE alerts ADD COLUMN hold TEXT CHECK (hold IN ('cooldown', 'quiet', 'budget', 'rush'));
ALTER TABLE alerts ADD COLUMN release_at TEXT;
ALTER TABLE alerts ADD COLUMN told_by TEXT REFERENCES alerts (id);
CREATE INDEX alerts_held ON alerts (release_at) WHERE state = 'held' AND release_at IS NOT NULL;
CREATE INDEX alerts_channel ON alerts (channel, created_at);
CREATE INDEX alerts_told_by ON alerts (told_by) WHERE told_by IS NOT NULL;
