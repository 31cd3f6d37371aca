"""Scrapy spiders, one per outlet or kind of outlet; they see `DEL` and `monitor.model.page` only."""
