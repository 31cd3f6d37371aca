ALTER TABLE articles ADD COLUMN extractor TEXT;
