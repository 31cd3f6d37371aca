ALTER TABLE suggestions ADD COLUMN reason TEXT;
ALTER TABLE suggestions ADD COLUMN failed_at TEXT;
DELETE FROM suggestions;
CREATE INDEX alerts_delivered ON alerts (delivered_at) WHERE state = 'delivered';
CREATE INDEX articles_language ON articles (language) WHERE baseline = 0 AND language IS NOT NULL;
