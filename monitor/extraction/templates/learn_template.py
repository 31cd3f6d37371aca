"""Learns an outlet's templates from pages that the generic rungs have read; it must not see a page again.

Theory of operation (wrapper induction by agreement): of every page a `Sample` is kept – paths, sizes and hashes of its
blocks, and which of them stood in the article as the generic cascade read it. That reading is wrong somewhere on one
page in four, but not twice at the same path: what most pages agree on is the template. The container is the deepest
element that holds the article on most pages; a path below it is text where most of its blocks were; what stands word
for word on several pages is not this article's. Pages that no template explains may be of another type, and found one
of their own.

What it will miss: junk at the body's own paths that differs on every page; designs without a class or id near the text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from monitor.extraction.fields.headline import split_title
from monitor.extraction.templates.page_sample import COVERED, PageSample, SampledBlock
from monitor.model.template import Template

SUPPORT = 3  # pages that must agree before a template is believed
_REPEATS = 0.5  # of a path's blocks: from there on it holds what the outlet repeats, not what it reports
_LINKED = 0.4  # of the words under a path: a list of other stories, with or without their summaries
_WHOLLY = 0.8  # of a path's blocks: a rule with exceptions
_RARELY = 0.2
_ITEM = 6  # words a block must have on average to be more than a label
_PARAGRAPH = re.compile(r"(?:p|li|span|h[1-6])(?![a-z0-9])")
_HEADING = re.compile(r"h[2-6](?![a-z0-9])")
_TEXT = 0.5  # of a path's words that the generic rungs took for text
_BEFORE = 0.6  # of the pages: a standfirst is a habit
_SAME = 0.5  # of the article's blocks: two pages that share so many are one report printed twice
_NEARLY = 0.8  # of the pages of the container that most agree on: deeper is cleaner
_TEMPLATES = 4  # types of pages an outlet may have
_SITES = 3


def learn_templates(samples: Sequence[PageSample], *, support: int = SUPPORT) -> tuple[Template, ...]:
    """The templates on which these pages of one outlet agree, the most common first; none without `support` pages.

    Of two pages that print one report the later is left out; beyond that the order of `samples` does not matter.
    """
    pages = _different([found for found in samples if any(spot.kept for spot in found.spots)])
    repeated = _repeated(pages)
    site = _site(pages, support)
    found: list[Template] = []
    while len(pages) >= support and len(found) < _TEMPLATES:
        anchor = _anchor(pages, support)
        if anchor is None:
            break
        held = [page for page in pages if holds_article(page, anchor)]
        found.append(_template(held, anchor, repeated, site))
        pages = [page for page in pages if page not in held]
    return tuple(found)


def _different(pages: Sequence[PageSample]) -> list[PageSample]:
    """Without the later of two pages that print one report."""
    found: list[PageSample] = []
    texts: list[frozenset[int]] = []
    for page in pages:
        text = frozenset(spot.key for spot in page.spots if spot.kept)
        if all(len(text & other) < _SAME * min(len(text), len(other)) for other in texts):
            found.append(page)
            texts.append(text)
    return found


def _repeated(pages: Iterable[PageSample]) -> frozenset[int]:
    """The keys of blocks that stand on two pages or more."""
    count: Counter[int] = Counter()
    for page in pages:
        count.update({spot.key for spot in page.spots})
    return frozenset(key for key, times in count.items() if times > 1)


def _steps(path: str) -> list[str]:
    return path.partition("@")[0].split("/")


def _anchor_of(steps: Sequence[str]) -> tuple[str, ...]:
    """The last steps of a container's path, from the nearest that has a name."""
    for start in range(len(steps) - 1, -1, -1):
        if _named(steps[start]):
            return tuple(steps[start:])
    return tuple(steps)


def _named(step: str) -> bool:
    return "." in step or "#" in step or step in ("article", "main")


