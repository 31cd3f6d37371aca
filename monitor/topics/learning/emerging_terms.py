"""Finds what has come up beside a topic that its profile does not know; it must not change a profile or read a store.

Theory: a subject's vocabulary moves on ("Zangezur", a new route's acronym). What is new shows in pieces that match or
name the topic: said by several of them lately, hardly by other pieces of the same weeks, and less often by the
topic's own pieces before. It proposes; a person decides. It will miss a word that everybody uses, and one that came up
together with everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import log

from monitor.model.topic import NEAR, Match
from monitor.text.words.languages.word_rarity import measure_rarity
from monitor.text.words.tokens import split_tokens
from monitor.topics.countries import list_place_names
from monitor.topics.learning.distinct_sentences import collect_distinct_sentences
from monitor.topics.learning.seed_article import Seed
from monitor.topics.learning.terms import find_candidates, find_free_candidates
from monitor.topics.phrase_search import Phrases
from monitor.topics.profile import NAME, Profile
from monitor.topics.user_edits import normalize_phrase

MATCHED, NAMED, OTHER = "matched", "named", "other"

_LEAST = 3  # pieces of the topic that must say a term
_DAYS = 2  # days of which they must be: one event's words are no drift
_TELLING = 10.83  # log-likelihood ratio (Dunning 1993), one degree of freedom: chance gives more in 1 of 1,000
_OWN = 0.4  # share of the pieces with the term that must be the topic's own
_RISE = 2.0  # times as often as before
_ALONE = 0.8  # share of the topic's own from which a term may carry a match by itself
_CARRIES, _HELPS = 0.6, 0.3  # weights proposed
_RARE = 1.2  # decades a word that is no name must be rarer than function words: "conflict" is, "situation" is not
_SHOWN = 15
OPENING = 1_500  # characters of a text that are looked at: background paragraphs stand below


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePiece:
    """One stored piece: its number as `name`, the `day` it was published (ISO 8601), and how it stands to the topic."""

    name: str
    day: str
    title: str
    lead: str | None
    text: str
    standing: str

    @property
    def seed(self) -> Seed:
        """The piece as what seeds are read for."""
        return Seed(name=self.name, digest="", headline=self.title, lead=self.lead, text=self.text[:OPENING])


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingTerm:
    """A term to propose, with the weight that suits it.

    `matched`, `named` and `other` count the recent pieces that say it by how they stand to the topic, `before` the
    topic's own pieces earlier. `pieces` are the names of the recent ones of the topic, newest first.
    """

    term: str
    weight: float
    matched: int
    named: int
    other: int
    before: int
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingReport:
    """What has come up in the days from `since` to `until` (ISO 8601; None where there are no pieces).

    `matched`, `named` and `other` count the pieces of these days by how they stand to the topic. `reason` says why no
    term can be told from chance there; None where they were looked through.
    """

    since: str | None
    until: str | None
    matched: int
    named: int
    other: int
    reason: str | None
    terms: tuple[EmergingTerm, ...]


def classify_match(match: Match, profile: Profile) -> str:
    """How a piece stands to the topic by its verdict: its everyday words alone do not name it."""
    if match.matched:
        return MATCHED
    names = {group.name for group in profile.groups} | {term.term for term in profile.terms if term.kind == NAME}
    near = match.score >= NEAR * match.threshold and any(found.term in names for found in match.evidence)
    return NAMED if near else OTHER


def report_emerging_terms(pieces: Sequence[ArchivePiece], profile: Profile, *, days: int) -> EmergingReport:
    """What rose in the last `days` days of `pieces`, and among how many of them."""
    counted = count_recent(pieces, days=days)
    if counted.reason is not None:
        return counted
    return replace(counted, terms=find_emerging_terms(pieces, profile, since=counted.since or ""))


def count_recent(pieces: Sequence[ArchivePiece], *, days: int) -> EmergingReport:
    """How the last `days` days of `pieces` stand to a topic, and whether they are enough to look for terms there.

    Costs next to nothing, so that it can be asked before a look is begun.
    """
    until = max((piece.day for piece in pieces), default=None)
    since = None if until is None else str(date.fromisoformat(until) - timedelta(days=days - 1))
    counts = Counter(piece.standing for piece in pieces if since is not None and piece.day >= since)
    return EmergingReport(
        since=since,
        until=until,
        matched=counts[MATCHED],
        named=counts[NAMED],
        other=counts[OTHER],
        reason=_name_lack(counts[MATCHED], since, until),
        terms=(),
    )


def _name_lack(matched: int, since: str | None, until: str | None) -> str | None:
    if since is None:
        return "no piece is stored to look at"
    if matched >= _LEAST:
        return None
    some = {0: "no piece", 1: "1 piece"}.get(matched, f"{matched} pieces")
    return f"{some} matched from {since} to {until}; of fewer than {_LEAST} nothing can be told from chance"


def find_emerging_terms(pieces: Sequence[ArchivePiece], profile: Profile, *, since: str) -> tuple[EmergingTerm, ...]:
    """The terms that rose among the topic's pieces of the days from `since` on, the most telling first, at most 15."""
    recent = [piece for piece in pieces if piece.day >= since]
    own = [piece for piece in recent if piece.standing != OTHER]
    if sum(piece.standing == MATCHED for piece in own) < _LEAST:
        return ()
    kinds = _find_new_terms(own, profile)
    table = Phrases([(term, term) for term in kinds])
    said = {piece.name: _said(table, piece) for piece in pieces}
    earlier = [piece for piece in pieces if piece.day < since and piece.standing != OTHER]
    usage = _Usage(
        own=own,
        others=len(recent) - len(own),
        earlier=len(earlier),
        said=said,
        counts={
            standing: Counter(term for piece in recent if piece.standing == standing for term in said[piece.name])
            for standing in (MATCHED, NAMED, OTHER)
        },
        before=Counter(term for piece in earlier for term in said[piece.name]),
    )
    ranked = [risen for term, kind in kinds.items() if (risen := usage.judge(term, kind)) is not None]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].term))
    return tuple(found for _, found in ranked[:_SHOWN])


