"""The command group `seeds`, parsed and printed as in `cli`. Heavy imports are lazy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.completion import complete_names
from monitor.commands.console import CommandOptions, as_json, build_unknown_error, print_json, print_progress

if TYPE_CHECKING:
    from monitor.config.schema import Config


@click.group("seeds")
def seeds_group() -> None:
    """The articles that a topic is learned from."""


@seeds_group.command("add")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--topic",
    metavar="TOPIC",
    help="The topic they are seeds of; needed where there are several.",
    shell_complete=complete_names("topics"),
)
@as_json
@click.pass_obj
def add_seeds_command(where: CommandOptions, urls: tuple[str, ...], topic: str | None, json_: bool) -> None:
    """Fetch the articles at URL… and save them as seeds of a topic.

    Each becomes a text file in the topic's folder, with its address and date below the headline, to be read and mended
    by hand; `seedwatch learn` then learns from it. robots.txt and the pace of [fetch] hold, and a configured source's
    own access is used for its pages. An address that is a seed already is left alone. Exit 1 where an article could
    not be had; the others are saved.
    """
    from monitor.commands.live.fetch_seeds import fetch_articles
    from monitor.config.load import resolve_sources
    from monitor.config.seed_files import find_seed, write_seed
    from monitor.errors import SeedError
    from monitor.text.urls import is_web_url

    for url in urls:
        if not is_web_url(url):
            raise click.UsageError(f"{url}: no web address; an article's begins with https:// or http://")
    config = where.load(examples=False)
    name, folder = _choose_topic(config, topic)
    wanted = list(dict.fromkeys(urls))
    kept = {url: file for url in wanted if (file := find_seed(folder, url))}
    asked = [url for url in wanted if url not in kept]
    sources = {source.name: source for source in resolve_sources(config)}
    found = fetch_articles(config, asked, sources, lambda url: print_progress(f"asking {url}")) if asked else {}
    rows = []
    for url in wanted:
        row: dict[str, str | None] = {"url": url, "outcome": "failed", "file": None, "title": None, "reason": None}
        read = found.get(url)
        if url in kept:
            row |= {"outcome": "kept", "file": str(kept[url])}
        elif read is None or isinstance(read, str):
            row["reason"] = read
        elif file := find_seed(folder, read.url):
            row |= {"outcome": "kept", "file": str(file), "title": read.title}
        else:
            try:
                row |= {"outcome": "saved", "file": str(write_seed(folder, read)), "title": read.title}
            except SeedError as error:
                row["reason"] = str(error)
        rows.append(row)
    if json_:
        print_json({"topic": name, "folder": str(folder), "seeds": rows})
    else:
        for row in rows:
            click.echo("  ".join(filter(None, (f"{row['outcome']:6}", row["file"] or row["url"], row["title"]))))
            if row["reason"]:
                click.echo(f"        {row['reason']}")
    if any(row["outcome"] == "saved" for row in rows):
        print_progress(f"next: read the files, then `seedwatch learn {name}`")
    sys.exit(1 if any(row["outcome"] == "failed" for row in rows) else 0)


def _choose_topic(config: Config, topic: str | None) -> tuple[str, Path]:
    """The topic that is meant and its folder; raises UsageError where none or more than one can be."""
    folders = {name: section.folder for name, section in config.topics.items() if section.folder is not None}
    if topic is not None:
        if topic not in folders:
            raise build_unknown_error("topic with seeds", topic, folders)
        return topic, folders[topic]
    if len(folders) != 1:
        cure = "name one with --topic" if folders else "make one: seedwatch init --topic 'port strikes' --seeds FOLDER"
        raise click.UsageError(f"{len(folders) or 'no'} topics have seeds; {cure}")
    return next(iter(folders.items()))
