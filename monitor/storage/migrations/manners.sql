ALTER TABLE endpoints ADD COLUMN moved_to TEXT;
ALTER TABLE endpoints ADD COLUMN moved_since TEXT;
ALTER TABLE endpoints ADD COLUMN moved_times INTEGER NOT NULL DEFAULT 0;
ALTER TABLE endpoints ADD COLUMN moved_at TEXT;
ALTER TABLE endpoints ADD COLUMN gone_at TEXT;
ALTER TABLE sources ADD COLUMN paused_at TEXT;
ALTER TABLE sources ADD COLUMN last_new_at TEXT;
