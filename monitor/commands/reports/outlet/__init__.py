"""What `init` finds out about an outlet."""
