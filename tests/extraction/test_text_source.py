"""The outlet's template or the rung below, and what a page teaches either way."""

from __future__ import annotations

from dataclasses import replace

from lxml import html

from monitor.extraction.body.generic_body import BodyReading
from monitor.extraction.body.text_source import PageBody, read_body
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.extraction.templates.page_sample import pack_sample, take_page_sample
from monitor.extraction.templates.template import is_sampled_page
from monitor.model.template import Lesson, Template, format_template_rung, parse_template_rung

WORDS = "the council met again and put the vote on the ferry off until spring came round for good"
TREE = html.document_fromstring(
    f"<html><body><div class='body'><p>{WORDS}</p><p class='k'>Kicker</p></div><p>{WORDS[::-1]}</p></body></html>"
)
TEMPLATE = Template(
    anchor=("div.body",), text=frozenset({"p"}), other=frozenset({"p.k"}), least=10, most=20, pages=8, number=4
)
TRUSTED = replace(TEMPLATE, trusted=True)
URLS = [f"https://gull.example/{number}" for number in range(99)]
PLAIN = next(url for url in URLS if not is_sampled_page(url))
SAMPLED = next(url for url in URLS if is_sampled_page(url))


class Below:
    """The rung below: gives `text` and counts how often it was asked."""

    def __init__(self, text: str = WORDS) -> None:
        self.text = text
        self.asked = 0

    def __call__(self) -> BodyReading:
        self.asked += 1
        return BodyReading(text=self.text, rung="generic", left_out=("A comment",))


def sample(text: str, url: str = PLAIN) -> bytes:
    return pack_sample(take_page_sample(TREE, url, text))


def test_a_trusted_template_reads_alone() -> None:
    below = Below()
    assert read_body(TREE, PLAIN, Knowledge(templates=(TRUSTED,)), None, below) == PageBody(
        text=WORDS, rung="template 4", left_out=("Kicker",), used=TRUSTED, lesson=Lesson(template=4)
    )
    assert below.asked == 0


def test_on_a_sampled_page_and_on_trial_it_is_compared() -> None:
    for known, url in ((TRUSTED, SAMPLED), (TEMPLATE, PLAIN)):
        found = read_body(TREE, url, Knowledge(templates=(known,)), None, Below())
        assert found.lesson == Lesson(template=4, compared=True, sample=sample(WORDS, url))
        assert found.rung == "template 4"


def test_where_they_differ_the_rung_below_is_believed() -> None:
    found = read_body(TREE, PLAIN, Knowledge(templates=(TEMPLATE,)), None, Below("Quite another text than that"))
    lesson = Lesson(
        template=4,
        compared=True,
        doubt="div.body and generic agree by 0.00 only",
        sample=sample("Quite another text than that"),
    )
    assert found == PageBody(
        text="Quite another text than that", rung="generic", left_out=("A comment",), lesson=lesson
    )


def test_a_trusted_template_is_compared_on_a_page_unlike_its_own() -> None:
    for odd in (replace(TRUSTED, least=20, most=30), replace(TRUSTED, least=5, most=10)):
        found = read_body(TREE, PLAIN, Knowledge(templates=(odd,)), None, Below())
        assert found.lesson == Lesson(template=4, compared=True, sample=sample(WORDS))
    box = f"<html><body><div class='body'><p>{WORDS}</p><div class='new'>{WORDS[::-1]}</div></div></body></html>"
    asked = Below()
    read_body(html.document_fromstring(box), PLAIN, Knowledge(templates=(TRUSTED,)), None, asked)
    assert asked.asked == 1


def test_text_at_a_place_nobody_has_seen_is_believed_though_all_else_agrees() -> None:
    """A list of two firms amid a long report: too little to be told apart by its share of the words."""
    report = "\n".join(" ".join(f"{word}{number}" for word in WORDS.split()) for number in range(12))
    lines = "".join(f"<p>{line}</p>" for line in report.split("\n"))
    items = "<li>Gull Ltd</li><li>Tern Ltd</li>"
    box = f"<div class='body'>{lines}<div><ul>{items}</ul></div></div>"
    tree = html.document_fromstring(f"<html><body>{box}</body></html>")
    known = Knowledge(templates=(replace(TEMPLATE, most=900),))
    for firms, rung in (("- Gull Ltd\n- Tern Ltd", "generic"), ("", "template 4")):
        found = read_body(tree, PLAIN, known, None, Below(f"{report}\n{firms}"))
        assert (found.rung, found.lesson is not None and found.lesson.doubt) == (rung, None)


def test_many_short_blocks_at_places_nobody_has_seen_are_odd_too() -> None:
    items = "".join(f"<li>Gull Company {number}</li>" for number in range(5))
    page = f"<html><body><div class='body'><p>{WORDS}</p><div><ul>{items}</ul></div></div></body></html>"
    below = Below()
    read_body(html.document_fromstring(page), PLAIN, Knowledge(templates=(TRUSTED,)), None, below)
    assert below.asked == 1


def test_a_template_must_agree_nearly_wholly() -> None:
    known = Knowledge(templates=(TEMPLATE,))
    assert read_body(TREE, PLAIN, known, None, Below(f"{WORDS}\nfor now")).rung == "template 4"
    assert read_body(TREE, PLAIN, known, None, Below(f"{WORDS}\nand a good many other words")).rung == "generic"


def test_the_first_template_that_fits_is_used_and_a_doubt_is_told_where_none_does() -> None:
    other = replace(TRUSTED, anchor=("div.none",), number=9)
    assert read_body(TREE, PLAIN, Knowledge(templates=(other, TRUSTED)), None, Below()).lesson == Lesson(template=4)
    found = read_body(TREE, PLAIN, Knowledge(templates=(other,), wanting=False), None, Below())
    assert found.lesson == Lesson(doubt="no div.none on the page", sample=sample(WORDS))


def test_a_template_that_finds_less_than_half_of_json_ld_has_lost_the_article() -> None:
    found = read_body(TREE, PLAIN, Knowledge(templates=(TRUSTED,)), WORDS * 3, Below())
    assert found.rung == "generic"
    assert found.lesson == Lesson(doubt="88 characters in div.body, 264 in JSON-LD", sample=sample(WORDS))


def test_a_page_read_before_teaches_nothing_and_asks_nobody() -> None:
    below = Below()
    again = Knowledge(templates=(TEMPLATE,), fresh=False)
    assert read_body(TREE, SAMPLED, again, None, below).lesson is None
    assert below.asked == 0
    assert read_body(TREE, SAMPLED, Knowledge(fresh=False), None, below) == PageBody(
        text=WORDS, rung="generic", left_out=("A comment",)
    )


def test_without_a_template_pages_are_taken_to_learn_from_while_one_is_wanted() -> None:
    assert read_body(TREE, PLAIN, Knowledge(), None, Below()).lesson == Lesson(sample=sample(WORDS))
    assert read_body(TREE, PLAIN, Knowledge(wanting=False), None, Below()).lesson is None
    found = read_body(TREE, SAMPLED, Knowledge(wanting=False), None, Below())
    assert found.lesson == Lesson(sample=sample(WORDS, SAMPLED))


def test_a_rung_names_its_template() -> None:
    assert [
        parse_template_rung(name) for name in (format_template_rung(12), "trafilatura", "template", "template x")
    ] == [
        12,
        None,
        None,
        None,
    ]
