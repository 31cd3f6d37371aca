"""One article as an outlet puts it out; it must not know how any outlet dresses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What an outlet published: an edit makes a new value with the same `key`.

    `number` is the outlet's own id and `path` the address below the outlet's home, both kept by an edit.
    `paragraphs` are the body without the lead; at TASS the first carries the dateline. `on_topic` says whether
    it was written about the subject of the seeds, `beat` from which word list. `copy_of` is the `key` of the
    piece whose paragraphs it repeats (agency copy, re-issue), None for an original. Datetimes are aware UTC.
    """

    number: int
    outlet: str
    section: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    modified_at: datetime
    tags: tuple[str, ...]
    author: str
    on_topic: bool
    beat: str
    path: str
    copy_of: str | None = None

    @property
    def key(self) -> str:
        """Names the piece in every ledger: `tass:2100017`."""
        return f"{self.outlet}:{self.number}"

    @property
    def text(self) -> str:
        """Lead and body, paragraphs parted by an empty line."""
        return "\n\n".join((self.lead, *self.paragraphs))
