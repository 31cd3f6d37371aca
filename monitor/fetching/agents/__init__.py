"""Agents: processes on other machines that crawl for a desk, and what the desk believes of what they say."""
