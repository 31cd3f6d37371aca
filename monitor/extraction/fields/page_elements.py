"""The elements of a page that speak of it, and their visible text; it must not read values."""

from __future__ import annotations

from functools import partial

from lxml import etree
from lxml.html import HtmlElement

_TAGS = ("meta", "link", "title", "h1", "time", "dateformat", "script")
_expression = partial(etree.XPath, regexp=False)
_EVERYWHERE = "descendant-or-self::*"
# An expression that starts at an attribute takes a third of the time of one that asks every element, and less than a
# loop over them: most have none of these attributes.
_MARKED = _expression(
    f"{_EVERYWHERE}/@class[contains(., 'date') or contains(., 'tags__item')]/parent::*[not(self::meta)]"
    " | descendant::h1 | descendant::time"
)
_DESCRIBED = _expression(
    f"{_EVERYWHERE}/@property/parent::*[not(self::meta)][@content or self::h1 or self::time or contains(@class, 'date')"
    " or contains(@class, 'tags__item') or @itemprop = 'datePublished' or @data-history-node-id]"
)
_PUBLISHED = _expression(f"{_EVERYWHERE}/@itemprop[. = 'datePublished']/parent::*[not(self::meta)]")
_NUMBERED = _expression(f"{_EVERYWHERE}/@data-history-node-id/parent::*[not(self::meta)]")


def read_element_line(element: HtmlElement) -> str:
    """The visible text of an element on one line."""
    return " ".join(" ".join(element.itertext()).split())


class PageElements:
    """The elements of a page that speak of it, in document order; each kind is looked for when it is asked for."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._tagged = [(element.tag, element) for element in tree.iter(*_TAGS)]
        self._marked = list(_MARKED(tree))

    def of(self, *tags: str) -> list[HtmlElement]:
        """The elements with one of the tags."""
        return [element for tag, element in self._tagged if tag in tags]

    def dated(self) -> list[HtmlElement]:
        """The headline and the elements that may print a date."""
        return [found for found in self._marked if found.tag in ("h1", "time") or "date" in found.get("class", "")]

    def described(self) -> list[HtmlElement]:
        """The elements other than meta with a property (RDFa), which say its value or may print a date."""
        return list(_DESCRIBED(self._tree))

    def published(self) -> list[HtmlElement]:
        """The elements other than meta that microdata call the time of publication."""
        return list(_PUBLISHED(self._tree))

    def tagged(self) -> list[HtmlElement]:
        """The elements that print the tags of the piece."""
        return [found for found in self._marked if "tags__item" in found.get("class", "")]

    def numbered(self) -> list[HtmlElement]:
        """The elements that say the content system's own number of the piece."""
        return list(_NUMBERED(self._tree))
