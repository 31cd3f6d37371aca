"""What the daemon knows of itself, for machines that watch it: readiness, metrics and the small server for both."""
