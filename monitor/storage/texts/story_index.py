"""Story profiles and the words by which stories are found, kept in memory while nobody else writes.

The pieces that one transaction stores are compared with the same stories, and tell many of them again: a profile is
packed and written once, when the transaction ends, with those of all others in the order in which they stand in the
file. Until then what is read is what memory says. What is remembered of other stories holds from transaction to
transaction, as long as no other connection has committed (seen_version.py).
"""

from __future__ import annotations

import json
from bisect import insort
from collections import defaultdict
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.model.story import ALGORITHM, StoryProfile
from monitor.storage.connection import Connection, Row, pack_list, pack_numbers
from monitor.storage.texts.seen_version import SeenVersion
from monitor.storage.texts.word_weights import (
    pack_counts,
    pack_scaled,
    pack_weights,
    restore_weights,
    scale_weights,
    unpack_counts,
    unpack_weights,
)
from monitor.storage.timestamps import format_optional_stamp, parse_optional_stamp

# A word that more stories hold is a subject; those told last suffice, since events are told within days.
HOLDERS = 32
_HELD = 2 * HOLDERS  # of a word that are remembered, so that one which loses it makes no other one unknown
_PROFILES = 1024  # remembered, 4 to 20 kB each
_WORDS = 16_384  # remembered with who holds them, 4 MB; what is beyond is asked for again
# One number for when a story was told last and which it is, as the index sorts them.
_SHIFT = 32
_STORY = (1 << _SHIFT) - 1

_encode = json.JSONEncoder(ensure_ascii=False).encode


class _StoredWeights(Mapping[str, float]):
    """Weights as bytes, read when they are asked for: of a dozen profiles compared one is changed."""

    __slots__ = ("_found", "packed")

    def __init__(self, packed: bytes) -> None:
        self.packed = packed
        self._found: dict[str, float] | None = None

    def __getitem__(self, key: str) -> float:
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, float]:
        if self._found is None:
            self._found = unpack_weights(self.packed)
        return self._found

    def items(self) -> ItemsView[str, float]:
        return self._read().items()


@dataclass(slots=True)
class _Told:
    """A story as its rows have it; `profile` with the numbers of stories apart as they were written.

    `weights` and `central` are those of the profile as they are packed, None where it was read and not changed since.
    """

    profile: StoryProfile
    touched: int
    indexed: Sequence[str]
    weights: Sequence[int] | None = None
    central: Sequence[int] | None = None
    fresh: bool = False  # it has no rows yet

    @property
    def place(self) -> int:
        """Where it stands among those that hold a word."""
        return self.touched << _SHIFT | self.profile.story_id


