"""Two texts compared: what is shown as same, added and removed, and that nothing of either text is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.words.word_diff import DiffKind, DiffParagraph, compare_texts, compare_words, count_changed_words


def told(paragraphs: tuple[DiffParagraph, ...]) -> list[str]:
    """A line for each paragraph: [-removed-] and {+added+} words as wdiff writes them."""
    marks = {DiffKind.SAME: "{}", DiffKind.ADDED: "{{+{}+}}", DiffKind.REMOVED: "[-{}-]"}
    return [f"{p.kind}: " + "".join(marks[s.kind].format(s.text) for s in p.spans) for p in paragraphs]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("One.\n\nTwo.", "One.\n\nTwo.", ["same: One.", "same: Two."]),
        ("", "New.", ["added: {+New.+}"]),
        ("Old.", "", ["removed: [-Old.-]"]),
        (
            "Brokers said rates fell.\n\nThe end.",
            "Brokers confirmed rates fell.\n\nThe end.",
            ["changed: Brokers [-said-]{+confirmed+} rates fell.", "same: The end."],
        ),
        (
            "The river rose.\n\nRain is expected tonight in the hills.",
            "A bridge was closed by police.\n\nRain is expected tomorrow in the hills.",
            [
                "removed: [-The river rose.-]",
                "added: {+A bridge was closed by police.+}",
                "changed: Rain is expected [-tonight-]{+tomorrow+} in the hills.",
            ],
        ),
        (
            "Alpha beta gamma delta.\n\nFirst of two.",
            "Alpha beta gamma delta epsilon.\n\nOmega was added here.\n\nFirst of two.",
            [
                "changed: Alpha beta gamma delta{+ epsilon+}.",
                "added: {+Omega was added here.+}",
                "same: First of two.",
            ],
        ),
        (
            "Rates fell sharply on Monday.\n\nAll was calm.",
            "Rates fell on Monday.\n\nAll was very calm.",
            ["changed: Rates fell [-sharply -]on Monday.", "changed: All was {+very +}calm."],
        ),
        ("習近平会談", "習近平会見", ["changed: 習近平会[-談-]{+見+}"]),
    ],
)
def test_what_is_shown(before: str, after: str, shown: list[str]) -> None:
    assert told(compare_texts(before, after)) == shown


def test_a_short_word_between_two_changes_does_not_part_them() -> None:
    spans = compare_words("the mayor of Riga spoke", "the head of Tartu spoke")
    assert [(str(span.kind), span.text) for span in spans] == [
        ("same", "the "),
        ("removed", "mayor of Riga"),
        ("added", "head of Tartu"),
        ("same", " spoke"),
    ]


def test_what_both_sides_of_a_change_end_with_is_the_same() -> None:
    assert [(str(span.kind), span.text) for span in compare_words("5 hurt", "7 hurt")] == [
        ("removed", "5"),
        ("added", "7"),
        ("same", " hurt"),
    ]


def test_words_are_counted_and_punctuation_is_not() -> None:
    found = compare_texts("Ten said, no more.", "Ten said: yes, and more.")
    assert (count_changed_words(found, DiffKind.ADDED), count_changed_words(found, DiffKind.REMOVED)) == (2, 1)


def test_a_paragraph_beyond_measure_is_replaced_as_a_whole() -> None:
    before, after = "a " * 5_000, "a " * 5_000 + "b"
    assert [(str(s.kind), s.text) for s in compare_words(before, after)] == [("removed", before), ("added", after)]
    assert [str(s.kind) for s in compare_words("", after)] == ["added"]


def test_texts_with_very_many_paragraphs_are_not_paired() -> None:
    before = "\n\n".join(f"Paragraph number {at} of the old text." for at in range(61))
    after = "\n\n".join(f"Paragraph number {at} of the new text." for at in range(61))
    found = compare_texts(before, after)
    assert [str(one.kind) for one in found] == ["removed"] * 61 + ["added"] * 61


WORDS = ("the", "of", "red", "fox", "ran,", "away.", "5", "12", "talks", "ended", "—", "now")
PARAGRAPH = st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join)
TEXT = st.lists(PARAGRAPH, max_size=6).map("\n\n".join)


@given(TEXT, TEXT)
def test_both_texts_can_be_read_out_of_the_difference(before: str, after: str) -> None:
    def read(kind: DiffKind) -> list[str]:
        lines = (
            "".join(s.text for s in p.spans if s.kind in (DiffKind.SAME, kind)) for p in compare_texts(before, after)
        )
        return [line for line in lines if line]

    assert read(DiffKind.REMOVED) == [line for line in before.split("\n\n") if line]
    assert read(DiffKind.ADDED) == [line for line in after.split("\n\n") if line]
