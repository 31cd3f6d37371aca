"""Whom to tell, what and when; no IO."""
