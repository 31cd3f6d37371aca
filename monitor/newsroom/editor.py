"""Makes edits of a piece, each of one kind, with text of our own; it must not put them out or judge them.

The kinds are those that people tell apart (docs/data.md, `revisions.kinds`): what is made here is the truth that a
classification is held against, so each edit changes nothing but what its kind says.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from monitor.newsroom.piece import Piece
from monitor.newsroom.writer import Writer

KINDS: Final = (
    "headline",
    "numbers",
    "reversal",
    "names",
    "quote added",
    "quote removed",
    "correction",
    "retraction",
    "rewrite",
    "addition",
    "removal",
    "minor",
    "trivial",
)
_PEOPLE = ("Orla Venn", "Tobias Merrow", "Ines Calder", "Anton Fairlie", "Ruth Osmond", "Pavel Lindqvist")
_SAYINGS = (
    "We heard of it in the morning and not before",
    "Nobody who was in the room will tell it otherwise",
    "It took longer than anyone here had hoped",
    "The papers are signed and the rest is patience",
    "I would not call it a turn of events yet",
)
_CORRECTIONS = (
    "Correction: an earlier version of this story misspelled the name of a village.",
    "Clarification: an earlier version of this story gave the wrong day of the meeting.",
    "Correction: a previous version of this report named the wrong ministry.",
)
_RETRACTIONS = (
    "This story has been withdrawn because its source could not be confirmed.",
    "This report has been retracted after a review by the editors.",
)
_WORDINGS = (
    (" said", " also said"),
    (" the ", " this "),
    (" a ", " one "),
)
_FURNITURE = (
    "Updated: {hour:02}:{minute:02}",
    "Views: {many}",
    "{many} comments",
    "Read also: Ferry timetable changes for the summer",
)
_FIGURE = re.compile(r"(?<![\w.,:$])([2-9]|[1-9]\d{1,2})(?![\w:]|[.,]\d)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]{2,}(?![\w-])(?! [A-Z])")
_VERB = re.compile(r"(?<=[a-z] )(will|is|are|was|were|has|have|can|could|would)(?= (?!not\b)[a-z])")


class Editor:
    """Edits drawn by chance; `changes` are fields of `Piece`, as `Newsroom.edit` takes them."""

    def __init__(self, chance: random.Random, writer: Writer) -> None:
        self._chance = chance
        self._writer = writer
        self._makers: Mapping[str, Callable[[Piece], dict[str, Any] | None]] = {
            "headline": self._headline,
            "numbers": lambda piece: self._swap(piece, _FIGURE, self._other_figure),
            "reversal": lambda piece: self._swap(piece, _VERB, lambda verb: f"{verb} not"),
            "names": lambda piece: self._swap(piece, _NAME, self._other_name),
            "quote added": self._quote,
            "quote removed": self._unquote,
            "correction": lambda piece: self._more(piece, self._chance.choice(_CORRECTIONS)),
            "retraction": lambda piece: self._more(piece, self._chance.choice(_RETRACTIONS)),
            "rewrite": self._rewrite,
            "addition": self._addition,
            "removal": self._removal,
            "minor": self._minor,
            "trivial": self._trivial,
        }

    def changes(self, piece: Piece, kind: str) -> dict[str, Any] | None:
        """What makes an edit of that kind of the piece; None where the piece has nothing to do it with."""
        return self._makers[kind](piece)

    def _headline(self, piece: Piece) -> dict[str, Any]:
        return {"title": self._writer.headline(piece, piece.outlet)}

    def _swap(self, piece: Piece, found: re.Pattern[str], other: Callable[[str], str]) -> dict[str, Any] | None:
        """One place where `found` stands outside quotes and the first paragraph, put otherwise."""
        places = [
            (number, match)
            for number, text in enumerate(piece.paragraphs)
            if number > 0 and _prose(text) and text.rstrip(".") != piece.lead.rstrip(".")
            for match in found.finditer(text)
        ]
        if not places:
            return None
        number, match = self._chance.choice(places)
        text = piece.paragraphs[number]
        return self._put(piece, number, text[: match.start()] + other(match[0]) + text[match.end() :])

    def _other_figure(self, figure: str) -> str:
        return str(int(figure) + self._chance.randint(2, 40))

    def _other_name(self, name: str) -> str:
        return self._chance.choice([other for other in _PEOPLE if other != name])

    def _quote(self, piece: Piece) -> dict[str, Any] | None:
        fresh = [saying for saying in _SAYINGS if saying not in piece.text]
        if not fresh:
            return None
        return self._more(piece, f'"{self._chance.choice(fresh)}," {self._chance.choice(_PEOPLE)} said.')

    def _unquote(self, piece: Piece) -> dict[str, Any] | None:
        quotes = [n for n, text in enumerate(piece.paragraphs) if n > 0 and text.startswith('"')]
        return {"paragraphs": _without(piece, self._chance.choice(quotes))} if quotes else None

    def _rewrite(self, piece: Piece) -> dict[str, Any]:
        draft = self._writer.write(piece.outlet, on_topic=piece.on_topic, at=piece.published_at)
        return {"paragraphs": (piece.paragraphs[0], *draft.paragraphs[1:])}

    def _addition(self, piece: Piece) -> dict[str, Any] | None:
        for _ in range(30):
            text = self._writer.paragraph(piece)
            if '"' not in text and _facts(text) - _facts(piece.text):
                return self._more(piece, text)
        return None

    def _removal(self, piece: Piece) -> dict[str, Any] | None:
        """A paragraph whose figures stand nowhere else; never so much that what is left is another text."""
        words = len(piece.text.split())
        there = [
            number
            for number, text in enumerate(piece.paragraphs)
            if number > 0 and _prose(text) and len(text.split()) < words / 3
            if _facts(text) - _facts(" ".join((piece.lead, *_without(piece, number))))
        ]
        return {"paragraphs": _without(piece, self._chance.choice(there))} if there else None

    def _minor(self, piece: Piece) -> dict[str, Any] | None:
        for old, new in self._chance.sample(_WORDINGS, len(_WORDINGS)):
            changes = self._swap(piece, re.compile(re.escape(old)), lambda _, new=new: new)  # type: ignore[misc]
            if changes is not None:
                return changes
        return None

    def _trivial(self, piece: Piece) -> dict[str, Any]:
        """A clock, a counter or a link to another piece at the end, in place of the last one put there."""
        line = self._chance.choice(_FURNITURE).format(
            hour=self._chance.randrange(24), minute=self._chance.randrange(60), many=self._chance.randint(2, 9_000)
        )
        return self._more(piece, line)

    def _more(self, piece: Piece, text: str) -> dict[str, Any]:
        return {"paragraphs": (*piece.paragraphs, text)}

    def _put(self, piece: Piece, number: int, text: str) -> dict[str, Any]:
        return {"paragraphs": (*piece.paragraphs[:number], text, *piece.paragraphs[number + 1 :])}


def _prose(text: str) -> bool:
    """Whether a paragraph is the reporter's own words: no quote, none of the counters that `_trivial` puts there."""
    return '"' not in text and text.endswith(".")


def _without(piece: Piece, number: int) -> tuple[str, ...]:
    return (*piece.paragraphs[:number], *piece.paragraphs[number + 1 :])


def _facts(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+(?:[.,]\d+)*", text))
