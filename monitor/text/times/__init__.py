"""Dates and times as they are written in feeds, pages and datelines."""
