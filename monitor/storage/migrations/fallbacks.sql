ALTER TABLE alerts ADD COLUMN fallback_id TEXT REFERENCES alerts (id);
