"""Which headers a channel may add to its requests (RFC 9110, 5)."""

from __future__ import annotations

import re

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
_VALUE = re.compile(r"[\t -~\x80-\xff]{0,4000}")
# What the request itself says, or what would change where its body ends.
_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect"}
    | {"webhook-id", "webhook-timestamp", "webhook-signature", "accept-encoding", "proxy-authorization"}
)


def find_header_fault(name: str, value: str | None = None) -> str | None:
    """Why a header cannot be sent, None where it can; holds no part of the value."""
    if not _NAME.fullmatch(name):
        return "a header's name has letters, digits and hyphens"
    if name.lower() in _OURS:
        return f"the header {name} is set by the request itself"
    if value is not None and not _VALUE.fullmatch(value):
        return f"the value of the header {name} has a line break or a character beyond Latin-1"
    return None
