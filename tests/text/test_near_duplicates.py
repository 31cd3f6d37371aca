"""Signatures, containment and reversed headlines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.identity import BANDS, Signature
from monitor.text.near_duplicates import (
    SKETCH,
    Likeness,
    compare_signatures,
    hash_lines,
    is_reversed_headline,
    sign_text,
)

REPORT = (
    "The two foreign ministers met on Tuesday in the lakeside hotel and agreed on a timetable for the border talks.\n\n"
    "Officials said 14 working groups would start within three weeks, and that observers from neutral countries were "
    "invited to follow them from the first day."
)
words = st.lists(st.text("abcdefgh", min_size=1, max_size=6), min_size=0, max_size=400)


def of(text: str) -> Signature:
    return sign_text(hash_lines(text))


def numbered(count: int, start: int = 0) -> str:
    """A text of `count` different words."""
    return " ".join(f"w{number}x" for number in range(start, start + count))


def test_a_line_owns_the_shingles_that_start_in_it_and_names_its_numbers():
    found = hash_lines("One two 3\nfour, Friday 1,200 dollars")
    assert [(len(line.shingles), line.numbers) for line in found] == [(3, ("2", "3")), (3, ("1200", "4", "friday"))]


def test_line_breaks_quotes_case_and_the_dateline_do_not_count():
    dressed = "BAKU, April 8. /TASS/. " + REPORT.replace("\n\n", " ").upper().replace("T", "\u00adT")
    assert of(dressed) == of(REPORT)


def test_the_first_long_line_counts_in_any_case_and_others_only_while_they_are_not_repeated():
    found = hash_lines("Home News Sport\n" + REPORT)
    assert [line.key is None for line in found] == [False, True, False]
    repeated = {line.key for line in found}
    assert sign_text(found, repeated) == sign_text(found[1:2])


def test_a_text_without_a_long_line_keeps_its_first():
    assert [line.key is None for line in hash_lines("Short line\nand another")] == [True, False]


def test_lines_in_the_middle_of_a_long_page_are_not_furniture():
    found = hash_lines("\n".join(f"line {number}" for number in range(200)))
    assert [number for number, line in enumerate(found) if line.key is None] == [0, *range(50, 150)]


def test_words_beyond_the_first_5000_are_not_weighed():
    text = numbered(5_000)
    assert hash_lines(text + " " + numbered(10, 9_000)) == hash_lines(text)
    assert hash_lines(text + "\n" + numbered(10, 9_000)) == hash_lines(text)


def test_a_text_of_two_words_or_none_has_no_sketch():
    assert of("") == of("few words") == Signature(sketch=(), numbers=frozenset())


def test_a_cut_is_contained_in_its_original_and_adds_nothing():
    text = numbered(200)
    cut = " ".join(text.split()[:60])
    assert compare_signatures(of(cut), of(text)) == Likeness(similarity=1.0, added=0.0, numbers=1.0)
    whole = sign_text([line._replace(key=1) for line in hash_lines(text)])  # whose opening is not known
    assert compare_signatures(whole, of(cut)) == Likeness(similarity=1.0, added=1 - 58 / 198, numbers=1.0)


def test_a_long_text_is_estimated_from_its_sample():
    half = compare_signatures(of(numbered(2_000)), of(numbered(2_000, 1_000)))
    assert half.similarity == pytest.approx(0.5, abs=0.1)
    short = compare_signatures(of(numbered(400)), of(numbered(4_000)))
    assert short == Likeness(similarity=1.0, added=0.0, numbers=1.0)


def test_texts_too_short_to_tell_are_not_alike():
    assert compare_signatures(of(numbered(9)), of(numbered(9))) == Likeness(similarity=0.0, added=1.0, numbers=1.0)
    assert compare_signatures(of(numbered(10)), of(numbered(10))) == Likeness(similarity=1.0, added=0.0, numbers=1.0)


def test_the_opening_is_looked_for_in_the_earlier_text():
    tail = numbered(100)
    lead = "The ferry over the lake was late because of the ice that the north wind had driven together"
    text = f"{lead}\n{tail}"
    assert compare_signatures(of(text), of(tail)).opening == 2 / 20  # 18 runs start in the lead
    assert compare_signatures(of(tail), of(text)).opening == 1.0


def test_numbers_are_compared_by_the_text_that_names_fewer():
    one = of(REPORT)
    assert one.numbers == {"tuesday", "2", "3", "14"}
    other = of(REPORT.replace("14", "15").replace("Tuesday", "Monday").replace("three", "3").replace("two", "many"))
    assert compare_signatures(other, one).numbers == 1 / 3


# One report in scripts whose words `\w` does not part, or parts at every vowel sign; and the word that is edited.
@pytest.mark.parametrize(
    ("text", "word", "other"),
    [
        (
            (
                "两国外长星期二在湖边酒店会晤，就边界谈判的时间表达成一致。官员表示，十四个工作组将在三周内开始工作，"
                "并邀请中立国家的观察员从第一天起参加。"
            ),
            "会晤",
            "举行会谈",
        ),
        (
            (
                "両国の外相は火曜日、湖畔のホテルで会談し、国境交渉の日程で合意した。当局者によると、三週間以内に作業部会が"
                "始まり、中立国の監視員も初日から招かれる。"
            ),
            "火曜日",
            "水曜日",
        ),
        (
            (
                "รัฐมนตรีต่างประเทศของทั้งสองประเทศพบกันที่โรงแรมริมทะเลสาบเมื่อวันอังคารและตกลงเรื่องกำหนดการเจรจาชายแดน"
                "เจ้าหน้าที่กล่าวว่าคณะทำงานจะเริ่มภายในสามสัปดาห์"
            ),
            "วันอังคาร",
            "วันพุธ",
        ),
        (
            (
                "दोनों देशों के विदेश मंत्री मंगलवार को झील किनारे के होटल में मिले और सीमा वार्ता की समय सारणी पर सहमत हुए। "
                "अधिकारियों ने कहा कि तीन सप्ताह में कार्य समूह शुरू होंगे और तटस्थ देशों के पर्यवेक्षक बुलाए गए हैं।"
            ),
            "मंगलवार",
            "बुधवार",
        ),
    ],
)
def test_a_word_edited_in_any_script_leaves_a_near_copy(text, word, other):
    likeness = compare_signatures(of(text.replace(word, other)), of(text))
    assert 0.75 < likeness.similarity < 1.0
    apart = compare_signatures(of(text[: len(text) // 2]), of(text[len(text) // 2 :]))
    assert apart.similarity < 0.2


def test_words_are_those_of_topics_accents_elisions_and_case_endings_do_not_count():
    dressed = "L’Azerbaïdjan a signé l’accord à Genève, a dit le président Erdoğan. Ankara’nın heyeti de geldi."
    bare = "Azerbaidjan a signe accord a Geneve, a dit le president Erdogan. Ankara heyeti de geldi."
    assert of(dressed) == of(bare)
    assert len(of(dressed).sketch) == 13


def test_the_lead_of_a_script_without_spaces_is_told_by_its_length():
    found = hash_lines("首页 新闻 国际\n官员表示，十四个工作组将在三周内开始工作，并邀请中立国家的观察员参加。")
    assert [line.key is None for line in found] == [False, True]


@pytest.mark.parametrize(
    ("title", "earlier", "opposite"),
    [
        ("Norland not going to refuse seed wheat — PM", "Norland wants to refuse seed wheat, premier says", True),
        ("Minister denies talks on the bridge", "Minister: talks on the bridge", True),
        ("They didn’t sign the accord", "They sign the accord", True),
        ("Norland refuses seed wheat", "Norland refuses seed wheat — PM", False),
        ("No deal in sight after a night of talks", "Night of talks leaves ministers apart", False),
        ("Not", "Yes", False),
        ("No deal on the bridge", "No deal on  the bridge", False),
    ],
)
def test_headlines_that_say_the_opposite_in_the_same_words(title, earlier, opposite):
    assert is_reversed_headline(title, earlier) is opposite
    assert is_reversed_headline(earlier, title) is opposite


@given(words)
def test_every_text_long_enough_is_like_itself(found):
    signature = of(" ".join(found))
    expected = 1.0 if len(signature.sketch) >= 8 else 0.0
    assert compare_signatures(signature, signature).similarity == expected


@given(words, words)
def test_similarity_is_symmetric_and_a_share(one, two):
    left, right = of(" ".join(one)), of(" ".join(two))
    there, back = compare_signatures(left, right), compare_signatures(right, left)
    assert (there.similarity, there.numbers) == (back.similarity, back.numbers)
    assert all(0 <= share <= 1 for share in (there.similarity, there.added, there.numbers))


@given(words)
def test_a_sketch_is_ascending_bounded_and_starts_with_its_bands(found):
    signature = of("\n".join(found))
    assert list(signature.sketch) == sorted(set(signature.sketch))
    assert len(signature.sketch) <= SKETCH
    assert signature.bands == signature.sketch[:BANDS]


def test_a_letter_that_folds_to_words_moves_no_shingle() -> None:
    line = "\u0635\u0644\u0649 \ufdfa one two three four five six seven"
    first, second = hash_lines(f"{line}\n{line}")
    (alone,) = hash_lines(line)
    assert first.shingles[:7] == second.shingles == alone.shingles
