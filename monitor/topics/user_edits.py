"""Lays what a person pinned, banned or added over a learned profile; it must not learn anything itself."""

from __future__ import annotations

from dataclasses import replace

from monitor.text.words.tokens import fold_phrase
from monitor.topics.profile import NAME, Conjunction, Group, Profile, Term, UserEdits


def normalize_phrase(phrase: str) -> str:
    """A phrase as terms are compared: folded words with one space between."""
    return " ".join(fold_phrase(phrase))


def _terms(learned: Profile, previous: Profile, wishes: UserEdits, banned: set[str]) -> tuple[Term, ...]:
    known = {term.term: term for term in learned.terms}
    before = {term.term: term for term in previous.terms}
    for phrase in wishes.pin:
        if (kept := before.get(normalize_phrase(phrase))) is not None:
            seeds = known[kept.term].seeds if kept.term in known else ()
            known[kept.term] = replace(kept, seeds=seeds)
    for phrase, weight in wishes.add:
        name = normalize_phrase(phrase)
        seeds = known[name].seeds if name in known else ()
        known[name] = Term(term=name, weight=weight, kind=NAME, seeds=seeds)
    kept_terms = [term for term in known.values() if term.term not in banned]
    return tuple(sorted(kept_terms, key=lambda term: (-term.weight, term.term)))


def _groups(learned: Profile, wishes: UserEdits, banned: set[str]) -> tuple[Group, ...]:
    known = {group.name: group for group in learned.groups}
    for name, more in wishes.names:
        group = known.get(name) or Group(name=name, weight=0.5, aliases=(name,), seeds=())
        known[name] = replace(group, aliases=tuple(dict.fromkeys((*group.aliases, *more))))
    return tuple(
        replace(group, aliases=tuple(alias for alias in group.aliases if normalize_phrase(alias) not in banned))
        for group in known.values()
        if normalize_phrase(group.name) not in banned
    )


def apply_user_edits(learned: Profile, previous: Profile | None) -> Profile:
    """`learned` with the wishes of `previous`; without a previous profile it is returned as it is.

    A pinned term keeps the weight that stands in the previous profile, edited or not; a ban wins over everything.
    """
    if previous is None:
        return learned
    wishes = previous.wishes
    banned = {normalize_phrase(phrase) for phrase in wishes.ban}
    groups = _groups(learned, wishes, banned)
    names = {group.name for group in groups}
    together = {conjunction.groups: conjunction for conjunction in learned.conjunctions}
    for members in wishes.together:
        seeds = together[members].seeds if members in together else ()
        together[members] = Conjunction(groups=members, weight=1.0, seeds=seeds)
    conjunctions = sorted(
        (c for c in together.values() if names.issuperset(c.groups)), key=lambda c: (-c.weight, c.groups)
    )
    return replace(
        learned,
        terms=_terms(learned, previous, wishes, banned),
        groups=groups,
        conjunctions=tuple(conjunctions),
        wishes=wishes,
        threshold=learned.threshold if wishes.threshold is None else wishes.threshold,
    )
