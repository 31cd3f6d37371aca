"""How common words are in the archive, counted by the text; the commonest are kept in memory while nobody else writes.

Of a piece's hundred words most were asked for by the pieces before it. What is remembered holds for the transaction
in which it was read or written, and for the next ones as long as no other connection has committed (seen_version.py).
And the texts that one transaction stores share most of their words: they are written together at its end, each word
once.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, filterfalse

from monitor.storage.connection import Connection, pack_list
from monitor.storage.texts.seen_version import SeenVersion

# Texts counted one by one; from then on every eighth, whose shares are the same and whose cost is an eighth.
_ALL = 2_000
_EVERY = 8
_TEXTS = ""  # the row that holds the number of texts counted; no word is empty
_REMEMBERED = 32_768  # words, 4 MB; what is beyond is asked for again


class WordCounts:
    def __init__(self, db: Connection, seen: SeenVersion) -> None:
        self.db = db
        self._seen = seen
        self._number = -1
        self._known: dict[str, int] = {}
        self._owed: list[tuple[str, ...]] = []  # the words of each text that this transaction counted
        self._paid = 0  # how many of those are written

    def begin(self) -> None:
        """A transaction begins, all was written before."""
        self._owe(0, 0)

    def forget(self) -> None:
        """The transaction was rolled back, and with it what was read or written in it."""
        self._known.clear()
        self._owe(0, 0)

    def clear(self) -> None:
        """Remember nothing of what is written."""
        self._known.clear()

    def mark(self) -> tuple[int, int]:
        """A part of the transaction begins; `forget_part` takes what this gives."""
        return len(self._owed), self._paid

    def forget_part(self, mark: tuple[int, int]) -> None:
        """A part of the transaction was rolled back: what was counted since `mark`, and what was written since."""
        self._known.clear()
        self._owe(*mark)

    def write(self) -> None:
        """Write what was counted since this was called last, in the caller's transaction."""
        if self._paid == len(self._owed):
            return
        by_times: defaultdict[int, list[str]] = defaultdict(list)
        for word, times in Counter(chain.from_iterable(self._owed[self._paid :])).items():
            by_times[times].append(word)
        for times, words in by_times.items():
            words.sort()  # neighbours stand on one page
            self.db.execute(
                "INSERT INTO word_counts (word, articles) SELECT value, ?1 FROM json_each(?2) "
                "WHERE true ON CONFLICT (word) DO UPDATE SET articles = articles + ?1",
                (times, pack_list(words)),
            )
        self._paid = len(self._owed)

    def load(self, words: Sequence[str]) -> tuple[list[int], int]:
        """In how many of the counted texts each word stood, 0 for none, and how many texts were counted."""
        self._check()
        known = self._known
        missing = list(filterfalse(known.__contains__, (_TEXTS, *words)))
        if missing:
            if len(known) + len(missing) > _REMEMBERED:
                known.clear()
                missing = [_TEXTS, *words]
            if not known:
                self.write()  # what is owed of words that are known is known
            (text,) = self.db.execute(  # one value in the place of a hundred rows
                "SELECT json_group_object(word, articles) FROM word_counts "
                "WHERE word IN (SELECT value FROM json_each(?))",
                (pack_list(missing),),
            ).fetchone()
            known |= dict.fromkeys(missing, 0)
            known |= json.loads(text)
        return list(map(known.__getitem__, words)), known[_TEXTS]

    def count(self, article_id: int, words: Sequence[str], counted: int | None = None) -> None:
        """Count the words of one more text; of a large archive, only those of every eighth article.

        `counted` is how many texts were counted, where that is known.
        """
        texts = self.load(())[1] if counted is None else counted
        if texts >= _ALL and article_id % _EVERY:
            return
        met = (_TEXTS, *words)
        self._owed.append(met)
        known = self._known
        if self.db.in_transaction and all(map(known.__contains__, met)):
            for word in met:
                known[word] += 1
        else:
            known.clear()
            self.write()

    def take_back(self, words: Iterable[str], *, whole: bool) -> None:
        """Count the words of a text no more; `whole`: nor the text itself."""
        met = tuple(words)
        self.write()
        self._known.clear()
        self.db.executemany(
            "UPDATE word_counts SET articles = articles - 1 WHERE word = ?",
            [(word,) for word in ((_TEXTS, *met) if whole else met)],
        )
        self.db.executemany("DELETE FROM word_counts WHERE word = ? AND articles <= 0", [(word,) for word in met])

    def _owe(self, texts: int, paid: int) -> None:
        """Only the first `texts` are owed, and `paid` of them written."""
        del self._owed[texts:]
        self._paid = paid

    def _check(self) -> None:
        """Forget what others may have changed."""
        number = self._seen.number()
        if number != self._number:
            self._known.clear()
            self._number = number
