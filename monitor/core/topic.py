"""A topic as it is watched – learned profile, rules, or both – and its verdict on an article; it must not learn.

A matching rule accepts the piece whatever the profile says: a person wrote it. A rule that does not match takes
nothing away from the profile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from monitor.core.atoms import match_all
from monitor.core.profile import Profile
from monitor.core.query import Document
from monitor.core.rulebook import Rulebook
from monitor.core.rules import TopicRule, evidence, lacking
from monitor.model import Article, Match

_RULE = 1.0  # the score of a text that a rule accepts
_MISSING = 3  # lines a near miss shows
_EVERY = 16  # rules that are all tried: what a person runs, who wants near misses explained


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One `[topics.NAME]`; `profile` is None for a topic of rules only."""

    name: str
    profile: Profile | None
    rules: tuple[TopicRule, ...] = ()

    @property
    def threshold(self) -> float:
        """The profile's; without one only a rule can match."""
        return _RULE if self.profile is None else self.profile.threshold

    @property
    def hash(self) -> str:
        """Names what the topic matches by, so that a change is noticed: the profile's own hash without rules."""
        learned = "" if self.profile is None else self.profile.hash
        if not self.rules:
            return learned
        return hashlib.sha256("\n".join([learned, *(rule.query for rule in self.rules)]).encode()).hexdigest()


def document(article: Article, source: str) -> Document:
    """An article as rules see it; `source` is the outlet's name in the configuration."""
    return Document(
        {
            "title": article.title,
            "lead": article.lead or "",
            "text": article.text,
            "place": (article.dateline.place if article.dateline else None) or "",
            "source": source,
            "lang": article.language or "",
        }
    )


def verdicts(article: Article, source: str, topics: tuple[Topic, ...]) -> tuple[Match, ...]:
    """Every topic's verdict, in their order; an article's words are cut for rules once.

    Of many rules only those are evaluated that the article could satisfy, and no near misses are told.
    """
    text = document(article, source)
    rules = tuple(topic.rules for topic in topics)
    few = sum(map(len, rules)) <= _EVERY
    tried = dict(enumerate(rules)) if few else _candidates(rules, text)
    profiles = _profiles(topics)
    learned = iter(match_all(article.title, article.lead, article.text, profiles) if profiles else ())
    return tuple(
        _verdict(topic, None if topic.profile is None else next(learned), tried.get(number, ()), text, near=few)
        for number, topic in enumerate(topics)
    )


@lru_cache(maxsize=4)
def _profiles(topics: tuple[Topic, ...]) -> tuple[Profile, ...]:
    """The profiles of `topics`: the same tuple every time, since it is indexed once."""
    return tuple(topic.profile for topic in topics if topic.profile is not None)


def _candidates(rules: tuple[tuple[TopicRule, ...], ...], text: Document) -> Mapping[int, Sequence[TopicRule]]:
    """The rules that the text could satisfy, by the number of their topic."""
    owners, book = _filed(rules)
    found: dict[int, list[TopicRule]] = {}
    for number in sorted(book.candidates(text)):
        owner, rule = owners[number]
        found.setdefault(owner, []).append(rule)
    return found


@lru_cache(maxsize=4)  # the running set, and one before a reload
def _filed(rules: tuple[tuple[TopicRule, ...], ...]) -> tuple[list[tuple[int, TopicRule]], Rulebook]:
    owners = [(owner, rule) for owner, group in enumerate(rules) for rule in group]
    return owners, Rulebook([rule for _, rule in owners])


@lru_cache(maxsize=16_384)  # of thousands of topics an article concerns a handful
def _nothing(name: str) -> Match:
    return Match(topic=name, score=0.0, threshold=_RULE, matched=False)


def _verdict(topic: Topic, learned: Match | None, rules: Sequence[TopicRule], text: Document, *, near: bool) -> Match:
    found = _nothing(topic.name) if learned is None else learned
    if found.topic != topic.name:
        found = replace(found, topic=topic.name)
    reasons = [reason for rule in rules if (reason := evidence(rule, text)) is not None]
    if reasons:
        shown = (*(item for reason in reasons for item in reason), *found.evidence)
        return replace(found, score=_RULE, matched=True, evidence=shown, missing=())
    if found.matched or not near:
        return found
    lines = (line for rule in rules if (line := lacking(rule, text)) is not None)
    return replace(found, missing=(*lines, *found.missing)[:_MISSING])
