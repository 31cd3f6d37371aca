"""One page in, one outcome out, for live pages, backfill and tests alike."""
