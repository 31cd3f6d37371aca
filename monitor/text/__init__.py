"""Words, sentences, scripts, languages, URLs and markup as text; it knows nothing of articles or topics."""
