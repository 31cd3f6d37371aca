"""One file for each page: what it reads, the document it shows, and the charts drawn from that."""
