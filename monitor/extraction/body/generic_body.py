"""The text of a page, by the first of several ways that holds; it must not clean it of what a page prints around.

Each way is a rung with a name. All work on one pruned copy of the shared tree (extraction/body/clutter.py).
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from monitor.extraction.body.choose_reading import AGREED, choose_reading, compare_readings, load_weights
from monitor.extraction.body.clutter import prune_clutter
from monitor.extraction.body.embedded_state import read_embedded_state
from monitor.extraction.body.readings import (
    read_default,
    read_fast,
    read_paragraphs,
    read_readability,
    read_resiliparse,
    write_markup,
)
from monitor.text.words.word_count import count_words

# Characters of a text under which Trafilatura's default mode is asked too, and believed where it finds twice as much.
_LITTLE = 200
# A reading so many times longer than the first is refused where the page has as many headlines (an endless page), and
# believed where it calls itself a live blog, of which Trafilatura takes the opening.
_ENDLESS = 3
_STATED = 0.25  # off JSON-LD's wordCount from which another reading may be nearer; its median is .99 of the truth
_NEAR = 0.15
# Trafilatura drops what is not printable. A joiner that Persian and Hindi spell with is kept as a mark that it lets
# pass (a combining one that no text has), and set back afterwards.
_JOINERS = {"\u200c": "\u034f\u0321", "\u200d": "\u034f\u0322"}
_JOINED = etree.XPath("descendant::text()[contains(., '\u200c') or contains(., '\u200d')]")
_PRINTED = etree.XPath("string()", regexp=False, smart_strings=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyReading:
    """A page's raw text (lines), the rung that gave it, and the beginnings of what was cut before it was read."""

    text: str
    rung: str
    left_out: tuple[str, ...] = ()


def read_generic_body(
    tree: HtmlElement,
    address: str,
    stated: str | None,
    *,
    headlines: int = 1,
    words: int | None = None,
    live: bool = False,
) -> BodyReading:
    """The text of the page under `tree`, fetched from `address`, the rung that gave it, and what went before.

    Trafilatura's fast mode and all paragraphs of the page; where the two do not agree, readability and resiliparse
    are asked too and one of the four is chosen. JSON-LD's articleBody (`stated`) where it has twice as much; the data
    of the page's script where hardly anything is printed; Trafilatura's default mode for what is short still.
    `headlines` is the number of h1 on the page, `words` JSON-LD's wordCount, `live` says that it calls itself a live
    blog. `tree` stays as it is.
    """
    body = copy(tree)
    cuts = prune_clutter(body, address)
    shielded = _shield_joiners(body)
    text, rung = _choose(body, headlines=headlines, words=words, live=live)
    if shielded:
        text = _unshield(text)
    if stated is not None and len(stated) > 2 * len(text):
        text, rung = stated, "json-ld"
    if (state := read_embedded_state(tree, text)) is not None and len(state) > len(text):
        text, rung = state, "state"
    if len(text) < _LITTLE and len(wider := read_default(body)) > 2 * len(text):
        text, rung = _unshield(wider), "trafilatura-default"
    return BodyReading(text=text, rung=rung, left_out=cuts)


def _choose(body: HtmlElement, *, headlines: int, words: int | None, live: bool) -> tuple[str, str]:
    """One of the readings of a pruned page, and its name."""
    first, witness = read_fast(body), read_paragraphs(body)
    if compare_readings(first, witness) >= AGREED:
        return first, "trafilatura"
    texts = {
        "trafilatura": first,
        "paragraphs": witness,
        "readability": read_readability(body),
        "resiliparse": read_resiliparse(write_markup(body)),
    }
    rung = choose_reading(texts, load_weights())
    if words is not None and _distance(texts[rung], words) > _STATED:
        nearest = min(texts, key=lambda name: _distance(texts[name], words))
        rung = nearest if _distance(texts[nearest], words) <= _NEAR else rung
    if live and len(witness) > _ENDLESS * len(texts[rung]):
        rung = "paragraphs"
    elif headlines >= _ENDLESS and not live and len(texts[rung]) > _ENDLESS * len(first) > 0:
        rung = "trafilatura"
    return texts[rung], rung


def _distance(text: str, words: int) -> float:
    return abs(count_words(text) - words) / words


def _shield_joiners(body: HtmlElement) -> bool:
    if not any(map(_PRINTED(body).__contains__, _JOINERS)):  # a tenth of what the search for its place takes
        return False
    for text in _JOINED(body):
        element = text.getparent()
        value = str(text)
        for joiner, mark in _JOINERS.items():
            value = value.replace(joiner, mark)
        if text.is_tail:
            element.tail = value
        else:
            element.text = value
    return True


def _unshield(text: str) -> str:
    for joiner, mark in _JOINERS.items():
        text = text.replace(mark, joiner)
    return text
