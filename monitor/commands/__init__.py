"""The command line: one file a noun; it parses words, calls one function and prints."""
