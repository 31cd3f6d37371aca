"""Gzip that a server sends as it lies on its disk becomes the document in it; it must not grow without end."""

from __future__ import annotations

import zlib

_GZIP = b"\x1f\x8b"
_LAYERS = 2  # a packed file that its server packs again


def unpack_gzip(body: bytes, most: int) -> bytes:
    """`body` out of gzip, of one member or several (RFC 1952, 2.2); what is no gzip comes back as it is.

    What follows the last member is no part of it. Of more than `most` bytes `most + 1` come back. Raises ValueError
    where it is broken.
    """
    for _ in range(_LAYERS):
        if not body.startswith(_GZIP):
            break
        body = _unpack(body, most)
    return body


def _unpack(body: bytes, most: int) -> bytes:
    unpacked = b""
    while body.startswith(_GZIP) and len(unpacked) <= most:
        member = zlib.decompressobj(wbits=31)
        try:
            unpacked += member.decompress(body, most + 1 - len(unpacked))
        except zlib.error as error:
            raise ValueError(f"broken gzip: {error}") from error
        body = member.unused_data.lstrip(b"\0")
    return unpacked
