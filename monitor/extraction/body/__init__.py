"""The running text of a page, by several unlike readings and a choice among them."""
