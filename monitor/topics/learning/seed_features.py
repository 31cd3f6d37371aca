"""The seeds as learning counts them, and how the terms they taught are written for people; it must not weigh."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from monitor.text.words.languages.word_stems import find_stem
from monitor.text.words.tokens import split_tokens
from monitor.topics.countries import list_countries
from monitor.topics.learning.distinct_sentences import DistinctSentences
from monitor.topics.learning.term_weights import LENGTHS, SeedFeatures
from monitor.topics.profile import NAME, WORD, Term
from monitor.topics.shares.text_features import COUNTRY, Passage, count_features, make_passages
from monitor.topics.user_edits import normalize_phrase

_NAMED = 0.8  # share of capitals away from the start of a sentence that makes a word a name


def count_seed(heard: DistinctSentences, language: str) -> SeedFeatures:
    """What a seed says in its own sentences, cut to each of `LENGTHS` and whole."""
    passages = _passages(heard)
    cuts = tuple(count_features(passages, language, most=length) for length in LENGTHS)
    return SeedFeatures((*cuts, count_features(passages, language)))


def _passages(heard: DistinctSentences) -> tuple[Passage, ...]:
    title = " ".join(sentence.text for sentence in heard.sentences if sentence.title)
    text = "\n".join(sentence.text for sentence in heard.sentences if not sentence.title)
    return make_passages(((title, split_tokens(title)), ("", ()), (text, split_tokens(text))))


def write_terms(
    weights: Mapping[str, float], heard: Sequence[DistinctSentences], counted: Sequence[SeedFeatures], language: str
) -> tuple[Term, ...]:
    """Learned features as terms, each in the form that the seeds use most, heaviest first."""
    forms, capitals = _forms(heard, language)
    countries = {COUNTRY + country.code: country.name for country in list_countries()}
    found: dict[str, Term] = {}
    for feature, weight in weights.items():
        if feature.startswith(COUNTRY):
            shown, kind = normalize_phrase(countries[feature]), NAME
        else:
            stems = feature.split(" ")
            shown = " ".join(max(forms[stem], key=lambda form: (forms[stem][form], form)) for stem in stems)
            kind = NAME if any(capitals[stem] for stem in stems) else WORD
        seeds = tuple(one.seed for one, seed in zip(heard, counted, strict=True) if feature in seed.whole.counts)
        term = Term(
            term=shown,
            weight=max(round(weight, 4), 0.0001),
            kind=kind,
            seeds=seeds,
            stem="" if feature == _stemmed(shown, language) else feature,
        )
        found.setdefault(shown, term)
    return tuple(sorted(found.values(), key=lambda term: (-term.weight, term.term)))


def _stemmed(shown: str, language: str) -> str:
    return " ".join(find_stem(word, language) for word in shown.split())


def _forms(heard: Sequence[DistinctSentences], language: str) -> tuple[dict[str, Counter[str]], dict[str, bool]]:
    """The folded forms of each stem with their counts, and whether it is written as a name."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    middle: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for voice in heard:
        for sentence in voice.sentences:
            for index, word in enumerate(sentence.words):
                stem = find_stem(sentence.text[word.start : word.end], language)
                forms[stem][word.key] += 1
                if index and not sentence.title:
                    middle[stem] += 1
                    capital[stem] += sentence.text[word.start].isupper()
    return forms, {stem: capital[stem] >= _NAMED * middle[stem] > 0 for stem in forms}
