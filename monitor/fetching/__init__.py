"""Scrapy inside the daemon's loop: claimed sources become crawls; nothing outside this package configures Scrapy."""
