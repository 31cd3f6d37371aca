"""What is cut from a text, and what must never be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.boilerplate import CleanedText, begins_with_date, is_label, remove_boilerplate

FIRST = (
    "The harbour council of Osthaven met on Monday and put off its vote on the new ferry line, the third time in "
    "a year that the members could not agree on who should pay for the two boats, its chairman said."
)
SECOND = "A new date was not named. The line would join the town with the islands, where 400 people live."


@pytest.mark.parametrize(
    "line",
    [
        "All news", "Back to Main page", "Back to top button", "Editor’s choice", "Popular", "Related Articles",
        "Leave a Reply", "Your email address will not be published. Required fields are marked *", "Advertisement",
        "Required fields are marked *", "1 pages in this article", "email Print zoom+ zoom-", "Share", "12 Shares",
        "Share on Facebook", "Facebook | Twitter | Telegram", "{{newsPoint.title}} {{x}}", "By {{author}}",
        "© Anna Example/TASS", "© 2026 Harbour Herald", "(c) Harbour Herald", "Copyright Harbour Herald 2026",
        "Harbour Group All Rights Reserved © 2000 - Can not be published without permission ! Tel : 1",
        "Read more", "Continue reading",
    ],
)  # fmt: skip
def test_a_label_goes(line: str) -> None:
    assert is_label(line)
    assert remove_boilerplate(f"{SECOND}\n\n{line}") == CleanedText(text=SECOND, notes=(), removed=(line,))


@pytest.mark.parametrize(
    "line",
    [
        "And on, and on.", "OK", "X", "2026", "Popular support for the plan fell.", "Related articles were seized.",
        "Share prices fell.", "All news was bad.", "Copyright law was the third point on the agenda. " * 5, "{x}",
    ],
)  # fmt: skip
def test_a_sentence_or_a_bare_word_stays(line: str) -> None:
    assert remove_boilerplate(f"{FIRST}\n{line}") == CleanedText(text=f"{FIRST}\n{line.strip()}", notes=(), removed=())


def test_a_whole_agency_page() -> None:
    text = (
        f"All news\n\nVote put off — council\n\n\n{FIRST}\n\nRead also\n\nFerry boats sold\n\n{SECOND}\n\n© A. B./TASS"
    )
    assert remove_boilerplate(text) == CleanedText(
        text=f"Vote put off — council\n\n{FIRST}\n\n{SECOND}",
        notes=(),
        removed=("All news", "Read also", "Ferry boats sold", "© A. B./TASS"),
    )


def test_read_also_takes_a_headline_but_no_paragraph() -> None:
    assert remove_boilerplate(f"Read also:\n{SECOND}\nFerry boats sold") == CleanedText(
        text=f"{SECOND}\nFerry boats sold", notes=(), removed=("Read also:",)
    )
    assert remove_boilerplate(f"{FIRST}\nREAD MORE: Ferry boats sold\n{SECOND}").removed == (
        "READ MORE: Ferry boats sold",
    )
    long = "See also: " + FIRST + FIRST
    assert remove_boilerplate(long).text == long


def test_notes_are_kept_apart() -> None:
    text = (
        f"Date: 12.1.2021 14:00\n{FIRST}\nDate: unknown to the council\nsource: Harbour Herald with agencies.\n"
        "photo: the harbour (picture courtesy of the council)\nSource:\n"
        "Date: 3 of the members, all from the islands, came"
    )
    assert remove_boilerplate(text) == CleanedText(
        text=f"{FIRST}\nDate: unknown to the council\nSource:\nDate: 3 of the members, all from the islands, came",
        notes=(
            "Date: 12.1.2021 14:00",
            "source: Harbour Herald with agencies.",
            "photo: the harbour (picture courtesy of the council)",
        ),
        removed=(),
    )


def test_a_text_ends_at_other_stories() -> None:
    teasers = "Editor's choice\nNews\nA teaser about something else\n\nA teaser about something else"
    assert remove_boilerplate(f"{FIRST}\n\nsource: Herald\n\nRelated articles\n\n{teasers}\n\nPopular") == CleanedText(
        text=FIRST,
        notes=("source: Herald",),
        removed=(
            "Related articles",
            "Editor's choice",
            "News",
            "A teaser about something else",
            "A teaser about something else",
            "Popular",
        ),
    )


def test_above_the_story_such_a_heading_is_navigation() -> None:
    assert remove_boilerplate(f"Related Articles\n{FIRST}\nLeave a Reply\n{SECOND}") == CleanedText(
        text=FIRST, notes=(), removed=("Related Articles", "Leave a Reply", SECOND)
    )


SENTENCE = "The council met on Monday and put off its vote on the new ferry line, its chairman said."
SOURCES = "Port Authority, tonnage tables, accessed Dec. 20, 2023\nThe Gull, A quiet victory, June 4, 1985"


@pytest.mark.parametrize("heading", ["Our Sources", "References:", "Quellen", "PHOTO CREDITS"])
def test_a_text_ends_at_the_list_of_its_sources(heading: str) -> None:
    story = "\n".join([SENTENCE] * 3)
    found = remove_boilerplate(f"{story}\n{heading}\n{SOURCES}")
    assert (found.text, found.removed) == (story, (heading, *SOURCES.split("\n")))


@pytest.mark.parametrize(
    "text",
    [
        f"{SENTENCE}\nSources\n{SOURCES}",  # too little stands above
        f"{SENTENCE}\n{SENTENCE}\n{SENTENCE}\nSources\n{SENTENCE}\n{SOURCES}",  # the article goes on
        f"{SENTENCE}\n{SENTENCE}\n{SENTENCE}\nSources\nThe Gull",
    ],
)
def test_a_heading_of_that_name_amid_a_story_stays(text: str) -> None:
    assert remove_boilerplate(text).text == text


def test_an_outlet_names_its_own_ends() -> None:
    assert remove_boilerplate(f"{SECOND}\n\nOUR TOP PICKS:\n{FIRST}", cut=("Our top  picks",)) == CleanedText(
        text=SECOND, notes=(), removed=("OUR TOP PICKS:", FIRST)
    )


@given(st.text(alphabet=st.sampled_from("aA .:\n©{}'’"), max_size=60))
def test_nothing_is_lost_or_invented(text: str) -> None:
    cleaned = remove_boilerplate(text)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    found = [line for line in cleaned.text.split("\n") if line] + [*cleaned.notes, *cleaned.removed]
    assert sorted(found) == sorted(lines)
    assert remove_boilerplate(cleaned.text) == CleanedText(text=cleaned.text, notes=(), removed=())


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("30.11.2026 03:38", FIRST, SECOND), True),
        (("Donnerstag, 30. November 2026, 14:05 Uhr", FIRST), True),
        (("30 ноября 2026, 03:38", FIRST), True),
        (("2026年11月30日 03:38", FIRST), True),
        (("30.11.2026 03:38",), False),
        (("30.11.2026", FIRST, "29.11.2026", SECOND), False),  # a chronicle
        (("30 November 2026 was the day of the vote.", FIRST), False),
        (("2026", FIRST), False),
        ((FIRST, "30.11.2026 03:38"), False),
        ((), False),
    ],
)
def test_a_date_alone_above_the_text_is_no_part_of_it(lines: tuple[str, ...], expected: bool) -> None:
    assert begins_with_date(lines) is expected
