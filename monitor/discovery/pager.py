"""Which link of a list page leads to its next page; it must not walk into filters, nor take an article for a page.

Requirement: the next page of any list that a person can page through, and nothing where a page has no pager. A next
page is the same address with one number more: `?page=2`, `?offset=15`, `/page/2`, `/latest/2`. Words ("older", "2"),
`rel="next"` or a parameter known from pagers must say so besides, since articles are numbered too. What changes
anything else of the address is a filter, and filters can be combined without end (outlet facts, Commonspace).
What it will miss: pagers that only a script knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

# Parameters that count pages, entries, or say where the last page ended: Django, Rails and Laravel (page), WordPress
# (paged), Bitrix (PAGEN_1), Drupal (page, from 0), Blogger (updated-max), and what list pages of outlets use.
_PAGES = re.compile(
    r"p|pg|pn|page|paged|pagen_\d+|page_?(?:no|num|number|id|index)?|(?:cur|current)_?page|seite|pagina|página|strana|"
    r"strona|sayfa|sida|sivu|str|page\[number\]|[a-z]+_page|page_[a-z]+|.*\[page\]|pagination",
    re.I,
)
_ENTRIES = re.compile(
    r"offset|start|from|skip|begin|first|startindex|limitstart|start_?(?:at|row)|page\[offset\]", re.I
)
_CURSORS = re.compile(
    r"before|before_?(?:id|date)?|cursor|after|until|max_?id|updated-max|older_?than|last_?(?:id|date)?|page\[after\]",
    re.I,
)
# Parameters that a pager may state without changing the list: how many entries a page has.
_STEADY = frozenset(
    {"max-results", "by-date", "limit", "per_page", "perpage", "pagesize", "size", "count", "rows", "m"}
)
_NEXT = re.compile(
    r"(?:next|older|more|load more|show more|see more|earlier|далее|дальше|следующ|ещё|еще|показать|старее|раньше|"
    r"предыдущие|weiter|nächste|ältere|mehr|suivant|plus ancien|voir plus|siguiente|anteriores|más|próxim|seguinte|"
    r"mais|avanti|success|volgende|ouder|meer|następn|dalej|starsz|více|další|ďal|sljedeć|starij|naslednj|sonraki|"
    r"daha|növbəti|შემდეგ|հաջորդ|далі|наступн|nästa|äldre|neste|næste|eldre|seuraav|επόμεν|下一|次|다음|التالي|הבא|"
    r"بعدی|tiếp|următo|mai vechi|következő|kitas|nākam|järgmine)",
    re.I,
)
_ARROWS = re.compile(r"[\s›»>→⟩❯▶…]*")
_LAST = frozenset({"»»", ">>", "⟩⟩", "last", "»|"})
_NUMBER = re.compile(r"\d{1,9}")
_FURTHEST = 100_000  # a larger number is a day or an article


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerLink:
    """One link of a page: where it leads, absolute, its words on one line, whether it says `rel="next"`."""

    url: str
    text: str
    next: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """How an address differs from the page's own: by `number`, where that page has `here` (None: none yet)."""

    link: PagerLink
    kind: str  # "page", "entries", "path", "other" or "cursor"
    name: str
    number: int
    here: int | None
    known: bool


def find_next_page(links: Iterable[PagerLink], url: str) -> str | None:
    """The address of the page after `url`, None where no link leads there."""
    steps = [step for link in links if (step := _step(link, url)) is not None]
    ways = sorted({(step.kind, step.name) for step in steps})
    found = [chosen for way in ways if (chosen := _chosen([s for s in steps if (s.kind, s.name) == way])) is not None]
    return max(found, key=_strength).link.url if found else None


def is_pager_link(link: str, url: str) -> bool:
    """Whether `link` may be another page of the list at `url`: its address less one number, by a pager's parameter."""
    step = _step(PagerLink(url=link, text=""), url)
    return step is not None and step.known


def _strength(step: _Step) -> tuple[bool, bool, bool, int]:
    text = step.link.text
    return step.link.next, _NUMBER.fullmatch(text) is not None or _says_next(text), step.known, -step.number


