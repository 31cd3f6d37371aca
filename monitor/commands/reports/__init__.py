"""Builds the documents that commands print."""
