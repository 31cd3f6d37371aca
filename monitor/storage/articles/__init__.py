"""Articles with their revisions, names and stories."""
