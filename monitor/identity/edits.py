"""What kind of edit turned one text of an article into a later one; it must not know why, nor whom it alerts.

Theory of operation: both texts fall into sentences; those that stand in both, in whatever order, changed nothing. The
rest are paired by likeness; a pair differs in figures, names, negations, a quote – or in words only. What has no
partner was added or removed, and weighs when it brings or takes a figure or a name that the other text has not.
What nobody can weigh is `unknown`, not minor: other words in a language without tables (`fact_words`), another word in
a script without capitals, which may be a name. Linear but for the pairs, which are capped. What it will miss: a
paraphrase that turns the sense with neither a negation nor an opposite of its list, a name that is only spelled anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from monitor.identity.unweighed_words import is_unweighed
from monitor.model.identity import RETRACTION, TRIVIAL, UNKNOWN, Edit, TextChange, Version
from monitor.text.content_hash import fold_text
from monitor.text.publisher_notices import is_correction, is_retraction, keep_essential_lines, strip_label
from monitor.text.sentences import (
    Facts,
    Sentence,
    extract_facts,
    find_figures,
    find_names,
    find_quotes,
    has_capitals,
    split_lines,
    split_sentences,
    split_words,
)
from monitor.text.words.fact_words.fact_words import FactWords, find_fact_words
from monitor.text.words.languages.detect_language import detect_language
from monitor.text.words.name_spelling import is_same_name
from monitor.text.words.word_count import split_compared_words

# Heaviest first: the order in which changes are told, and cut.
KINDS = (
    RETRACTION,
    "correction",
    "reversal",
    "numbers",
    "names",
    "quote",
    "headline",
    "rewrite",
    "addition",
    "removal",
    UNKNOWN,
    "minor",
    TRIVIAL,
)
CHANGES = 12  # kept of one edit: what a person reads; `kinds` names all
PASSAGE = 400  # characters of a passage kept
_BEFORE = 80  # of them before what differs

_PAIR = 55.0  # rapidfuzz ratio of words from which two sentences are one, reworded; two unrelated ones share 25-45
_QUOTE_ALIKE = 70.0
_TYPO = 95.0  # a headline so like the one before is the same, mended
_WORD = 4  # letters; shorter ones are articles and the like
_SPELLED = 60.0  # "recieve" and "receive" share 86, "keep" and "observe" 36
_WEIGHED = 200_000  # characters of a text: the longest real article measured has 4,100 words
_PAIRED = 80  # sentences compared of each text: beyond them the piece is another
_COMPARED = 600  # characters of a sentence compared
_TELLING = 8  # words from which a sentence added or removed says something by itself
_KEPT = 0.5  # of the earlier text's words; below, the piece was written anew


@dataclass(frozen=True, slots=True)
class _Reader:
    """By what two texts are read: the words of their language, and the names that stand inside their sentences."""

    words: FactWords
    names: frozenset[str]


def compare_versions(before: Version, after: Version, language: str | None = None) -> Edit:
    """The edit that led from one text to the other; texts that fold alike give a trivial one.

    `language` is that of the later text, where it is known.
    """
    old, new = _body(before), _body(after)
    language = language or detect_language(f"{after.text}\n{after.title}")
    language = language or detect_language(f"{before.text}\n{before.title}")
    reader = _Reader(find_fact_words(language), find_names((*old, *new)))
    told, kept = _texts(old, new, reader)
    found = [*_headline(before.title, after.title, reader), *told]
    if not found and before.text[_WEIGHED:] != after.text[_WEIGHED:]:
        found = [TextChange(kind="minor", before=None, after=None, substance=False)]
    if not found:
        found = [TextChange(kind=TRIVIAL, before=None, after=None, substance=False)]
    found.sort(key=lambda change: (not change.substance, KINDS.index(change.kind)))
    kinds = sorted({change.kind for change in found}, key=KINDS.index)
    return Edit(
        kinds=tuple(kinds),
        changes=tuple(_bounded(change) for change in found[:CHANGES]),
        substance=any(change.substance for change in found),
        kept=kept,
        whole=all((change.before is None) is not (change.after is None) for change in found)
        and not {RETRACTION, "correction"} & set(kinds),
    )


def _body(version: Version) -> tuple[Sentence, ...]:
    """The sentences of a text; a lead that the text lacks is none of it, an endpoint may have lent it."""
    return split_sentences(keep_essential_lines(split_lines(version.text[:_WEIGHED])))


def _headline(before: str, after: str, reader: _Reader) -> list[TextChange]:
    one, other = strip_label(fold_text(before)), strip_label(fold_text(after))
    if fold_text(before) == fold_text(after):
        return []
    if is_retraction(other) and not is_retraction(one):
        return [TextChange(kind=RETRACTION, before=before, after=after, substance=True)]
    if one == other:  # a label came or went
        return [TextChange(kind="headline", before=before, after=after, substance=False)]
    # A headline written anew is just that: what it leaves out is no other figure.
    reworded = _likeness(one, other) >= _PAIR
    kinds = _kinds(_sentence(before, one), _sentence(after, other), reader) if reworded else ()
    telling = bool(kinds) or fuzz.ratio(one, other) < _TYPO or _reworded(one, other)
    return [
        TextChange(kind=kind, before=before, after=after, substance=telling)
        for kind in dict.fromkeys(("headline", *kinds))
    ]


def _reworded(one: str, other: str) -> bool:
    """Whether a word of a headline gave way to another one; a word that is only spelled otherwise did not."""
    before, after = split_words(one), split_words(other)
    gone, come = ([word for word in left if len(word) >= _WORD] for left in (before - after, after - before))
    return bool(come) and any(all(fuzz.ratio(word, other) < _SPELLED for other in come) for word in gone)


def _sentence(text: str, folded: str) -> Sentence:
    return Sentence(text=text, folded=folded, whole=True)


def _texts(old: tuple[Sentence, ...], new: tuple[Sentence, ...], reader: _Reader) -> tuple[list[TextChange], float]:
    """The changes of the text, and the share of its words that were kept."""
    gone, come = _rest(old, new), _rest(new, old)
    if not gone and not come:
        return [], 1.0
    told = [_notice(sentence) for sentence in come]
    found = [change for change in told if change is not None]
    rest = [sentence for sentence, change in zip(come, told, strict=True) if change is None]
    pairs, gone, rest = _pairs(gone, rest)
    words = sum(sentence.length for sentence in old)
    kept = 1.0 - sum(sentence.length for sentence in gone) / max(1, words)
    if words and kept < _KEPT and rest:
        return [*found, _rewrite(gone, rest)], kept
    said, unsaid = _quoted(old, new)
    for one, other in pairs:
        found += _pair(one, other, reader, said, unsaid)
    found += _unpaired(rest, said, old, reader, added=True)
    found += _unpaired(gone, unsaid, new, reader, added=False)
    return found, kept


def _rest(mine: Sequence[Sentence], other: Sequence[Sentence]) -> list[Sentence]:
    """My sentences that the other has not, each as often as it has it less."""
    left = Counter(sentence.folded for sentence in other)
    found = []
    for sentence in mine:
        if left[sentence.folded] > 0:
            left[sentence.folded] -= 1
        else:
            found.append(sentence)
    return found


def _notice(sentence: Sentence) -> TextChange | None:
    """What the outlet says of its own piece in a sentence that was not there before."""
    for kind, speaks in ((RETRACTION, is_retraction), ("correction", is_correction)):
        if speaks(sentence.folded):
            return TextChange(kind=kind, before=None, after=sentence.text, substance=True)
    return None


def _pairs(
    gone: list[Sentence], come: list[Sentence]
) -> tuple[list[tuple[Sentence, Sentence]], list[Sentence], list[Sentence]]:
    """Sentences that are one, reworded: the likest first; and what is left of both."""
    likest = sorted(
        (
            (ratio, one, other)
            for one, before in enumerate(gone[:_PAIRED])
            for other, after in enumerate(come[:_PAIRED])
            if (ratio := _likeness(before.folded, after.folded)) >= _PAIR
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, one, other in likest:
        if one not in taken and other not in used:
            taken[one] = other
            used.add(other)
    return (
        [(gone[one], come[other]) for one, other in sorted(taken.items())],
        [sentence for number, sentence in enumerate(gone) if number not in taken],
        [sentence for number, sentence in enumerate(come) if number not in used],
    )


def _likeness(one: str, other: str) -> float:
    """Of two folded sentences by their words, 0-100."""
    words = [split_compared_words(text[:_COMPARED]) for text in (one, other)]
    return fuzz.ratio(words[0], words[1], score_cutoff=_PAIR)


def _quoted(old: Sequence[Sentence], new: Sequence[Sentence]) -> tuple[frozenset[str], frozenset[str]]:
    """Quotes that came and quotes that went; one that is only worded otherwise did neither."""
    before, after = find_quotes(s.text for s in old), find_quotes(s.text for s in new)
    return frozenset(_without(after, before)), frozenset(_without(before, after))


def _without(mine: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    """My quotes that the others lack; one that both have is no other wording of a third."""
    foreign = [quote for quote in others[:_PAIRED] if quote not in mine]
    return [
        quote
        for quote in dict.fromkeys(mine)
        if quote not in others
        and not any(fuzz.ratio(quote[:_COMPARED], other[:_COMPARED]) >= _QUOTE_ALIKE for other in foreign)
    ]


def _pair(
    one: Sentence, other: Sentence, reader: _Reader, said: frozenset[str], unsaid: frozenset[str]
) -> list[TextChange]:
    kinds = list(_kinds(one, other, reader))
    quoted = (other, said), (one, unsaid)
    if any(quote in sentence.folded for sentence, marked in quoted for quote in marked):
        kinds.append("quote")
    elif not kinds and find_quotes([one.text]) and find_quotes([one.text]) != find_quotes([other.text]):
        kinds.append("quote")  # words in a speaker's mouth are no matter of style
    if not kinds and is_unweighed(one.folded, other.folded, reader.words):
        kinds.append(UNKNOWN)
    if not kinds:
        return [TextChange(kind="minor", before=one.text, after=other.text, substance=False)]
    return [TextChange(kind=kind, before=one.text, after=other.text, substance=True) for kind in kinds]


def _kinds(one: Sentence, other: Sentence, reader: _Reader) -> tuple[str, ...]:
    """In which facts two wordings of one sentence differ."""
    before, after = _facts(one, reader), _facts(other, reader)
    found = []
    if before.negations != after.negations or reader.words.is_turned(one.folded, other.folded):
        found.append("reversal")
    if Counter(before.figures) != Counter(after.figures):
        found.append("numbers")
    if _renamed(before, after) or (not found and _recited(before, after, one.folded, other.folded)):
        found.append("names")
    return tuple(found)


def _facts(sentence: Sentence, reader: _Reader) -> Facts:
    return extract_facts(sentence, reader.names, reader.words)


def _renamed(before: Facts, after: Facts) -> bool:
    """Whether other names stand there, or the same ones in other places; spellings and cases are no other names."""
    one, other = list(before.names), list(after.names)
    if len(one) != len(other):
        return not all(any(is_same_name(a, b) for b in other) for a in one) or not all(
            any(is_same_name(a, b) for a in one) for b in other
        )
    return any(not is_same_name(a, b) for a, b in zip(one, other, strict=True))


def _recited(before: Facts, after: Facts, one: str, other: str) -> bool:
    """Whether something is said by somebody else now."""
    return bool(set(before.sources) - split_words(other)) and bool(set(after.sources) - split_words(one))


def _unpaired(
    found: list[Sentence],
    marked: frozenset[str],
    others: Sequence[Sentence],
    reader: _Reader,
    *,
    added: bool,
) -> list[TextChange]:
    """Sentences that came or went whole: a quote, or facts that the other text lacks."""
    theirs = {figure for sentence in others for figure in find_figures(sentence.folded, reader.words)}
    named = {word for sentence in others for word in split_words(sentence.folded)}
    changes = []
    for sentence in found:
        stated = _facts(sentence, reader)
        fresh = not theirs.issuperset(stated.figures) or any(not named & {fold_text(name)} for name in stated.names)
        quoted = any(quote in sentence.folded for quote in marked)
        kind = "quote" if quoted else "addition" if added else "removal"
        if not quoted and not sentence.whole and not fresh:
            kind = "minor"  # a subheading, a caption
        telling = quoted or (fresh and sentence.length >= _TELLING) or (sentence.whole and stated.negations > 0)
        weighed = sentence.length < _TELLING or has_capitals(sentence.folded)  # a long one may bring a name
        if not telling and sentence.whole and not (reader.words.tabled and weighed):
            kind, telling = UNKNOWN, True  # what it says nobody can weigh
        text = sentence.text
        changes.append(
            TextChange(kind=kind, before=None if added else text, after=text if added else None, substance=telling)
        )
    return changes


def _rewrite(gone: Sequence[Sentence], come: Sequence[Sentence]) -> TextChange:
    return TextChange(kind="rewrite", before=_start(gone), after=_start(come), substance=True)


def _start(found: Sequence[Sentence]) -> str:
    return " ".join(sentence.text for sentence in found[:4])


def _bounded(change: TextChange) -> TextChange:
    """The change with bounded passages; where they are long, from shortly before they part."""
    before, after, start = change.before, change.after, 0
    if before and after and max(len(before), len(after)) > PASSAGE:
        parting = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
        start = max(0, parting - _BEFORE)
    return replace(change, before=_cut(before, start), after=_cut(after, start))


def _cut(passage: str | None, start: int) -> str | None:
    if passage is None:
        return None
    text = ("…" if start else "") + passage[start:]
    return text if len(text) <= PASSAGE else text[: PASSAGE - 1].rstrip() + "…"
