"""The raw text of an article: by the outlet's template while it holds, else by the rung below; it must not clean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from monitor.extraction.body.generic_body import BodyReading
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.extraction.templates.page_sample import pack_sample, take_page_sample
from monitor.extraction.templates.template import (
    is_odd_reading,
    is_sampled_page,
    lacks_unseen_text,
    measure_agreement,
    read_by_template,
)
from monitor.model.template import Lesson, Template, format_template_rung

# How far a template and the rung below must agree. On 40 sites with four pages and more, .9 made the text worse on 11
# of 136 pages, .97 on 3 and better on 16.
_AGREED = 0.97


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBody:
    """An article's raw text (lines), the rung that gave it, what was left out, and what the page teaches."""

    text: str
    rung: str
    left_out: tuple[str, ...] = ()
    used: Template | None = None
    lesson: Lesson | None = None


def read_body(
    tree: HtmlElement, url: str, known: Knowledge, declared: str | None, below: Callable[[], BodyReading]
) -> PageBody:
    """The text of the page under `tree`, by the first template that fits it.

    `below` is the next rung. It is asked where no template fits, while one is on trial, on a share of the pages chosen
    by their URL, and on pages that are odd for their template; where it does not agree with the template, or has text
    at a place that the template has never seen, it is believed. `declared` is JSON-LD's articleBody: a template that
    finds less than half of it has lost the article.
    """
    doubt: str | None = None
    for candidate in known.templates:
        found = read_by_template(tree, candidate)
        if isinstance(found, str):
            doubt = doubt or found
            continue
        text = "\n".join(found.paragraphs)
        if declared is not None and len(declared) > 2 * len(text):
            doubt = f"{len(text)} characters in {candidate.name}, {len(declared)} in JSON-LD"
            continue
        body = PageBody(text=text, rung=format_template_rung(candidate.number), left_out=found.left_out, used=candidate)
        if not known.fresh:
            return body
        if candidate.trusted and not is_sampled_page(url) and not is_odd_reading(found, candidate):
            return replace(body, lesson=Lesson(template=candidate.number))
        other = below()
        agreement = measure_agreement(found, other.text)
        taken = pack_sample(take_page_sample(tree, url, other.text))
        if agreement >= _AGREED:
            agreed = Lesson(template=candidate.number, compared=True, sample=taken)
            if lacks_unseen_text(found, other.text):
                return _generic(other, agreed)
            return replace(body, lesson=agreed)
        doubt = f"{candidate.name} and {other.rung} agree by {agreement:.2f} only"
        differing = Lesson(template=candidate.number, compared=True, doubt=doubt, sample=taken)
        return _generic(other, differing)
    plain = below()
    if not known.fresh or not (doubt or known.wanting or is_sampled_page(url)):
        return _generic(plain, None)
    taken = pack_sample(take_page_sample(tree, url, plain.text))
    return _generic(plain, Lesson(doubt=doubt, sample=taken))


def _generic(read: BodyReading, lesson: Lesson | None) -> PageBody:
    return PageBody(text=read.text, rung=read.rung, left_out=read.left_out, lesson=lesson)
