"""How common words are in the archive, counted by the text; the commonest are kept in memory while nobody else writes.

Of a piece's hundred words most were asked for by the pieces before it. What is remembered holds for the transaction
in which it was read or written, and for the next ones as long as no other connection has committed
(https://www.sqlite.org/pragma.html#pragma_data_version).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from monitor.storage.connection import Connection, pack_list

# Texts counted one by one; from then on every eighth, whose shares are the same and whose cost is an eighth.
_ALL = 2_000
_EVERY = 8
_TEXTS = ""  # the row that holds the number of texts counted; no word is empty
_REMEMBERED = 16_384  # words, 2 MB; what is beyond is asked for again


class WordCounts:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self._known: dict[str, int] = {}
        self._version: int | None = None  # of the database as it was when `_known` was read
        self._checked = False

    def begin(self) -> None:
        """A transaction begins: others may have written since the last one."""
        self._checked = False

    def forget(self) -> None:
        """What was read or written may have been rolled back."""
        self._known.clear()

    def load(self, words: Iterable[str]) -> tuple[dict[str, int], int]:
        """In how many of the counted texts each word stood, those in none left out, and how many texts were counted."""
        self._check()
        known = self._known
        wanted = (_TEXTS, *words)
        missing = [word for word in wanted if word not in known]
        if len(known) + len(missing) > _REMEMBERED:
            known.clear()
            missing = list(wanted)
        if missing:
            (text,) = self.db.execute(  # one value in the place of a hundred rows
                "SELECT json_group_object(word, articles) FROM word_counts "
                "WHERE word IN (SELECT value FROM json_each(?))",
                (pack_list(missing),),
            ).fetchone()
            known |= dict.fromkeys(missing, 0)
            known |= json.loads(text)
        found = {word: count for word in wanted if (count := known[word])}
        return found, found.pop(_TEXTS, 0)

    def count(self, article_id: int, words: Iterable[str], counted: int | None = None) -> None:
        """Count the words of one more text; of a large archive, only those of every eighth article.

        `counted` is how many texts were counted, where that is known.
        """
        texts = self.load(())[1] if counted is None else counted
        if texts >= _ALL and article_id % _EVERY:
            return
        met = (_TEXTS, *words)
        self.db.execute(
            "INSERT INTO word_counts (word, articles) SELECT value, 1 FROM json_each(?) "
            "WHERE true ON CONFLICT (word) DO UPDATE SET articles = articles + 1",
            (pack_list(met),),
        )
        for word in met:
            if word in self._known:
                self._known[word] += 1

    def take_back(self, words: Iterable[str], *, whole: bool) -> None:
        """Count the words of a text no more; `whole`: nor the text itself."""
        met = tuple(words)
        self.forget()
        self.db.executemany(
            "UPDATE word_counts SET articles = articles - 1 WHERE word = ?",
            [(word,) for word in ((_TEXTS, *met) if whole else met)],
        )
        self.db.executemany("DELETE FROM word_counts WHERE word = ? AND articles <= 0", [(word,) for word in met])

    def _check(self) -> None:
        """Forget what others may have changed."""
        if not self.db.in_transaction:
            self._known.clear()
        elif not self._checked:
            (version,) = self.db.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._known.clear()
            self._version, self._checked = version, True
