"""Learns a topic's profile from its seeds; pure and the same byte for byte, it must not know any topic.

Requirements: the same seeds give the same profile; five articles are enough, one is a start; nothing is hard-coded
but general knowledge (countries, word frequencies). Theory: what makes a topic is not its words but its names
*together*. Countries become groups of names; pairs of groups that most seeds name and that texts seldom name
together become conjunctions; all other words are weighted by how many seeds say them and how rare they are.
What it will miss: names that no seed uses, and topics whose seeds share only everyday words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from monitor.model.topic import Mark
from monitor.text.words.languages.detect_language import detect_language
from monitor.text.words.languages.word_rarity import COMMON, RAREST, measure_rarity
from monitor.topics.countries import Country, list_countries, list_foreign_names, list_place_names
from monitor.topics.learning.archive_features import NO_ARCHIVE, ArchiveFeatures
from monitor.topics.learning.distinct_sentences import DistinctSentences, collect_distinct_sentences
from monitor.topics.learning.from_marks import adjust_profile, calibrate_threshold
from monitor.topics.learning.office_holders import find_aliases, find_office_holders
from monitor.topics.learning.seed_article import Seed, hash_seeds
from monitor.topics.learning.seed_features import count_seed, write_terms
from monitor.topics.learning.term_weights import SeedFeatures, learn_terms
from monitor.topics.learning.terms import choose_terms
from monitor.topics.phrase_search import Phrases
from monitor.topics.profile import Calibration, Conjunction, DroppedLine, Group, Profile
from monitor.topics.registers import find_registers
from monitor.topics.score import match_text
from monitor.topics.shares.text_features import COUNTRY
from monitor.topics.user_edits import apply_user_edits

_LEAST = 0.1  # weight under which a pair tells nothing
_HOLD = 0.6  # share of seeds that must name a pair of groups
_PAIR = 3.0  # decades of rarity from which a pair is telling by itself: by chance in 1 of 10,000 texts
_THRESHOLD = 0.5
_ALONE = 0.6  # weight from which a pair of countries is a reason by itself: below, it does not reach the threshold
_LOUDER = 2.0  # times one country of such a pair may be named more often than the other
_USUAL = "en"  # of seeds too short to tell
_SHOWN = 100  # characters of a dropped line
_MARGIN = 0.95  # the seeds themselves must match: the threshold stays below the least of their scores


def _spoken_of(heard: Sequence[DistinctSentences]) -> list[Country]:
    """The countries that some seed calls by name or demonym; a capital alone is no evidence ("Minsk Group")."""
    table = Phrases(
        [(alias, country.code) for country in list_countries() for alias in (country.name, *country.demonyms)],
        names=[country.code for country in list_countries()],
    )
    codes = {hit.unit for voice in heard for s in voice.sentences for hit in table.find(s.text, list(s.words))}
    return [country for country in list_countries() if country.code in codes]


def _group(country: Country, heard: Sequence[DistinctSentences], texts: Sequence[str], least: int) -> Group | None:
    """The country with all its names as a group, None where fewer than `least` seeds speak of it."""
    people: dict[str, None] = {}
    for text in texts:
        found = find_office_holders(text, (country.name, *country.demonyms))
        people.update(dict.fromkeys(find_aliases(found, "\n".join(texts))))
    names = tuple(dict.fromkeys((*country.aliases, *list_foreign_names(country), *people)))
    table = Phrases([(name, "it") for name in names], names=["it"])
    seeds = tuple(v.seed for v in heard if any(table.find(s.text, list(s.words)) for s in v.sentences))
    if len(seeds) < least:
        return None
    # Acronyms ("US") would be counted as the small words they look like.
    rarity = measure_rarity(alias for alias in country.aliases if not alias.isupper())
    return Group(name=country.name, weight=round(max(rarity / (COMMON - RAREST), 0.01), 2), aliases=names, seeds=seeds)


def _conjunctions(groups: Sequence[Group], total: int) -> tuple[Conjunction, ...]:
    """Pairs of groups that most seeds hold together, weighed by how unlikely they meet by chance.

    A pair a decade likelier to meet than the best one counts a tenth of it: Russia and Azerbaijan meet in every
    trade report, Armenia and Azerbaijan hardly but in this.
    """
    pairs = []
    for left, right in combinations(groups, 2):
        seeds = tuple(name for name in left.seeds if name in right.seeds)
        if len(seeds) >= max(_HOLD * total, 1):
            pairs.append((left, right, seeds, (left.weight + right.weight) * (COMMON - RAREST)))
    best = max((rarity for *_, rarity in pairs), default=0.0)
    found = []
    for left, right, seeds, rarity in pairs:
        weight = len(seeds) / total * min(1.0, rarity / _PAIR) * 10 ** (rarity - best)
        if weight >= _LEAST:
            found.append(Conjunction(groups=(left.name, right.name), weight=round(weight, 2), seeds=seeds))
    return tuple(sorted(found, key=lambda c: (-c.weight, c.groups)))


def _schema(seeds: Sequence[Seed]) -> tuple[tuple[str, int], ...]:
    """In how many seeds each field stands."""
    fields = {
        "headline": [True for _ in seeds],
        "lead": [seed.lead is not None for seed in seeds],
        "standfirst": [seed.standfirst for seed in seeds],
        "dateline place": [seed.dateline is not None and seed.dateline.place is not None for seed in seeds],
        "dateline day": [seed.dateline is not None and seed.dateline.day is not None for seed in seeds],
        "agency": [seed.dateline is not None and seed.dateline.agency is not None for seed in seeds],
        "outlet": [seed.outlet is not None for seed in seeds],
        "publication date": [seed.published is not None for seed in seeds],
        "body": [True for _ in seeds],
    }
    return tuple((name, sum(values)) for name, values in fields.items())


def _registers(heard: Sequence[DistinctSentences]) -> tuple[str, ...]:
    """The registers that at least half of the seeds speak."""
    used = Counter(
        register for voice in heard for register in find_registers(w.key for s in voice.sentences for w in s.words)
    )
    return tuple(sorted(register for register, count in used.items() if 2 * count >= len(heard)))


def _shown(dropped: Iterable[DroppedLine]) -> tuple[DroppedLine, ...]:
    """Each dropped line once, cut to what a person needs to recognise it."""
    short = (replace(d, line=d.line if len(d.line) <= _SHOWN else d.line[: _SHOWN - 1] + "…") for d in dropped)
    return tuple(dict.fromkeys(short))


def learn_profile(
    seeds: Sequence[Seed],
    *,
    topic: str,
    previous: Profile | None = None,
    marks: Sequence[Mark] = (),
    archive: ArchiveFeatures = NO_ARCHIVE,
) -> Profile:
    """The profile of `topic` from at least one seed; what a person pinned, banned or added in `previous` stays.

    `marks` are pieces that people marked (see `from_marks`); `archive` is what the topic's outlets print, against which
    terms and threshold are weighed (see `term_weights`). The same seeds, marks and archive give the same profile.

    A topic of two countries is told by their names: .5 is its threshold, or where marks put it, or lower where a seed
    itself would miss it. Every other topic is told by its words, as a share of what a seed says of them; a weak seed
    then moves nothing. A group must stand in two seeds (one, where there is one); a sentence that several seeds share
    counts once.
    """
    ordered = sorted(seeds, key=lambda seed: seed.name)
    heard, dropped = collect_distinct_sentences(ordered)
    least = min(2, len(heard))
    texts = ["\n".join(sentence.text for sentence in voice.sentences) for voice in heard]
    found = [_group(country, heard, texts, least) for country in _spoken_of(heard)]
    groups = tuple(sorted(filter(None, found), key=lambda g: (-len(g.seeds), -g.weight, g.name)))
    names = Phrases([(alias, g.name) for g in groups for alias in g.aliases], names=[g.name for g in groups])
    learned = Profile(
        topic=topic,
        threshold=_THRESHOLD,
        hash=hash_seeds(ordered),
        seeds=tuple(seed.name for seed in ordered),
        terms=choose_terms(heard, names, least=least, places=list_place_names({group.name for group in groups})),
        groups=groups,
        conjunctions=_conjunctions(groups, len(heard)),
        schema=_schema(ordered),
        registers=_registers(heard),
        dropped=_shown(
            [
                *(
                    DroppedLine(seed=seed.name, line=cut.line, reason=cut.reason)
                    for seed in ordered
                    for cut in seed.cuts
                ),
                *dropped,
            ]
        ),
    )
    learned = _by_words(learned, heard, archive)
    profile = apply_user_edits(adjust_profile(learned, ordered, marks), previous)
    if profile.wishes.threshold is not None:
        return profile
    highest = calibrate_threshold(profile, marks)
    if profile.expected:
        return replace(profile, threshold=highest)
    lowest = min(match_text(seed.headline, seed.lead, seed.text, profile).score for seed in ordered)
    return replace(profile, threshold=round(min(highest, max(_MARGIN * lowest, 0.05)), 2))


def _by_words(learned: Profile, heard: Sequence[DistinctSentences], archive: ArchiveFeatures) -> Profile:
    """The profile told by words instead, where no pair of countries tells it.

    Seeds that share no word teach none.
    """
    language = _language(heard)
    learned = replace(learned, languages=(language,))
    counted = [count_seed(voice, language) for voice in heard]
    if any(_tells(pair, counted) for pair in learned.conjunctions):
        return learned
    taught = learn_terms(counted, archive.count(language), language)
    least = min(2, len(heard))
    terms = write_terms(taught.weights, heard, counted, language)
    if not any(len(term.seeds) >= least for term in terms):
        return learned
    calibration = None
    if taught.pieces:
        calibration = Calibration(pieces=taught.pieces, left_out=taught.left_out, tail=taught.tail, day=archive.day)
    return replace(
        learned,
        threshold=taught.threshold,
        terms=terms,
        conjunctions=(),
        expected=tuple((length, max(round(score, 4), 0.0001)) for length, score in taught.expected),
        shares=tuple(round(share, 2) for share in taught.shares),
        calibration=calibration,
    )


def _language(heard: Sequence[DistinctSentences]) -> str:
    """The language that most seeds are written in, of as many that of the first; short ones are read together."""
    texts = ["\n".join(sentence.text for sentence in voice.sentences) for voice in heard]
    told = Counter(language for text in texts if (language := detect_language(text)) is not None)
    if told:
        return told.most_common(1)[0][0]
    return detect_language("\n".join(texts), _USUAL) or _USUAL


def _tells(pair: Conjunction, seeds: Sequence[SeedFeatures]) -> bool:
    """Whether a pair of countries is a topic by itself: telling, and both named about equally often.

    Of two countries one of which is named in passing, most pieces that name both are about something else. One seed
    cannot show that.
    """
    if len(seeds) < 2:
        return True
    codes = {country.name: COUNTRY + country.code for country in list_countries()}
    loud = [sum(seed.whole.counts.get(codes[name], 0.0) for seed in seeds) for name in pair.groups]
    return pair.weight >= _ALONE and max(loud) <= _LOUDER * min(loud)
