"""Scores a text against a topic's profile and says why; it must not learn, read files or decide what is alerted.

Theory: a text is on topic when it names, where it matters, a name only this topic has or a pair of groups that
seldom meet; further telling words lift it, alone they do not suffice. Headline, lead and opening count most, since
a third to a half of unrelated reports end with background paragraphs on the topic (SOURCES.md). It will miss a
report that comes to the topic only deep in its text, or in a paragraph that its outlet has printed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from monitor.model.topic import Evidence, Match
from monitor.text.words.tokens import fold_phrase
from monitor.topics.countries import list_countries
from monitor.topics.phrase_search import Hit, Phrases
from monitor.topics.profile import NAME, WORD, Profile
from monitor.topics.shares.share_score import Share, ShareTerms, compile_share, join_scores, measure_share, take_rest
from monitor.topics.tokenized_text import NEAR, TextPart, TokenizedText, tokenize_text

_FAR = 0.5  # worth of a place under which the reader would not call it the subject
_CORE = 0.92  # the best single reason gives at most this score; the rest is for words that agree
_ALONE = 0.45  # what a group without its partners can give at most
_COUPLE = 0.6  # the rarest group beside the most telling word: short of the threshold, a second word tips it
_NAME_BEND = 0.8  # a name half as telling as the best still carries a headline (.57), one of a third (.41) does not
_WORD = 0.75  # a word (not a name) as the best reason
_LIFT, _MOST = 0.3, 0.45  # each further telling term lifts by its weight times this, together no more than that
_LIST = 3  # three other countries within eight words: an enumeration, which couples nobody
_LISTED = 0.4
# A name in a register the seeds never use, with none of their telling words beside it: a club, a player, a ship.
_REGISTER = 0.4
_SHOWN, _SILENT = 12, 3  # terms that a verdict names, and terms that a near miss lacks
_ROUNDING = 0.0001  # scores have four places


@dataclass(frozen=True)
class CompiledProfile:
    """A profile as texts are held against it. Units are `t:` terms and `g:` groups, with what each can be worth."""

    profile: Profile
    table: list[tuple[str, str]]  # phrases and the units they stand for
    terms: dict[str, tuple[str, float, str]]
    groups: dict[str, float]
    taken: frozenset[str]  # countries that are groups
    solo: dict[str, float]  # what a unit is worth by itself, in the best place
    rarest: float  # weight of the group spoken of most seldom
    loudest: float  # weight of the most telling word
    share: ShareTerms | None = None  # the learned terms, where `profile` is only what else there is of a profile
    threshold: float = 0.0  # the whole profile's, where there is a share

    @cached_property
    def phrases(self) -> Phrases:
        """The table as texts are searched; made when a text is, since of thousands of profiles few ever are."""
        banned = frozenset(word for phrase in self.profile.wishes.ban for word in fold_phrase(phrase))
        return Phrases(
            self.table,
            names=self.groups,
            inflected=[unit for unit, (_, _, kind) in self.terms.items() if kind == WORD],
            spelled=[*self.groups, *(unit for unit, (_, _, kind) in self.terms.items() if kind == NAME)],
            never=_country_words() | banned if banned else _country_words(),
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """The best place of one unit."""

    worth: float
    part: str
    hit: Hit
    text: str
    listed: bool
    repeated: bool


_Reason = tuple[float, tuple[Evidence, ...], tuple[_Found, ...]]


@lru_cache(maxsize=1)
def _country_words() -> frozenset[str]:
    """Words by which general tables know a country: they sound like no other name."""
    return frozenset(words[0] for c in list_countries() for a in c.aliases if len(words := fold_phrase(a)) == 1)


def compile_profile(profile: Profile) -> CompiledProfile:
    """`profile` made ready for texts."""
    share = compile_share(profile)
    if share is not None:
        return replace(compile_profile(take_rest(profile)), share=share, threshold=profile.threshold)
    terms = {f"t:{t.term}": (t.term, t.weight, t.kind) for t in profile.terms}
    groups = {f"g:{g.name}": g.weight for g in profile.groups}
    named = {g.name for g in profile.groups}
    table = [(t.term, f"t:{t.term}") for t in profile.terms]
    table += [(alias, f"g:{g.name}") for g in profile.groups for alias in g.aliases]
    solo = {unit: _ALONE * weight for unit, weight in groups.items()}
    for unit, (_, weight, kind) in terms.items():
        solo[unit] = weight**_NAME_BEND if kind == NAME else weight * _WORD
    return CompiledProfile(
        profile,
        table,
        terms,
        groups,
        frozenset(c.code for c in list_countries() if c.name in named),
        solo,
        max(groups.values(), default=1.0),
        max((weight for _, weight, kind in terms.values() if kind == WORD), default=1.0),
    )


@lru_cache(maxsize=256)
def compile_once(profile: Profile) -> CompiledProfile:
    """`profile` made ready for texts, once."""
    return compile_profile(profile)


def bound_score(compiled: CompiledProfile, units: Mapping[str, float]) -> float:
    """The score that no text naming `units`, each in a place of that worth at best, exceeds: nothing overlaps."""
    solo = compiled.solo
    core = lift = share = loud = each = 0.0
    for unit, worth in units.items():
        alone = solo[unit] * worth
        if unit in compiled.groups:
            couple = _COUPLE * compiled.groups[unit] / compiled.rarest * worth
            share = max(share, couple)
            each = max(alone, couple)  # a group counts once, alone or with a word
        else:
            each = alone
            if compiled.terms[unit][2] == WORD:
                loud = max(loud, compiled.terms[unit][1] * worth / compiled.loudest)
        core = max(core, alone)
        lift += each
    core = max(core, min(share, _COUPLE * loud))
    for conjunction in compiled.profile.conjunctions:
        worst = min(units.get(f"g:{name}", 0.0) for name in conjunction.groups)
        core = max(core, conjunction.weight * worst)
        lift += conjunction.weight * worst
    return 1 - (1 - _CORE * min(core, 1.0)) * (1 - min(_MOST, _LIFT * lift)) + _ROUNDING


def _listed(hit: Hit, others: list[Hit]) -> bool:
    near = {o.unit for o in others if o.last > hit.first - NEAR and o.first < hit.last + NEAR}
    return len(near) >= _LIST


def _scan(compiled: CompiledProfile, part: TextPart, at: Iterable[int] | None, found: dict[str, _Found]) -> None:
    hits = compiled.phrases.find(part.text, part.words, at)
    groups = [hit for hit in hits if hit.unit in compiled.groups]
    others = [hit for hit in part.countries(groups) if hit.unit not in compiled.taken] if groups else []
    for hit in hits:
        listed = hit.unit in compiled.groups and _listed(hit, others)
        worth = part.worth(hit) * (_LISTED if listed else 1.0)
        best = found.get(hit.unit)
        if best is None or worth > best.worth:
            found[hit.unit] = _Found(worth, part.name, hit, part.text, listed, part.repeats(hit))


def _evidence(term: str, found: _Found, weight: float) -> Evidence:
    return Evidence(
        term=term,
        found=found.text[found.hit.start : found.hit.end],
        part=found.part,
        start=found.hit.start,
        end=found.hit.end,
        weight=round(weight, 4),
    )


def _overlap(one: _Found, other: _Found) -> bool:
    return one.part == other.part and one.hit.first < other.hit.last and other.hit.first < one.hit.last


def _couples(compiled: CompiledProfile, found: dict[str, _Found]) -> list[_Reason]:
    """Each group with the word that says most beside it: "Azerbaijan" and "ceasefire" nearly are the topic."""
    spoken_words = [
        (compiled.terms[unit][1] / compiled.loudest, compiled.terms[unit][0], place)
        for unit, place in found.items()
        if unit in compiled.terms and compiled.terms[unit][2] == WORD
    ]
    reasons: list[_Reason] = []
    for unit, group in found.items():
        if unit not in compiled.groups:
            continue
        share = _COUPLE * compiled.groups[unit] / compiled.rarest
        pairs = [(share * weight * min(group.worth, w.worth), term, w) for weight, term, w in spoken_words]
        if pairs:
            worth, term, word = max(pairs, key=lambda pair: (pair[0], pair[1]))
            label = f"{unit[2:]} + {term}"
            reasons.append((worth, (_evidence(label, group, worth), _evidence(label, word, worth)), (group, word)))
    return reasons


def _pairs(profile: Profile, found: dict[str, _Found]) -> list[_Reason]:
    """The conjunctions whose groups all stand in the text, worth what the worst placed of them is."""
    reasons: list[_Reason] = []
    for conjunction in profile.conjunctions:
        here = tuple(place for name in conjunction.groups if (place := found.get(f"g:{name}")) is not None)
        if len(here) == len(conjunction.groups):
            worth = conjunction.weight * min(place.worth for place in here)
            label = " + ".join(conjunction.groups)
            reasons.append((worth, tuple(_evidence(label, place, worth) for place in here), here))
    return reasons


def _singles(compiled: CompiledProfile, found: dict[str, _Found]) -> list[_Reason]:
    """What each term and group says for itself."""
    reasons: list[_Reason] = []
    for unit, place in found.items():
        if compiled.share is not None and unit in compiled.groups:
            continue  # a country alone has its share, if the seeds gave it one
        name = unit[2:]
        worth = compiled.solo[unit] * place.worth
        reasons.append((worth, (_evidence(name, place, worth),), (place,)))
    return reasons


def _best(reasons: list[_Reason]) -> list[_Reason]:
    """The reasons from the heaviest down, without those that lean on words already counted."""
    kept: list[_Reason] = []
    used: list[_Found] = []
    for reason in sorted(reasons, key=lambda r: (-r[0], r[1][0].term)):
        if not any(_overlap(place, other) for place in reason[2] for other in used):
            kept.append(reason)
            used.extend(reason[2])
    return kept


def _missing(profile: Profile, found: dict[str, _Found], first: _Found, registers: list[str]) -> tuple[str, ...]:
    """What kept a text that names something of the topic from matching, at most three lines."""
    reasons = list(registers)
    if first.listed:
        reasons.append("named only in a list of countries")
    elif first.repeated:
        reasons.append("named only in a paragraph that the outlet repeats")
    elif first.worth < _FAR:
        reasons.append("named only far down the text")
    for conjunction in profile.conjunctions:
        here = [name for name in conjunction.groups if f"g:{name}" in found]
        absent = [name for name in conjunction.groups if f"g:{name}" not in found]
        if here and absent:
            reasons.append(f"{' + '.join(absent)} (beside {' + '.join(here)})")
    if not reasons and profile.terms:
        reasons.append(f"a name of the topic, as {profile.terms[0].term}")
    return tuple(reasons[:3])


def match_text(
    title: str, lead: str | None, text: str, profile: Profile, background: tuple[tuple[int, int], ...] = ()
) -> Match:
    """The profile's verdict on one text; the same input gives the same Match.

    `title`, `lead` and `text` are plain text, any may be empty; evidence offsets count characters of the part
    they name. `background` are the [start, end) of paragraphs of `text` that the outlet repeats: what they say counts
    as if it stood at the end. `missing` is filled for texts that name something of the topic and stay below the
    threshold.
    """
    return score_text(compile_once(profile), tokenize_text(title, lead, text, background))


def score_text(compiled: CompiledProfile, text: TokenizedText, at: Sequence[Iterable[int]] | None = None) -> Match:
    """What `match` says, of a text and a profile that are both made ready.

    `at`: for each part the words, in order, at which alone a phrase of the profile begins, where that is known.
    """
    rest = _score_names(compiled, text, at)
    if compiled.share is None:
        return rest
    return _score_share(compiled.threshold, measure_share(compiled.share, text.features), rest, text)


def _score_share(threshold: float, share: Share, rest: Match, text: TokenizedText) -> Match:
    """The verdict of a profile whose terms score by shares; `rest` is that of its groups and of what a person added."""
    score = round(min(join_scores(share.share, rest.score, threshold), 1.0), 4)
    matched = score >= threshold
    shown = tuple(_term_evidence(worth, term.term, place, text) for worth, term, place in share.said[:_SHOWN])
    ordered = (*rest.evidence, *shown) if rest.matched else (*shown, *rest.evidence)
    missing: tuple[str, ...] = ()
    if not matched and shown:
        lacking = f"lacks {', '.join(share.silent[:_SILENT])}" if share.silent else ""
        said = f"says {share.share:.0%} of what a seed of its length says"
        missing = tuple(line for line in (said, lacking, *rest.missing) if line)[:_SILENT]
    elif not matched:
        missing = rest.missing
    return Match(
        topic=rest.topic,
        score=score,
        threshold=threshold,
        matched=matched,
        evidence=ordered,
        missing=missing,
    )


def _term_evidence(worth: float, term: str, place: tuple[int, int, int], text: TokenizedText) -> Evidence:
    part = text.parts[place[0]]
    start, end = part.words[place[1]].start, part.words[place[2] - 1].end
    return Evidence(term=term, found=part.text[start:end], part=part.name, start=start, end=end, weight=round(worth, 4))


def _score_names(compiled: CompiledProfile, text: TokenizedText, at: Sequence[Iterable[int]] | None) -> Match:
    """The verdict by names, groups and their pairs, as scored before there were shares."""
    profile = compiled.profile
    found: dict[str, _Found] = {}
    for part, starts in zip(text.parts, at or (None, None, None), strict=True):
        _scan(compiled, part, starts, found)
    kept = _best([*_pairs(profile, found), *_couples(compiled, found), *_singles(compiled, found)])
    if not kept:
        return Match(topic=profile.topic, score=0.0, threshold=profile.threshold, matched=False)
    lift = sum(worth for worth, _, _ in kept[1:])
    score = 1 - (1 - _CORE * min(kept[0][0], 1.0)) * (1 - min(_MOST, _LIFT * lift))
    registers = []
    if not any(unit in compiled.terms and compiled.terms[unit][2] == WORD for unit in found):
        for register, present in text.registers:
            if register not in profile.registers:
                score *= _REGISTER
                registers.append(f"reads like {register}: {', '.join(sorted(present)[:4])}")
    score = round(score, 4)
    matched = score >= profile.threshold
    return Match(
        topic=profile.topic,
        score=score,
        threshold=profile.threshold,
        matched=matched,
        evidence=tuple(evidence for _, shown, _ in kept for evidence in shown),
        missing=() if matched else _missing(profile, found, kept[0][2][0], registers),
    )
