"""Chooses a page's headline among what its carriers say; it must not write one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.text.title_likeness import compare_titles, split_title_words

# Marks that part a headline from the outlet's name.
_PARTS = re.compile(r"\s+[|｜∣¦–—―‒\-·•‧∙⋆★»«›‹>/\\\\~:：]{1,2}\s+|\s*[|｜∣»：]\s*")
# A colon and a blank part a headline's own halves too, so they count only where a name stands behind or before them.
_ENDS = re.compile(rf"{_PARTS.pattern}|:\s+|\s+::\s+")
_ALIKE = 0.3  # likeness from which two lines may be one headline (EXTRACTION.md, "Titles")
_LABEL = 2  # words of a section's name
# A letter that was lost in decoding, or an entity that nobody declared.
_DAMAGED = re.compile("\ufffd|&[A-Za-z][A-Za-z0-9]+;")
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
    while (split := list(_ENDS.finditer(title))) != []:
        head, tail = title[: split[0].start()], title[split[-1].end() :]
        if _is_site(tail, known, label):
            title = title[: split[-1].start()]
        elif _is_site(head, known, label) and (
            _PARTS.fullmatch(split[0][0]) or len(title[split[0].end() :].split()) > 1
        ):
            title = title[split[0].end() :]  # "HERALD: no" stays
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
    headings: tuple[str, ...],
    stated: tuple[tuple[str, str], ...],
    sites: tuple[str, ...],
    host: str,
    *,
    labels: tuple[str, ...] = (),
    lower: tuple[str, ...] = (),
) -> tuple[str, str] | None:
    """The headline and the carrier that vouches for it, None where nothing names one.

    `headings` are the page's h1 texts, `stated` (carrier, text) what metadata and endpoint say, best first. `labels`
    are names of the outlet's sections: they are no headlines, nor is the outlet's own name. `lower` are the page's h2
    texts: one of them is the headline where it stands in the title and no h1 is like anything that is stated. What has
    lost letters or has entities in it that nobody declared is not believed while something else is stated.

    The headline a reader sees comes first: an h1 that JSON-LD repeats, or that other metadata repeats while `<title>`
    says something else. Where two carriers differ, the one that differs from the title element and the h1 too is the
    newsroom's: outlets write `<title>` for search engines and repeat it elsewhere.
    """
    names = {split_title_words(site) for site in sites}
    never = names | {split_title_words(label) for label in labels}
    label = host.removeprefix("www.")

    def usable(text: str, refused: set[tuple[str, ...]]) -> bool:
        return bool(split_title_words(text)) and len(text) <= _LENGTH and not _is_site(text, refused, label)

    shown = tuple(heading for heading in headings if usable(heading, never))
    page = tuple(strip_site_name(text, sites, host) for carrier, text in stated if carrier == "title")
    known: dict[str, str] = {}
    for carrier, text in stated:
        cleaned = _as_shown(strip_site_name(text, sites, host), shown)
        if usable(cleaned, names) and not _cut_short(cleaned, (*shown, *page)):
            known.setdefault(carrier, cleaned)
    known = {carrier: text for carrier, text in known.items() if not _DAMAGED.search(text)} or known
    below = tuple(text for text in lower if usable(text, never))
    return _choose_lower(shown, known, below) or _choose_shown(shown, known, page) or _choose_stated(shown, known)


def _choose_lower(shown: tuple[str, ...], known: Mapping[str, str], lower: tuple[str, ...]) -> tuple[str, str] | None:
    """The h2 that is what is stated, or a part of it, where no h1 is like anything that is."""
    if not (shown and known) or any(
        compare_titles(heading, text) >= _ALIKE for heading in shown for text in known.values()
    ):
        return None
    parts = {split_title_words(part) for text in known.values() for part in (text, *split_title(text))}
    second = next((text for text in lower if split_title_words(text) in parts), None)
    return (second, "h2") if second is not None else None


def _choose_shown(shown: tuple[str, ...], known: Mapping[str, str], page: tuple[str, ...]) -> tuple[str, str] | None:
    """The h1 that metadata repeats, else the one most like what is stated; `page` is what `<title>` says."""
    searching = {split_title_words(text) for text in page}
    for heading in shown:
        spelled = split_title_words(heading)
        agreed = next((carrier for carrier, text in known.items() if split_title_words(text) == spelled), None)
        if agreed == "json-ld" or (agreed not in (None, "title") and spelled not in searching):
            return heading, str(agreed)
    alike = {
        heading: max((compare_titles(heading, text) for text in known.values()), default=0.0)
        for heading in shown
        if len(split_title_words(heading)) > _LABEL
    }
    if alike and max(alike.values()) >= _ALIKE:
        return max(alike, key=lambda heading: alike[heading]), "h1"
    return None


def _choose_stated(shown: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, str] | None:
    """What is stated best, `<title>` last; an h1 goes before that unless it only names a section."""
    for carrier in [carrier for carrier in known if carrier != "title"]:
        return known[carrier], carrier
    if shown and not ("title" in known and _is_label(shown[0], known["title"])):
        return shown[0], "h1"
    return (known["title"], "title") if known else None


def _is_label(heading: str, title: str) -> bool:
    """Whether an h1 of a word or two only names the section of a piece that `title` names."""
    return len(split_title_words(heading)) <= _LABEL < len(split_title_words(title)) and not compare_titles(
        heading, title
    )


def update_headline(called: KnownHeadline, own: tuple[str, str]) -> tuple[str, str]:
    """The headline of a known piece, and its carrier, by what its page alone says now.

    It is called what it was as long as its page's own headline is the same, whoever gave the title: what an endpoint
    said of it once is older than a page that has another headline now.
    """
    return (called.title, called.carrier) if split_title_words(own[0]) == split_title_words(called.page) else own
