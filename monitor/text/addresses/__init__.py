"""Addresses as strings: read as browsers do, without what only tracks a reader."""
