"""Who wrote a piece, from what the page states or from its visible byline; it must not take an account for a person.

Names are parted where several stand in one string, in several scripts. What is no person's name goes: accounts,
addresses, roles, the outlet itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from monitor.text.format_characters import strip_format_characters
from monitor.text.title_likeness import split_title_words

_BYLINE = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words|text|by)\s+)*"
    r"(?:by|von|par|por|di|da|door|av|af|przez|автор|автори|авторы|текст|yazan|yazar|müəllif|հեղինակ|作者|記者|记者|文|글"
    r"|author|reporter|autor|autora|auteur)(?:\s*[:：]\s*|\s+)",
    re.I,
)
# What stands between two names in one string; a bare "e" or "y" joins them where capitals follow.
_JOINTS = re.compile(
    r"\s*[;|/、，；·•&]\s*|\s*,\s*(?:and|und|et)\s+|\s*,\s*"
    r"|\s+(?:and|und|et|og|och|en|ja|oraz|ve|və|va|та|и|і|a|i|with|mit|և)\s+(?=[^\W\d_])"
    r"|\s+(?:y|e)\s+(?=[A-ZÀ-Þ])|\s*(?:와|과|및|和|与|與|と)\s*(?=\S)"
)
_ACCOUNT = re.compile(r"\S*\d\S*|https?://\S+|\S*@\S+|[a-z][a-z._-]*")
_ACCOUNT_WORDS = """
    admin administrator administrador administrateur editor webmaster root user guest wordpress moderator redaktor админ
    администратор адміністратор редактор redactie redaktion redazione redacción redação rédaction redaksiya newsroom
    newsdesk news desk editorial staff anonymous unknown none null undefined
"""
_ACCOUNTS = frozenset(_ACCOUNT_WORDS.split())
# Words that only name a desk or an office: "Harbour Correspondent", "Staff Writer", "Online-Redaktion".
_ROLE_WORDS = """
    correspondent correspondents reporter reporters editor editors writer staff columnist contributor producer
    journalist photographer desk team bureau newsroom redaktion redakteur redakteurin korrespondent korrespondentin
    autor autorin rédaction journaliste correspondant correspondante redazione giornalista redacción corresponsal
    periodista redação repórter jornalista корреспондент редактор журналист обозреватель редакция кореспондент muhabir
    editör redaktor müxbir agency agencies agencias
"""
_ROLES = frozenset(_ROLE_WORDS.split())
_LONGEST = 60  # characters of a name; the longest labelled author (gold/extraction) has 26
_NAMES = 12  # that are taken of one page
_SHORT = 120  # characters of a visible byline
_ELSEWHERE = ("aside", "footer", "nav", "li", "form", "figure", "figcaption")
_TOKENS = re.compile(r"(?:^|[\s_-])(?:by-?line|author(?:s|-?name)?|posted-?by|autor|auteur|writer)(?:$|[\s_-])", re.I)
_REMEMBERED = 200  # characters of class and id: few real elements have more
_COMMENT = re.compile(r"comment|respon|reply|related|teaser|promo|card", re.I)


def clean_names(values: Iterable[str], sites: Iterable[str]) -> tuple[str, ...]:
    """The people among `values`, each once, parted where a string names several; `sites` are the outlet's names."""
    ours = {split_title_words(site) for site in sites}
    found: dict[str, None] = {}
    for value in values:
        for name in _parted(_BYLINE.sub("", " ".join(strip_format_characters(value).split()))):
            if _is_person(name) and split_title_words(name) not in ours:
                found.setdefault(name)
    return tuple(found)[:_NAMES]


def _parted(value: str) -> Iterator[str]:
    for part in _JOINTS.split(value):
        name = _BYLINE.sub("", part).strip(" .,:;-–—|()[]")
        if name:
            yield name


def _is_person(name: str) -> bool:
    words = split_title_words(name)
    if not words or len(name) > _LONGEST or _ACCOUNT.fullmatch(name) or any(map(str.isdigit, name)):
        return False
    return not set(words) <= _ACCOUNTS and not set(words) & _ROLES


def read_visible_byline(tree: HtmlElement) -> tuple[str, ...]:
    """What the page prints as its author: `rel=author`, itemprop=author, else a short line of a byline's name.

    Raw strings as printed, the first kind that has any; what stands in comments, lists and footers is left out.
    """
    linked: list[str] = []
    stated: list[str] = []
    named: list[str] = []
    for element in tree.iter("a", "span", "div", "p", "address", "strong", "b", "em", "cite", "section", "small"):
        get = element.get
        name, kind = get("id", ""), get("class", "")
        if element.tag == "a" and "author" in get("rel", "").lower().split():
            _take(linked, element)
        elif "author" in get("itemprop", "").split():
            inner = next((part for part in element.iter() if "name" in part.get("itemprop", "").split()), element)
            _take(stated, inner)
        elif (name or kind) and _names_author(kind, name):
            _take(named, element, byline=True)
    return tuple(dict.fromkeys(linked or stated or named[:1]))


def _names_author(kind: str, name: str) -> bool:
    """Whether class and id are a byline's."""
    # Only short ones are remembered: an outlet may send names of any length.
    told = _tell_author if len(kind) + len(name) <= _REMEMBERED else _tell_author.__wrapped__
    return told(kind, name)


@lru_cache(maxsize=4096)
def _tell_author(kind: str, name: str) -> bool:
    said = f"{kind} {name}"
    lowered = said.lower()  # a search for all the names takes ten times as long
    if "by" not in lowered and "aut" not in lowered and "writer" not in lowered:
        return False
    return _TOKENS.search(said) is not None and _COMMENT.search(said) is None


def _take(found: list[str], element: HtmlElement, *, byline: bool = False) -> None:
    text = " ".join("".join(element.itertext()).split())
    if not text or len(text) > _SHORT or len(found) >= _NAMES:
        return
    if byline and not _BYLINE.match(text):
        return
    for above in element.iterancestors():
        if above.tag in _ELSEWHERE or _COMMENT.search(f"{above.get('class', '')} {above.get('id', '')}"):
            return
    found.append(text)
