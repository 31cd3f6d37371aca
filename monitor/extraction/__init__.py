"""Bytes of a page to an article or to the reason why it is none; it must not fetch, store or match."""
