ALTER TABLE articles ADD COLUMN not_before TEXT;
ALTER TABLE articles ADD COLUMN conflicts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN modified_raw TEXT;
ALTER TABLE articles ADD COLUMN modified_zone TEXT;
ALTER TABLE articles ADD COLUMN modified_precision TEXT;
ALTER TABLE articles ADD COLUMN modified_from TEXT;
ALTER TABLE articles ADD COLUMN dateline_on TEXT;

ALTER TABLE links ADD COLUMN not_before TEXT;

CREATE TABLE date_orders (
    source TEXT NOT NULL,
    day_first INTEGER NOT NULL,
    dates INTEGER NOT NULL,
    PRIMARY KEY (source, day_first)
) WITHOUT ROWID;
