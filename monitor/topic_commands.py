"""The commands about topics – rules – parsed and printed as in `cli`; heavy imports are lazy."""

from __future__ import annotations

import sys

import click

from monitor.errors import ConfigError
from monitor.terminal import Where, as_json, document


@click.group()
def rules() -> None:
    """The rules of topics: try them on their examples."""


@rules.command("test")
@click.argument("topic", required=False)
@as_json
@click.pass_obj
def rules_test(where: Where, topic: str | None, json_: bool) -> None:
    """Run the rules of a TOPIC (all by default) on their examples; exit 1 when one fails."""
    from monitor import show
    from monitor.config import trials

    config = where.load(examples=False)
    if topic is not None and topic not in config.topics:
        raise ConfigError(f"{where.path()}: no topic is called {topic!r}; known are {', '.join(config.topics)}")
    found = [
        {
            "topic": name,
            "rule": trial.rule,
            "example": trial.example.shown,
            "must": trial.example.wanted,
            "matched": trial.matched,
            "ok": trial.good,
            "found": trial.words,
            "lacking": trial.lacking,
        }
        for name in ([topic] if topic else config.topics)
        for rule, section in config.topics[name].rules.items()
        for trial in trials(rule, section)
    ]
    if json_:
        document(found)
    else:
        show.trials(found)
    sys.exit(0 if all(row["ok"] for row in found) else 1)


COMMANDS = (rules,)
