"""Bytes of a document as text: its encoding, broken XML mended, JSON read leniently."""