def _step(link: PagerLink, url: str) -> _Step | None:
    here, there = urlsplit(url), urlsplit(link.url)
    if _host(here.netloc) != _host(there.netloc) or link.url == url:
        return None
    before, after = (dict(parse_qsl(part.query, keep_blank_values=True)) for part in (here, there))
    changed = [name for name, value in after.items() if before.get(name) != value and name.lower() not in _STEADY]
    same_path = _bare(here.path) == _bare(there.path)
    if before.keys() - after.keys() - set(changed):
        return None
    if not changed:
        return _path_step(link, here.path, there.path) if not same_path else None
    if len(changed) > 1 or not (same_path or link.next or changed[0] == "updated-max"):  # Blogger's is below /search
        return None
    name = changed[0]
    kind, known = _kind(name)
    if kind == "cursor":
        return _Step(link=link, kind=kind, name=name, number=0, here=None, known=False) if _says(link) else None
    number, now = after[name], before.get(name, "")
    if not _NUMBER.fullmatch(number) or int(number) > _FURTHEST:
        return None
    current = int(now) if _NUMBER.fullmatch(now) else None
    return _Step(link=link, kind=kind, name=name, number=int(number), here=current, known=known)


def _kind(name: str) -> tuple[str, bool]:
    if _PAGES.fullmatch(name):
        return "page", True
    if _ENTRIES.fullmatch(name):
        return "entries", True
    return ("cursor", False) if _CURSORS.fullmatch(name) else ("other", False)


def _path_step(link: PagerLink, here: str, there: str) -> _Step | None:
    """`/page/2` below the section, `/latest/2`, `/news-2.html`: the same path but for one number at its end."""
    known, base, now = _paged_path(here)
    paged, other, number = _paged_path(there)
    if number is None or number > _FURTHEST or base != other or (now is not None and known != paged):
        return None
    return _Step(link=link, kind="path", name="", number=number, here=now, known=paged)


def _paged_path(path: str) -> tuple[bool, str, int | None]:
    """Whether a path says that it is a page of a list, the path without that, and the number."""
    path = _bare(path)
    found = re.fullmatch(r"(.*?)/(?:page|seite|pagina|strona|strana|sayfa|sivu|p)[/_-]?(\d{1,9})", path, re.I)
    found = found or re.fullmatch(r"(.*?)[-_](?:page|p)[-_]?(\d{1,9})", path, re.I)
    if found:
        return True, found[1], int(found[2])
    found = re.fullmatch(r"(.*?)[/_-](\d{1,9})", path)
    return (False, found[1], int(found[2])) if found else (False, path, None)


def _bare(path: str) -> str:
    return re.sub(r"(?:/index)?(?:\.(?:html?|php|aspx?))?/?$", "", path)


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")


def _says(link: PagerLink) -> bool:
    return link.next or _says_next(link.text)


def _says_next(text: str) -> bool:
    words = _ARROWS.sub("", text, count=1)
    if text in _LAST:
        return False
    return (bool(text) and not words) or _NEXT.match(words) is not None


def _chosen(steps: Sequence[_Step]) -> _Step | None:
    """The step to the next page among those that change the same number."""
    if steps[0].kind == "cursor":
        return steps[0]
    ahead = [step for step in steps if step.number > (0 if step.here is None else step.here)]
    ahead = [step for step in ahead if step.link.next] or ahead
    if not ahead:
        return None
    if steps[0].kind == "entries":
        return min(ahead, key=lambda step: step.number)
    wanted = _following(steps, ahead)
    found = [step for step in ahead if step.number == wanted]
    sure = [step for step in found if step.known or _says(step.link) or step.link.text == str(_shown(step, steps))]
    return max(sure, key=_strength) if sure else None


def _following(steps: Sequence[_Step], ahead: Sequence[_Step]) -> int:
    """The number of the next page: one more than this one's; where it has none, 2, or 1 if pages count from 0."""
    here = steps[0].here
    if here is not None:
        return here + 1
    numbers = {step.number for step in ahead}
    if 1 in numbers and (steps[0].kind == "page" and (_from_zero(steps) or 2 not in numbers)):
        return 1
    return 2


def _from_zero(steps: Sequence[_Step]) -> bool:
    """Whether the pages of a list count from 0: a link says so, or what leads to number 1 is called 2 or "next"."""
    if any(step.number == 0 for step in steps):
        return True
    return any(step.number == 1 and (step.link.text == "2" or _says(step.link)) for step in steps)


def _shown(step: _Step, steps: Sequence[_Step]) -> int:
    return step.number + 1 if step.kind == "page" and _from_zero(steps) else step.number
