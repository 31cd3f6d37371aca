"""Who keeps the books of a crawl: the port through which a crawl reaches its desk, and the desk of this process."""
