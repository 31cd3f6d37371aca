"""The byte cap in one place: what grows beyond it is `TooLarge`, before or after decompression; it reads nothing else.

Scrapy's handler counts what comes over the wire, its compression middleware what comes out of gzip and brotli; each
gives up with an exception of its own and words for programmers.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class TooLarge(IgnoreRequest):
    """An answer beyond `[fetch] max_bytes`; none of it was kept."""

    def __init__(self, limit: int, how: str = "") -> None:
        super().__init__(f"the answer is larger than {limit} bytes{how} ([fetch] max_bytes)")


class UnknownEncoding(IgnoreRequest):
    """An answer packed in a way nobody asked for; its bytes say nothing to anybody here."""


class Decompression(HttpCompressionMiddleware):
    """Scrapy's decompression, chunk by chunk up to the cap."""

    def process_response(  # type: ignore[override]  # Scrapy warns of components that still take a spider
        self, request: Request, response: Response
    ) -> Request | Response:
        """The answer unpacked; raises TooLarge or UnknownEncoding."""
        try:
            unpacked = super().process_response(request, response)
        except IgnoreRequest as error:
            raise TooLarge(self._max_size, " after decompression") from error
        if isinstance(unpacked, Response):
            left = b", ".join(unpacked.headers.getlist("Content-Encoding")).decode("latin-1")
            if left and left.lower() != "identity" and unpacked.body:
                raise UnknownEncoding(f"the answer is packed as {left}, which was not asked for")
        return unpacked
