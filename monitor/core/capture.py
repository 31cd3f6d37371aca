"""A fetched page as it is kept for a better extractor; it must not judge what the page says."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

from monitor.model import Outcome, Page

# Outcomes whose pages a better extractor may read otherwise: what became an article, and what was taken for none.
# Walls and errors are not the outlet's page; an unchanged page is kept already.
KEPT = frozenset(
    {
        Outcome.NEW,
        Outcome.REVISION,
        Outcome.COPY,
        Outcome.NEAR_COPY,
        Outcome.PAYWALL,
        Outcome.NOT_ARTICLE,
        Outcome.NO_TEXT,
        Outcome.FAILED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes of a page: `digest` is their SHA-256 (hex), `body` they themselves, packed, `size` their number."""

    digest: str
    body: bytes
    size: int
    content_type: str


def pack(page: Page) -> Capture:
    """The page's bytes, packed: HTML shrinks to a sixth, in some 3 ms for 150 kB."""
    return Capture(
        digest=hashlib.sha256(page.body).hexdigest(),
        body=zlib.compress(page.body),
        size=len(page.body),
        content_type=page.content_type,
    )


def unpack(body: bytes) -> bytes:
    """What `pack` packed; raises zlib.error where it is damaged."""
    return zlib.decompress(body)
