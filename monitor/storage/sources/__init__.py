"""Tables of outlets: endpoints, links, polls, gaps."""
