"""A topic's rules: named queries with texts they must and must not match; it must not read files or score.

A rule that would match a text holding none of its words (`NOT football`) is refused: it could show no evidence and
would let everything in. So is one that no text can satisfy (`peace AND NOT peace`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.model.topic import Evidence
from monitor.topics.rules.lucene_parser import parse_query
from monitor.topics.rules.query import BODY, And, Not, Query, QueryDocument, find_query_hits, format_query
from monitor.topics.rules.query_reading import describe_query
from monitor.topics.rules.satisfiable import is_satisfiable

_NOTHING = QueryDocument({})
_SHOWN = 80  # characters of an example in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRule:
    """One `[topics.TOPIC.rules.NAME]`: the query as written and as read; rules of equal text are equal."""

    name: str
    query: str
    tree: Query = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text that a rule must match (`wanted`) or must not; `fields` are (name, text) pairs of query.FIELDS."""

    fields: tuple[tuple[str, str], ...]
    wanted: bool

    @property
    def summary(self) -> str:
        """The example in one short line."""
        line = " / ".join(" ".join(text.split()) for _, text in self.fields)
        return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrial:
    """What came of one example; `words` are what the rule found in it."""

    rule: str
    example: Example
    matched: bool
    words: tuple[str, ...]
    lacking: str | None

    @property
    def passed(self) -> bool:
        return self.matched == self.example.wanted

    @property
    def fault(self) -> str:
        """What is wrong with a trial that is not good, and the cure."""
        if self.matched:
            what = f"matches {self.example.summary!r} (by {', '.join(self.words)})"
        else:
            what = f"does not match {self.example.summary!r}" + (f" ({self.lacking})" if self.lacking else "")
        return f"{what}: mend the query or the example, `seedwatch rules test` shows all"


def parse_rule(name: str, query: str) -> TopicRule:
    """A rule from its text; raises ValueError with what is wrong and the cure."""
    tree = parse_query(query)
    if not is_satisfiable(tree):
        raise ValueError(f"can never match, it is read as {describe_query(tree)}: take away what contradicts the rest")
    if find_query_hits(tree, _NOTHING) is not None:
        raise ValueError("matches texts that hold none of its words: add a word that must be there, with AND")
    return TopicRule(name=name, query=query, tree=tree)


def collect_evidence(found: TopicRule, document: QueryDocument) -> tuple[Evidence, ...] | None:
    """Why a rule matches a document, None where it does not; each reason weighs 1, as a rule knows no less."""
    spots = find_query_hits(found.tree, document)
    if spots is None:
        return None
    return tuple(
        Evidence(
            term=f"rule {found.name}: {spot.shown}",
            found=document.cut(spot),
            part=spot.field,
            start=spot.start,
            end=spot.end,
            weight=1.0,
        )
        for spot in spots
    )


def explain_near_miss(found: TopicRule, document: QueryDocument) -> str | None:
    """What kept a rule from matching a document whose text holds some of what it asks for, in one line.

    The right outlet or language alone is no near miss: every piece of an outlet would be one.
    """
    parts = list(_conjuncts(found.tree))
    if not any(spot.field in BODY for part in parts for spot in find_query_hits(part, document) or ()):
        return None
    for part in parts:
        if find_query_hits(part, document) is None:
            what = f"holds {format_query(part.of)}" if isinstance(part, Not) else f"lacks {format_query(part)}"
            return f"rule {found.name} {what}"
    return None


def _conjuncts(query: Query) -> Iterator[Query]:
    if isinstance(query, And):
        for part in query.parts:
            yield from _conjuncts(part)
    else:
        yield query


def run_trials(
    found: TopicRule, must: Sequence[Mapping[str, str]], must_not: Sequence[Mapping[str, str]]
) -> tuple[RuleTrial, ...]:
    """Run a rule on texts it must and must not match, each as fields of query.FIELDS, in their order."""
    out = []
    for wanted, given in ((True, must), (False, must_not)):
        for fields in given:
            text = QueryDocument(fields)
            reasons = collect_evidence(found, text)
            out.append(
                RuleTrial(
                    rule=found.name,
                    example=Example(fields=tuple((n, t) for n, t in fields.items() if t), wanted=wanted),
                    matched=reasons is not None,
                    words=tuple(reason.found for reason in reasons or ()),
                    lacking=explain_near_miss(found, text) if reasons is None else None,
                )
            )
    return tuple(out)
