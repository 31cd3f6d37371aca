"""The raw text of an article: by the outlet's template while it holds, else by the rung below; it must not clean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from monitor.core import sample, template
from monitor.core.knowledge import Knowledge
from monitor.model import Lesson

# How far a template and the rung below must agree. On 131 real pages read by templates of one to four others, .9 loses
# nothing against the rung below and .8 a thousandth; of more pages a template knows more than that rung.
_AGREED, _AGREED_YOUNG = 0.8, 0.9
_YOUNG = 5  # pages: below, a template is young
_RUNG = "template"  # and its number: "template 12"


def name(number: int) -> str:
    """How `Article.rungs` names the template that gave a text."""
    return f"{_RUNG} {number}"


def number(rung: str) -> int | None:
    """The template's number in a rung's name, None where another rung gave the text."""
    kind, _, digits = rung.partition(" ")
    return int(digits) if kind == _RUNG and digits.isdigit() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An article's raw text (lines), the rung that gave it, what a template left out, and what the page teaches."""

    text: str
    rung: str
    left_out: tuple[str, ...] = ()
    used: template.Template | None = None
    lesson: Lesson | None = None


def read(
    tree: HtmlElement, url: str, known: Knowledge, declared: str | None, below: Callable[[], tuple[str, str]]
) -> Body:
    """The text of the page under `tree`, by the first template that fits it.

    `below` is the next rung: it gives text and name. It is asked where no template fits, while one is on trial, and on
    a share of the pages chosen by their URL; where it does not agree with the template, it is believed. `declared` is
    JSON-LD's articleBody: a template that finds less than half of it has lost the article.
    """
    doubt: str | None = None
    for candidate in known.templates:
        found = template.read(tree, candidate)
        if isinstance(found, str):
            doubt = doubt or found
            continue
        text = "\n".join(found.paragraphs)
        if declared is not None and len(declared) > 2 * len(text):
            doubt = f"{len(text)} characters in {candidate.name}, {len(declared)} in JSON-LD"
            continue
        body = Body(text=text, rung=name(candidate.number), left_out=found.left_out, used=candidate)
        if not known.fresh:
            return body
        if candidate.trusted and not template.sampled(url):
            return replace(body, lesson=Lesson(template=candidate.number))
        other, its = below()
        agreement = template.agreement(found, other)
        taken = sample.packed(sample.take(tree, url, other))
        if agreement >= (_AGREED if candidate.pages >= _YOUNG else _AGREED_YOUNG):
            return replace(body, lesson=Lesson(template=candidate.number, compared=True, sample=taken))
        doubt = f"{candidate.name} and {its} agree by {agreement:.2f} only"
        differing = Lesson(template=candidate.number, compared=True, doubt=doubt, sample=taken)
        return Body(text=other, rung=its, lesson=differing)
    text, its = below()
    if not known.fresh or not (doubt or known.wanting or template.sampled(url)):
        return Body(text=text, rung=its)
    taken = sample.packed(sample.take(tree, url, text))
    return Body(text=text, rung=its, lesson=Lesson(doubt=doubt, sample=taken))
