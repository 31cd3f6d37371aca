"""wordfreq's long English list, packed once into the user's cache and mapped into memory from there.

As the dictionary that wordfreq makes of it, its 321,000 words take a process 34 MB and .2 s; as a trie 1.3 MB and none.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import wordfreq
from marisa_trie import RecordTrie

from monitor.config.atomic_file import replace_file
from monitor.pipeline.readers.own_cache import READ_ONLY, check_owner, locate_cache
from monitor.pipeline.readers.run_apart import run_apart

_LISTED = ("en", "best")  # the list that every word of a piece is looked up in
_SHARE = "<d"  # a number as Python has it
_REMEMBERED = 8_192  # words, a megabyte


_WHOLE = wordfreq.get_frequency_dict


class _MappedList:
    """The share of running words that each word is: as much of a dictionary as is asked of one.

    What was looked up of late is remembered: a trie is asked in microseconds, and a piece says most words of the last.
    """

    def __init__(self, trie: RecordTrie) -> None:
        find = trie.get

        @lru_cache(maxsize=_REMEMBERED)
        def get(word: str) -> float | None:
            found = find(word)
            return None if found is None else float(found[0][0])

        self.get = get

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def __getitem__(self, word: str) -> float:
        share = self.get(word)
        if share is None:
            raise KeyError(word)
        return share


def map_word_counts(cache: Path | None = None) -> str | None:
    """Have wordfreq look English words up below `cache`, by default the user's own; pack them there first.

    Where nothing can be written, the list stays in memory, as wordfreq has it: the answer is why.
    """
    try:
        file = locate_cache(cache) / name_word_counts()
        try:
            trie = _map(file)
        except (OSError, RuntimeError):  # not there yet, or cut off
            run_apart(f"{__name__}:write_word_counts", file)
            trie = _map(file)
    except (OSError, RuntimeError) as error:
        return str(error)
    mapped = _MappedList(trie)

    def find_list(lang: str, wordlist: str = "best") -> object:
        return mapped if (lang, wordlist) == _LISTED else _WHOLE(lang, wordlist)

    wordfreq.get_frequency_dict = find_list  # type: ignore[assignment]  # `zipf_frequency` asks for its lists there
    return None


def name_word_counts() -> str:
    """What the packed list of this release is called."""
    return f"words-{version('wordfreq')}-{'-'.join(_LISTED)}.marisa"


def _map(file: Path) -> RecordTrie:
    check_owner(file)
    return RecordTrie(_SHARE).mmap(str(file))


def write_word_counts(file: Path) -> None:
    """Write the list as a trie; raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    words = _WHOLE(*_LISTED)
    packed = RecordTrie(_SHARE, ((word, (share,)) for word, share in words.items()))
    replace_file(file, packed.tobytes(), mode=READ_ONLY)
