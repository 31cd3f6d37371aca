"""Scrapy spiders, one per outlet or kind of outlet; they see `monitor.core` and `monitor.model` only."""
