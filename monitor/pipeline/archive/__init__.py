"""Documents and pages from files, and stored pages read again."""
