"""Texts as a day's press prints them, as many as are asked for: made of a seed and a number, so that any can be made
again without those before it. It must not touch a store.

Every event has names and words of its own and is told by four outlets within a day; one piece in eight is another
one's text cut short, one in twenty-five the same text again. Words are drawn as often as English has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from wordfreq import top_n_list, word_frequency

from monitor.pipeline.archive.documents import InputDocument

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=20)  # 4,320 pieces a day
SOURCES = 50
_TELLINGS = 4  # pieces an event
_SPREAD = 997  # pieces between two tellings of one event
_PARAGRAPHS, _WORDS = 9, 36
_SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "zu", "dar", "fen", "gol", "hir", "jan", "kas")


@cache
def _language() -> tuple[list[str], list[float]]:
    words = [word for word in top_n_list("en", 20_000) if word.isalpha()]
    return words, list(accumulate(word_frequency(word, "en") for word in words))


def _name(chance: Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3, 3, 4)))).capitalize()


def make_document(seed: int, number: int) -> InputDocument:
    """The piece of a number."""
    chance = Random(f"{seed} {number}")
    drawn = chance.random()
    if number >= _SPREAD and drawn < 0.165:
        title, text = _tell(seed, number - chance.randrange(1, _SPREAD))
        if drawn >= 0.04:
            parts = text.split("\n\n")
            text = "\n\n".join(parts[: chance.randrange(5, len(parts))])
    else:
        title, text = _tell(seed, number)
    return InputDocument(
        address=f"https://outlet-{number % SOURCES}.example/{number}",
        source=f"outlet-{number % SOURCES}",
        echo=number,
        fields={"title": title, "text": text, "published_at": (BEGIN + number * APART).isoformat()},
    )


def _tell(seed: int, number: int) -> tuple[str, str]:
    """Headline and text of a piece that copies no other."""
    row, place = divmod(number, _SPREAD)
    event = Random(f"{seed} event {row // _TELLINGS} {place}")
    words, frequencies = _language()
    names = [_name(event) for _ in range(6)]
    telling = event.choices(words[2_000:], k=24)
    chance = Random(f"{seed} telling {number}")
    paragraphs = []
    for _ in range(_PARAGRAPHS):
        drawn = chance.choices(words, cum_weights=frequencies, k=_WORDS)
        for _ in range(4):
            drawn[chance.randrange(1, _WORDS)] = chance.choice(telling)
        for _ in range(2):
            drawn[chance.randrange(1, _WORDS)] = chance.choice(names)
        drawn[chance.randrange(1, _WORDS)] = str(chance.randrange(2, 900))
        sentence = " ".join(drawn)
        paragraphs.append(f"{sentence[0].upper()}{sentence[1:]}.")
    title = " ".join([names[0], *chance.sample(telling, 5), names[1]])
    return title, "\n\n".join(paragraphs)


def make_documents(seed: int, first: int, count: int) -> Iterator[InputDocument]:
    """`count` pieces from a number on."""
    return (make_document(seed, number) for number in range(first, first + count))