def _anchor(pages: Sequence[PageSample], support: int) -> tuple[str, ...] | None:
    """The container that holds the article on most pages; of equal ones the deepest."""
    votes: Counter[tuple[str, ...]] = Counter()
    depth: dict[tuple[str, ...], int] = {}
    for page in pages:
        for steps in _around(page):
            anchor = _anchor_of(steps)
            if not _named(anchor[0]):
                continue
            if anchor not in depth or len(steps) > depth[anchor]:
                depth[anchor] = len(steps)
            votes[anchor] += 1
    enough = max(support, _NEARLY * max(votes.values(), default=0))
    fit = [anchor for anchor in votes if votes[anchor] >= enough]
    return max(fit, key=lambda anchor: (depth[anchor], votes[anchor], anchor), default=None)


def _around(page: PageSample) -> list[list[str]]:
    """The paths of the elements around a page's article."""
    steps = page.container.split("/") if page.container else []
    return [steps[:depth] for depth in range(1, len(steps) + 1)]


def _relative(path: str, anchor: tuple[str, ...]) -> str | None:
    """A block's path below the container, None outside of it."""
    name = "/".join(anchor)
    wrapped = f"/{path}"
    at = wrapped.find(f"/{name}/")
    if at >= 0:
        return wrapped[at + len(name) + 2 :]
    bare, _, mark = wrapped.partition("@")
    return (f"@{mark}" if mark else "") if bare.endswith(f"/{name}") else None


def is_inside_container(spot: SampledBlock, anchor: tuple[str, ...]) -> bool:
    """Whether a block stands in the container that `anchor` names."""
    return _relative(spot.path, anchor) is not None


def holds_article(page: PageSample, anchor: tuple[str, ...]) -> bool:
    """Whether the container that `anchor` names holds the article of `page`."""
    inside = total = 0
    for spot in page.spots:
        if spot.kept:
            total += spot.words
            inside += spot.words if is_inside_container(spot, anchor) else 0
    return inside >= COVERED * total


@dataclass(slots=True)
class _Path:
    """What was seen at one path below a container."""

    times: int = 0
    pages: int = 0
    words: int = 0
    kept: int = 0  # words
    again: int = 0
    pictured: int = 0
    within: int = 0  # blocks between the article's first and last at home
    behind: int = 0  # blocks after its last


@dataclass(slots=True)
class _Seen:
    """What was seen below a container, by path; and of each box right in it, how often it began with a set label."""

    home: str
    paths: defaultdict[str, _Path] = field(default_factory=lambda: defaultdict(_Path))
    boxes: Counter[str] = field(default_factory=Counter)
    labelled: Counter[str] = field(default_factory=Counter)

    def add(self, page: PageSample, anchor: tuple[str, ...], repeated: frozenset[int]) -> None:
        inside = [(spot, rest) for spot in page.spots if (rest := _relative(spot.path, anchor)) is not None]
        at_home = [place for place, (spot, rest) in enumerate(inside) if spot.kept and _parent(rest) == self.home]
        first, last = (at_home[0], at_home[-1]) if at_home else (0, len(inside))
        opened: set[str] = set()
        for place, (spot, rest) in enumerate(inside):
            path = self.paths[rest]
            path.times += 1
            path.words += spot.words
            path.kept += spot.words if spot.kept else 0
            path.again += spot.key in repeated
            path.pictured += spot.pictured
            path.within += first < place < last
            path.behind += place > last
            if (box := _box(rest)) not in opened:
                opened.add(box)
                self.boxes[box] += 1
                self.labelled[box] += spot.key in repeated
        for rest in {rest for _, rest in inside}:
            self.paths[rest].pages += 1


def _box(rest: str) -> str:
    """The element right in the container that a path leads through."""
    return rest.partition("@")[0].partition("/")[0]


