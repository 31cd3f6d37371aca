"""Reads the further pages of a piece that stands on several; it must not fetch them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from monitor.extraction.body.generic_body import read_generic_body
from monitor.extraction.body.text_source import PageBody, read_body
from monitor.extraction.completeness import find_next_part
from monitor.extraction.css_rules import apply_selectors
from monitor.extraction.html_tree import parse_page_tree
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.model.page import Page, Rejection
from monitor.model.source import Source
from monitor.text.refused_answers import reject_answer
from monitor.text.title_likeness import split_title_words


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherParts:
    """What the further pages of a piece add.

    `lines` of text, without those that an earlier page has; `left_out` what a template or the user's rules left out of
    them. `last` is the tree of the last page, None where there is only the first, and `address` its address.
    """

    address: str
    lines: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    last: HtmlElement | None = None


def locate_next_part(page: Page) -> str | Rejection | None:
    """The address of the page behind `page` in the same piece, None at its end; a Rejection where `page` is none."""
    if (refused := reject_answer(page)) is not None:
        return refused
    tree = parse_page_tree(page)
    return find_next_part(tree, page.final_url) if tree is not None else None


def read_further_parts(
    page: Page, headings: tuple[str, ...], first: PageBody, source: Source | None, known: Knowledge
) -> FurtherParts:
    """The text of `page.parts`, each read as a page of its own; `first` is what was read of `page`.

    `headings` are the h1 of the first page: each further one prints them again.
    """
    if not page.parts:
        return FurtherParts(address=page.final_url)
    seen = {split_title_words(line) for line in (*headings, *first.text.split("\n"))}
    lines: list[str] = []
    left_out: list[str] = []
    last, address = None, page.final_url
    for part in page.parts:
        tree = parse_page_tree(part)
        if tree is None:
            continue
        last, address = tree, part.final_url
        ruled = apply_selectors(tree, source.rules) if source is not None and source.rules is not None else None
        if ruled is not None and ruled.text is not None:
            text, gone = ruled.text, ruled.removed
        else:
            body = read_body(
                tree,
                part.url,
                replace(known, fresh=False),  # a further page teaches nothing of the outlet's templates
                None,
                lambda tree=tree, part=part: read_generic_body(tree, part.final_url, None),  # type: ignore[misc]
            )
            text, gone = body.text, body.left_out
        left_out += gone
        for line in text.split("\n"):
            spelled = split_title_words(line)
            if spelled and spelled not in seen:
                seen.add(spelled)
                lines.append(line)
    return FurtherParts(lines=tuple(lines), left_out=tuple(left_out), last=last, address=address)
