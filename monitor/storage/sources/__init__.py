"""Sources, endpoints, polls and links."""
