"""Which link of a list page leads to its next page; it must not walk into filters, nor take an article for a page.

Requirement: the next page of any list that a person can page through, and nothing where a page has no pager. A next
page is the same address with one number more: `?page=2`, `?offset=15`, `/page/2`, `/latest/2`, `list2.html`, or with
the day before in place of a day. Words ("older", "2") or a parameter known from pagers must say so besides, since
articles are numbered too. What changes anything else of the address is a filter, and filters can be combined without
end (outlet facts, Commonspace), but `rel="next"` is the outlet's own word that a page is the next one.
What it will miss: pagers that only a script knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from monitor.text.urls import strip_tracking

# Parameters that count pages, entries, or say where the last page ended: Django, Rails and Laravel (page), WordPress
# (paged), Bitrix (PAGEN_1), Drupal (page, from 0), Blogger (updated-max), and what list pages of outlets use.
_PAGES = re.compile(
    r"pg|pn|page|paged|pagen_\d+|page_?(?:no|num|number|index)?|(?:cur|current)_?page|seite|pagina|página|strana|"
    r"strona|sayfa|sida|sivu|str|halaman|oldal|trang|selida|page\[number\]|[a-z]+_page|page_(?!id)[a-z]+|"
    r".*\[(?:current)?page\]|.*_cur|pagination",
    re.I,
)
# Numbers that people choose by, or of another list on the page: days of a calendar, photos, comments. WordPress's
# `page_id` is a page that stands by itself.
_NO_PAGES = re.compile(
    r"page_?id|year|month|day|date|mon|jahr|monat|mes|año|ano|mois|god|lang|language|locale|photo|foto|pic|image|img|"
    r"slide|tab|sort|order|rating|cpage|comments?_?page|page_?comments?|commentpage|year_?month|cal_?\w+",
    re.I,
)
# As well a post's number (WordPress, `/?p=868`): a pager only where the words say so.
_MAYBE_PAGES = re.compile(r"p|s|n|nr|no|num|number|part|list", re.I)
_ENTRIES = re.compile(
    r"offset|start|from|skip|begin|first|startindex|limitstart|curpos|start_?(?:at|row)|b_start(?::int)?|page\[offset\]",
    re.I,
)
_CURSORS = re.compile(
    r"before|before_?(?:id|date)?|cursor|after|until|max_?id|updated-max|older_?than|last_?(?:id|date)?|page\[after\]",
    re.I,
)
# Parameters that a pager may state without changing the list: how many entries a page has.
_STEADY = frozenset(
    {"max-results", "by-date", "limit", "per_page", "per-page", "perpage", "pagesize", "size", "count", "rows", "m"}
    | {"chash", "delta"}
)
_NEXT = re.compile(
    r"(?:next|older|more|load more|show more|see more|earlier|далее|дальше|следующ|ещё|еще|показать|старее|раньше|"
    r"предыдущие|weiter|nächste|ältere|mehr|suivant|plus ancien|voir plus|siguiente|anteriores|más|próxim|seguinte|"
    r"mais|avanti|success|volgende|ouder|meer|następn|dalej|starsz|více|další|ďal|sljedeć|starij|naslednj|sonraki|"
    r"daha|növbəti|შემდეგ|հաջորդ|далі|наступн|nästa|äldre|neste|næste|eldre|seuraav|επόμεν|下一|次|다음|التالي|הבא|"
    r"بعدی|tiếp|următo|mai vechi|következő|kitas|nākam|järgmine)",
    re.I,
)
# Words that lead back in time even where the numbers of pages go down.
_OLDER = re.compile(
    r"(?:older|earlier|previous day|старее|раньше|ältere|plus ancien|anteriores|starsz|starší|äldre)", re.I
)
_ARROWS = re.compile(r"[\s›»>→⟩❯▶…]*")
_LAST = frozenset({"»»", ">>", "⟩⟩", "last", "»|"})
_NUMBER = re.compile(
    r"(?:\W*|\W*(?:page|p|pg|seite|página|pagina|sayfa|strona|strana|стр\w*|էջ|გვერდი|əhifə)\W*)(\d{1,9})\W{0,4}", re.I
)
_COUNT = re.compile(r"(?:\d{0,3},)*(\d{1,9})")  # Drupal numbers several pagers in one value: "0,2"
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_.]?)(\d\d)\2(\d\d)(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_.]?)(0[1-9]|1[0-2])(?!\d)(?![-/_.]\d)")
_BARE_NUMBER = re.compile(r"(?:^|(?<=&))(page|p)(\d{1,5})(?=&|$)", re.I)  # uCoz: "?page2"
_FURTHEST = 100_000  # a larger number is a day or an article
_SURE_WORDS = "page|seite|pagina|strona|strana|sayfa|sivu|sida|oldal|halaman|trang|older"
_SURE_PATH = re.compile(rf"(.*?)[/;,_.-](?:{_SURE_WORDS})[/=:,_-]?(\d{{1,9}})", re.I)
_LIKELY_PATH = re.compile(r"(.*?)[/;,_-](?:p|pg|part|hal)[/=:,_-]?(\d{1,9})", re.I)
_NUMBERED_PATH = re.compile(r"(.*?)[/_,.-](\d{1,9})")
_NUMBERED_NAME = re.compile(r"(.*?[^\d/])(\d{1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerLink:
    """One link of a page: where it leads, absolute, its words on one line, whether it says `rel="next"`."""

    url: str
    text: str
    next: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """What a page says of the other pages of its list: the `next` one, and all of them that it links to."""

    next: str | None
    pages: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """How an address differs from the page's own: by `number`, where that page has `here` (None: none yet).

    `number` is None where the address has none although the page's own has: the first page. `likely` takes words to
    be believed, `known` takes none.
    """

    link: PagerLink
    kind: str  # "page", "entries", "path", "name", "day", "other", "cursor" or "stated"
    name: str
    number: int | None
    here: int | None
    known: bool

    @property
    def place(self) -> int:
        return 0 if self.number is None else self.number


def read_pager(links: Iterable[PagerLink], url: str) -> Pager:
    """The pager of the page at `url`, out of its links."""
    own = strip_tracking(url)
    every = tuple(links)
    steps, best = _best(every, own, frozenset())
    if best is None and (steady := _companions(every, own)):
        steps, best = _best(every, own, steady)
    pages = {step.link.url for step in steps if step.known or step is best or (best and _is_beside(step, best))}
    return Pager(next=best.link.url if best else None, pages=frozenset(pages))


def _best(links: Iterable[PagerLink], url: str, steady: frozenset[str]) -> tuple[list[_Step], _Step | None]:
    """All steps from the page at `url` to others of its list, and the one to the next page."""
    steps = [step for link in links if (step := _step(link, url, steady)) is not None]
    ways = sorted({(step.kind, step.name) for step in steps})
    found = [chosen for way in ways if (chosen := _chosen([s for s in steps if (s.kind, s.name) == way])) is not None]
    return steps, max(found, key=_strength) if found else None


def _is_beside(step: _Step, best: _Step) -> bool:
    """Whether a step leads to another page by the way by which `best` leads to the next one."""
    if step.kind != best.kind or (step.name != best.name and step.kind != "cursor"):
        return False
    return step.number is None or step.kind == "cursor" or _states(step.link.text) is not None


def _states(text: str) -> int | None:
    """The number that the words of a link are: "2", "[2]", "Page 2"; None where they are another's."""
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None


