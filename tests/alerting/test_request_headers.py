"""Which headers a channel may add."""

from __future__ import annotations

import pytest

from monitor.alerting.request_headers import find_header_fault


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("Authorization", "Bearer x", None),
        ("X-Token", None, None),
        ("Content-Type", "text/plain", None),
        ("X Token", "x", "a header's name has letters, digits and hyphens"),
        ("", "x", "a header's name has letters, digits and hyphens"),
        ("Host", "x", "the header Host is set by the request itself"),
        ("webhook-signature", "x", "the header webhook-signature is set by the request itself"),
        ("X", "a\r\nB: c", "the value of the header X has a line break or a character beyond Latin-1"),
        ("X", "Київ", "the value of the header X has a line break or a character beyond Latin-1"),
    ],
)
def test_what_is_wrong_with_a_header(name: str, value: str | None, fault: str | None) -> None:
    assert find_header_fault(name, value) == fault