def _find_new_terms(own: Sequence[ArchivePiece], profile: Profile) -> dict[str, str]:
    """What the topic's recent pieces say and the profile neither knows nor bans, each with its kind."""
    heard, _ = collect_distinct_sentences([piece.seed for piece in own])
    found = find_candidates(
        heard, _known(profile), least=_LEAST, places=list_place_names({group.name for group in profile.groups})
    )
    banned = {normalize_phrase(phrase) for phrase in profile.wishes.ban}
    return {
        term: found[run].kind
        for run in sorted(find_free_candidates(found))
        if (term := " ".join(run)) not in banned
        and (found[run].kind == NAME or measure_rarity(found[run].forms) >= _RARE)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Usage:
    """Who says which new term: the topic's recent pieces (`own`) by how they stand to it (`counts`), and its earlier
    ones (`before`). `others` and `earlier` are numbers of pieces."""

    own: Sequence[ArchivePiece]
    others: int
    earlier: int
    said: Mapping[str, frozenset[str]]
    counts: Mapping[str, Counter[str]]
    before: Counter[str]

    def judge(self, term: str, kind: str) -> tuple[float, EmergingTerm] | None:
        """How telling a term is, and what is to be proposed of it; None where it did not rise."""
        matched, named, other = (self.counts[standing][term] for standing in (MATCHED, NAMED, OTHER))
        mine = [piece for piece in self.own if term in self.said[piece.name]]
        if len(mine) < _LEAST or len({piece.day for piece in mine}) < _DAYS:
            return None
        share = len(mine) / (len(mine) + other)
        rose = len(mine) / len(self.own) >= _RISE * self.before[term] / max(self.earlier, 1)
        telling = _likelihood(len(mine), len(self.own), other, self.others)
        if share < _OWN or not rose or telling < _TELLING:
            return None
        newest = sorted(mine, key=lambda piece: (piece.day, piece.name), reverse=True)
        return telling, EmergingTerm(
            term=term,
            weight=_CARRIES if share >= _ALONE and kind == NAME else _HELPS,
            matched=matched,
            named=named,
            other=other,
            before=self.before[term],
            pieces=tuple(piece.name for piece in newest),
        )


def _known(profile: Profile) -> Phrases:
    """What the profile has already, in any spelling it would be found in."""
    table = [(alias, group.name) for group in profile.groups for alias in group.aliases]
    table += [(term.term, term.term) for term in profile.terms]
    return Phrases(
        table,
        names=[group.name for group in profile.groups],
        inflected=[term.term for term in profile.terms],
        spelled=[group.name for group in profile.groups],
    )


def _said(table: Phrases, piece: ArchivePiece) -> frozenset[str]:
    parts: Iterable[str] = (piece.title, piece.lead or "", piece.text[:OPENING])
    return frozenset(hit.unit for part in parts for hit in table.find(part, split_tokens(part)))


def _likelihood(here: int, pieces: int, there: int, others: int) -> float:
    """Dunning's log-likelihood ratio of a share in two samples; 0 where it is no larger here than there."""
    if here * others <= there * pieces:
        return 0.0
    pooled = (here + there) / (pieces + others)

    def part(count: int, size: int) -> float:
        total = 0.0
        for seen, chance in ((count, pooled), (size - count, 1 - pooled)):
            if seen:
                total += seen * log(seen / (size * chance))
        return total

    return 2 * (part(here, pieces) + part(there, others))
