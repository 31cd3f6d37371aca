"""The hashes by which like texts are found; those of one transaction's texts are written together when it ends.

Bands lie all over their table: written text by text each of them touches a page of its own, written in their order
all that stand on one page are written at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from monitor.storage.connection import Connection, pack_numbers

# A band that more articles hold is a set phrase; the newest of them suffice, since copies come within days.
HOLDERS = 64
_ROWS = 256  # of bands read at once: of most texts these are all, since few hold any of their bands
_SHIFT = 31


class BandIndex:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self._owed: list[tuple[int, tuple[int, ...]]] = []  # articles of this transaction with their bands
        self._paid = 0  # how many of those are written
        self._unwritten: dict[int, tuple[int, ...]] = {}  # by band the articles that are not

    def begin(self) -> None:
        """A transaction begins, all was written before."""
        self._owed.clear()
        self._paid = 0

    def forget(self) -> None:
        """The transaction was rolled back."""
        self.forget_part((0, 0))

    def mark(self) -> tuple[int, int]:
        """A part of the transaction begins; `forget_part` takes what this gives."""
        return len(self._owed), self._paid

    def forget_part(self, mark: tuple[int, int]) -> None:
        """A part of the transaction was rolled back: what was added since `mark`, and what was written since."""
        added, self._paid = mark
        del self._owed[added:]
        self._unwritten.clear()
        for article_id, bands in self._owed[self._paid :]:
            self._note_unwritten(article_id, bands)

    def clear(self) -> None:
        """Nothing is remembered of what is written."""

    def add(self, article_id: int, bands: tuple[int, ...]) -> None:
        """Remember the bands of an article that has none yet."""
        self._owed.append((article_id, bands))
        self._note_unwritten(article_id, bands)
        if not self.db.in_transaction:
            self.write()

    def remove(self, article_id: int, bands: Sequence[int]) -> None:
        """Take bands from an article."""
        self.write()
        self.db.executemany(
            "DELETE FROM bands WHERE band = ? AND article_id = ?", [(band, article_id) for band in bands]
        )

    def write(self) -> None:
        """Write what was added since this was called last, in the caller's transaction."""
        if self._paid == len(self._owed):
            return
        # Of 63 bits; an article's number has 31 of them, and a band 32.
        pairs = [band << _SHIFT | article_id for article_id, bands in self._owed[self._paid :] for band in bands]
        pairs.sort()
        self.db.execute(
            "INSERT INTO bands (band, article_id) SELECT value >> ?1, value & (1 << ?1) - 1 FROM json_each(?2)",
            (_SHIFT, pack_numbers(pairs)),
        )
        self._paid = len(self._owed)
        self._unwritten.clear()

    def list_holders(self, bands: tuple[int, ...]) -> list[list[int]]:
        """The articles that hold each of a text's bands, in the bands' order; of a band that many hold the newest."""
        held = self._load_holders(bands)
        found: list[list[int]] = []
        for band in bands:
            holders = held.get(band, [])
            if band in self._unwritten:
                holders = sorted((*holders, *self._unwritten[band]))[-HOLDERS:]
            if holders:
                found.append(holders)
        return found

    def _load_holders(self, bands: tuple[int, ...]) -> dict[int, list[int]]:
        packed = pack_numbers(bands)
        rows = self.db.execute(
            "SELECT band, article_id FROM json_each(?) AS b CROSS JOIN bands ON band = b.value LIMIT ?",
            (packed, _ROWS),
        ).fetchall()
        held: defaultdict[int, list[int]] = defaultdict(list)
        for band, number in rows:
            held[band].append(number)
        if len(rows) < _ROWS and all(len(holders) <= HOLDERS for holders in held.values()):
            return held
        found = self.db.execute(
            "SELECT b.value, (SELECT group_concat(article_id) FROM "
            "(SELECT article_id FROM bands WHERE band = b.value ORDER BY article_id DESC LIMIT ?)) "
            "FROM json_each(?) AS b",
            (HOLDERS, packed),
        )
        return {band: list(map(int, numbers.split(","))) for band, numbers in found if numbers}

    def _note_unwritten(self, article_id: int, bands: tuple[int, ...]) -> None:
        unwritten, holder = self._unwritten, (article_id,)
        if unwritten.keys().isdisjoint(bands):  # of most texts no band is another's
            unwritten.update(dict.fromkeys(bands, holder))
            return
        for band in bands:
            unwritten[band] = unwritten.get(band, ()) + holder
