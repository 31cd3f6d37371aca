"""A user's selectors on a page."""

from __future__ import annotations

import pytest
from lxml import html

from monitor.extraction.css_rules import SelectedContent, apply_selectors, check_selector
from monitor.model.source import Selectors

PAGE = (
    "<html><body><h1>The <b>Gull</b></h1><h2 class='hed'> Vote <i>put</i> off </h2><div class='text'><p>One</p>"
    "<div class='ad'><p>Buy</p></div> tail<div class='text'><p>Two</p></div></div><div class='text'><p>Three</p></div>"
    "</body></html>"
)


def found(**rules: object) -> SelectedContent:
    return apply_selectors(html.document_fromstring(PAGE), Selectors(**rules))  # type: ignore[arg-type]


def test_container_title_and_what_is_removed() -> None:
    assert found(container="div.text", title=".hed", remove=("div.ad", "div.ad p")) == SelectedContent(
        text="One\ntail\nTwo\nThree", title="Vote put off", removed=("Buy",)
    )


def test_what_finds_nothing_says_nothing() -> None:
    assert found(container="article", title="h5") == SelectedContent()
    assert found() == SelectedContent()
    assert found(remove=("html",)) == SelectedContent()


@pytest.mark.parametrize("css", ["div[", "p::text", "", "//div"])
def test_what_is_no_selector_is_refused(css: str) -> None:
    with pytest.raises(ValueError, match="not a CSS selector: "):
        check_selector(css)


def test_a_selector_is_given_back() -> None:
    assert check_selector("article > .body:not(.ad), main") == "article > .body:not(.ad), main"
