"""What depends on a text's language: which it is, its stems, how common its words are; it must not read a page."""
