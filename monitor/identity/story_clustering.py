"""Which story a piece belongs to, by names and weighted words; it must not read a store, a clock or a text.

Theory of operation: a text is a vector of its most telling words: rarer ones weigh more – in language in general
(wordfreq) and, the longer it runs, in the archive at hand – and names twice. A story is the sum of its texts, each
counted once however many print it. A piece joins the story whose vector points its way (cosine), less what
contradicts: a piece with names of its own that the story lacks, about a story whose own names the piece lacks, is
another event of the same kind (MATCHING.md, "Stories"). Pieces of other days count less and less.

Requirements: the cost of a piece does not grow with the archive; what was written by another algorithm is never
compared. What it will miss: the same people doing the same again within days, and one event told in other words by a
text of a line or two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from math import log

from monitor.model.story import StoryChoice, StoryProfile, StoryVector, StoryWords, cut_heaviest, measure_length

# On 413 labelled pieces of 36 events .10, .11 and .12 give F1 .878, .901 and .891, on halves of them .899, .900 and
# .889; a hundred real reports of one war fall into 55, 58 and 58 stories (tests/quality/test_stories.py).
JOINS = 0.11
_TERMS = 40  # words a text is compared by: 48 and 64 do as well, and let more of one subject run together
_KEPT = 96  # words a story keeps; 160 do no better
# Texts whose counts weigh as much as wordfreq: 50, 100 and 200 do equally well on mixed news, and of a narrow beat 50
# learns soonest which words tell nothing there.
_TRUST = 50
_DULL = 0.5  # decades (natural) of rarity under which a word says nothing
_OWN = 0.5  # a name that opens half of a story's texts is its own; .3 and .7 give the same F1 on halves within .003
# Two stories are one where a piece belongs to both and they are this like: two captures of pirates by one navy in one
# gulf came to .31 while one of them was told by two pieces, two parts of one story mostly stand above .4.
MERGES = 0.4
# A piece of another day needs no less to be the same news for three days (the window of agency copies, decide.py);
# then its likeness halves every four days, and after thirty it is another story.
_FRESH = timedelta(hours=72)
_HALVES = timedelta(days=4)
WINDOW = timedelta(days=30)


def weigh_words(words: StoryWords, counts: Iterable[int], articles: int) -> StoryVector:
    """The vector of a text; `counts` says in how many of `articles` counted texts each word stood."""
    total = articles + _TRUST
    found = {
        key: loud * rarity
        for key, loud, common, count in zip(words.keys, words.loud, words.common, counts, strict=True)
        if (rarity := -log((count + _TRUST * common) / total) - _DULL) > 0
    }
    heaviest = cut_heaviest(sorted(found, key=found.__getitem__, reverse=True), found, _TERMS)
    length = measure_length([found[key] for key in heaviest])
    weights = {key: found[key] / length for key in heaviest}
    return StoryVector(weights=weights, names=frozenset(filter(weights.__contains__, words.names)))


def match_story(
    vector: StoryVector, found: Iterable[StoryProfile], at: datetime | None, apart: Collection[int] = ()
) -> StoryChoice:
    """The story among `found` that a piece of `at` belongs to; never one of `apart`."""
    rough = [
        (_cosine(vector, profile) * (near := _nearness(profile, at, at)), -profile.story_id, near, profile)
        for profile in found
        if profile.story_id not in apart
    ]
    rough.sort(key=lambda like: like[:2], reverse=True)
    likes: list[tuple[float, int, StoryProfile]] = []
    similarity = 0.0
    for most, number, near, profile in rough:
        if most < JOINS and most <= similarity:  # what contradicts only takes away: none of the rest comes higher
            break
        like = compare_to_story(vector, profile) * near
        likes.append((like, number, profile))
        similarity = max(similarity, like)
    likes.sort(key=lambda like: like[:2], reverse=True)
    fitting = tuple(profile for like, _, profile in likes if like >= JOINS)
    return StoryChoice(profile=fitting[0] if fitting else None, similarity=similarity, also=fitting[1:])


def rate_merge(kept: StoryProfile, other: StoryProfile) -> float | None:
    """How like two stories are that one piece belongs to, where that is enough to make them one; else None."""
    if other.story_id in kept.apart or kept.story_id in other.apart:
        return None
    length = other.length
    whole = StoryVector(
        weights={key: weight / length for key, weight in other.weights.items()}, names=frozenset(_own(other))
    )
    like = compare_to_story(whole, kept) * _nearness(kept, other.since, other.until)
    return like if like >= MERGES else None


def merge_profiles(kept: StoryProfile, other: StoryProfile) -> StoryProfile:
    """The profile of two stories that became one; it keeps the number and the title of the first."""
    total = _added(kept.weights, other.weights)
    weights = _keep_heaviest(total)
    names = {name: kept.names.get(name, 0) + other.names.get(name, 0) for name in (*kept.names, *other.names)}
    both = replace(
        kept,
        texts=kept.texts + other.texts,
        weights=weights,
        names={name: times for name, times in sorted(names.items()) if name in weights},
        apart=kept.apart | other.apart,
    )
    return extend_span(extend_span(both, other.since), other.until)


def compare_to_story(vector: StoryVector, profile: StoryProfile) -> float:
    """How much a text speaks of a story's event, 0 to 1, whatever the day."""
    cosine = _cosine(vector, profile)
    if cosine == 0:
        return 0.0
    lacking = _part(_own(profile), vector.weights)
    foreign = _part({name: vector.weights[name] for name in vector.names}, profile.weights)
    return cosine * (1 - min(lacking, foreign))


