"""How requests leave: guard, names, pacing, robots, redirects, size."""
