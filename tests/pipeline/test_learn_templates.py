"""What earlier pages taught reaches the next one, and never looks like an edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from newswire import NOW, World, open_world, reading, watching, words

from monitor.extraction.extract import read_page
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.extraction.templates.page_sample import PageSample, pack_sample
from monitor.identity.ownership import trace_page
from monitor.model.page import Article, Outcome, Page, Reading
from monitor.model.template import Lesson
from monitor.pipeline.ingest.learn_templates import TRUST, Lessons
from monitor.pipeline.ingest.read_page import judge_article
from monitor.storage.sources.links import Link
from monitor.text.repeated_lines import hash_repeated_line

PROMPT = "Our pick of the week"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = open_world(tmp_path / "test.db")
    yield found
    found.store.close()


def with_prompt(number: int) -> Reading:
    """Article `number` with the line that its outlet prints under every text."""
    article = replace(reading(number).article, text=f"{words(number)}\n\n{PROMPT}")
    return judge_article(article, (), source="gull")


def page(number: int, design: str = "entry") -> Page:
    """A page of the outlet in one of its designs: the class of the element around the article."""
    body = "".join(f"<p>{words(100 * number + part)}</p>" for part in range(3 + number % 3))
    title = f"Headline {words(number)[:7]}"
    markup = (
        f"<html><head><title>{title} | The Gull</title></head><body><h1>{title}</h1>"
        f"<div class='{design}'>{body}<div class='promo'><p>{PROMPT}</p></div></div></body></html>"
    )
    url = f"https://gull.example/{number}"
    headers = {"content-type": "text/html; charset=utf-8"}
    return Page(url=url, final_url=url, status=200, headers=headers, body=markup.encode(), fetched_at=NOW)


def read(world: World, lessons: Lessons, number: int, design: str = "entry") -> tuple[str, Lesson | None]:
    """A page through learner and store; the rung that read it, and what it taught."""
    link = world.link(number)
    article, lesson = read_page(page(number, design), None, known_for(lessons, link))
    assert isinstance(article, Article)
    found = replace(judge_article(article, (), source="gull"), lesson=lesson)
    with world.store.write():
        if world.settle(watching(), link, found).outcome.stored:
            lessons.learn_from("gull", lesson, NOW)
    return article.rungs["text"].split()[0], lesson


def known_for(lessons: Lessons, link: Link) -> Knowledge:
    """What a page of a link is read with, which the address itself answered."""
    return lessons.load_knowledge_for(link, link.url, trace_page(watching().estate, link.source, link.url, link.url))


def states(world: World) -> list[tuple[str, str]]:
    return [(row["container"], row["state"]) for row in world.store.templates.rows("gull")]


def test_lines_that_an_outlet_repeats_are_known_from_its_third_article_on(world: World) -> None:
    watch, lessons = watching(), Lessons(world.store)
    assert known_for(lessons, world.link(9)) == Knowledge()
    for number in range(8):
        world.settle(watch, world.link(number), with_prompt(number))
        assert known_for(lessons, world.link(9)) == Knowledge()  # a process reads them every eighth article
        lessons.learn_from("gull", None, NOW)
    assert known_for(lessons, world.link(9)) == Knowledge(repeated=frozenset({hash_repeated_line(PROMPT)}))
    assert known_for(Lessons(world.store), world.link(9)) == Knowledge(repeated=frozenset({hash_repeated_line(PROMPT)}))
    assert known_for(lessons, world.link(9, "tern")) == Knowledge()


def test_a_line_that_stands_in_a_stored_text_is_not_taken_out_of_it_later(world: World) -> None:
    watch = watching()
    for number in range(3):
        world.settle(watch, world.link(number), with_prompt(number))
    assert known_for(Lessons(world.store), world.link(1)) == Knowledge(fresh=False)


def test_what_was_removed_goes_on_being_counted(world: World) -> None:
    watch = watching()
    for number in range(2):
        world.settle(watch, world.link(number), with_prompt(number))
    sifted = replace(reading(3, matched=False).article, furniture=(PROMPT,))
    found = judge_article(sifted, (), source="gull")
    assert found.furniture == (hash_repeated_line(PROMPT),)
    assert world.settle(watch, world.link(3), found).outcome is Outcome.NEW
    assert world.rows(f"SELECT articles FROM furniture WHERE line = {hash_repeated_line(PROMPT)}") == [(3,)]


def test_an_outlets_template_is_learned_tried_and_trusted(world: World) -> None:
    lessons = Lessons(world.store)
    rungs = [read(world, lessons, number)[0] for number in range(3 + TRUST)]
    assert rungs[:3] == ["trafilatura"] * 3
    assert set(rungs[3:]) == {"template"}
    assert ("div.entry", "trusted") in states(world)
    (template,) = known_for(lessons, world.link(19)).templates
    assert (template.trusted, template.site) == (True, ("The Gull",))
    assert known_for(lessons, world.link(19)).wanting is False
    assert read(world, lessons, 16)[1] == Lesson(template=template.number)


def test_a_page_is_read_again_as_it_was_read_first(world: World) -> None:
    lessons = Lessons(world.store)
    for number in range(5):
        read(world, lessons, number)
    first, fourth = known_for(lessons, world.link(0)), known_for(lessons, world.link(3))
    assert (first.fresh, first.templates) == (False, ())
    assert (fourth.fresh, [template.name for template in fourth.templates]) == (False, ["div.entry"])
    for number in range(5):
        link = world.link(number)
        article, lesson = read_page(page(number), None, known_for(lessons, link))
        assert isinstance(article, Article)
        assert lesson is None
        assert world.settle(watching(), link, judge_article(article, (), source="gull")).outcome is Outcome.UNCHANGED


def test_a_new_design_retires_the_template_and_is_learned(world: World) -> None:
    lessons = Lessons(world.store)
    for number in range(6):
        read(world, lessons, number)
    rungs = [read(world, lessons, number, "story")[0] for number in range(6, 12)]
    assert rungs == ["trafilatura"] * 5 + ["template"]
    container, state = states(world)[0]
    assert (container, state) == ("div.story", "trial")
    assert ("div.entry", "retired") in states(world)
    assert world.rows("SELECT kind, subject, detail, closed_at IS NOT NULL FROM problems") == [
        ("template", "gull", "its pages no longer look as they did: no div.entry on the page", 1)
    ]


def test_a_template_doubted_on_most_of_the_last_pages_is_retired_too(world: World) -> None:
    lessons = Lessons(world.store)
    with world.store.write():
        for number in range(40):
            doubt = "no div.entry on the page" if number % 3 else None
            lessons.learn_from("gull", Lesson(template=None if doubt else 1, doubt=doubt), NOW)
    opened = world.rows("SELECT kind, closed_at FROM problems")
    assert opened == [("template", None)]


def test_an_outlet_without_a_template_is_given_up_after_sixty_pages(world: World) -> None:
    lessons = Lessons(world.store)
    with world.store.write():
        for _ in range(60):
            lessons.learn_from("gull", Lesson(sample=world_sample()), NOW)
    assert known_for(lessons, world.link(1)) == Knowledge(wanting=False)


def world_sample() -> bytes:
    return pack_sample(PageSample(url="u", title="", container="", spots=()))


def test_a_difference_puts_a_trusted_template_on_trial_again(world: World) -> None:
    lessons = Lessons(world.store)
    for number in range(3 + TRUST):
        read(world, lessons, number)
    (template,) = known_for(lessons, world.link(19)).templates
    with world.store.write():
        lessons.learn_from("gull", Lesson(template=template.number, compared=True, doubt="they differ"), NOW)
    assert known_for(lessons, world.link(19)).templates == (replace(template, trusted=False),)


def test_an_outlets_order_of_day_and_month_is_known_once_three_articles_proved_it(world: World) -> None:
    watch = watching()
    for number in range(3):
        assert known_for(Lessons(world.store), world.link(9)).day_first is None
        proof = replace(reading(number).article, day_first=True)
        world.settle(watch, world.link(number), judge_article(proof, (), source="gull"))
    assert known_for(Lessons(world.store), world.link(9)).day_first is True
