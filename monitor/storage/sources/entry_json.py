"""Entries as JSON text, so that the ledger keeps everything an endpoint said of a link."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Any

from monitor.model.moment import Moment, Precision
from monitor.model.source import Entry
from monitor.storage.timestamps import format_stamp


class ClaimChange(Enum):
    """What changed of what an endpoint says of a piece: nothing, a stamp or a counter, its words."""

    NONE = "none"
    FIGURES = "figures"
    WORDS = "words"


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
    """What an endpoint claims about the piece itself, in 24 characters: a hash of all, and one of its words alone."""
    modified = format_stamp(entry.modified.at) if entry.modified else ""
    words = "\0".join((entry.title or "", entry.lead or "", entry.text or ""))
    plain = "".join(filter(str.isalpha, words))
    whole, worded = (hashlib.sha256(said.encode()).hexdigest() for said in (f"{words}\0{modified}", plain))
    return whole[:16] + worded[:8]


def compare_claims(before: str, now: str) -> ClaimChange:
    """How two claims of `hash_claim` differ; earlier versions kept the hash of all only, 16 characters."""
    if before[:16] == now[:16]:
        return ClaimChange.NONE
    return ClaimChange.FIGURES if before[16:] == now[16:] else ClaimChange.WORDS


def has_new_claim(later: Entry, entry: Entry) -> bool:
    """Whether a later announcement claims anything of the piece that an earlier one did not.

    A second list that tells of the same change adds nothing, nor does one that only says less.
    """
    claims = [(each.title, each.lead, each.text, each.modified and each.modified.at) for each in (later, entry)]
    return any(now is not None and now != before for now, before in zip(*claims, strict=True))
