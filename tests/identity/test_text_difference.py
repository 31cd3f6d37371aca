from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.identity.text_difference import LETTERS, PASSAGES, diff_texts
from monitor.model.identity import Difference

WIRE = (
    "OSTERHAVEN, March 2. /WIRE/. The ferries to Linnea stopped on Monday after ice closed the strait. Eighty people "
    "wait in the harbour.\n\nCaptain Auk said that food would last a week. Nobody was hurt."
)


def test_a_text_does_not_differ_from_itself_under_another_dateline() -> None:
    assert diff_texts(WIRE, WIRE) == Difference(added=(), cut=())
    other = WIRE.replace("OSTERHAVEN, March 2. /WIRE/. ", "LINNEA, March 3 (AFP) - ")
    assert diff_texts(other, WIRE) == Difference(added=(), cut=())


def test_neighbouring_sentences_are_one_passage_within_a_paragraph() -> None:
    later = WIRE.replace("Nobody was hurt.", "The mayor sent bread. A choir sang for them.\n\nThe king is informed.")
    assert diff_texts(later, WIRE) == Difference(
        added=("The mayor sent bread. A choir sang for them.", "The king is informed."), cut=("Nobody was hurt.",)
    )
    assert diff_texts(WIRE, later) == Difference(
        added=("Nobody was hurt.",), cut=("The mayor sent bread. A choir sang for them.", "The king is informed.")
    )


def test_reworded_is_no_difference_and_another_figure_is() -> None:
    moved = WIRE.replace("stopped on Monday after ice closed", "had stopped on Monday, after the ice closed")
    assert diff_texts(moved, WIRE) == Difference(added=(), cut=())
    numbered = "The quake of 5.6 shook 1,200 houses in the town of Qoda before dawn."
    assert diff_texts(numbered.replace("1,200", "1200"), numbered) == Difference(added=(), cut=())
    assert diff_texts(numbered.replace("5.6", "6.1"), numbered) == Difference(
        added=(numbered.replace("5.6", "6.1"),), cut=(numbered,)
    )


def test_a_sentence_of_a_script_without_spaces_stands_with_a_word_changed() -> None:
    text = "两国外长星期二在湖边酒店会晤，就边界谈判的时间表达成一致。官员表示，工作组将在三周内开始工作。"
    assert diff_texts(text.replace("会晤", "见面"), text) == Difference(added=(), cut=())
    assert diff_texts(f"{text}首都的学校星期五关闭。", text) == Difference(added=("首都的学校星期五关闭。",), cut=())


def test_what_is_kept_is_bounded() -> None:
    many = "\n\n".join(f"Wholly new sentence number {number} here." for number in range(50))
    assert len(diff_texts(many, WIRE).added) == PASSAGES
    (long,) = diff_texts("x" * 100 + " word" * 170, "Nothing.").added
    assert len(long) == LETTERS
    assert long.endswith("…")


@given(st.text(), st.text())
def test_what_one_adds_the_other_cuts(one: str, other: str) -> None:
    there, back = diff_texts(one, other), diff_texts(other, one)
    assert (there.added, there.cut) == (back.cut, back.added)
    assert diff_texts(one, one) == Difference(added=(), cut=())
