"""Whom to tell, what and when; pure."""
