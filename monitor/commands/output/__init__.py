"""Prints documents for people and for programs."""
