"""Whether an outlet's pages read differently than they used to: a template changed, or our reading broke; pure.

Requirements: a change of template is noticed within 20 pages; thirty quiet days of a busy outlet raise nothing.
Theory: each page answers the same yes-or-no questions – is there a text, a lead, an author; did the usual carrier
give the date; is the length usual – and the last 20 answers are held against up to 200 before them, by the
beta-binomial probability of so few yeses. What it will miss: a change that spares a third of the pages or more, and
what no question asks for. The old pages leave the comparison in time, so a change that stays becomes usual.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.model.gap import PageFacts

# A rung that outlets rise to once they are known (`core.rung`): whoever reads by it now does not drift.
BEST = "template"
RECENT = 20
USUAL = 200
# Fewer pages than these say nothing of what is usual, fewer than those nothing of a change.
_LEAST_USUAL = 50
_LEAST_RECENT = 10
# A dozen questions after each of 7,200 pages (30 days of TASS) make 10^5 trials; pages of one hour resemble each other
# more than chance has it, which the rest of the distance allows for.
_CHANCE = 1e-9
# And only where two thirds of what was usual are lost: less is a change of mix (flashes, round-ups), not of template.
_LOST = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftChange:
    """A question that recent pages answer otherwise: with yes `recent` of the time, and `usual` before."""

    question: str
    usual: float
    recent: float

    @property
    def description(self) -> str:
        """As people read it: "lead found on 0 % of pages, usually 97 %"."""
        return f"{self.question} on {self.recent:.0%} of the last pages, usually on {self.usual:.0%}"


def detect_drift(pages: Sequence[PageFacts]) -> tuple[DriftChange, ...]:
    """What the newest of `pages` (newest first) do otherwise than those before, the most striking first.

    Pages are held against those that the same endpoint announced: what a second feed or a sitemap adds reads as its
    section does, and is no change of those that were there.
    """
    places = dict.fromkeys(page.place for page in pages[:RECENT])
    found = [change for place in places for change in _drift([page for page in pages if page.place == place])]
    return tuple(change for _, _, change in sorted(found, key=lambda item: item[:2]))


def _drift(pages: Sequence[PageFacts]) -> list[tuple[float, str, DriftChange]]:
    recent, before = pages[:RECENT], pages[RECENT : RECENT + USUAL]
    if len(recent) < _LEAST_RECENT or len(before) < _LEAST_USUAL:
        return []
    found = []
    for question, answers in _questions(before, recent):
        yes, usually = sum(answers[: len(recent)]), sum(answers[len(recent) :])
        now, then = yes / len(recent), usually / len(before)
        if now <= then * _LOST and (chance := _tail(yes, len(recent), usually, len(before))) < _CHANCE:
            found.append((chance, question, DriftChange(question=question, usual=then, recent=now)))
    return found


def _questions(before: Sequence[PageFacts], recent: Sequence[PageFacts]) -> Iterator[tuple[str, list[bool]]]:
    """Each question with the answers of the recent pages, then of those before."""
    pages = (*recent, *before)
    for name in sorted({name for page in before for name in page.filled}):
        yield f"{name} found", [name in page.filled for page in pages]
    for name in sorted({name for page in before for name in page.rungs}):
        (usual, _), *_ = Counter(rung for page in before if (rung := page.rungs.get(name))).most_common(1)
        yield f"{name} from {usual}", [page.rungs.get(name) in (usual, BEST) for page in pages]
    lengths = sorted(page.words for page in before if page.words)
    if lengths:
        low, high = lengths[len(lengths) // 20] / 2, lengths[-1 - len(lengths) // 20] * 2
        yield "usual length", [low <= page.words <= high for page in pages]
    shares = sorted(page.background for page in before)
    most = shares[-1 - len(shares) // 20]
    yield "usual share of repeated text", [page.background <= most + 0.2 for page in pages]


def _tail(yes: int, of: int, usually: int, out_of: int) -> float:
    """The chance of at most `yes` yeses in `of` pages where there were `usually` in `out_of` before.

    Beta-binomial with a uniform prior: what is usual is itself known from so many pages only.
    """
    a, b = usually + 1, out_of - usually + 1
    base = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.lgamma(a + b + of)
    return math.fsum(
        math.exp(
            math.lgamma(of + 1)
            - math.lgamma(k + 1)
            - math.lgamma(of - k + 1)
            + math.lgamma(a + k)
            + math.lgamma(b + of - k)
            + base
        )
        for k in range(yes + 1)
    )
