"""seedwatch: a few seed articles in, a news monitor out."""

__version__ = "0.2.0"
