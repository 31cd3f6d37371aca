"""The words by which a text's event is known again, weighed against language in general; it must not know any story.

Every word counts once, the louder the oftener it is said and twice where the text opens; a name is kept as it stands,
any other word by its stem. How common a word is comes from wordfreq; what is common in the archive at hand is counted
by the store and comes in later (identity/story_clustering.py). Paragraphs that an outlet repeats under many reports
are left out: they tell of the subject, not of the event.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from math import exp, log, log10
from unicodedata import normalize

from monitor.model.page import Article
from monitor.model.story import StoryWords
from monitor.text.words.languages.word_rarity import read_zipf
from monitor.text.words.tokens import CutWords, cut_words, stem_word

OPENING = 40  # words in which news says what happened; the first line counts whole
KEPT = 128  # words of a text that are carried on: twice what a story is compared by
_CHARACTERS = 40_000  # as far as a text is read: the longest real article measured has 4,100 words
_LONGEST = 40  # letters: what is longer is no word
NAME = 2.0  # times that a name counts: 1.5 gives F1 .01 less on halves of the labelled events, 2.5 the same
RAREST = 0.006  # share of texts below which words are not told apart: the counts are noise there
_USUAL = 300  # words of a usual text: turns a share of words into a share of texts
_SHORT = 3  # letters up to which a word may be small in a headline; a headline has more longer ones than that
_REMEMBERED = 65_536  # words that are kept, of all languages together
_LANGUAGES_KEPT = 64  # languages whose words are: a file can name any
_TITLE_CASE = 0.7  # share of capitals from which a line is a headline in which capitals mean nothing

# What stands before the first word of a sentence, or nothing.
_START = re.compile(r"""(?:\A|[.!?:"“”«»])\s*\Z""")
_BEFORE = 4  # characters before a word that are looked at for it


def choose_story_words(article: Article) -> StoryWords:
    """The most telling words of headline and text, at most `KEPT`."""
    keys: list[str] = []
    first_line: int | None = None  # words of it
    capitals: dict[str, int] = {}  # where a capital means a name
    doubtful: dict[str, int] = {}  # with a capital where every word may have one
    for text, words, lines in _cut_texts(article):
        found, starts = words.keys, words.starts
        keys += found
        # What is written small has no capital, as most words have none.
        upper = [
            place
            for place, small in enumerate(map(str.islower, words.written))
            if not small and text[starts[place]].isupper()
        ]
        met = 0  # of them
        for begin, here, end in lines:
            if first_line is None:
                first_line = sum(map(_is_word, found[:end]))
            before, met = met, bisect_left(upper, end, met)
            if before == met:
                continue
            named = [(found[place], starts[place]) for place in upper[before:met]]
            heading = _is_heading(named, found[here:end])
            for key, start in named:
                if 1 < len(key) <= _LONGEST:
                    opens = heading or _START.search(text[max(begin, start - _BEFORE) : start])
                    counted = doubtful if opens else capitals
                    counted[key] = counted.get(key, 0) + 1
    said = Counter(keys)
    for key in [key for key in said if not 1 < len(key) <= _LONGEST]:
        del said[key]
    # Of a word that is a name somewhere, no more may be small than have a capital that means one.
    names = {key for key, times in capitals.items() if said[key] - doubtful.get(key, 0) <= 2 * times}
    names |= {key for key, times in doubtful.items() if key not in capitals and said[key] == times}
    said.update(islice(filter(_is_word, keys), max(OPENING, first_line or 0)))
    return _weighed(said, names, article.language)


def _is_word(key: str) -> bool:
    return 1 < len(key) <= _LONGEST


def _cut_texts(article: Article) -> Iterator[tuple[str, CutWords, Iterable[tuple[int, int, int]]]]:
    """Headline and text, without a headline that the text repeats and without background.

    Each with its words, which topics have had cut, and its lines as `_find_lines` has them.
    """
    kept, last = [], 0
    for start, end in article.background:
        kept.append(article.text[last:start])
        last = end
    text = "".join((*kept, article.text[last:])) if kept else article.text
    first = len(text) - len(text.lstrip())
    if len(text) - first > _CHARACTERS:
        text, first = text.strip()[:_CHARACTERS], 0
    if article.title and not text.startswith(article.title, first):
        words = cut_words(article.title)
        yield article.title, words, [(0, 0, len(words))]
    words = cut_words(text)
    yield text, words, _find_lines(text, first, words.starts)


def _find_lines(text: str, first: int, starts: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Where each line of a text begins that is not empty, and the numbers of its first and last word (exclusive).

    No word reaches over the end of a line.
    """
    begin = place = 0
    for line in text.split("\n"):
        end = begin + len(line)
        if line and not line.isspace():
            here, place = place, bisect_left(starts, end, place)
            yield max(begin, first), here, place
        begin = end + 1


def _is_heading(upper: Sequence[tuple[str, int]], found: Sequence[str]) -> bool:
    """Whether so many of a line's longer words have a capital (`upper`) that it means nothing there."""
    capitals = sum([len(key) > _SHORT for key, _ in upper])
    if capitals <= _TITLE_CASE * (_SHORT + 1):  # of the fewest words that are a headline it would be too few
        return False
    words = sum([len(key) > _SHORT for key in found])
    return words > _SHORT and capitals > _TITLE_CASE * words


def _weighed(loud: Mapping[str, int], names: Collection[str], language: str | None) -> StoryWords:
    """Every name and every stem, the most telling of them.

    `loud` is how often the text says each word, once more where that opens it.
    """
    units: dict[str, int] = {}
    common: dict[str, tuple[float, float]] = {}
    early: set[str] = set()
    known = _known_words(language)
    for key, times in loud.items():
        stem, rare = known[key]
        unit = key if key in names else stem
        if unit in units:
            units[unit] += times
            if rare > common[unit]:
                common[unit] = rare
        else:
            units[unit] = times
            common[unit] = rare
        if times > 1:
            early.add(unit)
    volumes = map(_VOLUMES.__getitem__, units.values())
    weighed = [
        (volume * quietness, unit, volume, share)
        for unit, volume, (share, quietness) in zip(units, volumes, common.values(), strict=True)
    ]
    telling = weighed
    if len(weighed) > KEPT:
        least = sorted([weight for weight, _, _, _ in weighed])[-KEPT]
        telling = [word for word in weighed if word[0] > least]
        # Of words that weigh as little as the last one, the later in the alphabet are kept.
        telling += sorted([word for word in weighed if word[0] == least])[len(telling) - KEPT :]
    found = sorted([(unit, volume, share) for _, unit, volume, share in telling])
    keys = tuple([unit for unit, _, _ in found])
    return StoryWords(
        keys=keys,
        loud=tuple([volume * NAME if unit in names else volume for unit, volume, _ in found]),
        common=tuple([max(share, RAREST) for _, _, share in found]),
        names=tuple([unit for unit in keys if unit in early and unit in names]),
    )


class _Volumes(dict[int, float]):
    """How much a text makes of a word that it says so often."""

    def __missing__(self, count: int) -> float:
        volume = self[count] = round(1 + log(count), 3)
        return volume


_VOLUMES = _Volumes()  # few numbers: a text has 40,000 characters at most


class _Shares(dict[float, tuple[float, float]]):
    """The share of usual texts that say a word of such a zipf frequency, and how telling that makes it: minus the
    logarithm of the share, of the rarest words that of all."""

    def __missing__(self, zipf: float) -> tuple[float, float]:
        share = round(1 - exp(-(10 ** (zipf - 9)) * _USUAL), 6)
        found = self[zipf] = share, -log(max(share, RAREST))
        return found


_SHARES = _Shares()  # few numbers: wordfreq has some eight hundred


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    from wordfreq import available_languages  # 40 MB with its list, which processes that read no page need not have

    return frozenset(available_languages("small"))


class _Known(dict[str, tuple[str, tuple[float, float]]]):
    """The stem of words and, as `_SHARES` has it, how rare they are; a dictionary, which is the quickest to ask."""

    def __init__(self, language: str | None) -> None:
        self.language = language

    def __missing__(self, key: str) -> tuple[str, tuple[float, float]]:
        if sum(map(len, _KNOWN.values())) >= _REMEMBERED:
            for known in _KNOWN.values():
                known.clear()
        found = self[key] = stem_word(key), _share(key, self.language)
        return found


_KNOWN: dict[str | None, _Known] = {}


def _known_words(language: str | None) -> _Known:
    if language not in _KNOWN:
        if len(_KNOWN) >= _LANGUAGES_KEPT:
            _KNOWN.clear()
        _KNOWN[language] = _Known(language)
    return _KNOWN[language]


def _share(key: str, language: str | None) -> tuple[float, float]:
    """How rare the word is: in English, or in the text's own language where that is known."""
    zipf = read_zipf(key, "en")
    if language is not None and language != "en" and language in _languages():
        zipf = max(zipf, _zipf_in(key, language))
    return _SHARES[zipf]


def _zipf_in(key: str, language: str) -> float:
    """The zipf frequency of a word in `language`, 0.0 where its short list lacks the word.

    wordfreq splits Chinese, Japanese and Korean with packages that are no dependency of ours and raises
    ModuleNotFoundError without them; its list of whole words is asked then.
    """
    try:
        return read_zipf(key, language, wordlist="small")
    except ModuleNotFoundError:
        from wordfreq import get_frequency_dict

        frequency = get_frequency_dict(language, wordlist="small").get(normalize("NFC", key), 0.0)
        return log10(frequency) + 9 if frequency > 0 else 0.0
