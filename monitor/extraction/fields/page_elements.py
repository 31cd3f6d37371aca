"""The elements of a page that speak of it, and their visible text; it must not read values."""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement

_TAGS = ("meta", "link", "title", "h1", "time", "dateformat", "script")
# Paths that begin at an attribute, of which most have few: a look at each element from Python takes twice as long.
_DATED = etree.XPath("//@class[contains(., 'date')]/parent::*[not(self::meta)] | //h1 | //time", regexp=False)
_PUBLISHING = etree.XPath("//@itemprop[. = 'datePublished']/parent::*[not(self::meta)]", regexp=False)
_DESCRIBED = etree.XPath(
    "//@property/parent::*[not(self::meta)][@content or self::h1 or self::time or contains(@class, 'date')]",
    regexp=False,
)
_NUMBERED = etree.XPath("//@data-history-node-id/parent::*[not(self::meta)]", regexp=False)
_TAGGED = etree.XPath("//@class[contains(., 'tags__item')]/parent::*", regexp=False)


def read_element_line(element: HtmlElement) -> str:
    """The visible text of an element on one line."""
    return " ".join(" ".join(element.itertext()).split())


class PageElements:
    """The elements of a page that speak of it, each kind in document order; of meta elements only `of` tells."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._tagged: list[tuple[str, HtmlElement]] = [(element.tag, element) for element in tree.iter(*_TAGS)]
        self.dated: list[HtmlElement] = _DATED(tree)  # the headline and the elements that may print a date

    def of(self, *tags: str) -> list[HtmlElement]:
        """The elements with one of the tags."""
        return [element for tag, element in self._tagged if tag in tags]

    def find_publishing(self) -> HtmlElement | None:
        """The first element that microdata call the date of publication."""
        return next(iter(_PUBLISHING(self._tree)), None)

    def find_described(self) -> list[HtmlElement]:
        """The elements with an RDFa property and its content, or where dates are printed."""
        found: list[HtmlElement] = _DESCRIBED(self._tree)
        return found

    def find_numbered(self) -> HtmlElement | None:
        """The first element with Drupal's number of the piece."""
        return next(iter(_NUMBERED(self._tree)), None)

    def find_tagged(self) -> list[HtmlElement]:
        """The elements that print a tag of the piece."""
        found: list[HtmlElement] = _TAGGED(self._tree)
        return found
