"""Lets what people marked bear on a learned profile; it must not read the store, nor outweigh the seeds.

Theory: a piece marked relevant is a seed that nobody cleaned: it may name new people and words, at half a seed's weight
at most, and only where a second such piece does. A piece marked irrelevant pushes down what it shares with no relevant
one. Where there are enough of both, the threshold goes where the fewest marks are contradicted. It will miss groups and
pairs of groups, which seeds alone teach: a new subject needs a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.model.topic import Mark
from monitor.text.words.languages.word_rarity import COMMON, RAREST, measure_rarity
from monitor.text.words.tokens import split_tokens
from monitor.topics.countries import list_countries, list_place_names
from monitor.topics.learning.distinct_sentences import collect_distinct_sentences
from monitor.topics.learning.office_holders import find_aliases, find_office_holders
from monitor.topics.learning.seed_article import Seed
from monitor.topics.learning.terms import find_candidates, find_free_candidates
from monitor.topics.phrase_search import Phrases
from monitor.topics.profile import NAME, WORD, Group, Profile, Term
from monitor.topics.score import match_text

_TWICE = 2  # marked pieces that must say a term or name a person
_WEIGHT = 0.5  # of a term that only marked pieces say: below what carries a match alone
_WORD_FACTOR = 0.6  # as seeds' words weigh beside their names (see `terms`)
_LEAST = 0.125  # as of seeds
_SEED = 2  # marks that a seed outweighs
_FLOOR = 0.5  # share of its weight that no mark takes from a term
_ENOUGH = 6  # marks that may move the threshold, with one of either kind among them
_LOWEST, _HIGHEST = 0.4, 0.7  # where they may move it: few pieces are marked, and the many others have scores, too
_GAIN, _SHARE = 2, 0.05  # marks, and share of the marks, that must be contradicted less for it to move


def adjust_profile(profile: Profile, seeds: Sequence[Seed], marks: Sequence[Mark]) -> Profile:
    """`profile`, as `seeds` taught it, with what `marks` say of it; the threshold is left to `calibrate`."""
    if not marks:
        return profile
    ordered = sorted(marks, key=lambda mark: mark.name)
    wanted = [convert_mark(mark) for mark in ordered if mark.relevant]
    unwanted = [convert_mark(mark) for mark in ordered if not mark.relevant]
    groups = tuple(_people(group, wanted, unwanted) for group in profile.groups)
    heard = replace(profile, groups=groups)
    known = tuple(_pushed(term, wanted, unwanted) for term in profile.terms)
    terms = (*known, *_terms(heard, seeds, wanted, unwanted))
    return replace(
        heard,
        terms=tuple(sorted(terms, key=lambda term: (-term.weight, term.term))),
        marks=(len(wanted), len(unwanted)),
    )


def calibrate_threshold(profile: Profile, marks: Sequence[Mark]) -> float:
    """The threshold that contradicts the fewest marks, the nearest to the present one among equals.

    It stays where a move would mend but a mark or two.
    """
    kinds = {mark.relevant for mark in marks}
    if len(marks) < _ENOUGH or len(kinds) < 2:
        return profile.threshold
    scores = [(match_text(mark.title, mark.lead, mark.text, profile).score, mark.relevant) for mark in marks]
    steps = [round(n / 100, 2) for n in range(round(_LOWEST * 100), round(_HIGHEST * 100) + 1)]

    def cost(threshold: float) -> tuple[int, float, float]:
        wrong = sum((score >= threshold) != relevant for score, relevant in scores)
        return wrong, round(abs(threshold - profile.threshold), 2), threshold

    best = min(steps, key=cost)
    gained = cost(profile.threshold)[0] - cost(best)[0]
    return best if gained >= max(_GAIN, _SHARE * len(marks)) else profile.threshold


def _said(word: str, kind: str, pieces: Sequence[Seed]) -> int:
    """How many pieces say a term."""
    table = Phrases([(word, "it")], inflected=["it"] if kind == WORD else [])
    return sum(any(table.find(part, split_tokens(part)) for part in (p.headline, p.lead or "", p.text)) for p in pieces)


def _pushed(term: Term, wanted: Sequence[Seed], unwanted: Sequence[Seed]) -> Term:
    """A term of the seeds, lighter where more unwanted pieces say it than seeds and wanted ones together."""
    held = _SEED * len(term.seeds) + _said(term.term, term.kind, wanted)
    against = _said(term.term, term.kind, unwanted)
    if against <= held:
        return term
    return replace(term, weight=round(term.weight * max(_FLOOR, (held + 1) / (against + 1)), 2))


def _people(group: Group, wanted: Sequence[Seed], unwanted: Sequence[Seed]) -> Group:
    """A group with the office holders that two wanted pieces name beside it and no unwanted one names at all."""
    country = next((country for country in list_countries() if country.name == group.name), None)
    if country is None:
        return group
    names = (country.name, *country.demonyms)
    texts = ["\n".join((piece.headline, piece.lead or "", piece.text)) for piece in wanted]
    found: dict[str, int] = {}
    for text in texts:
        for person in find_office_holders(text, names):
            found[person] = found.get(person, 0) + 1
    fresh = [
        person for person, times in found.items() if times >= _TWICE and not _said(person.split()[-1], NAME, unwanted)
    ]
    return replace(group, aliases=tuple(dict.fromkeys((*group.aliases, *find_aliases(fresh, "\n".join(texts))))))


def _terms(
    profile: Profile, seeds: Sequence[Seed], wanted: Sequence[Seed], unwanted: Sequence[Seed]
) -> tuple[Term, ...]:
    """Terms that wanted pieces say and seeds do not, at half weight at most."""
    known = [(alias, group.name) for group in profile.groups for alias in group.aliases]
    known += [(term.term, term.term) for term in profile.terms]
    groups = [group.name for group in profile.groups]
    masked = Phrases(known, names=groups, inflected=[term.term for term in profile.terms], spelled=groups)
    own = {seed.name for seed in wanted}
    heard, _ = collect_distinct_sentences([*seeds, *wanted])
    mine = [voice for voice in heard if voice.seed in own]
    found = find_candidates(mine, masked, least=_TWICE, places=list_place_names(set(groups)))
    terms = []
    for run in sorted(find_free_candidates(found)):
        candidate, word = found[run], " ".join(run)
        share = len(candidate.seeds) / (len(mine) + 1)
        against = _said(word, candidate.kind, unwanted) / (len(unwanted) + 1)
        factor = 1.0 if candidate.kind == NAME else _WORD_FACTOR
        rarity = measure_rarity(candidate.forms) / (COMMON - RAREST)
        weight = round(_WEIGHT * max(share - against, 0.0) * rarity * factor, 2)
        if weight >= _LEAST:
            terms.append(Term(term=word, weight=weight, kind=candidate.kind, seeds=()))
    # Of a phrase and the word in it the heavier stays, as of seeds.
    best = {term.term: term.weight for term in terms}
    return tuple(
        term
        for term in terms
        if not any(
            best.get(" ".join(part), 0.0) >= term.weight
            for words in [term.term.split()]
            for size in range(1, len(words))
            for part in (words[i : i + size] for i in range(len(words) - size + 1))
        )
    )


def convert_mark(mark: Mark) -> Seed:
    """The marked piece as what seeds are read for."""
    return Seed(name=f"mark {mark.name}", digest="", headline=mark.title, lead=mark.lead, text=mark.text)
