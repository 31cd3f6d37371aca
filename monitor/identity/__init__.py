"""Same, edited, copied, or part of one story; no IO."""
