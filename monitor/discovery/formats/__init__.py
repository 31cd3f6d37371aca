"""One parser for each format in which outlets list their pieces; no IO."""
