"""A JSON POST as the chat services take it; it must not sign or send."""

from __future__ import annotations

from collections.abc import Mapping

from monitor import __version__
from monitor.model import Request

USER_AGENT = f"seedwatch/{__version__}"


def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Request:
    """`body`, which is JSON, to `url`."""
    return Request(
        method="POST",
        url=url,
        headers={"content-type": "application/json", "user-agent": USER_AGENT, **(headers or {})},
        body=body,
    )