def _strength(step: _Step) -> tuple[bool, bool, bool, bool, int]:
    text = step.link.text
    says = _states(text) is not None or _says_next(text)
    return step.link.next, says, step.known, step.kind != "stated", -step.place


def _companions(links: Iterable[PagerLink], url: str) -> frozenset[str]:
    """Parameters that a pager adds beside its number and never changes (`SIZEN_1=20`, Liferay's `p_p_id`).

    They have no value, or the same one on every link to this page that counts pages, of which there are two or more;
    a filter leads to one page, or has many values.
    """
    here = urlsplit(url)
    own = _parameters(here.query)
    values: dict[str, set[str]] = {}
    numbers: dict[str, set[str]] = {}
    for link in links:
        there = urlsplit(link.url)
        if _host(here.netloc) == _host(there.netloc) and _same_path(here.path, there.path):
            added = {name: value for name, value in _parameters(there.query).items() if name not in own}
            counted = {value for name, value in added.items() if _kind(name)[1] and _COUNT.fullmatch(value)}
            for name, value in added.items():
                values.setdefault(name, set()).add(value)
                numbers.setdefault(name, set()).update(counted)
    return frozenset(
        name
        for name, found in values.items()
        if not _kind(name)[1] and (found == {""} or (len(found) == 1 and len(numbers[name]) > 1))
    )


