"""The elements of a page that speak of it, and their visible text; it must not read values."""

from __future__ import annotations

from lxml.html import HtmlElement

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
            if tag == "meta":
                continue
            get = element.get
            classes = get("class")
            if (
                (classes is not None and ("date" in classes or "tags__item" in classes))
                or tag == "h1"
                or tag == "time"
                or get("itemprop") == "datePublished"
                or get("data-history-node-id") is not None
                or (get("property") is not None and get("content") is not None)
            ):
                self._marked.append(element)

    def of(self, *tags: str) -> list[HtmlElement]:
        """The elements with one of the tags."""
        return [element for tag, element in self._tagged if tag in tags]

    def dated(self) -> list[HtmlElement]:
        """The headline and the elements that may print a date."""
        return [found for found in self._marked if found.tag in ("h1", "time") or "date" in found.get("class", "")]

    def having(self, attribute: str) -> list[HtmlElement]:
        """The elements other than meta with the attribute, as far as it can matter here."""
        return [element for element in self._marked if element.get(attribute) is not None]
