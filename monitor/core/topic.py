"""A topic as it is watched – learned profile, rules, or both – and its verdict on an article; it must not learn.

A matching rule accepts the piece whatever the profile says: a person wrote it. A rule that does not match takes
nothing away from the profile.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache

from monitor.core.atoms import match_all
from monitor.core.profile import Profile
from monitor.core.query import Document
from monitor.core.rules import TopicRule, evidence, lacking
from monitor.model import Article, Match

_MISSING = 3  # lines a near miss shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One `[topics.NAME]`; `profile` is None for a topic of rules only."""

    name: str
    profile: Profile | None
    rules: tuple[TopicRule, ...] = ()

    @property
    def threshold(self) -> float:
        """The profile's; without one only a rule can match, and its score is 1."""
        return 1.0 if self.profile is None else self.profile.threshold

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
    """Every topic's verdict, in their order; an article's words are cut for rules once."""
    text = document(article, source)
    learned = iter(match_all(article.title, article.lead, article.text, _profiles(topics)))
    return tuple(_verdict(topic, None if topic.profile is None else next(learned), text) for topic in topics)


@lru_cache(maxsize=4)
def _profiles(topics: tuple[Topic, ...]) -> tuple[Profile, ...]:
    """The profiles of `topics`: the same tuple every time, since it is indexed once."""
    return tuple(topic.profile for topic in topics if topic.profile is not None)


def _verdict(topic: Topic, learned: Match | None, text: Document) -> Match:
    if learned is None:
        found = Match(topic=topic.name, score=0.0, threshold=topic.threshold, matched=False)
    else:
        found = replace(learned, topic=topic.name)
    reasons = [reason for rule in topic.rules if (reason := evidence(rule, text)) is not None]
    if reasons:
        shown = (*(item for reason in reasons for item in reason), *found.evidence)
        return replace(found, score=1.0, matched=True, evidence=shown, missing=())
    if found.matched or not topic.rules:
        return found
    near = (line for rule in topic.rules if (line := lacking(rule, text)) is not None)
    return replace(found, missing=(*near, *found.missing)[:_MISSING])