def new_profile(story_id: int, vector: StoryVector, at: datetime | None, apart: Iterable[int] = ()) -> StoryProfile:
    """The profile of a story with its first text, which is never one with those `apart`."""
    return StoryProfile(
        story_id=story_id,
        texts=1,
        weights=vector.weights,
        names=dict.fromkeys(sorted(vector.names), 1),
        central=vector.weights,
        since=at,
        until=at,
        apart=frozenset(apart),
    )


def add_text(profile: StoryProfile, vector: StoryVector, at: datetime | None) -> tuple[StoryProfile, bool]:
    """The profile with one more text, and whether that one is now the most central, after which it is called."""
    total = _added(profile.weights, vector.weights)
    weights = _keep_heaviest(total)
    counts = dict(profile.names)
    for name in vector.names:
        counts[name] = counts.get(name, 0) + 1
    central = _dot(vector.weights, weights) > _dot(profile.central, weights)
    since, until = _widen_span(profile, at)
    grown = StoryProfile(
        story_id=profile.story_id,
        texts=profile.texts + 1,
        weights=weights,
        names={name: counts[name] for name in sorted(counts) if name in weights},
        central=vector.weights if central else profile.central,
        since=since,
        until=until,
        apart=profile.apart,
    )
    return grown, central


def extend_span(profile: StoryProfile, at: datetime | None) -> StoryProfile:
    """The profile with a piece of `at` in its span: a copy adds no text, but the story is told again."""
    since, until = _widen_span(profile, at)
    return replace(profile, since=since, until=until)


def _widen_span(profile: StoryProfile, at: datetime | None) -> tuple[datetime | None, datetime | None]:
    if at is None:
        return profile.since, profile.until
    return min(profile.since or at, at), max(profile.until or at, at)


def _own(profile: StoryProfile) -> dict[str, float]:
    """The names that a story is about, with their weights."""
    return {name: profile.weights[name] for name, times in profile.names.items() if times >= _OWN * profile.texts}


def _nearness(profile: StoryProfile, since: datetime | None, until: datetime | None) -> float:
    """How much a likeness counts by the days between a story and what has this span; all of it without dates."""
    if since is None or until is None or profile.since is None or profile.until is None:
        return 1.0
    gap = max(profile.since - until, since - profile.until)
    if gap > WINDOW:
        return 0.0
    return float(0.5 ** max(0.0, (gap - _FRESH) / _HALVES))


def _part(of: Mapping[str, float], there: Mapping[str, float]) -> float:
    """The part of the weight of `of` that is not `there`; 0 where `of` has none."""
    total = sum(of.values())
    return sum(weight for key, weight in of.items() if key not in there) / total if total else 0.0


def _added(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    total = dict(one)
    for key, weight in other.items():
        total[key] = total.get(key, 0.0) + weight
    return total


def _cosine(vector: StoryVector, profile: StoryProfile) -> float:
    return _dot(vector.weights, profile.weights) / profile.length


def _keep_heaviest(total: Mapping[str, float]) -> dict[str, float]:
    """The heaviest of a story's words."""
    ordered = sorted(total)
    ordered.sort(key=total.__getitem__, reverse=True)  # keeps equal ones as they stand
    return {key: total[key] for key in cut_heaviest(ordered, total, _KEPT)}


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum([weight * other[key] for key, weight in one.items() if key in other])  # a generator takes longer
