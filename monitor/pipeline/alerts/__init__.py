"""Alert rows: what is queued, held, released and retracted."""
