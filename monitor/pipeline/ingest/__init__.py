"""The worker pool, the queue of pages and their settlement."""
