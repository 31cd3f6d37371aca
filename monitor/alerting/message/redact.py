"""An alert's document without what it says of a piece that was removed; its numbers, times and address stay."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from monitor.alerting.message.document import encode_json

_STAYS = frozenset(
    {"url", "alert", "type", "at", "seen", "source", "topic", "name", "schema", "rule", "id", "timestamp"}
)
_ABOUT = ("why", "change", "new")  # what a document says of its article beside the article


def redact_alert(body: bytes, addresses: Collection[str], title: str) -> bytes:
    """The document in which every piece at one of these addresses is called `title` and nothing more is said of it.

    The same bytes where it speaks of none. Raises ValueError for bytes that are no JSON.
    """
    document = json.loads(body)
    if not _redact(document, frozenset(addresses), title):
        return body
    return encode_json(document)


def _redact(value: Any, addresses: frozenset[str], title: str) -> bool:
    parts = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    changed = sum(_redact(part, addresses, title) for part in parts) > 0  # all of them, not up to the first
    if not isinstance(value, dict):
        return changed
    article = value.get("article")
    if isinstance(article, dict) and article.get("url") in addresses:
        for name in _ABOUT:
            if name in value:
                value[name] = _blanked(value[name])
    if value.get("url") in addresses:
        value.update({name: part if name in _STAYS else _blanked(part) for name, part in value.items()})
        value["title"] = title
        return True
    return changed


def _blanked(value: Any) -> Any:
    """The same shape without words: texts are None, lists empty."""
    if isinstance(value, dict):
        return {name: part if name in _STAYS else _blanked(part) for name, part in value.items()}
    if isinstance(value, list):
        return []
    return None if isinstance(value, str) else value
