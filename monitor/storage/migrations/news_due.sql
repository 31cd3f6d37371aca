CREATE INDEX links_news ON links (source, next_attempt_at) WHERE state = 'pending' AND backlog = 0;
