"""A topic as it is watched – learned profile, rules, or both – and its verdict on an article; it must not learn.

A matching rule accepts the piece whatever the profile says: a person wrote it. A rule that does not match takes
nothing away from the profile.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from monitor.model.page import Article
from monitor.model.topic import Evidence, Match
from monitor.topics.calibration_steps import is_uncalibrated
from monitor.topics.profile import Profile
from monitor.topics.profile_index import EVERY, ProfileIndex
from monitor.topics.rules.query import QueryDocument
from monitor.topics.rules.rule import TopicRule, collect_evidence, explain_near_miss
from monitor.topics.rules.rule_index import RuleIndex
from monitor.topics.score import compile_once, score_text
from monitor.topics.tokenized_text import TokenizedText, tokenize_text

_RULE = 1.0  # the score of a text that a rule accepts
_MISSING = 3  # lines a near miss shows
_KEPT = 4  # sets of topics kept ready: the running one, one before a reload, a back-test's two


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One `[topics.NAME]`; `profile` is None for a topic of rules only.

    `languages` are those of pieces that may match, two letters each, all where there are none; `warm_up` says that
    what it matches waits until its profile is weighed against what its outlets print.
    """

    name: str
    profile: Profile | None
    rules: tuple[TopicRule, ...] = ()
    languages: frozenset[str] = frozenset()
    warm_up: bool = False

    @property
    def threshold(self) -> float:
        """The profile's; without one only a rule can match."""
        return _RULE if self.profile is None else self.profile.threshold

    @property
    def is_warming_up(self) -> bool:
        """Whether its alerts wait: words are worth what they are worth at its outlets, which nobody knows yet.

        Country pairs and rules need no archive.
        """
        return self.warm_up and self.profile is not None and is_uncalibrated(self.profile)

    @property
    def hash(self) -> str:
        """Names what the topic matches by, so that a change is noticed: the profile's own hash without rules."""
        learned = "" if self.profile is None else self.profile.hash
        if not self.rules:
            return learned
        return hashlib.sha256("\n".join([learned, *(rule.query for rule in self.rules)]).encode()).hexdigest()


def judge_topics(article: Article, source: str, topics: tuple[Topic, ...]) -> tuple[Match, ...]:
    """The verdicts of `topics` on an article, in their order; `source` is the outlet's name in the configuration.

    Up to 16 topics each have one. Of more those that say something do: what matches, and the nearest misses. The
    same tuple of topics handed in again is indexed once.
    """
    return _panel(topics).verdicts(article, source)


def build_rule_fields(article: Article, source: str) -> dict[str, str]:
    """An article as rules see it: its text by the names of query.FIELDS."""
    return {
        "title": article.title,
        "lead": article.lead or "",
        "text": article.text,
        "place": (article.dateline.place if article.dateline else None) or "",
        "source": source,
        "lang": article.language or "",
    }


class TopicPanel:
    """Topics made ready for many articles."""

    def __init__(self, topics: tuple[Topic, ...]) -> None:
        self.topics = topics
        self._all = len(topics) <= EVERY
        learned = [(number, topic.profile) for number, topic in enumerate(topics) if topic.profile is not None]
        self._numbers = [number for number, _ in learned]
        self._profiles = tuple(profile for _, profile in learned)
        self._atoms = ProfileIndex(self._profiles) if len(self._profiles) > EVERY else None
        self._rules = [(number, rule) for number, topic in enumerate(topics) for rule in topic.rules]
        self._book = RuleIndex([rule for _, rule in self._rules]) if len(self._rules) > EVERY else None

    def verdicts(self, article: Article, source: str) -> tuple[Match, ...]:
        """What `judge_topics` says; the article's words are cut once for profiles and rules."""
        given = tokenize_text(article.title, article.lead, article.text, article.background)
        learned = self._learned(given)
        tried = self._tried(
            QueryDocument(build_rule_fields(article, source), {part.name: part.words for part in given.parts})
        )
        numbers = range(len(self.topics)) if self._all else sorted(learned.keys() | tried.keys())
        found = ((self.topics[n], _verdict(self.topics[n], learned.get(n), tried.get(n, _Tried()))) for n in numbers)
        return tuple(_in_language(topic, match, article.language) for topic, match in found)

    def _learned(self, given: TokenizedText) -> dict[int, Match]:
        if self._atoms is not None:
            return {self._numbers[place]: found for place, found in self._atoms.match_relevant(given).items()}
        found = [score_text(compile_once(profile), given) for profile in self._profiles]
        return {n: match for n, match in zip(self._numbers, found, strict=True) if self._all or match.evidence}

    def _tried(self, text: QueryDocument) -> dict[int, _Tried]:
        """What came of the rules that the text could satisfy, by the number of their topic.

        Up to 16 rules are all tried, and tell what kept them from matching.
        """
        found: dict[int, _Tried] = {}
        for place in range(len(self._rules)) if self._book is None else sorted(self._book.candidates(text)):
            number, rule = self._rules[place]
            reasons = collect_evidence(rule, text)
            line = explain_near_miss(rule, text) if reasons is None and self._book is None else None
            if reasons is not None or line is not None:
                found.setdefault(number, _Tried()).add(reasons, line)
        return found


class _Tried:
    """What a topic's rules found in a text, and what those lacked that found nothing."""

    def __init__(self) -> None:
        self.matched = False
        self.reasons: list[Evidence] = []
        self.lacking: list[str] = []

    def add(self, reasons: tuple[Evidence, ...] | None, line: str | None) -> None:
        self.matched = self.matched or reasons is not None
        self.reasons += reasons or ()
        self.lacking += [line] if line is not None else []


def _verdict(topic: Topic, learned: Match | None, tried: _Tried) -> Match:
    if learned is None and tried.matched:  # of thousands of rules most verdicts are this
        reasons = tuple(tried.reasons)
        return Match(topic=topic.name, score=_RULE, threshold=topic.threshold, matched=True, evidence=reasons)
    if learned is None:
        learned = Match(topic=topic.name, score=0.0, threshold=topic.threshold, matched=False)
    elif learned.topic != topic.name:
        learned = replace(learned, topic=topic.name)
    if tried.matched:
        shown = (*tried.reasons, *learned.evidence)
        return replace(learned, score=_RULE, matched=True, evidence=shown, missing=())
    if learned.matched or not tried.lacking:
        return learned
    return replace(learned, missing=(*tried.lacking, *learned.missing)[:_MISSING])


def _in_language(topic: Topic, match: Match, language: str | None) -> Match:
    """The verdict, refused for a piece in none of the topic's languages; an unknown one passes, as for alert rules."""
    if not match.matched or not topic.languages or language is None or language[:2].lower() in topic.languages:
        return match
    why = f"its language {language} is not among the languages of this topic"
    return replace(match, matched=False, missing=(why,))


_ready: list[tuple[tuple[Topic, ...], TopicPanel]] = []


def _panel(topics: tuple[Topic, ...]) -> TopicPanel:
    """`topics` made ready, once: looked up by identity, since comparing thousands costs more than matching.

    A few topics are equal quickly enough, and come as a new tuple from whoever asks about one.
    """
    for known, panel in _ready:
        if known is topics or (len(topics) <= EVERY and known == topics):
            return panel
    made = TopicPanel(topics)
    _ready[:] = [*_ready[1 - _KEPT :], (topics, made)]
    return made
