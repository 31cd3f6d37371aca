"""What is kept of a page to learn its outlet's template from: where its blocks stand, none of its words.

It must not learn from it.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.etree import _Element

from monitor.extraction.html_tree import count_characters
from monitor.text.content_hash import fold_text
from monitor.text.html_blocks import Block, build_element_path, split_blocks
from monitor.text.near_duplicates import hash_folded_line

_BLOCKS = 400  # of a page; of 186 real pages one has more
_PATH = 1000  # characters of a path; the longest on those pages has 764
COVERED = 0.9  # of an article's words must stand in a container
_PART = 0.8  # of a block's runs of words that must stand in the article for the block to belong to it
_RUN = 4
_CAPTIONED = 3  # elements from a caption to its picture
_SPARE = 40  # characters that may stand beside a caption: a credit, a label


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledBlock:
    """One block of a page: path from below `body`, key of its text, words.

    `kept` says whether the article has it, `pictured` whether it is all the text that stands with a picture.
    """

    path: str
    key: int
    words: int
    kept: bool
    pictured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSample:
    """What is kept of a page to learn from, without the text of its article.

    `container` is the path of the smallest element that holds the article, "" where none does.
    """

    url: str
    title: str
    container: str
    spots: tuple[SampledBlock, ...]


_HEADLINE = re.compile(r"(?:^|/)h1(?![a-z0-9])")


def take_page_sample(tree: _Element, url: str, article: str) -> PageSample:
    """The sample of a page of which the generic rungs read `article` (lines)."""
    whole = {fold_text(line) for line in article.split("\n")}
    known: set[int] = set()
    for line in whole:
        known.update(_runs(line.split()))
    body = next(tree.iter("body"), tree)
    pictures = _Pictures(tree)
    spots: list[SampledBlock] = []
    inside: Counter[_Element] = Counter()
    total = 0
    for block in islice((block for block in split_blocks(body) if len(block.path) <= _PATH), _BLOCKS):
        folded = fold_text(block.text)
        words = folded.split()
        # The headline is none of the article's text: counted in, it draws the container up to bylines and dates.
        path = block.path
        headline = "h1" in path and _HEADLINE.search(path) is not None
        kept = not headline and (folded in whole or _stands(words, known))
        if kept:
            total += len(words)
            for element in block.element.iterancestors():
                inside[element] += len(words)
        spots.append(
            SampledBlock(
                path=path,
                key=hash_folded_line(folded),
                words=len(words),
                kept=kept,
                pictured=pictures.captioned(block),
            )
        )
    title = next((element.text or "" for element in tree.iter("title")), "")
    enough = COVERED * total
    holding = [element for element, words in inside.items() if words >= enough and element not in (body, tree)]
    container = max(map(build_element_path, holding), key=lambda path: path.count("/"), default="")
    return PageSample(url=url, title=" ".join(title.split())[:300], container=container, spots=tuple(spots))


def _runs(words: list[str]) -> Iterator[int]:
    """Hashes of the runs: tuples would be thousands of objects for the garbage collector to go through."""
    return map(hash, zip(*(words[start:] for start in range(_RUN)), strict=False))


def _stands(words: list[str], known: set[int]) -> bool:
    """Whether so many of a block's runs of words stand in the article that it is part of it; stops when sure."""
    total = len(words) - _RUN + 1
    missing = 0
    for run in _runs(words):
        if run not in known:
            missing += 1
            if total - missing < _PART * total:
                return False
    return total > 0


class _Pictures:
    """Where the pictures of a page stand, and how much text stands beside them."""

    def __init__(self, tree: _Element) -> None:
        self._around: set[_Element] = set()
        for picture in tree.iter("img", "picture", "video"):
            element: _Element | None = picture
            while element is not None and element not in self._around:
                self._around.add(element)
                element = element.getparent()
        self._sizes: dict[_Element, int] = {}

    def captioned(self, block: Block) -> bool:
        """Whether a block's element, or one around it without other text, holds a picture: then it is a caption."""
        element: _Element | None = block.element
        for _ in range(_CAPTIONED):
            if element in self._around:
                return self._size(element) <= len(block.text) + _SPARE
            element = element.getparent() if element is not None else None
        return False

    def _size(self, element: _Element) -> int:
        """Characters of text in an element; many blocks ask of one."""
        size = self._sizes.get(element)
        if size is None:
            size = self._sizes[element] = count_characters(element)
        return size


def pack_sample(found: PageSample) -> bytes:
    """A sample as the store keeps it: some two kilobytes a page."""
    paths = list(dict.fromkeys(spot.path for spot in found.spots))
    place = {path: number for number, path in enumerate(paths)}
    rows = [[place[spot.path], spot.key, spot.words, spot.kept + 2 * spot.pictured] for spot in found.spots]
    fields = [found.url, found.title, found.container, paths, rows]
    return zlib.compress(json.dumps(fields, separators=(",", ":")).encode())


def unpack_sample(blob: bytes) -> PageSample:
    """The sample that `packed` made `blob` of."""
    url, title, container, paths, rows = json.loads(zlib.decompress(blob))
    spots = tuple(
        SampledBlock(path=paths[place], key=key, words=words, kept=bool(flags & 1), pictured=bool(flags & 2))
        for place, key, words, flags in rows
    )
    return PageSample(url=url, title=title, container=container, spots=spots)
