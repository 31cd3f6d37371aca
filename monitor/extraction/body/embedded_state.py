"""The article that a page carries as data for its script, where little of it is printed; it must not run the script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from monitor.extraction.fields.jsonld import drop_surrogates
from monitor.text.html_text import parse_html, split_paragraphs
from monitor.text.title_likeness import split_title_words
from monitor.text.words.word_count import count_words

VISIBLE = 300  # words on the page above which its data are not looked at
_BYTES = 4_000_000  # of one script's JSON
# Words of a text in the data: a page that prints an opening of a hundred words and more prints most of its article, and
# a list many times as long holds other stories too.
_TEASER, _LONGER, _LONGEST = 100, 3, 5_000
_DEPTH = 60
_VALUES = 200_000  # that are looked at in one script
_PROSE = 8  # words of a string that is a paragraph and no label
_LEADING = re.compile(r"^\s*(?:window\.|self\.|var\s+)?[\w.$\[\]\"']+\s*=\s*(?=[{\[])")
_PUSHED = re.compile(r"""self\.__next_f\.push\((\[.*\])\)\s*;?\s*$""", re.S)
_FLIGHT = re.compile(r"^[0-9a-f]+:(?:T[0-9a-f]+,)?(?P<json>[{\[].*)$", re.M)
_MARKUP = re.compile(r"<(?:p|br|div|h[2-6]|ul)\b", re.I)
_TEXT_KEYS = ("text", "value", "content", "children", "spans", "nodes", "body", "html")


def read_embedded_state(tree: HtmlElement, visible: str) -> str | None:
    """The paragraphs (lines) of the list or markup in the page's data that holds half of `visible`; None where none.

    `visible` is what was read of the page itself. The longest such text is taken only among those that hold it: the
    longest of all may be another story's.
    """
    words = count_words(visible)
    if words >= VISIBLE:
        return None
    shown = [split_title_words(line) for line in visible.split("\n") if count_words(line) >= _PROSE]
    if not shown:
        return None
    needed = sum(map(len, shown)) / 2
    most = _LONGER * words if words >= _TEASER else _LONGEST
    best: list[str] = []
    for value in _states(tree):
        for lines in _texts(value):
            known = {split_title_words(line) for line in lines}
            held = sum(len(line) for line in shown if line in known)
            size = sum(map(count_words, lines))
            if held >= needed and sum(map(count_words, best)) < size <= most:
                best = lines
    return "\n".join(best) or None


def _states(tree: HtmlElement) -> Iterator[Any]:
    """The JSON values of scripts that carry data."""
    pushed: list[str] = []
    for script in tree.iter("script"):
        text = script.text or ""
        kind = script.get("type", "").lower()
        if not text or len(text) > _BYTES or "ld+json" in kind:
            continue
        if "json" in kind:
            yield from _parsed(text)
        elif (chunk := _PUSHED.search(text)) is not None:
            pushed += [part for value in _parsed(chunk[1]) for part in value if isinstance(part, str)]
        elif (start := _LEADING.match(text)) is not None:
            yield from _parsed(text[start.end() :].strip().rstrip(";"))
    for row in _FLIGHT.finditer("".join(pushed)):
        yield from _parsed(row["json"])


def _parsed(text: str) -> Iterator[Any]:
    try:
        yield json.JSONDecoder(strict=False).raw_decode(text.strip())[0]
    except (ValueError, RecursionError):
        return


def _texts(value: Any) -> Iterator[list[str]]:
    """The lines of every list of paragraphs and every markup text below a value."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    seen = 0
    while waiting and seen < _VALUES:
        item, depth = waiting.pop()
        seen += 1
        if depth > _DEPTH:
            continue
        if isinstance(item, dict):
            waiting += [(inner, depth + 1) for inner in item.values()]
        elif isinstance(item, list):
            lines = [line for part in item if (line := _line(part)) is not None]
            if lines:
                yield lines
            waiting += [(inner, depth + 1) for inner in item]
        elif isinstance(item, str) and _MARKUP.search(item):
            yield [line for line in split_paragraphs(parse_html(drop_surrogates(item))) if line]


def _line(node: Any) -> str | None:
    """A paragraph of a rich text: the strings of its leaves, run together; None where it is a label or a link."""
    parts: list[str] = []
    _leaves(node, parts, 0)
    text = " ".join(drop_surrogates("".join(parts)).split())
    if _MARKUP.search(text):
        text = " ".join(split_paragraphs(parse_html(text)))
    return text if count_words(text) >= _PROSE and not text.startswith(("http://", "https://", "/")) else None


def _leaves(node: Any, parts: list[str], depth: int) -> None:
    if depth > _DEPTH:
        return
    if isinstance(node, str):
        parts.append(node)
    elif isinstance(node, list):
        for inner in node:
            _leaves(inner, parts, depth + 1)
    elif isinstance(node, dict):
        for key in _TEXT_KEYS:
            if key in node:
                _leaves(node[key], parts, depth + 1)
                return
