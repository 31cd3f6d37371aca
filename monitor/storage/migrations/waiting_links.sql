-- When the first link of each source that waits is due, and the first of them that is news: a claim finds by these who is
-- due for links, in the order in which polls are due, without reading links. Triggers keep them, whoever writes a link.
ALTER TABLE sources ADD COLUMN waits_at TEXT;
ALTER TABLE sources ADD COLUMN news_at TEXT;

UPDATE sources SET
    waits_at = (SELECT min(next_attempt_at) FROM links WHERE source = sources.name AND state = 'pending'),
    news_at = (
        SELECT min(next_attempt_at) FROM links WHERE source = sources.name AND state = 'pending' AND backlog = 0
    );

CREATE INDEX sources_news ON sources (state = 'stopped', next_poll_at) WHERE news_at IS NOT NULL;
CREATE INDEX sources_backlog ON sources (state = 'stopped', next_poll_at)
    WHERE waits_at < coalesce(news_at, '~');

CREATE TRIGGER links_wait_insert AFTER INSERT ON links WHEN new.state = 'pending' BEGIN
    UPDATE sources SET
        waits_at = min(coalesce(waits_at, '~'), new.next_attempt_at),
        news_at = iif(new.backlog, news_at, min(coalesce(news_at, '~'), new.next_attempt_at))
    WHERE name = new.source AND (
        coalesce(waits_at, '~') > new.next_attempt_at
        OR new.backlog = 0 AND coalesce(news_at, '~') > new.next_attempt_at
    );
END;
CREATE TRIGGER links_wait_update AFTER UPDATE OF source, state, backlog, next_attempt_at ON links
WHEN (old.state = 'pending' OR new.state = 'pending')
AND (old.source, old.state, old.backlog, old.next_attempt_at)
IS NOT (new.source, new.state, new.backlog, new.next_attempt_at) BEGIN
    UPDATE sources SET
        waits_at = (SELECT min(next_attempt_at) FROM links WHERE source = sources.name AND state = 'pending'),
        news_at = (
            SELECT min(next_attempt_at) FROM links WHERE source = sources.name AND state = 'pending' AND backlog = 0
        )
    WHERE name IN (old.source, new.source);
END;
CREATE TRIGGER links_wait_delete AFTER DELETE ON links WHEN old.state = 'pending' BEGIN
    UPDATE sources SET
        waits_at = (SELECT min(next_attempt_at) FROM links WHERE source = sources.name AND state = 'pending'),
        news_at = (
            SELECT min(next_attempt_at) FROM links WHERE source = sources.name AND state = 'pending' AND backlog = 0
        )
    WHERE name = old.source;
END;
