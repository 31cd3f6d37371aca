"""What is kept of texts to find them by: the full-text index, and words with their weights."""
