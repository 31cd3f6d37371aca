"""The configuration as the line needs it: topics, sources, alert rules; and the seeds as baseline articles."""

from __future__ import annotations

from datetime import time, timedelta

from monitor.alerting.intents import Rule
from monitor.alerting.report_times import parse_report_time
from monitor.config.load import resolve_sources
from monitor.config.profiles import PROFILE, load_topic_profile
from monitor.config.schema import AlertSection, Config, TopicSection
from monitor.extraction.extractor_version import hash_extractor
from monitor.model.alert import Policy, QuietWindow
from monitor.pipeline.alerts.queue_fallbacks import Fallback
from monitor.pipeline.ingest.settle import Watch
from monitor.topics.rules.rule import parse_rule
from monitor.topics.topic import Topic


def resolve_topic(name: str, section: TopicSection) -> Topic:
    """A topic as it is watched; raises SeedError where its profile cannot be read."""
    learned = None if section.folder is None else load_topic_profile(name, section.folder, section.threshold)
    return Topic(
        name=name,
        profile=learned,
        rules=tuple(parse_rule(called, found.query) for called, found in section.rules.items()),
        languages=frozenset(section.languages),
        warm_up=section.warm_up,
    )


def resolve_watch(config: Config) -> Watch:
    """What to watch and whom to alert; raises SeedError for a topic whose profile cannot be read."""
    return Watch(
        sources={source.name: source for source in resolve_sources(config)},
        topics=tuple(resolve_topic(name, section) for name, section in config.topics.items()),
        rules=resolve_rules(config),
        kinds={name: channel.kind for name, channel in config.channels.items()},
        captures=config.store.captures,
        extractor=hash_extractor(),
    )


def resolve_learned(config: Config) -> Watch:
    """As `resolve_watch`, without the topics that nobody has learned yet; raises SeedError for a broken profile."""
    ready = {
        name: topic
        for name, topic in config.topics.items()
        if topic.folder is None or (topic.folder / PROFILE).exists()
    }
    return resolve_watch(config.model_copy(update={"topics": ready}))


def resolve_rules(config: Config) -> tuple[Rule, ...]:
    """The `[alerts.*]` tables as decisions need them."""
    return tuple(
        Rule(
            name=name,
            topics=frozenset(alert.topics),
            channels=alert.channels,
            per=alert.per,
            on=frozenset(alert.on),
            policy=resolve_policy(alert),
        )
        for name, alert in config.alerts.items()
    )


def resolve_fallbacks(config: Config) -> tuple[Fallback, ...]:
    """The channels with another one that stands in for them."""
    return tuple(
        Fallback(channel=name, to=channel.fallback, after=timedelta(seconds=channel.fallback_after))
        if channel.fallback_after is not None
        else Fallback(channel=name, to=channel.fallback)
        for name, channel in config.channels.items()
        if channel.fallback is not None
    )


def resolve_policy(alert: AlertSection) -> Policy:
    """The limits of an `[alerts.*]` table as decisions need them."""
    return Policy(
        rules=frozenset(alert.rules),
        sources=frozenset(alert.sources),
        languages=frozenset(alert.languages),
        minimum=alert.min_score,
        cooldown=timedelta(seconds=alert.cooldown or 0),
        quiet=None
        if alert.quiet is None
        else QuietWindow(start=parse_clock(alert.quiet[:5]), end=parse_clock(alert.quiet[6:])),
        budget=alert.budget,
        digest=tuple(map(parse_clock, alert.digest)),
        zone=alert.zone,
        per_minute=alert.per_minute,
        report=None if alert.report is None else parse_report_time(alert.report),
    )


def parse_clock(text: str) -> time:
    """`07:30` as a time of day."""
    return time.fromisoformat(text)


def list_terms(topic: Topic) -> list[tuple[str, str, float, tuple[str, ...]]]:
    """What a topic looks for, as (kind, term, weight, seeds); kinds are name, word, group, together and rule."""
    found: list[tuple[str, str, float, tuple[str, ...]]] = [
        ("rule", f"{one.name}: {one.query}", 1.0, ()) for one in topic.rules
    ]
    if topic.profile is None:
        return found
    learned = topic.profile
    return [
        *found,
        *((term.kind, term.term, term.weight, term.seeds) for term in learned.terms),
        *(("group", ", ".join((group.name, *group.aliases)), group.weight, group.seeds) for group in learned.groups),
        *(("together", " + ".join(pair.groups), pair.weight, pair.seeds) for pair in learned.conjunctions),
    ]
