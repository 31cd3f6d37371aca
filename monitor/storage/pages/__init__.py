"""What each of our pages reads of the database, one file a page; statements are bounded by an index or a LIMIT."""
