"""What outlets answered just now, and why nobody heard of an address, for a person to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from monitor.commands.live.live_check import SourceLook

_SIGNS = {"ok": "●", "warn": "▲", "fail": "■"}


def print_looks(looks: Iterable[SourceLook]) -> None:
    """A line for each address, and one for the page that was read of each source."""
    for look in looks:
        click.echo(look.source)
        for each in look.endpoints:
            newest = f", newest {each.newest}" if each.newest else ""
            left = f", {each.dropped} left out" if each.dropped else ""
            click.echo(f"  {_SIGNS[each.verdict]} {each.kind:<8} {each.url}\n      {each.detail}{left}{newest}")
        if look.sample is None:
            click.echo("  ▲ page     none was listed")
        elif look.sample.reason is not None:
            click.echo(f"  ■ page     {look.sample.url}\n      {look.sample.outcome}: {look.sample.reason}")
        else:
            dated = look.sample.published_at.isoformat() if look.sample.published_at else "no date"
            click.echo(f"  ● page     {look.sample.url}\n      {look.sample.title}, {dated}, {look.sample.words} words")


def print_unknown(found: dict[str, Any]) -> None:
    """The likeliest reason first, then what it rests on."""
    click.echo(f"{found['url']}\n  never seen: {found['because']}")
    for source in found["sources"]:
        reason = f", {source['reason']}" if source["reason"] else ""
        click.echo(f"  source {source['name']}: {source['state']}{reason}")
        for gap in source["gaps"]:
            click.echo(f"    a gap from {gap['from']} to {gap['to']} at {gap['place']}")
    asked = found["asked"]
    for each in asked["endpoints"] if asked else ():
        says = each["trouble"] or ("lists it" if each["lists_it"] else "does not list it")
        click.echo(f"  {each['kind']} {each['url']}: {says}")
    if asked:
        page = asked["page"]
        click.echo(f"  its page: {page['outcome']}" + (f": {page['reason']}" if "reason" in page else ""))
        for topic in page.get("topics", ()):
            verdict = "matches" if topic["matched"] else "does not match"
            click.echo(f"    {verdict} {topic['topic']} ({topic['score']:.2f}, threshold {topic['threshold']:.2f})")
