"""Says whether what was read of a page is the whole piece; it must not fetch the rest.

"No" names what is missing, "yes" what vouches for the whole; where nothing tells, it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from lxml.html import HtmlElement

from monitor.extraction.fields.metadata import Metadata
from monitor.extraction.fields.page_elements import read_element_line
from monitor.text.urls import has_same_site, join_url
from monitor.text.words.word_count import count_words

YES, NO, UNKNOWN = "yes", "no", "unknown"
# "1 of 3", "Seite 1 von 3", "1/3", in the languages of our outlets; alone on its line or beside a link.
_COUNTED = re.compile(
    r"(?:page|seite|pagina|página|sayfa|страница|сторінка|strona|sida|side)?\s*(?P<at>\d{1,2})\s*"
    r"(?:of|von|de|di|sur|из|з|od|van|av|af|/)\s*(?P<all>\d{1,2})(?!\d)",
    re.I,
)
_LABEL = 60  # characters of what says it
_NEXT = re.compile(
    r"next page|continue to (?:the )?next page|nächste seite|page suivante|página siguiente|próxima página"
    r"|pagina successiva|volgende pagina|sonraki sayfa|следующая страница|наступна сторінка|następna strona"
    r"|次のページ|下一页",
    re.I,
)
_PAGE_KEYS = frozenset({"page", "p", "pg", "seite", "pagina", "sayfa", "s", "part", "paged"})
_SUFFIX = re.compile(r"[/,_-]?(?:page|p|seite|pagina|sayfa|part)?[/,_=-]?(?P<number>\d{1,2})(?:\.\w{2,5})?/?")
_NUMBERED = re.compile(r"\d(?:\.\w{2,5})?/?$")  # how a link ends that may name a page of a piece: `_is_part` decides
_END = 8  # characters of that
_ROOTED = ("/", "http://", "https://")  # how a link begins whose path does not depend on the page's
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_SHORTER, _ALIKE = 0.6, 0.85  # of the stated words: what is less was cut, what is so near is whole
_FRAME = 5  # words of a page beside its frame's: a headline and a date


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceCompleteness:
    """Whether a text is its whole piece ("yes", "no", "unknown"), and why; `more` is the address of its next part."""

    complete: str = UNKNOWN
    reason: str | None = None
    more: str | None = None


def judge_completeness(
    tree: HtmlElement, said: Metadata, address: str, text: str, *, parts: int = 0, untold: str | None = None
) -> PieceCompleteness:
    """Whether `text`, of a piece whose last page that was read is `tree` at `address`, is all of it.

    `parts` is the number of pages read behind the first, `untold` says why no more were.
    """
    if (more := find_next_part(tree, address)) is not None:
        counted = _counted(tree)
        which = f"page {counted[0]} of {counted[1]}" if counted is not None else _uncounted(parts)
        reason = f"{which}; the next is {more}{f' ({untold})' if untold is not None else ''}"
        return PieceCompleteness(complete=NO, reason=reason, more=more)
    if parts and untold is None:
        return PieceCompleteness(complete=YES, reason=f"all {parts + 1} pages of it were read")
    words = count_words(text) if not said.free or said.words is not None or said.body is not None else 0
    if not said.free:
        return PieceCompleteness(complete=NO, reason=f"marked as not free, {words} words are shown")
    if said.words is not None and words < _SHORTER * said.words:
        return PieceCompleteness(complete=NO, reason=f"{words} words of {said.words} that JSON-LD states")
    if said.words is not None and words >= _ALIKE * said.words:
        return PieceCompleteness(complete=YES, reason=f"{words} words, JSON-LD states {said.words}")
    if said.body is not None and words >= _ALIKE * count_words(said.body):
        return PieceCompleteness(complete=YES, reason="as long as JSON-LD's articleBody")
    return PieceCompleteness()


def _uncounted(parts: int) -> str:
    return f"{parts + 1} pages of several were read" if parts else "one page of several"


def find_next_part(tree: HtmlElement, address: str) -> str | None:
    """The address of the next page of the same piece, None where the page names none.

    A `rel=next` alone is not enough: blogs link their next post so. It must be this address with another page number.
    """
    for href in _next_links(tree, address):
        named = join_url(address, href)
        if named and has_same_site(named, address) and _is_part(named, address):
            return named
    return None


def _next_links(tree: HtmlElement, address: str) -> Iterator[str]:
    """Links that say they lead to the next page, without most of those that can be none of the page at `address`."""
    anywhere, own = "?" in address, _find_common_name(address)
    for element in tree.iter("link", "a"):
        href = element.get("href", "")
        if own not in href and href.startswith(_ROOTED) and not _may_be_respelled(href):
            continue
        href = href.strip()
        if not href or href.startswith(("#", "javascript:")):
            continue
        if not anywhere and "?" not in href and not _NUMBERED.search(href.partition("#")[0][-_END:]):
            continue
        called = "next" in element.get("rel", "").lower().split()
        text = read_element_line(element) if element.tag == "a" and not called else ""
        if called or (len(text) <= _LABEL and _NEXT.search(text)):
            yield href


def _find_common_name(address: str) -> str:
    """The last name in the path of `address` that all pages of the piece have in theirs, "" where none is sure."""
    bare = _bare(_stem(urlsplit(address).path))
    name = bare.rpartition("/")[2]
    return name if len(bare) > 1 and _PLAIN.fullmatch(name) else ""


def _may_be_respelled(href: str) -> bool:
    """Whether something in a link may stand for a letter or a step that its address spells otherwise."""
    return "%" in href or "\\" in href or ".." in href or not href.isprintable()


def _stem(path: str) -> str:
    """A path without its ending: "/vote-2" of "/vote-2.html"."""
    return re.sub(r"\.\w{2,5}$", "", path.rstrip("/"))


def _bare(stem: str) -> str:
    """A stem without the number of a page: "/vote" of "/vote-2"."""
    return re.sub(r"[/,_-](?:page|p|seite|part)?[/,_-]?\d{1,2}$", "", stem)


def _is_part(named: str, address: str) -> bool:
    one, other = urlsplit(address), urlsplit(named)
    if one.path.rstrip("/") == other.path.rstrip("/"):
        before, after = parse_qs(one.query), parse_qs(other.query)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        return bool(changed) and changed <= _PAGE_KEYS
    stem = _stem(one.path)
    for start in {stem, _bare(stem)}:
        if len(start) > 1 and other.path.startswith(start) and _SUFFIX.fullmatch(other.path[len(start) :]):
            return True
    return False


def _counted(tree: HtmlElement) -> tuple[int, int] | None:
    for element in tree.iter("div", "span", "p", "li", "nav", "a", "strong"):
        text = read_element_line(element)
        if len(text) <= _LABEL and (found := _COUNTED.search(text)) is not None:
            at, every = int(found["at"]), int(found["all"])
            if 1 <= at <= every and every > 1:
                return at, every
    return None


def find_article_frame(tree: HtmlElement, address: str) -> str | None:
    """The address of a frame of the same site inside the page's article, None where there is none."""
    for frame in tree.iter("iframe"):
        source = frame.get("src", "").strip()
        named = join_url(address, source) if source else ""
        if named and has_same_site(named, address) and next(frame.iterancestors("article", "main"), None) is not None:
            return named
    return None
