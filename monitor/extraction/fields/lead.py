"""Finds a piece's lead and says whether the text lacks it; it must not take for a lead what no reader sees there."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from lxml.html import HtmlElement

from monitor.extraction.fields.page_elements import read_element_line
from monitor.text.content_hash import fold_text
from monitor.text.title_likeness import compare_titles, split_title_words

_START = 60  # characters that identify a lead (SOURCES.md, TASS)
_LENGTHS = range(10, 1001)  # shorter is a label ("Opinion"), longer a body; TASS has "No casualties"
_TAGS = ("p", "div", "h2", "h3", "h4", "span", "strong", "b", "em", "section")
_ELSEWHERE = ("a", "nav", "aside", "footer", "head", "figure", "figcaption", "form")  # a teaser, a caption, a prompt

# What stands between headline and text is a lead if it is a sentence or two and shares its words with the
# description, or if the page's own markup calls it one.
_STANDFIRST_LENGTHS = range(40, 601)
_STANDFIRST_TAGS = ("p", "div", "h2", "h3", "h4")
_INNER = frozenset({"p", "div", "ul", "ol", "section", "article", "table", "header", *_STANDFIRST_TAGS})  # not a leaf
_ENDINGS = (".", "!", "?", "…", "。", '"', "”", "’", "»", "“")  # a caption ends with who took the picture
_TITLE = 0.8  # likeness from which a line is the headline once more
# Times the headline's words: a lead says the headline's words too, and as many others. Of 577 labelled pages four
# print a line with all of them, of 1, 2, 2.2 and 4.1 times as many; the last is headline and standfirst in one line.
_MORE = 2
_MARKS = "/|–—-:·•"
_NAMED = 2  # elements around it whose names are its own too
_BESIDE = re.compile(
    r"caption|credit|photo|image|media|figure|byline|author|share|promo|teaser|related|banner|consent|cookie|gating"
    r"|paywall|overlay|modal|popup|log-?in|sign-?up|subscri|newsletter",
    re.I,
)
_SHARED, _WORDS, _WORD = 0.4, 3, 4  # of the shorter one's words; at least; letters of one that counts
_CALLED = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|standfirst|stand-first|excerpt|summary|dek|deck|subtitle|sub-?head(?:line|ing)?|intro"
    r"|abstract|vorspann|chapo|entradilla|sommario|ingress)(?:$|[\s_-]|text)",
    re.I,
)


def find_lead(
    tree: HtmlElement, stated: tuple[tuple[str, str], ...], paragraphs: list[str]
) -> tuple[str, str, bool] | None:
    """The lead, the rung that gave it, and whether it must be joined to the text; None where nothing tells one.

    `stated` are (carrier, description), best first; `paragraphs` the text. A description counts as a lead only
    where readers see it: in the text, or in an element that the extractor left out (TASS prints it above the body).
    One that stands nowhere is written for search engines or for the whole site. What a page prints between headline
    and text is found by its form, though its description words it otherwise.
    """
    body = fold_text("\n".join(paragraphs))
    given: tuple[str, str, bool] | None = None
    tried: set[str] = set()
    for rung, text in stated:
        start = fold_text(text.rstrip(" .…"))[:_START]
        if len(text) not in _LENGTHS or start in tried:
            continue
        if start in body:
            given = _whole(text, start, body, paragraphs), rung, False
            break
        if (shown := _shown(tree, text.split(maxsplit=1)[0], start)) is not None:
            return shown, rung, True
        tried.add(start)
    for text, called in _above(tree, paragraphs[0], body):
        if any(_akin(text, description) for _, description in stated) or (called and given is None):
            return text, "page", True
    return given


def _akin(text: str, description: str) -> bool:
    """Whether two texts share so many words that one tells the other anew; short words join any two texts."""
    one, other = ({word for word in split_title_words(part) if len(word) >= _WORD} for part in (text, description))
    return len(one & other) >= max(_WORDS, _SHARED * min(len(one), len(other)))


def _above(tree: HtmlElement, first: str, body: str) -> list[tuple[str, bool]]:
    """What stands between the headline and the text and is not in it, and whether its markup calls it a lead."""
    start = _letters(first)[:_START]
    known: str | None = None
    found: list[tuple[str, bool]] = []
    titles: list[str] = []
    for element in tree.iter("h1", *_STANDFIRST_TAGS):
        if element.tag == "h1":
            titles.append(read_element_line(element))
            continue
        if not titles or (len(element) and any(child.tag in _INNER for child in element)):
            continue
        text = _nfc(read_element_line(element))
        letters = _letters(text)
        if not letters:
            continue
        if letters.startswith(start):
            return found
        if len(text) not in _STANDFIRST_LENGTHS or not text.endswith(_ENDINGS):
            continue
        known = _letters(body) if known is None else known
        if letters[:_START] in known:
            continue
        if any(_repeats(text, title) for title in titles):
            continue
        if next(element.iterancestors(*_ELSEWHERE), None) is not None or _linked(element):
            continue
        names = [_names(one) for one in (element, *islice(element.iterancestors(), _NAMED))]
        if not any(_BESIDE.search(name) for name in names):
            found.append((text, any(_CALLED.search(name) for name in names)))
    return []


def _repeats(text: str, title: str) -> bool:
    """Whether a line is the headline once more."""
    if compare_titles(text, title) < _TITLE:
        return False
    if text.startswith(title) and text[len(title) :].lstrip()[:1] in tuple(_MARKS):
        return True
    return len(set(split_title_words(text))) < _MORE * len(set(split_title_words(title)))


def _names(element: HtmlElement) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _letters(text: str) -> str:
    """The words of a text run together: inline markup puts spaces anywhere."""
    return "".join(split_title_words(text))


def _linked(element: HtmlElement) -> bool:
    return sum(len(read_element_line(link)) for link in element.iter("a")) * 2 > len(read_element_line(element))


def _whole(lead: str, start: str, body: str, paragraphs: list[str]) -> str:
    """`lead`, or the paragraph it begins where the description was cut ("… about th", "lived …")."""
    _, _, after = body.partition(fold_text(lead))
    if not lead.rstrip().endswith(("…", "...")) and not after[:1].isalnum():
        return lead
    return next((paragraph for paragraph in paragraphs if fold_text(paragraph).startswith(start)), lead)


def _shown(tree: HtmlElement, word: str, start: str) -> str | None:
    """The visible element whose text begins with `start` (folded; its first word is `word`), outside of teasers."""
    for element in tree.iter(*_TAGS):
        if (element.text or "").lstrip().startswith(word):
            text = read_element_line(element)
            elsewhere = next(element.iterancestors(*_ELSEWHERE), None) is not None
            if len(text) in _LENGTHS and fold_text(text).startswith(start) and not elsewhere:
                return _nfc(text)
    return None


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
