"""`seedwatch alerts preview`: what the policies would have sent over the archive, a day at a time; it only reads.

Verdicts are those in the database. What the outlet had before the watch began counts like the rest, at its time of
publication: an archive is what a policy is tried on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from monitor.alerting.intents import Rule
from monitor.alerting.policy import PolicyInput
from monitor.alerting.policy_rehearsal import EDITED, RETRACTED, PastEvent, Rehearsal, RehearsalDay
from monitor.model.identity import ADDED, RETRACTION
from monitor.storage import Store
from monitor.storage.articles.archive import AcceptedPiece, PastRevision
from monitor.text.near_duplicates import compare_signatures, is_reversed_headline

_SUMS = ("matches", "edits", "sent", "edited", "retracted", "grew", "digests", "reports")


def preview_alerts(store: Store, rules: Iterable[Rule], since: datetime | None) -> list[dict[str, Any]]:
    """One document per alert rule that has topics: its days, and the sum of them.

    A rush (`per_minute`) is not rehearsed: many a date in an archive knows only the day.
    """
    return [_rehearsed(store, rule, since) for rule in rules if rule.topics]


def _rehearsed(store: Store, rule: Rule, since: datetime | None) -> dict[str, Any]:
    def corrects(past: PastEvent, told: datetime) -> bool:
        return any(
            is_reversed_headline(past.title, title) for title in store.archive.titles(past.story, told, past.number)
        )

    unhurried = replace(rule, policy=replace(rule.policy, per_minute=None))
    days = Rehearsal(unhurried, corrects).run(sorted(_events(store, rule, since), key=lambda past: past.at))
    return {
        "alert": rule.name,
        "days": [_day(day) for day in days],
        **{name: sum(getattr(day, name) for day in days) for name in _SUMS},
        "held": _sum(days, "held"),
        "waited": _sum(days, "waited"),
    }


def _day(day: RehearsalDay) -> dict[str, Any]:
    return {
        **{name: getattr(day, name) for name in ("day", *_SUMS)},
        "held": dict(day.held.most_common()),
        "waited": dict(day.waited.most_common()),
    }


def _sum(days: Iterable[RehearsalDay], name: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for day in days:
        counts.update(getattr(day, name))
    return dict(counts.most_common())


def _events(store: Store, rule: Rule, since: datetime | None) -> Iterator[PastEvent]:
    """What happened to pieces that the rule's topics accept, by its strongest verdict; each piece's in their order."""
    for _, verdicts in groupby(store.archive.list_accepted(sorted(rule.topics), since), key=lambda one: one.id):
        *_, piece = verdicts
        first, began = _past(store, piece), piece.began or 1
        later = store.archive.edits(piece.id) if piece.revision > 1 else []
        if began > 1:  # it did not speak of the topic before an edit
            first = replace(first, at=later[began - 1].at, copy=False)
        if "new" in rule.on or rule.policy.report is not None:
            yield replace(first, later="new" not in rule.on)
        yield from _edits(rule, replace(first, copy=False), later, began)
        if "retracted" in rule.on or rule.policy.report is not None:
            yield from _departures(store, replace(first, later="retracted" not in rule.on))


def _past(store: Store, piece: AcceptedPiece) -> PastEvent:
    return PastEvent(
        number=piece.id,
        at=piece.at,
        story=piece.story_id,
        title=piece.title,
        text=piece.copy_of or piece.id,
        copy=piece.copy_of is not None and (piece.same_text or not _adds(store, piece.id, piece.copy_of)),
        piece=PolicyInput(
            source=piece.source,
            language=piece.language,
            score=piece.score if piece.first_score is None else piece.first_score,
            terms=piece.terms,
        ),
    )


def _adds(store: Store, article_id: int, original: int) -> bool:
    """Whether a near-copy tells so much of its own that it speaks."""
    own, earlier = store.fingerprints.get_signature(article_id), store.fingerprints.get_signature(original)
    return own is not None and earlier is not None and compare_signatures(own, earlier).added > ADDED


def _edits(rule: Rule, of: PastEvent, revisions: list[PastRevision], began: int) -> Iterator[PastEvent]:
    """The edits that the rule asks for; what only we read otherwise is none."""
    returned = False
    for revision in revisions:
        swings = returned and revision.repeats is not None
        returned = returned or revision.repeats is not None
        if revision.number <= began or revision.ours:
            continue
        retracted = RETRACTION in revision.kinds
        events = {"retracted": RETRACTED, "edit": EDITED} if retracted else {"edit": EDITED}
        told = [event for name, event in events.items() if name in rule.on]
        if not told and rule.policy.report is None:
            continue
        event = told[0] if told else next(iter(events.values()))
        noted = None
        if swings:
            noted = f"it swings between texts it has had: that of revision {revision.repeats} again"
        elif revision.substance is False:
            noted = f"no edit of substance: {', '.join(revision.kinds)}"
        piece = of.piece if revision.score is None else replace(of.piece, score=revision.score)
        yield replace(of, at=revision.at, event=event, noted=noted, piece=piece, later=not told)


def _departures(store: Store, of: PastEvent) -> Iterator[PastEvent]:
    """The first time that each revision was taken down, and that it was put back."""
    gone, back = set(), set()
    for departure in store.revisits.list_departures(of.number):
        if departure.revision not in gone:
            gone.add(departure.revision)
            yield replace(of, at=departure.noticed_at, event=RETRACTED, copy=False)
        if departure.returned_at is not None and departure.revision not in back:
            back.add(departure.revision)
            yield replace(of, at=departure.returned_at, event=EDITED, copy=False)
