"""Chooses a page's headline among what its carriers say; it must not write one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.text.title_likeness import split_title_words

_PARTS = re.compile(r"\s+[|–—\-·•»:]{1,2}\s+|\s*[|»：]\s*")
_LENGTH = 400  # what is longer is no headline but a page that marked up its text as one


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHeadline:
    """What a known piece is called: `title` by its `carrier`, while its page alone would be called `page`."""

    page: str
    title: str
    carrier: str


def split_title(title: str) -> tuple[str, ...]:
    """What the separators of a title part: ("Vote put off", "Harbour Herald") of "Vote put off | Harbour Herald"."""
    return tuple(part.strip() for part in _PARTS.split(title) if part.strip())


def strip_site_name(title: str, sites: tuple[str, ...], host: str) -> str:
    """`title` without the site's name at either end: "Vote put off | Harbour Herald" is "Vote put off".

    A part goes only if it is one of `sites` or spells the host's name; "Vote put off — council" stays whole.
    """
    known = {split_title_words(site) for site in sites}
    label = host.removeprefix("www.")
    while (split := list(_PARTS.finditer(title))) != []:
        head, tail = title[: split[0].start()], title[split[-1].end() :]
        if _is_site(tail, known, label):
            title = title[: split[-1].start()]
        elif _is_site(head, known, label):
            title = title[split[0].end() :]
        else:
            break
    return title.strip()


def _is_site(part: str, known: set[tuple[str, ...]], host: str) -> bool:
    spelled = split_title_words(part)
    return spelled in known or "".join(spelled) in {host, host.replace(".", ""), host.split(".")[0]}


def _as_shown(text: str, shown: tuple[str, ...]) -> str:
    """The h1 that `text` is, or is with something appended behind a separator; else `text` itself."""
    for heading in shown:
        if split_title_words(heading) == split_title_words(text):
            return heading
        if text.startswith(heading) and _PARTS.match(text[len(heading) :]):
            return heading
    return text


def _cut_short(text: str, others: tuple[str, ...]) -> bool:
    """Whether `text` ends where another has a quotation mark: an attribute that its own quotes closed."""
    return any(other.startswith(text) and other[len(text) :].lstrip()[:1] in set('"“„') for other in others)


def choose_headline(
    headings: tuple[str, ...], stated: tuple[tuple[str, str], ...], sites: tuple[str, ...], host: str
) -> tuple[str, str] | None:
    """The headline and the carrier that vouches for it, None where nothing names one.

    `headings` are the page's h1 texts, `stated` (carrier, text) what metadata and endpoint say, best first.
    An h1 that metadata repeats while `<title>` says something else is the headline. Where two carriers differ, the one
    that differs from the title element and the h1 too is the newsroom's: outlets write `<title>` for search engines
    and repeat it elsewhere (81 % to 93 % of headlines right on 106 pages).
    """
    shown = tuple(heading for heading in headings if split_title_words(heading) and len(heading) <= _LENGTH)
    page = tuple(strip_site_name(text, sites, host) for carrier, text in stated if carrier == "title")
    known: dict[str, str] = {}
    for carrier, text in stated:
        cleaned = _as_shown(strip_site_name(text, sites, host), shown)
        if split_title_words(cleaned) and len(cleaned) <= _LENGTH and not _cut_short(cleaned, (*shown, *page)):
            known.setdefault(carrier, cleaned)
    searching = {split_title_words(text) for text in page}
    for heading in shown:
        agreed = next(
            (carrier for carrier, text in known.items() if split_title_words(text) == split_title_words(heading)), None
        )
        if agreed not in (None, "title") and split_title_words(heading) not in searching:
            return heading, str(agreed)
    searched = searching | {split_title_words(text) for text in shown}
    order = [carrier for carrier in known if carrier != "title"]
    if len({split_title_words(known[carrier]) for carrier in order}) > 1:
        order.sort(key=lambda carrier: split_title_words(known[carrier]) in searched)
    for carrier in order:
        return known[carrier], carrier
    if shown:
        return shown[0], "h1"
    return (known["title"], "title") if known else None


def update_headline(called: KnownHeadline, own: tuple[str, str]) -> tuple[str, str]:
    """The headline of a known piece, and its carrier, by what its page alone says now.

    It is called what it was as long as its page's own headline is the same, whoever gave the title: what an endpoint
    said of it once is older than a page that has another headline now.
    """
    return (called.title, called.carrier) if split_title_words(own[0]) == split_title_words(called.page) else own
