"""Words: where they begin and end, how they are spelled, written in other scripts and how rare they are."""
