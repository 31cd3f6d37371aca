ALTER TABLE stories ADD COLUMN muted_at TEXT;
ALTER TABLE stories ADD COLUMN muted_until TEXT;
