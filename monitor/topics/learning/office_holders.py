"""Finds office holders that a text names beside their country; it must not know any person.

Reads two forms of English news: "Armenian Prime Minister Nikol Pashinyan", "Azerbaijan's President Ilham Aliyev",
and the next one joined to it ("… and Prime Minister Hovik Abrahamyan"). It will miss "its Prime Minister …".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from monitor.text.words.tokens import fold_phrase, fold_word

_OFFICE = (
    r"(?:(?:[Dd]eputy|[Aa]cting|[Ff]irst|[Vv]ice|[Pp]rime|[Ff]oreign|[Dd]efen[cs]e|[Ii]nterior|[Ff]inance|[Ee]conomy|"
    r"[Jj]ustice|[Ss]tate|[Oo]pposition|[Mm]inistry)[\s-]+){0,3}"
    r"(?:[Pp]resident|[Pp]remier|[Mm]inister|[Cc]hancellor|[Kk]ing|[Qq]ueen|[Ee]mperor|[Ll]eader|[Ss]ecretary|"
    r"[Ss]pokes(?:man|woman|person)|[Aa]mbassador|[Ss]peaker|PM|FM)"
)
_ANY = r"(?P<name>[^\W\d_a-z][^\W\d_]+(?:[ -][^\W\d_a-z][^\W\d_]+){1,2})"
_ALIKE = 0.8  # two spellings of one surname: Aliyev/Aliev .91, Sargsyan/Sargsayan .94; Putin/Pashinyan .43


def _after(country: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(country)}(?:['’]s)?\s+{_OFFICE}\s+{_ANY}")


_NEXT = re.compile(rf"(?:\s+and|,(?:\s+and)?)\s+{_OFFICE}\s+{_ANY}")


def find_office_holders(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Full names of the office holders of the country called `names` (country and demonyms), in text order."""
    found: dict[str, None] = {}
    for name in names:
        for match in _after(name).finditer(text):
            here: re.Match[str] | None = match
            while here is not None:
                found.setdefault(here["name"])
                here = _NEXT.match(text, here.end())
    return tuple(found)


def find_aliases(people: Iterable[str], text: str) -> tuple[str, ...]:
    """Full names, surnames, and other spellings of them that `text` uses with the same given name."""
    names: dict[str, None] = {}
    for person in people:
        words = person.split()
        names.setdefault(person)
        names.setdefault(words[-1])
        for other in re.finditer(rf"\b{re.escape(words[0])}\s+([^\W\d_a-z][^\W\d_]+)", text):
            surname = other[1]
            ratio = SequenceMatcher(None, fold_word(surname), fold_word(words[-1])).ratio()
            if fold_phrase(surname) != fold_phrase(words[-1]) and ratio >= _ALIKE:
                names.setdefault(f"{words[0]} {surname}")
                names.setdefault(surname)
    return tuple(names)
