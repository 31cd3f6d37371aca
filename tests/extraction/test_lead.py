"""The lead: stated and seen, printed above the text, or none; with the description of a search engine beside."""

from __future__ import annotations

import pytest
from lxml import html

from monitor.extraction.fields.lead import find_lead

FIRST = "The harbour council met on Monday and put off its vote on the new ferry line, its chairman Ole Example said."
LEAD = "For the third time in a year the members of the council could not agree on who should pay for the boats."
TEXT = [FIRST, "A new date was not named."]


def lead(above: str, *descriptions: str, behind: str = "") -> tuple[str, str, bool] | None:
    body = "".join(f"<p>{text}</p>" for text in TEXT)
    page = f"<html><body><h1>Vote put off</h1>{above}<div>{body}</div>{behind}</body></html>"
    return find_lead(html.document_fromstring(page), tuple(("meta", text) for text in descriptions), TEXT)


def test_a_description_that_begins_the_text() -> None:
    assert lead("", FIRST) == (FIRST, "meta", False)
    assert lead("", FIRST[:70] + "…") == (FIRST, "meta", False)
    assert lead("", FIRST[:67]) == (FIRST, "meta", False)


def test_a_description_that_stands_above_the_text() -> None:
    assert lead(f"<div>{LEAD}</div>", LEAD[:80]) == (LEAD, "meta", True)


def test_a_description_that_stands_nowhere() -> None:
    assert lead("", "All the news of the harbour, every day anew", "News") is None
    assert lead(f"<aside><p>{LEAD}</p></aside>", LEAD) is None
    assert lead(f"<figure><figcaption>{LEAD}</figcaption></figure>", LEAD) is None


def test_one_description_is_tried_once() -> None:
    assert lead("", LEAD, LEAD, FIRST) == (FIRST, "meta", False)


def test_what_the_page_prints_where_the_description_words_it_otherwise() -> None:
    worded = "Members of the council could not agree on who should pay for two boats, for a third time."
    assert lead(f"<p>By Ann Example</p><p>{LEAD}</p>", worded) == (LEAD, "page", True)
    assert lead(f"<p>{LEAD}</p>", "All the news of the harbour") is None
    assert lead(f"<p>{LEAD}</p>") is None


def test_what_the_text_says_later_is_no_lead() -> None:
    page = html.document_fromstring(f"<h1>Vote put off</h1><p class='lead'>{LEAD}</p><p>{FIRST}</p><p>{LEAD}</p>")
    assert find_lead(page, (), [FIRST, LEAD]) is None


@pytest.mark.parametrize("name", ["standfirst", "article__lead", "Article-subtitle-x", "c-intro", "leadtext"])
def test_what_the_markup_calls_a_lead(name: str) -> None:
    assert lead(f"<div class='{name}'><p>{LEAD}</p></div>") == (LEAD, "page", True)
    assert lead(f"<p id='{name}'>{LEAD}</p>", FIRST) == (FIRST, "meta", False)  # the text has one already


@pytest.mark.parametrize(
    "above",
    [
        f"<div class='lead photo-caption'>{LEAD}</div>",
        f"<div class='modal'><p class='lead'>{LEAD}</p></div>",
        f"<figure><p class='lead'>{LEAD}</p></figure>",
        f"<p class='lead'><a href='/a'>{LEAD}</a></p>",
        f"<div class='lead'>{LEAD[:-1]} (Ann Example)</div>",
        "<p class='lead'>Vote put off. Vote put off! The vote was put off.</p>",
        "<p class='lead'>Too short.</p>",
        f"<p class='lead'>{FIRST[:80]}.</p>",
        f"<div class='lead'>{LEAD}<ul><li>one</li></ul></div>",
        "<p class='lead'> </p>",
    ],
)
def test_what_only_looks_like_one(above: str) -> None:
    assert lead(above) is None


def test_nothing_is_taken_from_a_page_on_which_the_text_cannot_be_found() -> None:
    tree = html.document_fromstring(f"<h1>Vote put off</h1><p class='lead'>{LEAD}</p>")
    assert find_lead(tree, (), TEXT) is None


def test_what_stands_above_the_headline_is_not_its_lead() -> None:
    tree = html.document_fromstring(f"<p class='lead'>{LEAD}</p><h1>Vote put off</h1><p>{FIRST}</p>")
    assert find_lead(tree, (), TEXT) is None


def test_the_headline_said_again_is_no_lead() -> None:
    again = "Vote on the new ferry line is put off for the third time in a year by the council of the harbour."
    page = f"<html><body><h1>{again[:-1]}</h1><p class='lead'>{again}</p><div><p>{FIRST}</p></div></body></html>"
    described = "All the news of the harbour, every day anew."
    assert find_lead(html.document_fromstring(page), (("meta", described),), TEXT) is None


def test_a_lead_that_has_all_words_of_the_headline_and_more_is_one() -> None:
    told = (
        "The council put off its vote on the ferry on Monday, for nobody could say who would pay for the second boat"
        " and where the passengers would wait."
    )
    page = f"<h1>Council put off vote on ferry</h1><p class='chapo'>{told}</p><div><p>{FIRST}</p></div>"
    assert find_lead(html.document_fromstring(page), (), TEXT) == (told, "page", True)
    joined = page.replace(told, f"Council put off vote on ferry / {told}")
    assert find_lead(html.document_fromstring(joined), (), TEXT) is None
