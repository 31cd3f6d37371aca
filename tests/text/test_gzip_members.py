"""Gzip as servers send it: members, layers, what follows, bombs."""

from __future__ import annotations

import gzip

import pytest

from monitor.text.bytes.gzip_members import unpack_gzip


def pack(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


@pytest.mark.parametrize(
    ("body", "unpacked"),
    [
        (b"<rss/>", b"<rss/>"),
        (b"", b""),
        (pack(b"<rss/>"), b"<rss/>"),
        (pack(b"<rss>") + pack(b"</rss>"), b"<rss></rss>"),
        (pack(b"<rss/>") + b"\0\0 and a rest", b"<rss/>"),
        (pack(pack(b"<rss/>")), b"<rss/>"),
        (pack(b"<rss/>" * 100)[:-8], b"<rss/>" * 100),
        (pack(b" " * 100_000), b" " * 1001),
        (pack(b" " * 900) + pack(b" " * 900) * 3, b" " * 1001),
    ],
)
def test_unpacked(body: bytes, unpacked: bytes) -> None:
    assert unpack_gzip(body, 1000) == unpacked


def test_what_is_broken() -> None:
    with pytest.raises(ValueError, match="broken gzip: Error -3"):
        unpack_gzip(b"\x1f\x8b" + b"\xff" * 20, 1000)
