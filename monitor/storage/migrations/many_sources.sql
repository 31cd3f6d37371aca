CREATE INDEX articles_newest ON articles (source, published_at);
CREATE INDEX links_told ON links (coalesce(published_at, first_seen_at)) WHERE backlog = 0 AND state <> 'archived';
