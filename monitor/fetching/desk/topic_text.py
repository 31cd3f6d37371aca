"""Topics as one text, so that another process judges by the same ones; it must not learn or read files."""

from __future__ import annotations

import json

from monitor.topics.profile_toml import dump_profile, parse_profile
from monitor.topics.rules.rule import parse_rule
from monitor.topics.topic import Topic


def dump_topics(topics: tuple[Topic, ...]) -> str:
    """`topics` as JSON, profiles as the text of profile.toml; equal topics have equal texts."""
    rows = [
        {
            "name": topic.name,
            "profile": dump_profile(topic.profile) if topic.profile is not None else None,
            "rules": [[rule.name, rule.query] for rule in topic.rules],
            "languages": sorted(topic.languages),
            "warm_up": topic.warm_up,
        }
        for topic in topics
    ]
    return json.dumps(rows, ensure_ascii=False)


def parse_topics(text: str) -> tuple[Topic, ...]:
    """The topics that `dump_topics` wrote; raises SeedError or ValueError for any other text."""
    return tuple(
        Topic(
            name=row["name"],
            profile=parse_profile(row["profile"], name=row["name"]) if row["profile"] is not None else None,
            rules=tuple(parse_rule(name, query) for name, query in row["rules"]),
            languages=frozenset(row["languages"]),
            warm_up=row["warm_up"],
        )
        for row in json.loads(text)
    )
