"""One page in, one outcome out: reading, settling, alert rows."""
