"""Whether a piece is known, edited, copied or part of a story, and whose it is; pure."""
