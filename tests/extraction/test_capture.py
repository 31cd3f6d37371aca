"""Pages as they are kept."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from monitor.extraction.capture import pack_page, unpack_page
from monitor.model.page import KEPT, Capture, Outcome, Page

BODY = b"<p>" + "Гавань ".encode() * 1000


def test_a_page_comes_back_as_it_was() -> None:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    url = "https://herald.example/ferry"
    headers = {"content-type": "text/html; charset=utf-8"}
    packed = pack_page(Page(url=url, final_url=url, status=200, headers=headers, body=BODY, fetched_at=at))
    assert packed == Capture(
        digest=hashlib.sha256(BODY).hexdigest(),
        body=packed.body,
        size=len(BODY),
        content_type="text/html; charset=utf-8",
    )
    assert (unpack_page(packed.body), len(packed.body) < len(BODY) / 50) == (BODY, True)


def test_an_unchanged_page_and_a_wall_are_not_kept() -> None:
    assert not KEPT & {Outcome.UNCHANGED, Outcome.BLOCKED, Outcome.CONSENT, Outcome.GONE, Outcome.REFUSED}
