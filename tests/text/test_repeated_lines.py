"""What an outlet repeats: furniture goes, background stays and is marked, a lead is never touched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.text.near_duplicates import hash_lines
from monitor.text.repeated_lines import SiftedText, hash_repeated_line, locate_paragraphs, sift_paragraphs

TITLE = "Vote on the ferry put off again"
LEAD = "The harbour council of Northaven put off its vote on the new ferry on Monday, for the third time in a year."
OWN = "Chairwoman Ida Sample said the yard at Brackwater wanted an answer before the end of the month, no later."
LINKED = (
    "The old mail boat of Northaven, the Petrel, was sold to a yard in the spring after forty years in the service."
)
PROMPT = "Get the day's best stories in your inbox every morning, and tell your friends to do just the same as you did."
TEASER = "Our pick of the week"


def repeated(*lines: str) -> frozenset[int]:
    return frozenset(hash_repeated_line(line) for line in lines)


def test_furniture_goes_and_background_stays_marked() -> None:
    seen = repeated(TEASER, PROMPT, LINKED)
    assert sift_paragraphs((LEAD, TEASER, OWN, PROMPT, LINKED), TITLE, seen) == SiftedText(
        kept=(LEAD, OWN, LINKED), background=frozenset({2}), removed=(TEASER, PROMPT)
    )


def test_what_was_not_seen_before_stays_as_it_is() -> None:
    assert sift_paragraphs((LEAD, TEASER, OWN), TITLE, repeated(PROMPT)) == SiftedText(
        kept=(LEAD, TEASER, OWN), background=frozenset(), removed=()
    )


def test_the_lead_stays_even_where_it_stood_on_other_days() -> None:
    assert sift_paragraphs((TEASER, LEAD, OWN), TITLE, repeated(TEASER, LEAD)) == SiftedText(
        kept=(LEAD, OWN), background=frozenset(), removed=(TEASER,)
    )


def test_the_lead_of_a_script_without_spaces_stays_too() -> None:
    lead = "两国外长星期二在湖边酒店会晤，就边界谈判的时间表达成一致，并邀请中立国家的观察员参加。"
    label, own = "本报记者", "官员表示，十四个工作组将在三周内开始工作，并在首都设立办事处，直到谈判结束为止。"
    assert sift_paragraphs((label, lead, own), "外长会晤", repeated(label, lead)) == SiftedText(
        kept=(lead, own), background=frozenset(), removed=(label,)
    )


def test_an_article_of_repeated_lines_is_no_furniture() -> None:
    table = tuple(f"Crossing {number} sails on time as it did on every other day" for number in range(9))
    assert sift_paragraphs((LEAD, *table), TITLE, repeated(*table)) == SiftedText(
        kept=(LEAD, *table), background=frozenset(range(1, 10)), removed=()
    )


def test_background_without_names_is_tied_by_its_words() -> None:
    lead = "паром задержан совет гавани перенёс голосование о пароме третий раз за год сообщил председатель совета."
    tied = "прежний паром совет гавани продал весной и голосование о новом пароме с тех пор третий раз перенёс сам."
    loose = "читайте лучшие материалы каждое утро в нашей рассылке и делитесь ими с друзьями и коллегами всегда."
    assert sift_paragraphs((lead, tied, loose), "паром", repeated(tied, loose)) == SiftedText(
        kept=(lead, tied), background=frozenset({1}), removed=(loose,)
    )


def test_a_name_at_the_start_of_a_sentence_ties_nothing() -> None:
    prompt = (
        "Chairwoman or cleaner, whoever you are, get the day's best pictures in your inbox before everybody else does."
    )
    assert sift_paragraphs((LEAD, OWN, prompt), TITLE, repeated(prompt)).removed == (prompt,)


def test_a_key_is_that_of_the_line_in_a_text() -> None:
    lines = hash_lines("\n\n".join((LEAD, TEASER, f"“{OWN}”", "")))
    assert [line.key for line in lines] == [None, hash_repeated_line(TEASER), hash_repeated_line(f"“{OWN}”")]


def test_a_line_of_thousands_of_words_has_the_same_key_wherever_it_stands() -> None:
    endless = " ".join(f"w{number}" for number in range(2_400)) + " …"
    assert hash_lines(f"{LEAD}\n{endless}")[1].key == hash_repeated_line(endless) == hash_repeated_line(f"{endless}!")


def test_spans_point_at_the_marked_paragraphs() -> None:
    paragraphs = (LEAD, OWN, LINKED)
    text = "\n\n".join(paragraphs)
    assert [text[start:end] for start, end in locate_paragraphs(paragraphs, {0, 2})] == [LEAD, LINKED]


LINES = st.lists(st.sampled_from((LEAD, OWN, LINKED, PROMPT, TEASER, "Photo: Auk", "1,234", "—")), max_size=12)


@given(lines=LINES, seen=st.sets(st.sampled_from((LEAD, OWN, LINKED, PROMPT, TEASER, "Photo: Auk"))))
def test_nothing_is_lost_or_made_up(lines: list[str], seen: set[str]) -> None:
    found = sift_paragraphs(lines, TITLE, repeated(*seen))
    assert sorted((*found.kept, *found.removed)) == sorted(lines)
    assert {found.kept[number] for number in found.background} <= seen
    assert sum(len(text.split()) for text in found.removed) <= sum(len(text.split()) for text in found.kept)
    assert sift_paragraphs(found.kept, TITLE, ()) == SiftedText(kept=found.kept, background=frozenset(), removed=())


def test_what_an_outlet_says_of_its_own_piece_stays_though_it_has_set_phrases() -> None:
    notes = ("This report has been retracted after a review.", "Correction: an earlier version named the wrong yard.")
    assert sift_paragraphs((LEAD, OWN, *notes), TITLE, repeated(*notes)) == SiftedText(
        kept=(LEAD, OWN, *notes), background=frozenset(), removed=()
    )
