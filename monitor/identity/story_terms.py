"""The words by which a text's event is known again, weighed against language in general; it must not know any story.

Every word counts once, the louder the oftener it is said and twice where the text opens; a name is kept as it stands,
any other word by its stem. How common a word is comes from wordfreq; what is common in the archive at hand is counted
by the store and comes in later (identity/story_clustering.py). Paragraphs that an outlet repeats under many reports
are left out: they tell of the subject, not of the event.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from math import exp, log, log10
from unicodedata import normalize

from monitor.model.page import Article
from monitor.model.story import StoryWord
from monitor.text.words.languages.word_rarity import read_zipf
from monitor.text.words.tokens import Token, cut_words, stem_word

OPENING = 40  # words in which news says what happened; the first line counts whole
KEPT = 128  # words of a text that are carried on: twice what a story is compared by
_CHARACTERS = 40_000  # as far as a text is read: the longest real article measured has 4,100 words
_LONGEST = 40  # letters: what is longer is no word
RAREST = 0.006  # share of texts below which words are not told apart: the counts are noise there
_USUAL = 300  # words of a usual text: turns a share of words into a share of texts
_TITLE_CASE = 0.7  # share of capitals from which a line is a headline in which capitals mean nothing

# What stands before the first word of a sentence, or nothing.
_START = re.compile(r"""(?:\A|[.!?:"“”«»])\s*\Z""")
_BEFORE = 4  # characters before a word that are looked at for it


def choose_story_words(article: Article) -> tuple[StoryWord, ...]:
    """The most telling words of headline and text, at most `KEPT`, in alphabetical order."""
    said: Counter[str] = Counter()
    opening: Counter[str] = Counter()
    capitals: Counter[str] = Counter()  # where a capital means a name
    doubtful: Counter[str] = Counter()  # with a capital where every word may have one
    place = 0
    for number, (text, begin, found) in enumerate(_lines(article)):
        words = [(key, start) for key, start, _ in found if 2 <= len(key) <= _LONGEST]
        keys = [key for key, _ in words]
        opening.update(keys if number == 0 else keys[: max(0, OPENING - place)])
        said.update(keys)
        place += len(keys)
        upper = [(key, start) for key, start in words if text[start].isupper()]
        heading = bool(upper) and _heading([text[start] for key, start, _ in found if len(key) > 3])
        for key, start in upper:
            first = heading or _START.search(text[max(begin, start - _BEFORE) : start])
            (doubtful if first else capitals)[key] += 1
    # Of a word that is a name somewhere, no more may be small than have a capital that means one.
    names = {key for key, times in capitals.items() if said[key] - doubtful[key] <= 2 * times}
    names |= {key for key, times in doubtful.items() if key not in capitals and said[key] == times}
    return _weighed(said, opening, names, article.language)


def _lines(article: Article) -> Iterable[tuple[str, int, Sequence[Token]]]:
    """Headline and paragraphs, without a headline that the text repeats and without background.

    Each as a text, where in it the line begins, and its words: no word reaches over the end of a line, so that they
    are those of the whole text, which topics have had cut.
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
        yield article.title, 0, cut_words(article.title)
    words = cut_words(text)
    begin = place = 0
    for line in text.split("\n"):
        end, here = begin + len(line), place
        while place < len(words) and words[place].start < end:
            place += 1
        if line.strip():
            yield text, max(begin, first), words[here:place]
        begin = end + 1


def _heading(initials: Sequence[str]) -> bool:
    return len(initials) > 3 and sum(map(str.isupper, initials)) > _TITLE_CASE * len(initials)


def _weighed(
    said: Mapping[str, int], opening: Mapping[str, int], names: Collection[str], language: str | None
) -> tuple[StoryWord, ...]:
    """One `StoryWord` for every name and every stem, the most telling of them."""
    loud: dict[str, int] = {}
    early: set[str] = set()
    common: dict[str, float] = {}
    for key, times in said.items():
        stem, share = _stem_and_share(key, language)
        unit = key if key in names else stem
        begins = opening.get(key, 0)
        loud[unit] = loud.get(unit, 0) + times + begins
        if share > common.get(unit, -1.0):
            common[unit] = share
        if begins or times > 1:
            early.add(unit)
    found = [
        (-(volume := _volume(count)) * _rarity(share := common[unit]), unit, volume, share)
        for unit, count in loud.items()
    ]
    if len(found) > KEPT:
        found.sort(reverse=True)
    telling = sorted([(unit, volume, share) for _, unit, volume, share in found[:KEPT]])
    return tuple([StoryWord(unit, volume, share, unit in names, unit in early) for unit, volume, share in telling])


@lru_cache(maxsize=4_096)  # few numbers, and few shares: wordfreq has some eight hundred
def _volume(count: int) -> float:
    """How much a text makes of a word that it says so often."""
    return round(1 + log(count), 3)


@lru_cache(maxsize=4_096)
def _rarity(share: float) -> float:
    """The logarithm of a share, of the rarest words that of all."""
    return log(max(share, RAREST))


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    from wordfreq import available_languages  # 40 MB with its list, which processes that read no page need not have

    return frozenset(available_languages("small"))


@lru_cache(maxsize=65_536)
def _stem_and_share(key: str, language: str | None) -> tuple[str, float]:
    return stem_word(key), _share(key, language)


def _share(key: str, language: str | None) -> float:
    """The share of usual texts that have the word: in English, or in the text's own language where that is known."""
    zipf = read_zipf(key, "en")
    if language is not None and language != "en" and language in _languages():
        zipf = max(zipf, _zipf_in(key, language))
    return round(1 - exp(-(10 ** (zipf - 9)) * _USUAL), 6)


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
