"""Says why a page is no article: walls, errors, listings and what a server sends in an article's place.

It must not look for the article itself, and must let through whatever it is not sure of.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from monitor.extraction.fields.headline import split_title, strip_site_name
from monitor.extraction.fields.metadata import Metadata
from monitor.model.page import Outcome, Page, Rejection
from monitor.text.boilerplate import fold_line
from monitor.text.content_hash import fold_text
from monitor.text.title_likeness import compare_titles, split_title_words
from monitor.text.urls import is_front_page, parse_host
from monitor.text.words.wall_words import CONSENT, PAYWALL
from monitor.text.words.word_count import count_words

# Elements of a page: of 186 real ones the richest has 2,691. So many of the dearest kind (lists without an end) take a
# second and a half, a sixth of what the workers allow: time for a machine that has other things to do.
_ELEMENTS = 50_000
_COUNT = etree.XPath("count(//*)")

_LOGIN_TITLE = re.compile(r"(?:log|sign)[ -]?in\b|member login|вход\b|anmelden|connexion|giriş", re.I)
_PASSWORD = re.compile(rb"""<input\b[^>]{0,300}\btype\s*=\s*["']?password""", re.I)
_NEEDS_SCRIPT = re.compile(
    r"(?:enable|requires?|needs?|turn on|activate|without) (?:the )?java ?script"
    r"|java ?script (?:is )?(?:disabled|required|turned off|not enabled|must be enabled)"
    r"|включ\w+ java ?script|activer java ?script|java ?script (?:aktivieren|etkin)",
    re.I,
)
# Where the frameworks hang what their script makes: React, Vue, Next, Nuxt, Gatsby, Quasar, Ember.
_MOUNTS = frozenset({"root", "app", "__next", "__nuxt", "___gatsby", "q-app", "ember-app"})
_BARE = 5  # words: less is no report, whatever the page calls itself
_SHELL = 30  # words: what stands in a shell is a notice or a menu
_MISSING_TITLE = re.compile(
    r"(?:error )?404\b.*|(?:page |article |content )?(?:not found|no longer available|does(?:n't| not) exist)"
    r"|страница не найдена|nothing (?:was )?found",
    re.I,
)
_STUB = 80  # words: a wall's own text, or the teaser above an offer to subscribe, has fewer
_TELLING = 12  # characters: a shorter headline may stand in an outlet's name
_TEASER = 40  # words: Reuters marks whole reports of 62 words and more as not free, so fewer must stand alone


def reject_tree(page: Page, tree: HtmlElement) -> Rejection | None:
    """A page of more elements than any article has: a dump, or made to be slow."""
    if page.body.count(b"<") > _ELEMENTS and (count := int(_COUNT(tree))) > _ELEMENTS:
        return Rejection(outcome=Outcome.TOO_LARGE, reason=f"{count:,} elements, more than {_ELEMENTS:,}")
    return None


def reject_front_page(page: Page, said: Metadata, outlet: str = "") -> Rejection | None:
    """A front page in the article's place: a soft 404 (Commonspace answers unknown addresses so, with 200).

    `outlet` is the outlet's name, "" where it is not known.
    """
    if is_front_page(page.url):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="the address is a front page")
    if is_front_page(page.final_url):
        return Rejection(outcome=Outcome.GONE, reason=f"soft 404: redirected to the front page {page.final_url}")
    if said.points_home and not said.declared and not _is_called_as_announced(page, said, outlet):
        return Rejection(outcome=Outcome.GONE, reason="soft 404: the page calls the front page its address")
    return None


def _is_called_as_announced(page: Page, said: Metadata, outlet: str) -> bool:
    """Whether the page's own title is the headline that announced it: a careless template calls all pages home.

    Headings do not count: a front page has that of its first piece. Nor does a headline that is the outlet's name, nor
    one that a title only quotes: "Nothing found for ..." and the slogan of a front page do.
    """
    sites, host = (*said.site_names, *said.home_names, outlet), parse_host(page.final_url)
    announced = strip_site_name((page.entry.title if page.entry is not None else None) or "", sites, host)
    words = split_title_words(announced)
    if len(" ".join(words)) < _TELLING or words in map(split_title_words, sites):
        return False
    expected = tuple(map(split_title_words, split_title(announced)))
    for _, title in said.titles:
        parts = split_title(strip_site_name(title, sites, host))  # what is behind the headline may be a name
        first, rest = parts[: len(expected)], parts[len(expected) :]
        if tuple(map(split_title_words, first)) == expected and not any(map(_MISSING_TITLE.fullmatch, rest)):
            return True
    return False


