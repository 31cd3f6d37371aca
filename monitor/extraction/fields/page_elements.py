"""The elements of a page that speak of it, and their visible text; it must not read values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml.html import HtmlElement

_MARKED_TAGS = frozenset({"h1", "time"})
# Attributes by which an element speaks of its page: a test of the value and the element.
_MARKS: Mapping[str, Callable[[str, HtmlElement], bool]] = {
    "class": lambda value, _: "date" in value or "tags__item" in value,
    "itemprop": lambda value, _: value == "datePublished",
    "data-history-node-id": lambda *_: True,
    "property": lambda _, element: element.get("content") is not None,
}
_TAGS = frozenset({"meta", "link", "title", "h1", "time", "dateformat", "script"})


def read_element_line(element: HtmlElement) -> str:
    """The visible text of an element on one line."""
    return " ".join(" ".join(element.itertext()).split())


class PageElements:
    """The elements of a page that speak of it, found in one pass over its tree, in document order.

    An XPath that asks for the same takes twice as long.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self._tagged: list[tuple[str, HtmlElement]] = []
        self._marked: list[HtmlElement] = []
        for element in tree.iter("*"):
            tag = element.tag
            if tag in _TAGS:
                self._tagged.append((tag, element))
                if tag in _MARKED_TAGS:
                    self._marked.append(element)
                    continue
                if tag == "meta":
                    continue
            for name, value in element.items():  # one call, where each attribute that is asked for is a call
                if name in _MARKS and _MARKS[name](value, element):
                    self._marked.append(element)
                    break

    def of(self, *tags: str) -> list[HtmlElement]:
        """The elements with one of the tags."""
        return [element for tag, element in self._tagged if tag in tags]

    def dated(self) -> list[HtmlElement]:
        """The headline and the elements that may print a date."""
        return [found for found in self._marked if found.tag in ("h1", "time") or "date" in found.get("class", "")]

    def having(self, attribute: str) -> list[HtmlElement]:
        """The elements other than meta with the attribute, as far as it can matter here."""
        return [element for element in self._marked if element.get(attribute) is not None]
