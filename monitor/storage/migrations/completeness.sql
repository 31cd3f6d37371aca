ALTER TABLE articles ADD COLUMN complete TEXT NOT NULL DEFAULT 'unknown' CHECK (complete IN ('yes', 'no', 'unknown'));
ALTER TABLE articles ADD COLUMN complete_reason TEXT;
ALTER TABLE articles ADD COLUMN declared_language TEXT;
