"""Queries that people write, and how they are matched."""