def reject_shell(tree: HtmlElement, said: Metadata, text: str) -> Rejection | None:
    """A page whose text only a script would bring: a notice that asks for one, an empty mount, bare placeholders.

    A short report counts as one where the page calls itself an article or dates itself; "enable JavaScript to see the
    comments" says nothing of the report.
    """
    words = count_words(text)
    if words >= _SHELL or (words > _BARE and (said.declared or said.published)):
        return None
    notices = (" ".join(element.text_content().split()) for element in tree.iter("noscript"))
    for notice in (" ".join(text.split()), *notices):
        if _NEEDS_SCRIPT.search(notice) and "comment" not in notice.lower():
            return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"needs JavaScript: it says {notice[:100]!r}")
    for element in tree.iter("div", "main", "app-root"):
        mount = element.get("id") in _MOUNTS or element.tag == "app-root"
        if mount and not element.text_content().strip() and tree.find(".//script[@src]") is not None:
            name = element.get("id") or element.tag
            return Rejection(
                outcome=Outcome.NOT_ARTICLE, reason=f"needs JavaScript: its <{element.tag}> {name} is empty"
            )
    return None


def reject_text(page: Page, said: Metadata, title: str | None, text: str) -> Rejection | None:
    """What title and raw text give away: an error page, a listing, a wall.

    `text` is the extracted text before boilerplate is cut, `title` the page's own headline.
    """
    if title is not None and _MISSING_TITLE.fullmatch(title.strip(" .!")):
        return Rejection(outcome=Outcome.GONE, reason=f"soft 404: headline {title!r}")
    expected = page.entry.title if page.entry is not None else None
    foreign = expected is not None and compare_titles(expected, title or "") < 0.2
    refused = _reject_listing(said, title, text, expected, foreign=foreign)
    refused = refused or _reject_wall(page, said, title, text, foreign=foreign)
    if refused is not None:
        return refused
    elsewhere = title is not None and expected is not None and fold_text(expected) not in fold_text(text)
    if foreign and elsewhere and not said.declared and not said.published:
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"headline {title!r} where {expected!r} was announced")
    return None


def _reject_listing(
    said: Metadata, title: str | None, text: str, expected: str | None, *, foreign: bool
) -> Rejection | None:
    """A list of other pieces; `foreign`: the headline is not the one that was `expected`."""
    start = next((line for line in text.split("\n") if line.strip()), "")
    if fold_line(start) not in ("editor's choice", "popular", "latest news", "most popular"):
        return None
    if foreign or title is None:
        return Rejection(outcome=Outcome.GONE, reason=f"soft 404: a listing instead of {expected or 'an article'!r}")
    if not said.declared:
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"a listing: its text starts with {start!r}")
    return None


def _reject_wall(page: Page, said: Metadata, title: str | None, text: str, *, foreign: bool) -> Rejection | None:
    """What stands before the article: a consent notice, a login form, an offer to subscribe."""
    words = count_words(text)
    short = words < _STUB
    if short and not said.published and CONSENT.search(text):
        return Rejection(outcome=Outcome.CONSENT, reason="only a consent notice stands on the page")
    asks = foreign or _LOGIN_TITLE.match(title or "") is not None
    if short and asks and not said.declared and not said.published and _PASSWORD.search(page.body):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason="a login form stands in the article's place")
    if short and PAYWALL.search(text):
        return Rejection(outcome=Outcome.PAYWALL, reason="an offer to subscribe stands in the article's place")
    if not said.free and words < _TEASER:
        return Rejection(outcome=Outcome.PAYWALL, reason=f"marked as not free, {words} words are shown")
    return None
