"""What feeds, sitemaps, list pages and site APIs list, and how often they are asked; pure."""