def _template(
    pages: Sequence[PageSample], anchor: tuple[str, ...], repeated: frozenset[int], site: tuple[str, ...]
) -> Template:
    seen = _Seen(home=_home(pages, anchor))
    before: Counter[tuple[str, ...]] = Counter()
    for page in pages:
        seen.add(page, anchor, repeated)
        before.update(_above(page, anchor))
    lists = _lists(seen.paths)
    text = {
        rest
        for rest, path in seen.paths.items()
        if not any(rest.startswith(f"{place}/") for place in lists) and _is_text(rest, path, seen)
    }
    sizes = [
        sum(spot.words for spot in page.spots if spot.kept and is_inside_container(spot, anchor)) for page in pages
    ]
    return Template(
        anchor=anchor,
        text=frozenset(text),
        other=frozenset(seen.paths.keys() - text),
        before=tuple(sorted(steps for steps, times in before.items() if times >= max(2, _BEFORE * len(pages)))),
        least=min(sizes),
        most=max(sizes),
        pages=len(pages),
        site=site,
        repeated=frozenset(
            spot.key
            for page in pages
            for spot in page.spots
            if spot.key in repeated and _relative(spot.path, anchor) in text
        ),
    )


def _is_text(rest: str, path: _Path, seen: _Seen) -> bool:
    """Whether what stands at a path below the container belongs to the articles."""
    if path.times > 1 and path.again >= _REPEATS * path.times:
        return False
    if rest.endswith("@a") or path.pictured >= _WHOLLY * path.times:
        return False
    box = _box(rest)
    # A section under a set label behind the article's end – comments, other stories – is none of it.
    labelled = seen.labelled[box] >= max(2, _WHOLLY * seen.boxes[box])
    if labelled and _parent(rest) != seen.home and path.behind >= _WHOLLY * path.times:
        return False
    return path.kept >= _TEXT * path.words or _runs_along(rest, path, seen)


def _runs_along(rest: str, path: _Path, seen: _Seen) -> bool:
    """Whether generic rungs pass over what is plainly text: words of its own amid the article, no link beside."""
    bare = rest.partition("@")[0]
    paragraph = _PARAGRAPH.match(bare.rpartition("/")[2]) is not None
    place = _parent(bare) if paragraph and _parent(bare) != seen.home else bare
    return (
        path.times >= SUPPORT
        and path.within >= _WHOLLY * path.times
        and path.again <= _RARELY * path.times
        and (path.words >= _ITEM * path.times or _HEADING.match(bare.rpartition("/")[2]) is not None)
        and not any(other.endswith("@a") and f"{other}/".startswith((f"{place}/", f"{place}@")) for other in seen.paths)
    )


def _home(pages: Sequence[PageSample], anchor: tuple[str, ...]) -> str:
    """The path below the container right under which most of the article stands."""
    words: Counter[str] = Counter()
    for page in pages:
        for spot in page.spots:
            if spot.kept and (rest := _relative(spot.path, anchor)) is not None:
                words[_parent(rest)] += spot.words
    return max(words, key=lambda place: (words[place], place))


def _above(page: PageSample, anchor: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The steps to blocks of the article that stand in front of its container, the headline left out."""
    found: set[tuple[str, ...]] = set()
    for spot in takewhile(lambda spot: not is_inside_container(spot, anchor), page.spots):
        steps = _steps(spot.path)
        if spot.kept and not steps[-1].startswith("h1"):
            found.add(_anchor_of(steps))
    return found


def _lists(seen: Mapping[str, _Path]) -> set[str]:
    """The paths under which much is link: other stories, with or without their summaries."""
    under: Counter[str] = Counter()
    linked: Counter[str] = Counter()
    for rest, path in seen.items():
        steps = rest.partition("@")[0].split("/")
        for depth in range(1, len(steps)):
            place = "/".join(steps[:depth])
            under[place] += path.words
            linked[place] += path.words if rest.endswith("@a") else 0
    return {place for place in under if linked[place] >= _LINKED * under[place]}


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _site(pages: Sequence[PageSample], support: int) -> tuple[str, ...]:
    """What stands before or behind the headline in the title of most pages: the outlet's name."""
    count: Counter[str] = Counter()
    for page in pages:
        parts = split_title(page.title)
        count.update({parts[0], *parts[1:]} if len(parts) > 1 else ())
    enough = max(support, 2, _TEXT * len(pages))
    return tuple(sorted(part for part, times in count.items() if times >= enough))[:_SITES]
