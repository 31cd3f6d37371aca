"""The configuration as the line needs it: topics, sources, alert rules; and the seeds as baseline articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

from monitor import seeds
from monitor.config import sources
from monitor.core.decide import Rule
from monitor.core.policy import Policy, Quiet
from monitor.core.profile import Profile
from monitor.core.profile_file import from_toml
from monitor.core.read import judge
from monitor.core.rules import rule
from monitor.core.topic import Topic
from monitor.edition import extractor
from monitor.errors import SeedError
from monitor.ingest import Watch, place
from monitor.sections import AlertSection, Config, TopicSection
from monitor.store import Store

PROFILE = "profile.toml"


def load(folder: Path) -> Profile:
    """The profile that stands in `folder`; raises SeedError where none does or it cannot be read."""
    path = folder / PROFILE
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise SeedError(f"{path}: no profile yet; run `seedwatch learn`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(f"{path}: cannot be read ({error}); mend it, or delete it and run `seedwatch learn`") from error
    return from_toml(text, name=str(path))


def profile(name: str, folder: Path, threshold: float | None) -> Profile:
    """A topic's learned profile, under the topic's name; `threshold` of the configuration wins over its own.

    Raises SeedError as `load` does.
    """
    found = load(folder)
    return replace(found, topic=name, threshold=found.threshold if threshold is None else threshold)


def topic(name: str, section: TopicSection) -> Topic:
    """A topic as it is watched; raises SeedError where its profile cannot be read."""
    learned = None if section.folder is None else profile(name, section.folder, section.threshold)
    return Topic(
        name=name,
        profile=learned,
        rules=tuple(rule(called, found.query) for called, found in section.rules.items()),
    )


def watch(config: Config) -> Watch:
    """What to watch and whom to alert; raises SeedError for a topic whose profile cannot be read."""
    return Watch(
        sources={source.name: source for source in sources(config)},
        topics=tuple(topic(name, section) for name, section in config.topics.items()),
        rules=rules(config),
        kinds={name: channel.kind for name, channel in config.channels.items()},
        captures=config.store.captures,
        extractor=extractor(),
    )


def rules(config: Config) -> tuple[Rule, ...]:
    """The `[alerts.*]` tables as decisions need them."""
    return tuple(
        Rule(
            name=name,
            topics=frozenset(alert.topics),
            channels=alert.channels,
            per=alert.per,
            on=frozenset(alert.on),
            policy=policy(alert),
        )
        for name, alert in config.alerts.items()
    )


def policy(alert: AlertSection) -> Policy:
    """The limits of an `[alerts.*]` table as decisions need them."""
    return Policy(
        rules=frozenset(alert.rules),
        sources=frozenset(alert.sources),
        languages=frozenset(alert.languages),
        minimum=alert.min_score,
        cooldown=timedelta(seconds=alert.cooldown or 0),
        quiet=None if alert.quiet is None else Quiet(start=clock(alert.quiet[:5]), end=clock(alert.quiet[6:])),
        budget=alert.budget,
        digest=tuple(map(clock, alert.digest)),
        zone=alert.zone,
        per_minute=alert.per_minute,
    )


def clock(text: str) -> time:
    """`07:30` as a time of day."""
    return time.fromisoformat(text)


def enrol(store: Store, watch: Watch, now: datetime) -> None:
    """Note the topics and their profiles, without which no verdict can be kept; in the caller's transaction."""
    for found in watch.topics:
        terms = len(found.profile.terms) if found.profile else 0
        store.topics.loaded(found.name, found.hash, found.threshold, terms, now)


def plant(store: Store, watch: Watch, folders: Mapping[str, Path], now: datetime) -> int:
    """Keep the seed articles of every topic as baseline articles, which never alert; how many are new or changed.

    `folders` maps topics to their folders. Runs inside the caller's transaction. Raises SeedError.
    """
    enrol(store, watch, now)
    quiet = replace(watch, rules=())
    changed = 0
    for owner, folder in folders.items():
        for seed in seeds.read(folder):
            name = f"seed:{owner}/{seed.name}"  # two topics may each have a seed of that file name
            article = replace(seeds.article(seed), url=name, identity=name)
            settled = place(
                store,
                quiet,
                judge(article, watch.topics, source="seeds"),
                source="seeds",
                keys=(),
                quiet="it is a seed",
                backlog=False,
                baseline=True,
                first_seen_at=now,
                now=now,
            )
            changed += settled.outcome != "unchanged"
    return changed
