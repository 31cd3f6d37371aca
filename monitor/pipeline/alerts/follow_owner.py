"""Puts a wrong first impression right: a piece that one source brought is announced by another, perhaps by its owner.

Source, outlet and backlog of the stored piece follow, and so do its alerts: nobody is told twice that it matched, and
nobody whose rule admits it only now is left out. Runs inside the transaction that notes the announcement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.alerting.intents import Intent, Rule
from monitor.identity.ownership import Estate, fits_announcement, is_asked_address
from monitor.model.identity import ADDED, TextChange
from monitor.model.topic import Match
from monitor.pipeline.alerts.queue_alerts import Addressees, queue_alerts
from monitor.pipeline.alerts.stored_piece import load_piece
from monitor.pipeline.alerts.told_before import find_told_before
from monitor.storage import Store
from monitor.storage.sources.link_owners import FirstWord
from monitor.text.near_duplicates import compare_signatures
from monitor.text.times.dates import is_surely_before
from monitor.text.urls import strip_tracking

OUTLET = "outlet"  # kind of the edit that tells of it


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerStatement:
    """What a source says of a piece that is known: by which link, whether it speaks for its site, whether it was there
    before."""

    link: int
    source: str
    own: bool
    backlog: bool


def follow_first_word(store: Store, to: Addressees, estate: Estate, first: FirstWord, now: datetime) -> int:
    """A source announces for the first time a link that had led to an article; how many alerts that queued.

    Where it speaks for the address, and its words or its address do not fit what was read there, the link is due again;
    so it is where the article was not asked for there, but found to be the same.
    """
    piece = store.articles.load(str(first.article_id))
    if piece is None:
        return 0
    asked = is_asked_address(first.entry.url, first.asked)
    asked = asked and store.names.is_asked(first.article_id, first.asked, estate.site_of(first.asked))
    if first.own and not (asked and fits_announcement(piece.article.title, first.entry)):
        store.links.owners.make_due(first.link, now)
    if first.own and asked:
        store.names.replace_hinted_address(first.article_id, strip_tracking(first.asked), first.source)
    placed = load_piece(store, first.article_id, None, key=None)
    published = placed.reading.article.published if placed is not None else None
    added_at = store.sources.added_at(first.source)
    past = published is not None and is_surely_before(published, added_at)
    later = published is not None and published.at > added_at
    backlog = past or (first.backlog and not later)
    word = OwnerStatement(link=first.link, source=first.source, own=first.own, backlog=backlog)
    return follow_word(store, to, estate, first.article_id, word, now)


def follow_word(
    store: Store, to: Addressees, estate: Estate, article_id: int, word: OwnerStatement, now: datetime
) -> int:
    """What an announcement changes in a known piece; how many alerts it queued.

    The piece becomes the announcer's where that speaks for its site and the source that has it does not. It is backlog
    no longer where a source that had not announced it before announces it as news.
    """
    source, backlog = store.names.owner(article_id)
    moves = word.own and word.source != source and not estate.speaks_for(source, store.names.address(article_id))
    freed = (
        backlog
        and not word.backlog
        and not store.links.owners.has_announced(article_id, word.source, besides=word.link)
    )
    if not (moves or freed):
        return 0
    store.names.hand_to(article_id, word.source if moves else source, backlog=backlog and not freed)
    change = TextChange(kind=OUTLET, before=to.outlet(source), after=to.outlet(word.source), substance=True)
    placed = load_piece(store, article_id, change, key=f"article.{OUTLET}")
    if placed is None:
        return 0
    accepted = {match.topic: match for match in placed.reading.matches if match.matched}
    first = tuple(_first_alerts(store, to, article_id, accepted))
    found = queue_alerts(store, to, replace(placed, before=None, key=None), first, now)
    queued = sum(store.holds.give_out(alert, now) for alert in found)
    if moves:
        owed = {(intent.rule, intent.channel) for intent in first}
        edits = [intent for intent in _edits(to, accepted) if (intent.rule, intent.channel) not in owed]
        queued += store.alerts.add(queue_alerts(store, to, placed, edits, now), now)
    return queued


def _first_alerts(store: Store, to: Addressees, article_id: int, accepted: dict[str, Match]) -> Iterator[Intent]:
    """The matches of a piece that were held for good, because of whose it was or since when it was there, and are not
    told otherwise."""
    told = store.holds.told_of(article_id)
    held = store.holds.list_kept(article_id)
    copied = _speaks_not(store, article_id)
    for rule in to.rules.values():
        topic = _topic(rule, accepted)
        later = "new" not in rule.on
        if topic is None or (later and rule.policy.report is None):
            continue
        for channel in rule.channels:
            pair = (rule.name, channel)
            if pair in held and pair not in told and not (rule.per == "story" and pair in copied):
                yield Intent(rule=rule.name, channel=channel, event="article.matched", topic=topic, later=later)


def _edits(to: Addressees, accepted: dict[str, Match]) -> Iterator[Intent]:
    for rule in to.rules.values():
        topic = _topic(rule, accepted)
        later = "edit" not in rule.on
        if topic is not None and not (later and rule.policy.report is None):
            for channel in rule.channels:
                yield Intent(rule=rule.name, channel=channel, event="article.edited", topic=topic, later=later)


def _topic(rule: Rule, accepted: dict[str, Match]) -> str | None:
    found = [accepted[name] for name in rule.topics if name in accepted]
    return max(found, key=lambda match: (match.score, match.topic)).topic if found else None


def _speaks_not(store: Store, article_id: int) -> Collection[tuple[str, str]]:
    """The rules and channels that were told of the text which the piece copies; none where it copies none."""
    original, equal = store.names.copied(article_id)
    if original is None:
        return frozenset()
    if not equal:
        mine, its = store.fingerprints.get_signature(article_id), store.fingerprints.get_signature(original)
        if mine is not None and its is not None and compare_signatures(mine, its).added > ADDED:
            return frozenset()
    return find_told_before(store, article_id, original)