class StoryIndex:
    def __init__(self, db: Connection, seen: SeenVersion) -> None:
        self.db = db
        self._seen = seen
        self._number = -1
        self._told: dict[int, _Told] = {}
        self._holders: dict[str, list[int]] = {}  # by word the places of the stories told last, the last one last
        self._cut: set[str] = set()  # words of which more stories are in the index than in `_holders`
        self._owed: list[tuple[int, _Told | None]] = []  # what this transaction told, None where a story is gone
        self._paid = 0  # how many of those are written
        self._unwritten: dict[int, _Told | None] = {}  # of those that are not written the last word on each story
        self._new_words: defaultdict[str, set[int]] = defaultdict(set)  # by word those of them that hold it

    def begin(self) -> None:
        """A transaction begins, all was written before."""
        self._owed.clear()
        self._paid = 0

    def forget(self) -> None:
        """The transaction was rolled back, and with it what was read or written in it."""
        self.forget_part((0, 0))

    def clear(self) -> None:
        """Remember nothing of what is written."""
        self._told.clear()
        self._holders.clear()
        self._cut.clear()

    def mark(self) -> tuple[int, int]:
        """A part of the transaction begins; `forget_part` takes what this gives."""
        return len(self._owed), self._paid

    def forget_part(self, mark: tuple[int, int]) -> None:
        """A part of the transaction was rolled back: what was told since `mark`, and what was written since."""
        self.clear()
        told, self._paid = mark
        del self._owed[told:]
        self._unwritten.clear()
        self._new_words.clear()
        for story_id, known in self._owed[self._paid :]:
            self._note_unwritten(story_id, known)

    def find_holders(self, words: Sequence[str]) -> list[list[int]]:
        """The stories that hold each of the words, told last in the last place, `HOLDERS` of a word at most."""
        self._check()
        missing = [word for word in words if word not in self._holders]
        if missing:
            self._load_holders(words, missing)
        return [[place & _STORY for place in self._holders[word][-HOLDERS:]] for word in words]

    def load(self, numbers: Iterable[int]) -> list[StoryProfile]:
        """The profiles of stories in the order given, without those of another algorithm.

        The numbers of stories apart are those of when it was told.
        """
        self._check()
        wanted = list(numbers)
        missing = [number for number in wanted if number not in self._told and number not in self._unwritten]
        if missing:
            self._make_room(len(missing), wanted)
            self._load_profiles(missing)
        found = [self._find(number) for number in wanted]
        return [known.profile for known in found if known is not None]

    def save(self, profile: StoryProfile, touched: int, *, fresh: bool = False) -> None:
        """Remember a profile in the place of an earlier one; `touched` is the article that was told last.

        `fresh`: the story has none yet.
        """
        self._check()
        story_id = profile.story_id
        known = self._find(story_id)
        fresh = fresh or (known is not None and known.fresh)
        told = _tell(profile, touched, known, fresh=fresh)
        self._owe(story_id, told)
        if not self.db.in_transaction or (known is None and not fresh):
            self.write()  # what memory does not know of it may still stand in the index
            self.clear()
            return
        if known is not None:
            self._take_from(known)
        self._told.pop(story_id, None)  # those told last stand last, and are forgotten last
        self._told[story_id] = told
        place = told.place
        for word in told.indexed:
            holders = self._holders.get(word)
            if holders is not None and not (word in self._cut and place < holders[0]):
                insort(holders, place)
                if len(holders) > _HELD:
                    del holders[0]
                    self._cut.add(word)

    def delete(self, story_id: int) -> None:
        """Nothing tells the story from others any more."""
        self._check()
        known = self._find(story_id)
        self._owe(story_id, None)
        self._told.pop(story_id, None)
        if not self.db.in_transaction or known is None:
            self.write()
            self.clear()
        else:
            self._take_from(known)

    def write(self) -> None:
        """Write what was told since this was called last, in the caller's transaction."""
        if not self._unwritten:
            return
        stories = sorted(self._unwritten)
        told = [(story, known) for story in stories if (known := self._unwritten[story]) is not None]
        if former := [story for story, known in self._unwritten.items() if known is None or not known.fresh]:
            self.db.execute(
                "DELETE FROM story_words WHERE (word, touched, story_id) IN (SELECT w.value, touched, story_id "
                "FROM json_each(?) AS n CROSS JOIN story_profiles ON story_id = n.value "
                "CROSS JOIN json_each(indexed) AS w)",
                (pack_numbers(former),),
            )
        if len(told) < len(stories):
            self.db.executemany(
                "DELETE FROM story_profiles WHERE story_id = ?",
                [(story,) for story in stories if self._unwritten[story] is None],
            )
        self.db.executemany(
            "INSERT OR REPLACE INTO story_profiles "
            "(story_id, algorithm, texts, words, names, central, since, until, apart, touched, indexed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_columns(known) for _, known in told],
        )
        self.db.execute(
            "INSERT INTO story_words (word, touched, story_id) SELECT w.value, touched, story_id "
            "FROM json_each(?) AS n CROSS JOIN story_profiles ON story_id = n.value "
            "CROSS JOIN json_each(indexed) AS w ORDER BY 1, 2, 3",
            (pack_numbers(story for story, _ in told),),
        )
        for _, known in told:
            known.fresh = False
        self._paid = len(self._owed)
        self._unwritten.clear()
        self._new_words.clear()

    def _check(self) -> None:
        """Forget what others may have changed."""
        number = self._seen.number()
        if number != self._number:
            self.clear()
            self._number = number

    def _find(self, story_id: int) -> _Told | None:
        return self._unwritten[story_id] if story_id in self._unwritten else self._told.get(story_id)

    def _owe(self, story_id: int, known: _Told | None) -> None:
        self._owed.append((story_id, known))
        self._note_unwritten(story_id, known)

    def _note_unwritten(self, story_id: int, known: _Told | None) -> None:
        before = self._unwritten.get(story_id)
        if before is not None:
            for word in before.indexed:
                self._new_words[word].discard(story_id)
        self._unwritten[story_id] = known
        if known is not None:
            for word in known.indexed:
                self._new_words[word].add(story_id)

    def _take_from(self, known: _Told) -> None:
        """Take a story out of the remembered holders of its words."""
        place = known.place
        for word in known.indexed:
            holders = self._holders.get(word)
            if holders is None:
                continue
            if word not in self._cut:
                holders.remove(place)
            elif place >= holders[0]:
                holders.remove(place)
                if len(holders) < HOLDERS:
                    del self._holders[word]
                    self._cut.discard(word)

    def _load_holders(self, words: Sequence[str], missing: list[str]) -> None:
        if len(self._holders) + len(missing) > _WORDS:
            self._holders.clear()
            self._cut.clear()
            missing = list(words)
        limit = _HELD + len(self._unwritten)  # their rows are those of before
        rows = self.db.execute(
            "SELECT w.value, (SELECT group_concat(place) FROM "
            "(SELECT touched << ? | story_id AS place FROM story_words WHERE word = w.value "
            "ORDER BY touched DESC, story_id DESC LIMIT ?)) FROM json_each(?) AS w",
            (_SHIFT, limit, pack_list(missing)),
        )
        for word, places in rows.fetchall():
            found = sorted(map(int, places.split(","))) if places else []
            if len(found) == limit:
                self._cut.add(word)
            if self._unwritten:
                found = [place for place in found if place & _STORY not in self._unwritten]
                new = [known for story in self._new_words.get(word, ()) if (known := self._unwritten[story])]
                if new:
                    found = sorted((*found, *(known.place for known in new)))
            if len(found) > _HELD:
                self._cut.add(word)
            self._holders[word] = found[-_HELD:]

    def _make_room(self, number: int, wanted: Collection[int]) -> None:
        """Forget the profiles that were read or told first where as many more would be too many."""
        if len(self._told) + number > _PROFILES:
            for story_id in list(self._told)[: _PROFILES // 2]:
                if story_id not in wanted:
                    del self._told[story_id]

    def _load_profiles(self, missing: Iterable[int]) -> None:
        rows = self.db.execute(
            "SELECT story_id, texts, words, names, central, since, until, apart, touched, indexed "
            "FROM json_each(?) AS n CROSS JOIN story_profiles ON story_id = n.value WHERE algorithm = ?",
            (pack_numbers(missing), ALGORITHM),
        )
        for row in rows.fetchall():
            self._told[row["story_id"]] = _Told(_read_profile(row), row["touched"], json.loads(row["indexed"]))


def _read_profile(row: Row) -> StoryProfile:
    words = row["words"]
    return StoryProfile(
        story_id=row["story_id"],
        texts=row["texts"],
        weights=unpack_weights(words),
        names=unpack_counts(row["names"]),
        central=_StoredWeights(row["central"] or words),
        since=parse_optional_stamp(row["since"]),
        until=parse_optional_stamp(row["until"]),
        apart=frozenset(json.loads(row["apart"])) if row["apart"] != "[]" else frozenset(),
    )


def _tell(profile: StoryProfile, touched: int, known: _Told | None, *, fresh: bool) -> _Told:
    """A profile as it is when it has been written and is read again; what of it is `known` is rounded already."""
    weights, central = profile.weights, profile.central
    indexed: Sequence[str] = profile.search_words
    if known is not None and weights is known.profile.weights:
        numbers, indexed = known.weights, known.indexed
    else:
        numbers = scale_weights(weights)
        weights = restore_weights(weights, numbers)
    middle: Sequence[int] | None = None
    if central is profile.weights:
        central, middle = weights, numbers
    elif known is not None and central is known.profile.central:
        middle = known.central
    elif not isinstance(central, _StoredWeights):
        middle = scale_weights(central)
        central = restore_weights(central, middle)
    rounded = StoryProfile(
        story_id=profile.story_id,
        texts=profile.texts,
        weights=weights,
        names=profile.names,
        central=central,
        since=_round_time(profile.since),
        until=_round_time(profile.until),
        apart=profile.apart,
    )
    return _Told(rounded, touched, indexed, numbers, middle, fresh)


def _round_time(moment: datetime | None) -> datetime | None:
    if moment is None or (moment.tzinfo is UTC and not moment.microsecond):
        return moment
    return parse_optional_stamp(format_optional_stamp(moment))


def _columns(told: _Told) -> tuple[object, ...]:
    profile = told.profile
    words = _pack(profile.weights, told.weights)
    # Of one text, as most stories have, the sum is the vector of the most central one, and is written once.
    central = words if profile.central is profile.weights else _pack(profile.central, told.central)
    return (
        *(profile.story_id, ALGORITHM, profile.texts),
        *(words, pack_counts(profile.names), b"" if central == words else central),
        *(format_optional_stamp(profile.since), format_optional_stamp(profile.until)),
        *(_encode(sorted(profile.apart)) if profile.apart else "[]", told.touched, _encode(told.indexed)),
    )


def _pack(weights: Mapping[str, float], numbers: Sequence[int] | None) -> bytes:
    if isinstance(weights, _StoredWeights):
        return weights.packed
    return pack_weights(weights) if numbers is None else pack_scaled(weights, numbers)
