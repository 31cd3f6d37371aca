"""The alert document and the short texts made of it."""
