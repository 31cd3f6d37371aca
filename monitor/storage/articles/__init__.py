"""Tables of pieces: articles, revisions, fingerprints, stories, topics, marks."""
