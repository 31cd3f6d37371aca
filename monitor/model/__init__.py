"""Values that travel or are stored; no logic, no IO."""
