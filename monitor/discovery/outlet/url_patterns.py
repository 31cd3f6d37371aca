"""The form that an outlet's article addresses share, read off examples; it must rather say nothing than too little.

Requirement: the pattern is written into config.toml as `article`, where it decides which links count. One that is
too wide costs a fetch of a page that is no article; one that is too narrow loses news without a word. So every
example must fit, sections are never named (rare ones come and go), and a form counts only where something in it
tells articles from other pages: a number, a date, a slug of many words, or a number in a parameter (`?id=7`). What it
will miss: outlets that address articles by one or two plain words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlsplit

from monitor.text.urls import normalize_url, parse_host

FEWEST = 5  # examples: fewer may share by chance what the next one does not
_FORMS = 3  # at most; more are no form
# A slug tells an article where every example has so many separators; the expression then asks for two, since the
# next slug may be shorter. "/privacy-policy" and "/about-us" have one.
_SEPARATORS = 3
_NUMBER, _SLUG = 2, 1
_SEGMENT = "[^/?#]+"
_END = r"/?(?:[?#]|$)"
# Parameters that number the pages of a list, in the words of the systems and languages that use them; `p` numbers
# WordPress's pieces, too, and those have left the small numbers behind.
_PAGERS = frozenset(
    {"page", "paged", "pg", "pagenum", "offset", "start", "from", "skip", "limit", "sayfa", "seite", "pagina"}
    | {"s", "cat", "category", "page_id"}
)
_SMALL = 100
_NUMBER_VALUE = re.compile(r"[0-9]{1,18}(?::.*)?")


def infer_article_pattern(links: Iterable[str], url: str, *, slugs: bool) -> str | None:
    """A regular expression for config.toml's `article` (with `{host}`) that every one of `links` fits.

    None where they are too few, lead away from the host of `url`, or share no form that tells articles from pages.
    `slugs`: whether many words in a slug may tell that; the next headline may have two.
    """
    own = {normalize_url(link) for link in links}
    if any(urlsplit(link).query for link in own):
        return _infer_parameter(own, url)
    groups: dict[int, list[list[str]]] = defaultdict(list)
    for link in own:
        parts = urlsplit(link)
        if _bare(link) != _bare(url):
            return None
        segments = [segment for segment in parts.path.split("/") if segment]
        groups[len(segments)].append(segments)
    if len(own) < FEWEST or len(groups) > _FORMS:
        return None
    forms = [_form(groups[depth], slugs) for depth in sorted(groups)]
    if any(form is None for form in forms):
        return None
    either = forms[0] if len(forms) == 1 else f"(?:{'|'.join(str(form) for form in forms)})"
    return rf"^https?://(?:www\.)?{{host}}/{either}{_END}"


def infer_page_pattern(links: Iterable[str], url: str) -> str | None:
    """Likewise from all links of one page: the form that most of those with a number, date or long slug share.

    Where the largest group has no form of its own (TYPO3: `?id=42` is on every page, `news=500` tells), the next one.
    """
    groups: dict[object, list[str]] = defaultdict(list)
    for link in dict.fromkeys(normalize_url(link) for link in links):
        if urlsplit(link).query:
            for name, value in _numbers(link):
                if name.lower() not in _PAGERS and (name != "p" or int(value.partition(":")[0]) >= _SMALL):
                    groups[urlsplit(link).path, name].append(link)
            continue
        segments = [segment for segment in urlsplit(link).path.split("/") if segment]
        kinds = tuple(_kind([segment]) for segment in segments)
        if _bare(link) == _bare(url) and any(tells for _, tells in kinds):
            groups[kinds].append(link)
    largest = sorted(groups.values(), key=len, reverse=True)
    forms = (infer_article_pattern(links, url, slugs=True) for links in largest)
    return next((form for form in forms if form is not None), None)


def _infer_parameter(own: set[str], url: str) -> str | None:
    """The form of addresses that share a path and differ in the number of one parameter, which all have."""
    paths = {urlsplit(link).path for link in own}
    if len(own) < FEWEST or len(paths) > 1 or any(_bare(link) != _bare(url) for link in own):
        return None
    values: dict[str, set[str]] = defaultdict(set)
    having: Counter[str] = Counter()
    for link in own:
        for name, value in dict(_numbers(link)).items():
            values[name].add(value)
            having[name] += 1
    telling = [name for name, times in having.items() if times == len(own) == len(values[name])]
    if len(telling) != 1:
        return None
    path = re.escape(paths.pop().rstrip("/"))
    name = re.escape(telling[0]).replace(r"\[", "(?:\\[|%5B)").replace(r"\]", "(?:\\]|%5D)")  # TYPO3: "x[news]"
    slug = "(?:(?::|%3A)[^&#]*)?" if any(":" in value for value in values[telling[0]]) else ""
    return rf"^https?://(?:www\.)?{{host}}{path}/?\?(?:[^#]*&)?{name}=\d+{slug}(?:[&#]|$)"


def _numbers(link: str) -> list[tuple[str, str]]:
    """The parameters of an address that are numbers, of Joomla with a slug behind (`id=100:a-slug`)."""
    return [(name, value) for name, value in parse_qsl(urlsplit(link).query) if _NUMBER_VALUE.fullmatch(value)]


def _bare(url: str) -> str:
    return parse_host(url).removeprefix("www.")


def _form(paths: Sequence[Sequence[str]], slugs: bool) -> str | None:
    """The form of paths of one depth, None where nothing in it tells an article."""
    kinds = [_kind(column) for column in zip(*paths, strict=True)]
    strongest = max((tells for _, tells in kinds), default=0)
    if strongest == _NUMBER:  # then a slug need not tell it
        return "/".join(_SEGMENT if tells == _SLUG else expression for expression, tells in kinds)
    return "/".join(expression for expression, _ in kinds) if strongest and slugs else None


def _kind(values: Sequence[str]) -> tuple[str, int]:
    """What all values of one segment are, as an expression, and what in it tells an article from other pages."""
    if all(re.fullmatch(r"(?:19|20)\d\d", value) for value in values):
        return r"\d{4}", _NUMBER
    if all(re.fullmatch(r"\d{1,2}", value) for value in values):
        return r"\d{1,2}", 0  # the day of a date, or the second page of a list
    if all(re.fullmatch(r"\d+", value) for value in values):
        return r"\d+", _NUMBER
    if all(re.search(r"\d{4,}", value) for value in values):
        return r"[^/?#]*\d{4,}[^/?#]*", _NUMBER
    if min(len(re.findall(r"[-_]", value)) for value in values) >= _SEPARATORS:
        return r"(?:[^/?#_-]+[_-]){2,}[^/?#]*", _SLUG
    return _SEGMENT, 0
