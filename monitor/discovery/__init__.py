"""What feeds, sitemaps, list pages and site APIs list; gaps, silence, drift and poll intervals; no IO."""
