UPDATE endpoints SET etag = NULL, last_modified = NULL WHERE kind = 'sitemap' AND coalesce(entries, 0) = 0;
