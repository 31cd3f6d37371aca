"""What `agents list` prints for people; it must not look anything up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from monitor.commands.output.terminal import format_age, format_count, format_duration, print_lines

_SHOWN = 3  # sources that are named of those an agent polls


def print_agents(agents: Sequence[Mapping[str, Any]], behind: Mapping[str, Any], now: datetime) -> None:
    """A line for each agent, then how far polls are behind."""
    if not agents:
        click.echo("no agent was heard of yet: `seedwatch agents init` lays keys for them")
        return
    print_lines(
        ("agent", "heard", "labels", "polls now", "in an hour: polls", "requests", "new", "version"),
        (
            (
                agent["name"],
                format_age(agent["seen_at"], now),
                " ".join(agent["labels"]),
                _running(agent["running"]),
                _polls(agent["polls"], agent["failed"]),
                str(agent["requests"]),
                str(agent["stored"]),
                agent["version"],
            )
            for agent in agents
        ),
    )
    if behind["sources"]:
        late = f"{format_count(behind['sources'], 'source')} due, the longest for {format_duration(behind['seconds'])}"
        click.echo(f"{late}: more agents, or a higher --concurrency, work that off sooner")


def _polls(polls: int, failed: int) -> str:
    return f"{polls} ({failed} failed)" if failed else str(polls)


def _running(sources: Sequence[str]) -> str:
    shown = ", ".join(sources[:_SHOWN])
    more = f" and {len(sources) - _SHOWN} more" if len(sources) > _SHOWN else ""
    return f"{shown}{more}" or "none"
