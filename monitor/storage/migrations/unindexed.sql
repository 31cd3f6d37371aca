CREATE TABLE unindexed (
    article_id INTEGER PRIMARY KEY
) STRICT;

DROP TRIGGER articles_ai;
DROP TRIGGER articles_ad;
DROP TRIGGER articles_au;
CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN
    INSERT OR IGNORE INTO unindexed (article_id) VALUES (new.id);
END;
CREATE TRIGGER articles_ad AFTER DELETE ON articles BEGIN
    INSERT INTO articles_fts (articles_fts, rowid, title, lead, text)
    SELECT 'delete', old.id, old.title, old.lead, old.text
    WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE article_id = old.id);
    DELETE FROM unindexed WHERE article_id = old.id;
END;
CREATE TRIGGER articles_au AFTER UPDATE OF title, lead, text ON articles
WHEN (new.title, new.lead, new.text) IS NOT (old.title, old.lead, old.text) BEGIN
    INSERT INTO articles_fts (articles_fts, rowid, title, lead, text)
    SELECT 'delete', old.id, old.title, old.lead, old.text
    WHERE NOT EXISTS (SELECT 1 FROM unindexed WHERE article_id = old.id);
    INSERT OR IGNORE INTO unindexed (article_id) VALUES (new.id);
END;
