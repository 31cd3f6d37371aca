"""Scrapy spiders, one per outlet or kind of outlet; they import the model, text, discovery and extraction only."""
