ALTER TABLE aliases ADD COLUMN asked INTEGER NOT NULL DEFAULT 1;
UPDATE aliases SET asked = 0 WHERE EXISTS (SELECT 1 FROM links WHERE links.article_id = aliases.article_id);
UPDATE aliases SET asked = 1 WHERE EXISTS (
    SELECT 1 FROM links WHERE links.article_id = aliases.article_id AND (links.key = aliases.key OR links.url = aliases.key)
);
UPDATE aliases SET asked = 1 WHERE key LIKE '//%' AND EXISTS (
    SELECT 1 FROM aliases AS spelled WHERE spelled.site = aliases.site AND spelled.article_id = aliases.article_id
    AND spelled.asked = 1 AND spelled.key IN (
        'http:' || aliases.key, 'https:' || aliases.key,
        'http://www.' || substr(aliases.key, 3), 'https://www.' || substr(aliases.key, 3)
    )
);
