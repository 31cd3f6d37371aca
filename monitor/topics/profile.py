"""What a topic's seeds taught, as values; it must not read files, learn or match.

A profile is data that a person can read and mend: weighted terms, groups of names for one thing, pairs of groups
that together mean the topic, and what the person said about them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NAME = "name"
WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One telling word or phrase, folded. `weight` is 0–1, 1 for the most telling term of the profile.

    `kind` is "name" (the seeds write it with a capital) or "word"; a name can carry a match alone, a word only
    beside a name. `seeds` are the files it stands in. `stem` is what texts are searched for, where that is not the term
    itself: stems, or countries by their codes; `language` that of the stem, "" for the profile's first.
    """

    term: str
    weight: float
    kind: str
    seeds: tuple[str, ...]
    stem: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One thing under all its names: a country, its people, its capital, its office holders.

    `weight` 0–1 says how rarely texts in general speak of it; alone it never makes a match.
    """

    name: str
    weight: float
    aliases: tuple[str, ...]
    seeds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conjunction:
    """Groups that mean the topic when a text names them all."""

    groups: tuple[str, ...]
    weight: float
    seeds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedLine:
    """A line of a seed that taught nothing, and why."""

    seed: str
    line: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The archive that a profile was weighed against, and when.

    Of `pieces`, the newest, `left_out` look like the topic itself. A twentieth of them scores above `tail`. `day` is an
    ISO date.
    """

    pieces: int
    left_out: int
    tail: float
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEdits:
    """What a person said about the profile; it survives every `learn`.

    `pin`: terms that stay with the weight they have. `ban`: terms, names or groups never to be used. `add`: terms
    with weights. `names`: further names of a group, which is made where it does not exist. `together`: groups
    that are to count as a conjunction. `threshold`: overrides the learned one.
    """

    pin: tuple[str, ...] = ()
    ban: tuple[str, ...] = ()
    add: tuple[tuple[str, float], ...] = ()
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A learned topic.

    `threshold` is the score from which a text matches. `schema` counts in how many seeds each field stands.
    `registers` are manners of speaking the seeds use themselves (see `registers`). `hash` names the seeds'
    content, so that changed seeds are noticed. `marks` counts the pieces marked relevant and irrelevant that it heeds.
    `languages` are those of the seeds. `expected` says what a seed of so many words scores when the others are learned
    from; it is empty in a profile that was learned before there were shares. `shares` is what each seed says of what
    the others say, in their order. `calibration` is None without an archive.
    """

    topic: str
    threshold: float
    hash: str
    seeds: tuple[str, ...]
    terms: tuple[Term, ...]
    groups: tuple[Group, ...]
    conjunctions: tuple[Conjunction, ...]
    schema: tuple[tuple[str, int], ...]
    registers: tuple[str, ...] = ()
    dropped: tuple[DroppedLine, ...] = ()
    wishes: UserEdits = field(default_factory=UserEdits)
    marks: tuple[int, int] = (0, 0)
    languages: tuple[str, ...] = ()
    expected: tuple[tuple[int, float], ...] = ()
    shares: tuple[float, ...] = ()
    calibration: Calibration | None = None

    def __hash__(self) -> int:
        """Of few fields, since profiles are looked up per text; equality still compares all of them."""
        return hash((self.topic, self.hash, self.threshold))
