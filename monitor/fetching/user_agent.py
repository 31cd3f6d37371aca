"""Who asks, in the words that every request carries."""

from __future__ import annotations

from monitor import __version__

HOMEPAGE = "https://github.com/seedwatch/seedwatch"


def build_user_agent(contact: str | None) -> str:
    """`name/version (+url; contact)`, honest and reachable (RELIABILITY P11)."""
    return f"seedwatch/{__version__} (+{HOMEPAGE}{f'; {contact}' if contact else ''})"