def _parameters(query: str) -> dict[str, str]:
    return dict(parse_qsl(_BARE_NUMBER.sub(r"\1=\2", query), keep_blank_values=True))


def _step(link: PagerLink, url: str, steady: frozenset[str]) -> _Step | None:
    here, there = urlsplit(url), urlsplit(link.url)
    if _host(here.netloc) != _host(there.netloc) or link.url == url:
        return None
    found = _number_step(link, url) or _query_step(
        link, _parameters(here.query), _parameters(there.query), steady, same=_same_path(here.path, there.path)
    )
    if found is None and here.query == there.query:
        found = _path_step(link, here.path, there.path)
    if found is None and link.next and _is_below(here.path, there.path):
        return _Step(link=link, kind="stated", name="", number=0, here=None, known=False)
    return found


def _is_below(here: str, there: str) -> bool:
    """Whether an address may be a page of the list at `here` because it calls itself the next one."""
    return _same_path(here, there) or (there.startswith(f"{_bare(here)}/") and any(map(str.isdecimal, there)))


def _same_path(here: str, there: str) -> bool:
    return _bare(here) == _bare(there)


def _number_step(link: PagerLink, url: str) -> _Step | None:
    """The same address with another day in it, or another month where it has no day."""
    form = _DAY if _DAY.search(url) else _MONTH
    now, then = form.search(url), form.search(link.url)
    if now is None or then is None or form.sub("", url, count=1) != form.sub("", link.url, count=1):
        return None
    before, after = _day(now), _day(then)
    if before is None or after is None:
        return None
    return _Step(link=link, kind="day", name="", number=after.toordinal(), here=before.toordinal(), known=True)


def _day(found: re.Match[str]) -> date | None:
    """The day that an address names; of a month the first."""
    try:
        return date(int(found[1]), int(found[3]), int(found[4]) if found.re is _DAY else 1)
    except ValueError:
        return None


def _query_step(
    link: PagerLink, before: dict[str, str], after: dict[str, str], steady: frozenset[str], *, same: bool
) -> _Step | None:
    changed = [
        name
        for name, value in after.items()
        if before.get(name) != value and name.lower() not in _STEADY and name not in steady
    ]
    gone = [name for name in before.keys() - after.keys() if name.lower() not in _STEADY]
    if same and not changed and len(gone) == 1:  # the first page, which needs no number
        kind, known = _kind(gone[0])
        current = _COUNT.fullmatch(before[gone[0]])
        if kind in ("page", "entries") and current:
            return _Step(link=link, kind=kind, name=gone[0], number=None, here=int(current[1]), known=known)
    if gone or len(changed) != 1 or not (same or link.next or changed[0] == "updated-max"):  # Blogger: below /search
        return None
    name = changed[0]
    kind, known = _kind(name)
    if kind == "none":
        return None
    number, now = _COUNT.fullmatch(after[name]), _COUNT.fullmatch(before.get(name, ""))
    if kind == "cursor" or (kind == "entries" and after[name].isdecimal() and int(after[name]) > _FURTHEST):
        return _Step(link=link, kind="cursor", name=name, number=0, here=None, known=False)
    if number is None or int(number[1]) > _FURTHEST or ("," in after[name] and kind != "page"):
        return None
    return _Step(link=link, kind=kind, name=name, number=int(number[1]), here=int(now[1]) if now else None, known=known)


def _kind(name: str) -> tuple[str, bool]:
    """What a parameter counts, as `_Step.kind` has it or "none", and whether its name alone says so."""
    if _NO_PAGES.fullmatch(name):
        return "none", False
    if _PAGES.fullmatch(name):
        return "page", True
    if _MAYBE_PAGES.fullmatch(name):
        return "page", False
    if _ENTRIES.fullmatch(name):
        return "entries", True
    return ("cursor", False) if _CURSORS.fullmatch(name) else ("other", False)


