"""Where each block of a page's text stands in its markup; it must not judge which of them is the article.

A block is what a browser would print as one paragraph. Its path is the elements around it, from below `body`, each a
step: the tag, its id and its first two classes, with every run of digits as one 0 – `article#post-0/div.entry/p` –
because numbers name the page and what stands further back in a class list its section and tags. The last step ends in
`@a`, `@i` or `@b` where the whole block is link, slanted or bold: that is how outlets set their asides apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.etree import _Element

_BLOCKS = frozenset(
    {"address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary"}
    | {"table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
# What HTML itself says is no running text: what a browser does not print, controls, and what stands beside a text.
_SILENT = frozenset(
    {"applet", "area", "aside", "audio", "button", "canvas", "datalist", "dialog", "embed", "figcaption", "figure"}
    | {"footer", "head", "iframe", "img", "input", "link", "map", "menu", "meta", "nav", "noscript", "object"}
    | {"option", "picture", "script", "select", "source", "style", "svg", "template", "textarea", "title", "track"}
    | {"video"}
)
_DIGITS = re.compile(r"\d+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_WHOLE = 0.8  # of a block's letters: "Read also: <a>headline</a>" is a link, a sentence with two links is none
_DEEP = 60  # levels below which no more blocks are told apart; the deepest of 186 real pages has 22
_TOKENS = 2  # classes of a step; what stands behind them is mostly section, tags and state
_TOKEN = 40  # characters of one


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph as printed, its path below the element that was asked for, and the element it stands in."""

    path: str
    text: str
    element: _Element


_REMEMBERED = 400  # characters of id and class: few real elements have more


@lru_cache(maxsize=4096)
def _step(tag: str, name: str, classes: str) -> str:
    plain = name.strip()[:_TOKEN]
    named = f"#{plain}" if plain else ""
    for token in classes.split(None, _TOKENS)[:_TOKENS]:
        named += f".{token[:_TOKEN]}"
    return tag + _DIGITS.sub("0", named).replace("/", "").replace(" ", "") if named else tag


def build_element_step(element: _Element) -> str:
    """An element's step."""
    name, classes = element.get("id", ""), element.get("class", "")
    # Only short ones are remembered: an outlet may send names of any length.
    step = _step if len(name) + len(classes) <= _REMEMBERED else _step.__wrapped__
    return step(element.tag, name, classes)


def build_element_path(element: _Element) -> str:
    """An element's path from below `body`."""
    steps = [build_element_step(above) for above in element.iterancestors() if above.tag not in ("html", "body")]
    return "/".join((*reversed(steps), build_element_step(element)))


def is_silent(element: _Element) -> bool:
    """Whether nothing below an element can be running text: comments, controls, pictures, what is hidden."""
    tag = element.tag
    if tag in _SILENT or not isinstance(tag, str):
        return True
    get = element.get
    style = get("style")
    return (style is not None and _HIDDEN.search(style) is not None) or get("hidden") is not None


class _Run:
    """The text since the last border between blocks, and how many of its letters are link, slanted and bold.

    `found` are the blocks before it.
    """

    __slots__ = ("bold", "found", "linked", "parts", "slanted")

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.parts: list[str] = []
        self.linked = self.slanted = self.bold = 0

    def add(self, text: str, marks: str) -> None:
        if not self.parts and (not text or text.isspace()):  # what stands between most tags; no block begins with it
            return
        self.parts.append(text)
        if marks:
            size = len(text.strip())
            self.linked += size * ("a" in marks)
            self.slanted += size * ("i" in marks)
            self.bold += size * ("b" in marks)

    def close(self, place: _Place) -> None:
        """End the block, which stands in `place`; where no text came since the last border there is none."""
        if not self.parts:
            return
        text = " ".join("".join(self.parts).split())
        whole = _WHOLE * len(text)
        mark = "@a" if self.linked >= whole else "@i" if self.slanted >= whole else "@b" if self.bold >= whole else ""
        self.parts.clear()
        self.linked = self.slanted = self.bold = 0
        self.found.append(Block(place.path() + mark, text, place.element))


_MARKS = {"a": "a", "em": "i", "i": "i", "small": "i", "b": "b", "strong": "b"}


class _Place:
    """A block element on the way down; most hold no text of their own, so its path is put together when asked for."""

    __slots__ = ("_path", "above", "element")

    def __init__(self, element: _Element, above: _Place | None) -> None:
        self.element = element
        self.above = above
        self._path: str | None = None if above is not None else ""

    def path(self) -> str:
        if self._path is None:
            assert self.above is not None  # noqa: S101  the root's path is known
            above = self.above.path()
            self._path = f"{above}/{build_element_step(self.element)}" if above else build_element_step(self.element)
        return self._path


def split_blocks(root: _Element) -> list[Block]:
    """The blocks below `root` in the order of the document, their paths relative to it ("" is `root` itself)."""
    run = _Run()
    top = _Place(root, None)
    _walk(root, top, "", 0, run)
    run.close(top)
    return run.found


def _walk(element: _Element, place: _Place, marks: str, depth: int, run: _Run) -> None:
    """Add the blocks below `element`, which stands in the block `place`, to `run`.

    No function within another: one that calls itself keeps what it sees, a page's tree, until garbage is collected.
    """
    if text := element.text:
        run.add(text, marks)
    for child in element:
        tag = child.tag
        if tag == "br":
            run.close(place)
        elif tag in _SILENT or is_silent(child):
            pass
        elif depth >= _DEEP:
            run.add(" ".join(child.itertext()), marks)
        elif tag in _BLOCKS:
            if run.parts:
                run.close(place)
            if len(child):
                inner = _Place(child, place)
                _walk(child, inner, marks, depth + 1, run)
                if run.parts:
                    run.close(inner)
            elif text := child.text:
                run.add(text, marks)
                if run.parts:
                    run.close(_Place(child, place))
        elif len(child):
            _walk(child, place, marks + _MARKS.get(tag, ""), depth + 1, run)
        elif text := child.text:  # most elements amid text hold nothing but text
            run.add(text, marks + _MARKS.get(tag, ""))
        if (text := child.tail) and (run.parts or not text.isspace()):
            run.add(text, marks)
