"""Seeds, marks and archive to a profile."""