def _path_step(link: PagerLink, here: str, there: str) -> _Step | None:
    """`/page/2` below the section, `/latest/2`, `/news-2.html`, `/news2.html`: the same path but for one number."""
    if _same_path(here, there):
        return None
    way, base, now = _paged_path(here)
    paged, other, number = _paged_path(there)
    if now is not None and other == _bare(here):  # "/node_123" goes on at "/node_123_2"
        base, now = other, None
    if now is not None and number is None:
        return (
            _Step(link=link, kind="path", name=way, number=None, here=now, known=False)
            if _bare(there) == base
            else None
        )
    if number is not None and number <= _FURTHEST and base == other and (now is None or way == paged):
        return _Step(link=link, kind="path", name=paged, number=number, here=now, known=paged == "sure")
    named, now_named = _NUMBERED_NAME.fullmatch(_bare(there)), _NUMBERED_NAME.fullmatch(_bare(here))
    stem = now_named[1] if now_named else _plain(here)
    if named is None or named[1] not in (stem, f"{stem}/index") or not _bare(there):
        return None
    current = int(now_named[2]) if now_named else None
    return _Step(link=link, kind="name", name="", number=int(named[2]), here=current, known=False)


def _paged_path(path: str) -> tuple[str, str, int | None]:
    """How a path says that it is a page of a list ("sure", "likely", "numbered"), the path without that, the number."""
    path = _bare(path)
    for way, form in (("sure", _SURE_PATH), ("likely", _LIKELY_PATH), ("numbered", _NUMBERED_PATH)):
        if found := form.fullmatch(path):
            return way, _bare(found[1]), int(found[2])
    return "", path, None


def _bare(path: str) -> str:
    return re.sub(r"(?:/index)?(?:\.(?:s?html?|php|aspx?|jsp))?/?$", "", path)


def _plain(path: str) -> str:
    return re.sub(r"(?:\.(?:s?html?|php|aspx?|jsp))?/?$", "", path)


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")


def _says(link: PagerLink) -> bool:
    return link.next or _says_next(link.text)


def _says_next(text: str) -> bool:
    words = _ARROWS.sub("", text, count=1)
    return text not in _LAST and ((bool(text) and not words) or _NEXT.match(words) is not None)


def _chosen(steps: Sequence[_Step]) -> _Step | None:
    """The step to the next page among those that change the same number."""
    if steps[0].kind == "stated":
        return steps[0]
    if steps[0].kind == "cursor":
        return next((step for step in steps if _says(step.link)), None)
    if steps[0].kind == "day":
        return max((step for step in steps if step.place < (step.here or 0)), key=lambda step: step.place, default=None)
    ahead = [step for step in steps if step.place > (0 if step.here is None else step.here)]
    ahead = [step for step in ahead if step.link.next] or ahead
    if not ahead:
        return next((step for step in steps if step.place + 1 == step.here and _OLDER.match(step.link.text)), None)
    if steps[0].kind == "entries":
        return min(ahead, key=lambda step: step.place)
    if (offset := _offset(steps, ahead)) is not None:
        return offset
    wanted = _following(steps, ahead)
    found = [step for step in ahead if step.number == wanted]
    sure = [step for step in found if step.known or _says(step.link) or _states(step.link.text) == _shown(step, steps)]
    return max(sure, key=_strength) if sure else None


def _offset(steps: Sequence[_Step], ahead: Sequence[_Step]) -> _Step | None:
    """The next step where the numbers count entries: page 2 begins at 20, page 3 at 40."""
    sizes = [divmod(step.place, shown - 1) for step in steps if (shown := _states(step.link.text) or 0) > 1]
    size, rest = sizes[0] if sizes else (0, 0)
    if size < 3 or rest or len(set(sizes)) > 1 or len({step.place for step in steps}) < 2:
        return None
    return min(ahead, key=lambda step: step.place)


def _following(steps: Sequence[_Step], ahead: Sequence[_Step]) -> int:
    """The number of the next page: one more than this one's; where it has none, 2, or 1 if pages count from 0."""
    here = steps[0].here
    if here is not None:
        return here + 1
    numbers = {step.number for step in ahead}
    return 1 if 1 in numbers and (_from_zero(steps) or (2 not in numbers and steps[0].kind == "page")) else 2


def _from_zero(steps: Sequence[_Step]) -> bool:
    """Whether the pages of a list count from 0: a link says so, or what leads to number 1 is called 2 or "next"."""
    if any(step.number == 0 for step in steps):
        return True
    return any(step.number == 1 and (_states(step.link.text) == 2 or _says(step.link)) for step in steps)


def _shown(step: _Step, steps: Sequence[_Step]) -> int:
    return step.place + 1 if _from_zero(steps) else step.place
