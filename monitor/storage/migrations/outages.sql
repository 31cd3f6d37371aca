ALTER TABLE channels ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN detour INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN probes INTEGER NOT NULL DEFAULT 0;
UPDATE alerts SET attempts = 0, next_attempt_at = coalesce(release_at, created_at)
    WHERE state = 'pending' AND channel IN (SELECT name FROM channels WHERE state = 'failing');
