"""The headline among what a page's carriers say."""

from __future__ import annotations

import pytest

from monitor.extraction.fields.headline import choose_headline, strip_site_name
from monitor.text.title_likeness import compare_titles, split_title_words

HOST = "www.harbourherald.example"
SITES = ("Harbour Herald", "The Herald Group")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Vote put off | Harbour Herald", "Vote put off"),
        ("Vote put off - Coast - Harbour Herald", "Vote put off - Coast"),
        ("HARBOUR HERALD: no", "HARBOUR HERALD: no"),
        ("Harbour Herald | Vote put off", "Vote put off"),
        ("Vote put off | Harbour Herald | The Herald Group", "Vote put off"),
        ("Vote put off – harbourherald.example", "Vote put off"),
        ("Vote put off – HarbourHerald", "Vote put off"),
        ("Vote put off — council", "Vote put off — council"),
        ("Vote put off|Harbour Herald", "Vote put off"),
        ("Harbour Herald: Vote put off", "Vote put off"),
        ("Vote put off: Harbour Herald", "Vote put off"),
        *(
            (f"Vote put off {mark} Harbour Herald", "Vote put off")
            for mark in ("\\", ">", "«", "‹", "―", "⋆", "~", "‧", "::")
        ),
        ("Vote put off｜Harbour Herald", "Vote put off"),
        ("Vote put off∣Harbour Herald", "Vote put off"),
        ("", ""),
    ],
)
def test_the_sites_name_goes(title: str, expected: str) -> None:
    assert strip_site_name(title, SITES, HOST) == expected


def test_words_and_likeness() -> None:
    assert split_title_words("“Vote” put-off — Lee’s") == ("vote", "put", "off", "lee", "s")
    assert compare_titles("Vote put off", "The vote was put off again") == 1.0
    assert compare_titles("Vote put off", "Ferry sold") == 0.0
    assert compare_titles("", "Ferry sold") == 0.0


@pytest.mark.parametrize(
    ("headings", "stated", "expected"),
    [
        (("Vote put off",), (("json-ld", "Vote put off"), ("title", "x")), ("Vote put off", "json-ld")),
        # An unknown name stays: it may be an attribution.
        (("Quiz",), (("meta", "Vote put off | Unknown"),), ("Vote put off | Unknown", "meta")),
        (("Vote put off",), (("meta", "Vote put off | Coast"),), ("Vote put off", "meta")),
        (("VOTE PUT OFF",), (("meta", "Vote put off"),), ("VOTE PUT OFF", "meta")),
        ((), (("feed", "Vote put off"), ("title", "Vote put off | Harbour Herald")), ("Vote put off", "feed")),
        ((), (("title", "Vote put off | Harbour Herald"),), ("Vote put off", "title")),
        (("Vote put off", "More"), (("title", "Something else"),), ("Vote put off", "h1")),
        (("", "x" * 500), (("meta", "…"), ("meta", "y" * 500)), None),
        ((), (), None),
    ],
)
def test_one_headline(
    headings: tuple[str, ...], stated: tuple[tuple[str, str], ...], expected: tuple[str, str] | None
) -> None:
    assert choose_headline(headings, stated, SITES, HOST) == expected


def test_the_headline_that_readers_see_goes_before_what_is_written_for_sharing() -> None:
    shown = "Ferry line Osthaven: council vote, date, cost"
    stated = (("json-ld", shown), ("meta", "Council puts off ferry vote"), ("title", f"{shown} | Harbour Herald"))
    assert choose_headline((shown,), stated, SITES, HOST) == (shown, "json-ld")
    assert choose_headline((), stated[:2], SITES, HOST) == (shown, "json-ld")
    assert choose_headline(("Osthaven vote",), stated[1:], SITES, HOST) == ("Council puts off ferry vote", "meta")
    other = (("json-ld", "The ferry vote, and what it costs"), ("meta", "Council calls it off"))
    assert choose_headline(("Menu", "Ferry vote put off again"), other, SITES, HOST) == (
        "Ferry vote put off again",
        "h1",
    )


def test_names_are_no_headlines() -> None:
    stated = (("json-ld", "Harbour Herald"), ("meta", "Vote put off"), ("title", "Vote put off | Harbour Herald"))
    assert choose_headline(("Harbour Herald",), stated, SITES, HOST) == ("Vote put off", "meta")
    section = choose_headline(("Coast",), (("title", "Vote put off for a week | Harbour Herald"),), SITES, HOST)
    assert section == ("Vote put off for a week", "title")
    labelled = choose_headline(
        ("Coast and sea",), (("title", "Coast and sea"),), SITES, HOST, labels=("Coast and sea",)
    )
    assert labelled == ("Coast and sea", "title")
    assert choose_headline((), (("title", "Harbour Herald"),), SITES, HOST) is None


def test_a_headline_may_stand_in_an_h2() -> None:
    stated = (("title", "Vote put off for a week | Harbour Herald"),)
    lower = ("More", "Vote put off for a week")
    assert choose_headline(("Coast",), stated, SITES, HOST, lower=lower) == ("Vote put off for a week", "h2")
    assert choose_headline(("Coast",), stated, SITES, HOST, lower=lower[:1]) == ("Vote put off for a week", "title")


def test_an_attribute_that_its_own_quotes_closed_is_not_believed() -> None:
    title = 'Council calls ferry "a dream"'
    assert choose_headline((title,), (("meta", "Council calls ferry"), ("title", title)), SITES, HOST) == (title, "h1")


def test_an_h1_that_metadata_repeats_while_the_title_element_says_something_else() -> None:
    stated = (
        ("json-ld", "Ferry: vote in the harbour"),
        ("meta", "Vote put off"),
        ("title", "Ferry: vote in the harbour"),
    )
    assert choose_headline(("More news", "Vote put off"), stated, SITES, HOST) == ("Vote put off", "meta")
    repeated = (*stated[:2], ("title", "Vote put off"))
    assert choose_headline(("Vote put off",), repeated, SITES, HOST) == ("Vote put off", "h1")


@pytest.mark.parametrize("damaged", ["Vote put off&bogus; &", "V\ufffdte put off", "Vote &put2; off"])
def test_a_damaged_headline_is_believed_where_nothing_else_is_stated(damaged: str) -> None:
    whole = ("title", "Vote put off | Harbour Herald")
    assert choose_headline((), (whole, ("feed", damaged)), SITES, HOST) == ("Vote put off", "title")
    assert choose_headline((), (("title", SITES[0]), ("feed", damaged)), SITES, HOST) == (damaged, "feed")
    assert choose_headline((), (whole, ("feed", "Vote put off & on")), SITES, HOST) == ("Vote put off & on", "feed")
