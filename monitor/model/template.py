"""What is learned of the pages of one outlet: values without IO."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

_RUNG = "template"  # and its number: "template 12"


def format_template_rung(number: int) -> str:
    """How `Article.rungs` names the template that gave a text."""
    return f"{_RUNG} {number}"


def parse_template_rung(rung: str) -> int | None:
    """The template's number in a rung's name, None where another rung gave the text."""
    kind, _, digits = rung.partition(" ")
    return int(digits) if kind == _RUNG and digits.isdigit() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Where an outlet's pages hold the article.

    `anchor` are the steps that lead to the container, its own last. `text` and `other` are the paths below it that
    hold the article and that do not. `before` are the steps to blocks that belong to the text and stand above
    the container (a standfirst). `least` and `most` are the words of the shortest and the longest article learned from,
    `pages` how many those were. `site` is what titles end or begin with on every page, `repeated` the keys of lines
    that stood on several of them. `number` is the template's in the store; `trusted` says that it agreed with the rung
    below often enough to be used without asking it each time.
    """

    anchor: tuple[str, ...]
    text: frozenset[str]
    other: frozenset[str]
    before: tuple[tuple[str, ...], ...] = ()
    least: int
    most: int
    pages: int
    site: tuple[str, ...] = ()
    repeated: frozenset[int] = frozenset()
    number: int = 0
    trusted: bool = False

    @property
    def name(self) -> str:
        """The container as people read it."""
        return "/".join(self.anchor)

    def dump(self) -> str:
        """The template as JSON, its number and standing left out: equal for equal templates."""
        fields = {
            "anchor": self.anchor,
            "text": sorted(self.text),
            "other": sorted(self.other),
            "before": self.before,
            "least": self.least,
            "most": self.most,
            "pages": self.pages,
            "site": self.site,
            "repeated": sorted(self.repeated),
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def load_template(text: str, *, number: int = 0, trusted: bool = False) -> Template:
    """The template that `Template.dump` wrote."""
    fields = json.loads(text)
    return Template(
        anchor=tuple(fields["anchor"]),
        text=frozenset(fields["text"]),
        other=frozenset(fields["other"]),
        before=tuple(tuple(steps) for steps in fields["before"]),
        least=fields["least"],
        most=fields["most"],
        pages=fields["pages"],
        site=tuple(fields["site"]),
        repeated=frozenset(fields["repeated"]),
        number=number,
        trusted=trusted,
    )


class Line(NamedTuple):
    """One line of a text as near-copy detection weighs it (text/near_duplicates.py).

    `key` names the line where its outlet may turn out to repeat it, None where it counts in any case; `shingles`
    are the hashes of the word runs that start in it, `numbers` the figures and weekdays it names.
    """

    key: int | None
    shingles: tuple[int, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one page teaches of its outlet's templates.

    `template` is the number of the one that read the page, None where none did. `compared` says that the rung below
    read it too; `doubt` why no template was believed: where one is named, it and the rung below differ. `sample` is
    what a later one can be learned from (`pack_sample`).
    """

    template: int | None = None
    compared: bool = False
    doubt: str | None = None
    sample: bytes | None = None
