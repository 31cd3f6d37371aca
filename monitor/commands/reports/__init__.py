"""The documents that commands print, as plain values."""
