CREATE INDEX links_history ON links (source, first_seen_at);
