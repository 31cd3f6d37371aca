"""What a user's CSS selectors say of an outlet's pages; it must not guess where they find nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from monitor.model.source import Selectors
from monitor.text.html_blocks import split_blocks

RUNG = "rules"  # in `Article.rungs`


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedContent:
    """What the selectors found: the text (lines) and the headline, None where they find none; and what they removed."""

    text: str | None = None
    title: str | None = None
    removed: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def _compiled(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def check_selector(css: str) -> str:
    """`css` as it is; raises ValueError where it is no CSS selector that finds elements."""
    try:
        _compiled(css)
    except SelectorError as error:
        raise ValueError(f"not a CSS selector: {error}") from None
    return css


def apply_selectors(tree: HtmlElement, rules: Selectors) -> SelectedContent:
    """Take what `rules.remove` names out of `tree`, and read what the others name.

    The text is that of every container, in the order of the page, one block a line; one within another counts once.
    """
    removed: list[str] = []
    for css in rules.remove:
        for element in _compiled(css)(tree):
            if element.getparent() is not None:
                removed += [block.text for block in split_blocks(element)]
                element.drop_tree()
    containers = _compiled(rules.container)(tree) if rules.container is not None else []
    outer = [one for one in containers if not any(above in containers for above in one.iterancestors())]
    text = "\n".join(block.text for one in outer for block in split_blocks(one))
    titles = _compiled(rules.title)(tree) if rules.title is not None else []
    title = " ".join(" ".join(titles[0].itertext()).split()) if titles else ""
    return SelectedContent(text=text or None, title=title or None, removed=tuple(removed))
