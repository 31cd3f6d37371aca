"""How long what an endpoint says of a link may be: stored, compared and printed, it must not cost by the megabyte.

What only describes a piece is cut; an address is not, for half of one is another: its item is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from monitor.model.source import DroppedItem, Entry, Listing
from monitor.text.urls import MAX_ADDRESS

# Characters. A headline as of a page ends at 400 (`extraction.fields.headline`): what is longer is none, cut or not.
MAX_TITLE = 500
MAX_LEAD = 20_000
MAX_TEXT = 2_000_000  # as of a document that `backfill` is given
MAX_WORDS = 1_000  # of a guid, and of each thing in the details
MAX_THINGS = 100  # tags, authors, enclosures
_DEPTH = 4  # of what an API says of a piece

_TOO_LONG = f"its address is longer than {MAX_ADDRESS} characters"
_LIST_TOO_LONG = f"the address of a further list is longer than {MAX_ADDRESS} characters"


def bound_listing(listing: Listing) -> Listing:
    """`listing` with nothing in it longer than the above; itself where nothing was."""
    entries = tuple(bound_entry(entry) for entry in listing.entries if not _is_too_long(entry))
    lost = [
        DroppedItem(reason=_TOO_LONG, title=_cut(entry.title, MAX_TITLE))
        for entry in listing.entries
        if _is_too_long(entry)
    ]
    dropped = tuple(
        replace(item, reason=item.reason[:MAX_WORDS], title=_cut(item.title, MAX_TITLE)) for item in listing.dropped
    )
    more = tuple(endpoint for endpoint in listing.more if len(endpoint.key) <= MAX_ADDRESS)
    lost += [DroppedItem(reason=_LIST_TOO_LONG)] * (len(listing.more) - len(more))
    return replace(listing, entries=entries, more=more, dropped=(*dropped, *lost), title=_cut(listing.title, MAX_TITLE))


def bound_entry(entry: Entry) -> Entry:
    """An entry whose address is short enough, with all that it says cut."""
    return replace(
        entry,
        guid=_cut(entry.guid, MAX_WORDS),
        title=_cut(entry.title, MAX_TITLE),
        lead=_cut(entry.lead, MAX_LEAD),
        text=_cut(entry.text, MAX_TEXT),
        details=_bound(entry.details, _DEPTH) if entry.details else entry.details,
    )


def _is_too_long(entry: Entry) -> bool:
    return len(entry.url) > MAX_ADDRESS or len(entry.key) > MAX_ADDRESS


def _cut(words: str | None, most: int) -> str | None:
    return words if words is None or len(words) <= most else words[:most].rstrip()


def _bound(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _cut(value, MAX_WORDS)
    if isinstance(value, Mapping):
        kept = islice(value.items(), MAX_THINGS if depth else 0)
        return {str(name)[:MAX_WORDS]: _bound(each, depth - 1) for name, each in kept}
    if isinstance(value, list | tuple):
        return [_bound(each, depth - 1) for each in value[: MAX_THINGS if depth else 0]]
    return value
