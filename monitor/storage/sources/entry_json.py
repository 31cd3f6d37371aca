"""Entries as JSON text, so that the ledger keeps everything an endpoint said of a link."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor.model.moment import Moment, Precision
from monitor.model.source import Entry
from monitor.storage.timestamps import format_stamp


def encode_entry(entry: Entry) -> str:
    """The entry as one JSON object; `load` gives an equal entry back."""
    return json.dumps(asdict(entry), ensure_ascii=False, default=_plain, sort_keys=True)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return format_stamp(value)
    raise TypeError(f"an entry cannot hold a {type(value).__name__}")


def decode_entry(text: str) -> Entry:
    """The entry of a JSON object."""
    fields: dict[str, Any] = json.loads(text)
    for name in ("published", "modified"):
        fields[name] = _moment(fields[name])
    return Entry(**fields)


def _moment(fields: dict[str, Any] | None) -> Moment | None:
    if fields is None:
        return None
    return Moment(**{**fields, "at": datetime.fromisoformat(fields["at"]), "precision": Precision(fields["precision"])})


def hash_claim(entry: Entry) -> str:
    """A short hash of what an endpoint claims about the piece itself: when it changes, the piece did."""
    modified = format_stamp(entry.modified.at) if entry.modified else ""
    parts = (entry.title or "", entry.lead or "", entry.text or "", modified)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def has_new_claim(later: Entry, entry: Entry) -> bool:
    """Whether a later announcement claims anything of the piece that an earlier one did not.

    A second list that tells of the same change adds nothing, nor does one that only says less.
    """
    claims = [(each.title, each.lead, each.text, each.modified and each.modified.at) for each in (later, entry)]
    return any(now is not None and now != before for now, before in zip(*claims, strict=True))
