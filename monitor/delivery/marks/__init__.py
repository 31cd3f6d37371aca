"""Links in alerts that mark their piece, and the intake of these marks."""
