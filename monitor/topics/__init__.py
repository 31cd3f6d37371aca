"""Seeds and rules to a profile, a document to a verdict; no IO."""
