"""An outlet's page template, and the reading of a page by it; it must not learn one.

A template names the element that holds the article by its last steps (`layout`), says of each path below it whether
text stands there, and knows between what lengths the articles were from which it was learned. It is believed only
while the page looks like those; in doubt there is no text, and the rung below reads the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import takewhile

from lxml.etree import _Element

from monitor.model.template import Template
from monitor.text.content_hash import fold_text
from monitor.text.html_blocks import build_element_step, split_blocks

_SAMPLED = 32  # one page in so many is read by the rung below too, to compare
_PROSE = 12  # words from which a block counts as running text
_SHORTER, _LONGER = 0.3, 4.0  # of the shortest and longest article learned from
_STRANGE = 0.5  # of the words: where more running text stands at places nobody has seen, the page is another
_PARAGRAPHS = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "dt", "dd"})
_MATCHES = 4  # elements of one name that are looked at on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReading:
    """A page read by a template: its paragraphs, and the blocks of the container that were left out.

    `strange` are those of the latter that stand at places nobody has seen.
    """

    paragraphs: tuple[str, ...]
    left_out: tuple[str, ...]
    strange: tuple[str, ...]
    words: int


def is_sampled_page(url: str) -> bool:
    """Whether a page is one of those on which the template is compared; the same answer for the same URL."""
    return blake2b(url.encode(), digest_size=2).digest()[1] % _SAMPLED == 0


def find_containers(tree: _Element, anchor: tuple[str, ...]) -> list[_Element]:
    """The elements that `anchor` names, outermost first where they are nested."""
    name = anchor[-1]
    found: list[_Element] = []
    for element in tree.iter(_tag(name)):
        if build_element_step(element) == name and _below(element, anchor[:-1]):
            found.append(element)
            if len(found) == _MATCHES:
                break
    return found


def _below(element: _Element, steps: tuple[str, ...]) -> bool:
    for wanted in reversed(steps):
        element = element.getparent()
        if element is None or build_element_step(element) != wanted:
            return False
    return True


def read_by_template(tree: _Element, template: Template) -> TemplateReading | str:
    """The article's paragraphs by `template`, or in words why the page does not look like its pages."""
    reason = f"no {template.name} on the page"
    best: TemplateReading | None = None
    place: _Element | None = None
    for container in find_containers(tree, template.anchor):
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


def is_odd_reading(found: TemplateReading, template: Template) -> bool:
    """Whether a page is unlike those the template was learned from, though it fits.

    Its article is shorter or longer than all of theirs, or running text stands at a place nobody has seen.
    """
    prose = sum(block.count(" ") + 1 for block in found.strange) >= _PROSE  # a paragraph, or a list of short items
    return prose or not template.least <= found.words <= template.most


def lacks_unseen_text(found: TemplateReading, other: str) -> bool:
    """Whether another reading of the page (lines) has a block as text that stands at a place nobody has seen."""
    lines = {fold_text(line.lstrip("- ")) for line in other.split("\n")} if found.strange else frozenset()
    return any(fold_text(block) in lines for block in found.strange)


def measure_agreement(found: TemplateReading, other: str) -> float:
    """How far a template's reading of a page and that of another rung (lines) are the same, 0 to 1.

    F1 over runs of three folded words, two-sided: what a template leaves out counts against it like what it adds. One
    that forgave the former let templates through that dropped half an article.
    """
    first, second = ({run for line in lines for run in _runs(line)} for lines in (found.paragraphs, other.split("\n")))
    return 2 * len(first & second) / max(1, len(first) + len(second))


def _runs(line: str) -> Iterable[tuple[str, ...]]:
    words = fold_text(line).split()
    return zip(words, words[1:], words[2:], strict=False)


def _sorted(container: _Element, template: Template) -> TemplateReading | str:
    """The blocks of one container parted by what the template says of their paths."""
    homes = {_parent(path) for path in template.text}
    kept: list[str] = []
    left_out: list[str] = []
    strange: list[str] = []
    words = unseen = 0
    for block in split_blocks(container):
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
    return TemplateReading(paragraphs=tuple(kept), left_out=tuple(left_out), strange=tuple(strange), words=words)


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
            if element not in inside and build_element_step(element) == steps[-1] and _below(element, steps[:-1]):
                found += [block.text for block in split_blocks(element)]
                break
    return found


def _tag(step: str) -> str:
    return step.partition("#")[0].partition(".")[0]
