"""Signatures of articles, found by their bands, and the lines each outlet repeats; it must not judge likeness.

All of it is in indexed tables, so that a restart needs no rebuild, and a look-up costs the same few reads whether
there are a thousand articles or a million.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Iterable

from monitor.model.identity import ALGORITHM, BANDS, SHARED_BANDS, Signature
from monitor.model.template import Line
from monitor.storage.connection import Connection, Row, pack_numbers
from monitor.storage.texts.band_index import BandIndex

_CANDIDATES = 10  # articles compared with one text: real originals rank first, the second to tenth are spares
# Slots of lines per outlet, 40 bytes each at most: how long a line is remembered between the pages that repeat it.
# On raw pages 1,024 give F1 .940, 4,096 .956 and 65,536 .959.
_SLOTS = 4096
_REPEATED = 2  # a line that stood in two earlier articles is furniture: on raw pages 2 gives F1 .958, 3 gives .943
_COUNTED = 255  # counts stop here, so that lines of an old design give way


class Fingerprints:
    def __init__(self, db: Connection, bands: BandIndex) -> None:
        self.db = db
        self._bands = bands

    def repeated(self, source: str, lines: Iterable[Line]) -> frozenset[int]:
        """The keys among `lines` that this outlet repeats from article to article."""
        keys = {line.key for line in lines if line.key is not None}
        if not keys:
            return frozenset()
        slots = {key % _SLOTS for key in keys}
        rows = self.db.execute(
            "SELECT line FROM furniture WHERE source = ? AND slot IN (SELECT value FROM json_each(?)) "
            "AND articles >= ?",
            (source, pack_numbers(slots), _REPEATED),
        )
        return frozenset(keys.intersection(row["line"] for row in rows))

    def list_repeated(self, source: str) -> frozenset[int]:
        """The keys of all lines that this outlet repeats from article to article, as far as they are remembered."""
        rows = self.db.execute("SELECT line FROM furniture WHERE source = ? AND articles >= ?", (source, _REPEATED))
        return frozenset(row["line"] for row in rows)

    def count(self, source: str, lines: Iterable[Line], removed: Iterable[int] = ()) -> None:
        """Count the lines of one more article of an outlet; `removed` are keys of lines that left its text.

        A slot keeps the line that most of its articles agree on (majority vote of Boyer and Moore), so that the
        table stays small however much an outlet prints, and what it no longer repeats is forgotten.
        """
        keys = {line.key for line in lines if line.key is not None} | set(removed)
        self.db.execute(
            "INSERT INTO furniture (source, slot, line, articles) SELECT ?, value % ?, value, 1 FROM json_each(?) "
            "WHERE true ON CONFLICT (source, slot) DO UPDATE SET "
            "line = CASE WHEN line != excluded.line AND articles = 1 THEN excluded.line ELSE line END, "
            "articles = CASE WHEN line = excluded.line THEN min(articles + 1, ?) ELSE max(articles - 1, 1) END",
            (source, _SLOTS, pack_numbers(sorted(keys)), _COUNTED),
        )

    def candidates(self, signature: Signature) -> dict[int, Signature]:
        """Articles that may hold much of the same text, by id, the most telling bands first.

        A band counts the less the more articles hold it. Only signatures of the present algorithm come back.
        """
        shared: Counter[int] = Counter()
        weight: defaultdict[int, float] = defaultdict(float)
        for holders in self._bands.list_holders(signature.bands):
            for number in holders:
                shared[number] += 1
                weight[number] += 1 / len(holders)
        likely = sorted(
            (number for number, times in shared.items() if times >= SHARED_BANDS),
            key=lambda number: (-weight[number], -number),
        )[:_CANDIDATES]
        return self._load_signatures(likely) if likely else {}

    def _load_signatures(self, numbers: Iterable[int]) -> dict[int, Signature]:
        """The signatures of articles in the order given, without those that have none of the present algorithm."""
        rows = self.db.execute(
            "SELECT article_id, sketch, numbers FROM json_each(?) AS n "
            "CROSS JOIN fingerprints ON article_id = n.value WHERE algorithm = ? ORDER BY n.key",
            (pack_numbers(numbers), ALGORITHM),
        )
        return {row["article_id"]: _signature(row) for row in rows}

    def get_signature(self, article_id: int) -> Signature | None:
        """An article's signature, None where it has none of the present algorithm."""
        return self._load_signatures((article_id,)).get(article_id)

    def save_signature(self, article_id: int, signature: Signature, *, fresh: bool = False) -> None:
        """Remember an article's signature in the place of an earlier one; `fresh`: it has none yet."""
        old = None
        if not fresh:
            old = self.db.execute("SELECT sketch FROM fingerprints WHERE article_id = ?", (article_id,)).fetchone()
        if old is not None:
            self._bands.remove(article_id, _unpacked(old["sketch"])[:BANDS])
        self.db.execute(
            "INSERT OR REPLACE INTO fingerprints (article_id, algorithm, sketch, numbers) VALUES (?, ?, ?, ?)",
            (article_id, ALGORITHM, _packed(signature.sketch), " ".join(sorted(signature.numbers))),
        )
        self._bands.add(article_id, signature.bands)


def _signature(row: Row) -> Signature:
    return Signature(sketch=_unpacked(row["sketch"]), numbers=frozenset(row["numbers"].split()))


def _packed(sketch: tuple[int, ...]) -> bytes:
    return struct.pack(f">{len(sketch)}I", *sketch)


def _unpacked(blob: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(blob) // 4}I", blob)
