"""An outlet's page template, and the reading of a page by it; it must not learn one.

A template names the element that holds the article by its last steps (`layout`), says of each path below it whether
text stands there, and knows between what lengths the articles were from which it was learned. It is believed only
while the page looks like those; in doubt there is no text, and the rung below reads the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import takewhile

from lxml.etree import _Element

from monitor.core import layout
from monitor.core.fingerprint import fold

_SAMPLED = 32  # one page in so many is read by the rung below too, to compare
_PROSE = 12  # words from which a block counts as running text
_SHORTER, _LONGER = 0.3, 4.0  # of the shortest and longest article learned from
_STRANGE = 0.5  # of the words: where more running text stands at places nobody has seen, the page is another
_PARAGRAPHS = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "dt", "dd"})
_MATCHES = 4  # elements of one name that are looked at on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Where an outlet's pages hold the article.

    `anchor` are the steps that lead to the container, its own last. `text` and `other` are the paths below it that
    hold the article and that do not. `before` are the steps to blocks that belong to the text and stand above
    the container (a standfirst). `least` and `most` are the words of the shortest and the longest article learned from,
    `pages` how many those were. `site` is what titles end or begin with on every page, `repeated` the keys of lines
    that stood on several of them. `number` is the template's in the store; `trusted` says that it agreed with the rung
    below often enough to be used without asking it each time.
    """

    anchor: tuple[str, ...]
    text: frozenset[str]
    other: frozenset[str]
    before: tuple[tuple[str, ...], ...] = ()
    least: int
    most: int
    pages: int
    site: tuple[str, ...] = ()
    repeated: frozenset[int] = frozenset()
    number: int = 0
    trusted: bool = False

    @property
    def name(self) -> str:
        """The container as people read it."""
        return "/".join(self.anchor)

    def dump(self) -> str:
        """The template as JSON, its number and standing left out: equal for equal templates."""
        fields = {
            "anchor": self.anchor,
            "text": sorted(self.text),
            "other": sorted(self.other),
            "before": self.before,
            "least": self.least,
            "most": self.most,
            "pages": self.pages,
            "site": self.site,
            "repeated": sorted(self.repeated),
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def load(text: str, *, number: int = 0, trusted: bool = False) -> Template:
    """The template that `Template.dump` wrote."""
    fields = json.loads(text)
    return Template(
        anchor=tuple(fields["anchor"]),
        text=frozenset(fields["text"]),
        other=frozenset(fields["other"]),
        before=tuple(tuple(steps) for steps in fields["before"]),
        least=fields["least"],
        most=fields["most"],
        pages=fields["pages"],
        site=tuple(fields["site"]),
        repeated=frozenset(fields["repeated"]),
        number=number,
        trusted=trusted,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page read by a template: its paragraphs, and the blocks of the container that were left out.

    `strange` are those of the latter that stand at places nobody has seen.
    """

    paragraphs: tuple[str, ...]
    left_out: tuple[str, ...]
    strange: tuple[str, ...]
    words: int


def sampled(url: str) -> bool:
    """Whether a page is one of those on which the template is compared; the same answer for the same URL."""
    return blake2b(url.encode(), digest_size=2).digest()[1] % _SAMPLED == 0


def containers(tree: _Element, anchor: tuple[str, ...]) -> list[_Element]:
    """The elements that `anchor` names, outermost first where they are nested."""
    name = anchor[-1]
    found: list[_Element] = []
    for element in tree.iter(_tag(name)):
        if layout.step(element) == name and _below(element, anchor[:-1]):
            found.append(element)
            if len(found) == _MATCHES:
                break
    return found


def _below(element: _Element, steps: tuple[str, ...]) -> bool:
    for wanted in reversed(steps):
        element = element.getparent()
        if element is None or layout.step(element) != wanted:
            return False
    return True


def read(tree: _Element, template: Template) -> Found | str:
    """The article's paragraphs by `template`, or in words why the page does not look like its pages."""
    reason = f"no {template.name} on the page"
    best: Found | None = None
    place: _Element | None = None
    for container in containers(tree, template.anchor):
        found = _sorted(container, template)
        if isinstance(found, str):
            reason = found
        elif best is None or found.words > best.words:
            best, place = found, container
    if best is None or place is None:
        return reason
    if template.before:
        return replace(best, paragraphs=(*_above(tree, place, template), *best.paragraphs))
    return best


def agreement(found: Found, other: str) -> float:
    """How far a template's reading of a page and that of another rung (lines) are the same, 0 to 1.

    F1 over runs of three folded words. What the template leaves out at places it knows does not count against it: that
    the other rung takes comments and captions for text is why there are templates.
    """
    first, second, known = (
        {run for line in lines for run in _runs(line)}
        for lines in (found.paragraphs, other.split("\n"), set(found.left_out) - set(found.strange))
    )
    second -= known - first
    return 2 * len(first & second) / max(1, len(first) + len(second))


def _runs(line: str) -> Iterable[tuple[str, ...]]:
    words = fold(line).split()
    return zip(words, words[1:], words[2:], strict=False)


def _sorted(container: _Element, template: Template) -> Found | str:
    """The blocks of one container parted by what the template says of their paths."""
    homes = {_parent(path) for path in template.text}
    kept: list[str] = []
    left_out: list[str] = []
    strange: list[str] = []
    words = unseen = 0
    for block in layout.blocks(container):
        size = block.text.count(" ") + 1
        if block.path in template.text:
            kept.append(block.text)
            words += size
        elif block.path in template.other:
            left_out.append(block.text)
        elif _parent(block.path) in homes and _is_paragraph(block.path):
            kept.append(block.text)
            words += size
        else:
            left_out.append(block.text)
            strange.append(block.text)
            unseen += size if size >= _PROSE else 0
    if words < _SHORTER * template.least:
        return f"{words} words in {template.name}, where {template.least} and more were"
    if words > _LONGER * template.most:
        return f"{words} words in {template.name}, where at most {template.most} were"
    if unseen > _STRANGE * (words + unseen):
        return f"{unseen} of {words + unseen} words in {template.name} at places not seen before"
    return Found(paragraphs=tuple(kept), left_out=tuple(left_out), strange=tuple(strange), words=words)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _is_paragraph(path: str) -> bool:
    """Whether a block never seen is of a kind that stands among paragraphs: not a link, not a box of its own."""
    last = path.rpartition("/")[2]
    return _tag(last.partition("@")[0]) in _PARAGRAPHS and not last.endswith("@a")


def _above(tree: _Element, container: _Element, template: Template) -> list[str]:
    """The blocks at `before` paths that stand in front of the container."""
    inside = frozenset(container.iterancestors())
    found: list[str] = []
    for steps in template.before:
        for element in takewhile(lambda element: element is not container, tree.iter(_tag(steps[-1]), container.tag)):
            if element not in inside and layout.step(element) == steps[-1] and _below(element, steps[:-1]):
                found += [block.text for block in layout.blocks(element)]
                break
    return found


def _tag(step: str) -> str:
    return step.partition("#")[0].partition(".")[0]
