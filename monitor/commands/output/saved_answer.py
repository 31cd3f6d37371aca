"""What stands in a saved feed, sitemap, list page or API answer, for a person to read."""

from __future__ import annotations

from typing import Any

import click


def print_saved_answer(found: dict[str, Any]) -> None:
    """Every entry with its dates and key, then further pages and what was dropped."""
    if found["reason"] is not None:
        click.echo(f"kind     {found['kind'] or 'unknown'}\nreason   {found['reason']}")
        return
    click.echo(f"kind     {found['kind']}, {len(found['entries'])} entries")
    for number, entry in enumerate(found["entries"], 1):
        click.echo(f"\n{number:>4}  {entry['title'] or '(no title)'}\n      {entry['url']}")
        if entry["published_at"] or entry["published_raw"]:
            click.echo(f"      published {entry['published_at']} ({entry['published_raw']})")
        if entry["modified_at"]:
            click.echo(f"      modified  {entry['modified_at']}")
        if entry["key"] != entry["url"]:
            click.echo(f"      key       {entry['key']}")
        if entry["lead"]:
            click.echo(f"      lead      {entry['lead'][:200]}")
        if entry["text"]:
            click.echo(f"      text      {len(entry['text'].split())} words")
    for url in found["more"]:
        click.echo(f"\nmore     {url}")
    for item in found["dropped"]:
        click.echo(f"dropped  {item['title'] or '(no title)'}: {item['reason']}")
