"""What is learned of one outlet's pages, and reading by it."""
