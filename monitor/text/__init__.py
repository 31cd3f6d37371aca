"""Words, sentences, scripts, URLs, markup to text and likeness of texts; no knowledge of articles or topics."""
