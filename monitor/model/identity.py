"""What is compared to tell whether a page is new, a revision or a copy, and the decision; no IO."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from monitor.model.page import Outcome

# A near-copy of which more than this is not in the original tells much that nobody was told: it speaks.
ADDED = 0.5
READ_OTHERWISE = "the page was read another way than before: whole passages came or went, none was reworded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What a site shows for an address that does not exist, where it passes for an article."""

    title: str | None
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldText:
    """A text of which a rule and channel have an alert, beside another text that it may hold back.

    `similarity`: containment of the smaller text in the larger, None where the text as it was told is kept no more;
    `same`: the texts are equal.
    """

    url: str
    similarity: float | None
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """What the store remembers of an article, as far as decisions need it."""

    id: int
    url: str
    source: str
    revision: int
    title: str
    content_hash: str
    published_at: datetime | None
    story_id: int
    quiet: bool  # baseline or backlog: it was there before anybody asked to be told
    baseline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NearArticle:
    """An article with a text to compare, and the `original` it copies: itself where it copies none."""

    article: StoredArticle
    original: StoredArticle
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionText:
    """A revision by what tells it from others; `repeats` an earlier one, where it went back to its text."""

    number: int
    title: str
    content_hash: str
    repeats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One read of the store: the article of the same identity, and those that hold the same or a like text.

    `addressed`: the known one was found by the address it was asked for at, not only by what its page calls itself.
    """

    known: StoredArticle | None = None
    addressed: bool = True
    known_topics: frozenset[str] = frozenset()  # topics that matched the known article, or told of it
    before: Version | None = None  # the known article's text as it stands
    read_by: tuple[str, str] = ("", "")  # the extractor and the rung that gave it
    cut: bool = False  # the known article was stored as a part of its piece: a page of it did not come, or a wall stood
    texts: tuple[RevisionText, ...] = ()  # every text the known article has had, first to last
    same_text: tuple[StoredArticle, ...] = ()  # oldest first, never copies themselves
    signature: Signature | None = None  # of the text at hand, without what its outlet repeats
    near: tuple[NearArticle, ...] = ()  # whose texts may be much the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome, and the article it is a revision or a copy of.

    `edit` is what a revision changed, `repeats` the earlier revision whose text it has again; `reason` why a text that
    is not the stored one counts as unchanged. `ours` says that the extractor made it, not the outlet. `similarity` is
    the containment of the smaller text in the larger, for a near-copy of a copy the likeness to that copy; `added` the
    part of this text that the other has not.
    """

    outcome: Outcome
    of: StoredArticle | None = None
    similarity: float | None = None
    added: float = 0.0
    edit: Edit | None = None
    repeats: int | None = None
    swings: bool = False  # it went back to an earlier text before
    completes: bool = False  # it is the whole of a piece that was known by its announcement or by a part only
    ours: bool = False
    before: ToldText | None = None  # a seed, or a text of this outlet, that was there before the watch and says this
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryConstraints:
    """What a piece that is no copy owes to texts like its own.

    `corrects` is the article whose headline it reverses: both are one story. `apart` are stories it never joins: its
    outlet printed much the same text on another day, and a daily bulletin is every day's own news.
    """

    corrects: StoredArticle | None = None
    apart: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Passages in the order of their text: `added` by the later text, `cut` from the earlier one."""

    added: tuple[str, ...]
    cut: tuple[str, ...]


RETRACTION: Final = "retraction"
TRIVIAL: Final = "trivial"
UNKNOWN: Final = "unknown"  # other words in a language, or names in a script, that nobody here can weigh: it is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One text of an article, as extracted."""

    title: str
    lead: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """One thing that changed: its kind (of `KINDS`), the passage before and after, None where there was or is none.

    `substance`: whether it alters what a reader knows.
    """

    kind: str
    before: str | None
    after: str | None
    substance: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What happened between two texts: every kind met, heaviest first, and the heaviest changes."""

    kinds: tuple[str, ...]
    changes: tuple[TextChange, ...]
    substance: bool
    kept: float = 1.0  # the share of the earlier text's words that still stand there, reworded or not
    # Whole sentences came or went, none was reworded, and no notice is among them; those left out of `changes` count.
    whole: bool = field(default=False, compare=False)

    @property
    def trivial(self) -> bool:
        """Whether nothing of the piece itself changed: spaces, clocks, counters, links to other pieces."""
        return self.kinds == (TRIVIAL,)

    @property
    def retracted(self) -> bool:
        """Whether the outlet took the piece back."""
        return RETRACTION in self.kinds


# Stored with every signature: two that were made differently cannot be compared.
ALGORITHM = "words3-bottom256/2"
BANDS = 32  # hashes looked up; 24 lose 2 of 750 labelled pairs, 64 double the candidates and find no more
SHARED_BANDS = 2  # bands a candidate must share: one may be a set phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What is compared of a text: its smallest hashes (32 bits, ascending) and the numbers it names.

    `opening` are the hashes of its own first words; a store need not keep them.
    """

    sketch: tuple[int, ...]
    numbers: frozenset[str]
    opening: frozenset[int] = frozenset()

    @property
    def bands(self) -> tuple[int, ...]:
        """The hashes under which the text is found again."""
        return self.sketch[:BANDS]


THERE = frozenset({Outcome.NEW, Outcome.COPY, Outcome.NEAR_COPY, Outcome.REVISION, Outcome.UNCHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckDecision:
    """What a look at a known piece leads to.

    `gone`: it is believed gone; `departs`: from now on; `returns`: it is there again. `gone_since`: the first look that
    did not find it, None when it was found. `again`: the next look, None: no more.
    """

    again: datetime | None
    gone_since: datetime | None = None
    departs: bool = False
    returns: bool = False
    gone: bool = False
