"""Texts scored by how much they say of what a seed says; nothing here learns."""
