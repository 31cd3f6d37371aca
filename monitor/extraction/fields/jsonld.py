"""Finds the schema.org article that a page declares in JSON-LD; it must not fail on what outlets write there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

from lxml.html import HtmlElement

_WRAPPING = re.compile(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?://\s*)?(?:-->|\]\]>|/\*\]\]>\*/)\s*$")
# A string; or what JSON has no word for: a comment, a comma before the end.
_LEXEMES = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/|//[^\n]*|,(?=\s*[}\]])', re.S)
_ESCAPES = re.compile(r"\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{4}|(?P<wrong>.))", re.S)
_ESCAPED = re.compile(r"\s*[\[{]\s*(?:\{\s*)?(?:&quot;|&#0*34;)")
_SLASHED = re.compile(r'\s*[\[{]\s*(?:\{\s*)?\\"')
_DECODER = json.JSONDecoder(strict=False)  # outlets leave raw line breaks in strings
_BLOCKS = 50  # values that are read of one script
_DEPTH = 4  # @graph in a list in a block is the deepest nesting seen on 186 pages of 94 sites

# Types that are articles though their name does not end so (schema.org, subtypes of Article and Posting).
LIVE_BLOG = "liveblogposting"
_ARTICLES = frozenset({"blogposting", LIVE_BLOG, "report", "socialmediaposting", "claimreview"})
# Pages that carry an article's date and title without naming it one (Yoast writes only WebPage for some posts).
_PAGES = frozenset({"webpage", "itempage"})


def _loads(text: str) -> Any:
    """The JSON of a script, a list where it holds several values; None where it is none, however mended.

    Mended are comments and commas before an end, escapes that JSON has not, quotation marks written as entities or
    with a backslash, and wrappings in comments.
    """
    stripped = text.strip().rstrip(";")
    if _ESCAPED.match(stripped):
        stripped = unescape(stripped)
    elif _SLASHED.match(stripped):
        stripped = stripped.replace('\\"', '"')
    if not stripped.startswith(("{", "[")):
        stripped = _WRAPPING.sub("", _WRAPPING.sub("", text)).strip().rstrip(";")
    for mend in (False, True):
        try:
            return _decoded(_LEXEMES.sub(_mended, stripped).strip() if mend else stripped)
        except (ValueError, RecursionError):
            continue
    return None


def _mended(found: re.Match[str]) -> str:
    lexeme = found[0]
    if not lexeme.startswith('"'):
        return ""
    return _ESCAPES.sub(lambda escape: escape["wrong"] if escape["wrong"] is not None else escape[0], lexeme)


def _decoded(text: str) -> Any:
    """The value of a text, or the list of those that follow each other in it."""
    found: list[Any] = []
    place = 0
    while place < len(text) and len(found) < _BLOCKS:
        value, end = _DECODER.raw_decode(text, place)
        found.append(value)
        place = end
        while place < len(text) and text[place] in " \t\r\n;,":
            place += 1
    return found[0] if len(found) == 1 else found or None


def list_node_types(node: Mapping[str, Any]) -> frozenset[str]:
    """The node's types without the schema.org prefix, in small letters: outlets write them in any case."""
    value = node.get("@type") or node.get("type") or node.get("@Type")
    names = value if isinstance(value, list) else [value]
    return frozenset(
        name.rsplit("/", 1)[-1].rsplit(":", 1)[-1].strip().casefold() for name in names if isinstance(name, str)
    )


def _walk(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth < 0:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _walk(value.get(name), depth - 1)


def collect_nodes(scripts: Iterable[HtmlElement]) -> tuple[Mapping[str, Any], ...]:
    """Every node that a page's scripts declare, in their order, `@graph` and main entities opened; broken blocks are
    skipped."""
    found: list[Mapping[str, Any]] = []
    for script in scripts:
        if "ld+json" in script.get("type", "").lower() and script.text:
            found.extend(_walk(_loads(script.text), _DEPTH))
    return tuple(found)


def is_article_node(node: Mapping[str, Any]) -> bool:
    """Whether the node's type is schema.org Article or one of its kinds."""
    return any(name.endswith("article") or name in _ARTICLES for name in list_node_types(node))


def find_article_node(declared: tuple[Mapping[str, Any], ...], address: str) -> Mapping[str, Any] | None:
    """The node that describes the page at `address`: its article, else a page node that has a date.

    Of several articles the one that names the address wins, then the first with a headline: related stories are
    declared behind the story itself.
    """
    articles = [
        node for node in declared if is_article_node(node) and (node.get("headline") or node.get("datePublished"))
    ]
    wanted = address.rstrip("/")
    for node in articles:
        main = node.get("mainEntityOfPage")
        main = main.get("@id") if isinstance(main, dict) else main
        if wanted in {str(name).rstrip("/") for name in (node.get("url"), node.get("@id"), main) if name}:
            return node
    pages = [node for node in declared if list_node_types(node) & _PAGES and node.get("datePublished")]
    return next(iter(articles + pages), None)


def resolve_references(value: Any, declared: tuple[Mapping[str, Any], ...]) -> Any:
    """A property's value, each node that only refers to another by `@id` replaced by that one.

    Yoast writes authors so: {"name": "", "@id": "#p1"}, and the person in a node of its own.
    """
    if isinstance(value, list):
        return [resolve_references(item, declared) for item in value]
    if not isinstance(value, dict) or value.get("name") or not isinstance(value.get("@id"), str):
        return value
    named = (node for node in declared if node.get("@id") == value["@id"] and node.get("name"))
    return next(named, value)


def read_property_text(value: Any) -> str | None:
    """A string property on one line, entities read; of a list the first; None where it is no text."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("url") or value.get("@value")
    if not isinstance(value, str):
        return None
    return " ".join(drop_surrogates(unescape(unescape(value))).split()) or None


def read_property_time(value: Any) -> str | None:
    """A time as a string; some outlets write seconds or milliseconds as a number."""
    if isinstance(value, dict):
        value = value.get("@value")
    return str(int(value)) if isinstance(value, (int, float)) and value == value else read_property_text(value)


def read_property_texts(value: Any) -> tuple[str, ...]:
    """Every string of a property: list items, names of nodes, or the parts of a comma-separated string."""
    if isinstance(value, str):
        return tuple(part for item in value.split(",") if (part := read_property_text(item)) is not None)
    items = value if isinstance(value, list) else [value]
    return tuple(part for item in items if (part := read_property_text(item)) is not None)


def read_live_updates(node: Mapping[str, Any]) -> str | None:
    """Headlines and bodies of a live blog's entries, a line each; None where it states none."""
    updates = node.get("liveBlogUpdate")
    found: list[str] = []
    for update in updates if isinstance(updates, list) else [updates]:
        if isinstance(update, dict) and (body := read_body_text(update.get("articleBody"))) is not None:
            found += [title for title in [read_property_text(update.get("headline"))] if title is not None]
            found.append(body)
    return "\n".join(found) or None


def read_body_text(value: Any) -> str | None:
    """An articleBody with its paragraphs, None where it is no text."""
    lines = drop_surrogates(unescape(value)).split("\n") if isinstance(value, str) else ()
    return "\n".join(text for item in lines if (text := " ".join(item.split()))) or None


def drop_surrogates(text: str) -> str:
    """`text` without halves of a character: JSON lets them in, and nothing can store them."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
