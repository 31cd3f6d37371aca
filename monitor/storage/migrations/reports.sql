CREATE TABLE reports (
    rule TEXT NOT NULL,
    channel TEXT NOT NULL,
    schedule TEXT NOT NULL,
    set_at TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    told_until TEXT NOT NULL,
    PRIMARY KEY (rule, channel)
);
ALTER TABLE alerts ADD COLUMN reported_by TEXT REFERENCES alerts (id);
CREATE INDEX alerts_reported_by ON alerts (reported_by) WHERE reported_by IS NOT NULL;
