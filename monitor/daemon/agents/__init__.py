"""The two ends of the line to agents as running processes: the agent's own, and what the daemon runs for them."""
