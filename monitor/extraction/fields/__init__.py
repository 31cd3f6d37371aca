"""Headline, dates, authors, lead and language of an article."""
