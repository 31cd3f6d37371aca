"""What is asked of outlets while a person waits: a look at every address, and why one was never heard of."""
