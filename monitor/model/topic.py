"""Evidence, matches and marks of topics and rules: values without logic or IO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from monitor.model.packing.field_state import get_state, set_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A piece that a person marked; `name` is its number, so that the order is fixed."""

    name: str
    relevant: bool
    title: str
    lead: str | None
    text: str


class TopicCounts(NamedTuple):
    """Pieces of a span of time that name a topic, those that match among them, and those that match."""

    named: int
    matched: int


NEAR = 0.4  # share of the threshold from which a piece that does not match names the topic: a rare group alone has it

VERDICTS = ("relevant", "irrelevant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason for a match: `term` as the profile knows it, `found` as it stands in the text.

    `part` is "title", "lead" or "text"; `start`, `end` are character offsets into that part of the revision. A rule
    may also give "place", "source" or "lang": offsets into the dateline's place, the source's name, the language.
    """

    term: str
    found: str
    part: str
    start: int
    end: int
    weight: float

    __getstate__, __setstate__ = get_state, set_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A topic's verdict on one text: `score` 0–1, `matched` = score ≥ `threshold`, and why.

    `missing` names what would have lifted the score most, for `explain` on a near miss.
    """

    topic: str
    score: float
    threshold: float
    matched: bool
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()

    __getstate__, __setstate__ = get_state, set_state
