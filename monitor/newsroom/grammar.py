"""Sentences from the word lists in `words/`; it must not choose what a piece is about."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

_INNER = re.compile(r"\[([^\[\]]*)\]|\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """One kind of story within a beat: templates for its title, lead and first sentence."""

    section: str
    tags: tuple[str, ...]
    title: tuple[str, ...]
    lead: tuple[str, ...]
    news: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One word list: its angles, the sentences they share, and the words those are filled with.

    `cast` names keep their first value for a whole piece, `parts` are drawn anew each time.
    """

    name: str
    on_topic: bool
    outlets: tuple[str, ...]
    angles: tuple[Angle, ...]
    detail: tuple[str, ...]
    quote: tuple[str, ...]
    background: tuple[str, ...]
    cast: Mapping[str, Sequence[str]]
    parts: Mapping[str, Sequence[str]]


@cache
def load_beats() -> tuple[Beat, ...]:
    """Every beat that ships, in order of name."""
    folder = files("monitor.newsroom") / "words"
    lists = {
        entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    names = lists.pop("names")["parts"]
    return tuple(
        Beat(
            name=name,
            on_topic=words["on_topic"],
            outlets=tuple(words["outlets"]),
            angles=tuple(_angle(angle) for angle in words["angle"]),
            detail=tuple(words["pool"]["detail"]),
            quote=tuple(words["pool"]["quote"]),
            background=tuple(words["pool"]["background"]),
            cast=words["cast"],
            parts={**names, **words.get("parts", {})},
        )
        for name, words in sorted(lists.items())
    )


def _angle(words: Mapping[str, Any]) -> Angle:
    return Angle(
        section=words["section"],
        tags=tuple(words["tags"]),
        title=tuple(words["title"]),
        lead=tuple(words["lead"]),
        news=tuple(words["news"]),
    )


@dataclass(slots=True, kw_only=True)
class Pen:
    """Fills templates for one piece; `fixed` are words given from outside (`today`, `month`)."""

    beat: Beat
    chance: random.Random
    fixed: Mapping[str, str]
    _cast: dict[str, str] = field(default_factory=dict)

    def fill(self, template: str) -> str:
        """The template with every `[a|b]`, `{name}` and `{n:1-9}` resolved, innermost first.

        Raises KeyError for a name that no list has: a fault in the word lists.
        """
        while found := _INNER.search(template):
            choice, name = found[1], found[2]
            value = self.chance.choice(choice.split("|")) if choice is not None else self._word(name)
            template = template[: found.start()] + value + template[found.end() :]
        return template

    def sentence(self, template: str) -> str:
        """`fill`, beginning with a capital letter."""
        text = self.fill(template)
        return text[:1].upper() + text[1:]

    def _word(self, name: str) -> str:
        if name.startswith(("n:", "d:")):
            low, high = (int(bound) for bound in name[2:].split("-"))
            if name[0] == "n":
                return str(self.chance.randint(low, high))
            return f"{self.chance.uniform(low, high):.1f}"
        if name in self.fixed:
            return self.fixed[name]
        if name in self.beat.cast:
            if name not in self._cast:
                self._cast[name] = self.fill(self.chance.choice(self.beat.cast[name]))
            return self._cast[name]
        return self.fill(self.chance.choice(self.beat.parts[name]))
