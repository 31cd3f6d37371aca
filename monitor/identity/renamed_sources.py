"""Which new sources of a configuration are known ones under another name; pure."""

from __future__ import annotations

from collections.abc import Mapping


def match_renamed(left: Mapping[str, frozenset[str]], new: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Old name → new name, for sources that left the configuration and new ones with an endpoint in common.

    Both map names to endpoint keys. Of several the pair that shares most, then the first by name; each name once.
    """
    pairs = sorted(
        (-len(keys & wanted), old, name) for old, keys in left.items() for name, wanted in new.items() if keys & wanted
    )
    found: dict[str, str] = {}
    for _, old, name in pairs:
        if old not in found and name not in found.values():
            found[old] = name
    return found
