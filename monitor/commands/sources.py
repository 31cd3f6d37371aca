"""The commands about sources – `sources list | pause | resume | poll | import | export`; they must not fetch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.completion import complete_names
from monitor.commands.console import CommandOptions, as_json, build_unknown_error, print_json, print_progress
from monitor.process_limits import forgo_collector

if TYPE_CHECKING:
    from monitor.storage import Store


@click.group("sources")
def sources_group() -> None:
    """List sources; pause, resume and poll them; OPML in and out."""


@sources_group.command("list")
@as_json
@click.pass_obj
@forgo_collector()
def list_sources(where: CommandOptions, json_: bool) -> None:
    """Every source: its state, its last answer, its next turn."""
    from monitor.commands.output.documents import print_sources
    from monitor.commands.reports.source_states import list_source_states

    now = datetime.now(UTC)
    with where.store() as store:
        found = list_source_states(store, now)
    if json_:
        print_json(found)
    else:
        print_sources(found, now)


@sources_group.command("pause")
@click.argument("source", shell_complete=complete_names("sources"))
@click.pass_obj
def pause_source(where: CommandOptions, source: str) -> None:
    """Ask SOURCE nothing until `sources resume`.

    Restarts change nothing of it; its articles stay, and what is due for delivery goes out.
    """
    with where.store() as store:
        _known(store, source)
        with store.write():
            paused = store.sources.pause(source, datetime.now(UTC))
    print_progress(f"{source} is paused" if paused else f"{source} was paused already")


@sources_group.command("resume")
@click.argument("source", shell_complete=complete_names("sources"))
@click.pass_obj
def resume_source(where: CommandOptions, source: str) -> None:
    """Ask SOURCE again, at once, all its endpoints.

    Whether it was paused, has said that it is gone for good, or is asked less often because it failed.
    What it published in the meantime is found as after any outage, and what cannot be found shows as a gap.
    """
    with where.store() as store:
        _known(store, source)
        with store.write():
            store.sources.resume(source, datetime.now(UTC))
        _soon(store, source)


@sources_group.command("poll")
@click.argument("source", shell_complete=complete_names("sources"))
@click.pass_obj
def poll_source(where: CommandOptions, source: str) -> None:
    """Have a running daemon poll SOURCE now, whatever its next turn."""
    with where.store() as store:
        _known(store, source)
        if store.sources.row(source)["paused_at"] is not None:
            raise click.UsageError(f"{source} is paused; `seedwatch sources resume {source}` asks it again")
        with store.write():
            store.sources.poll_now(source, datetime.now(UTC))
        _soon(store, source)


@sources_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def import_sources(where: CommandOptions, file: Path) -> None:
    """Add every feed of an OPML FILE as a source of its own.

    Feeds that a source asks already are left out. What was listed before counts as backlog at the first poll.
    A feed that stands on another site than the page it belongs to speaks for that site where no source does yet, and
    is named.
    """
    from monitor.config.edit import add_source
    from monitor.config.load import resolve_sources
    from monitor.config.public_suffixes import site_of
    from monitor.discovery.formats.opml import parse_opml
    from monitor.discovery.outlet.homepage import choose_source_name
    from monitor.errors import SeedwatchError
    from monitor.identity.ownership import build_estate
    from monitor.text.urls import normalize_url

    try:
        feeds = parse_opml(file.read_bytes())
    except ValueError as error:
        raise SeedwatchError(f"{file}: {error}") from error
    sources = resolve_sources(where.load())
    names = {source.name for source in sources}
    asked = {normalize_url(endpoint.url) for source in sources for endpoint in source.endpoints}
    owners = build_estate(sources, site_of).owners
    added = 0
    for feed in feeds:
        if normalize_url(feed.url) in asked:
            continue
        name = choose_source_name(feed.page or feed.url, names)
        table = {"spider": "feed", "feeds": [feed.url]}
        if feed.title:
            table["title"] = feed.title
        site = site_of(feed.page or "")
        own = site == site_of(feed.url)
        if feed.page and (own or site not in owners):
            table["address"] = feed.page
        if feed.page and not own:
            spoken = f"speaks for {site}, as {file.name} says"
            refused = f"does not speak for {site}, for which another source does"
            print_progress(f"{name} ({feed.url}) {spoken if 'address' in table else refused}")
        add_source(where.path(), name, table, (f"from {file.name}",))
        names.add(name)
        asked.add(normalize_url(feed.url))
        added += 1
    print_progress(f"{added} of {len(feeds)} feeds added; a running daemon takes them up at `kill -HUP`")


@sources_group.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.pass_obj
def export_sources(where: CommandOptions, file: Path | None) -> None:
    """Write every configured feed as OPML to FILE, or to stdout."""
    from monitor.config.load import resolve_sources
    from monitor.discovery.formats.opml import OpmlFeed, format_opml

    text = format_opml(
        "seedwatch",
        (
            OpmlFeed(url=endpoint.url, title=source.title, page=source.address)
            for source in resolve_sources(where.load())
            for endpoint in source.endpoints
            if endpoint.kind == "feed"
        ),
    )
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, "utf-8")


def _known(store: Store, source: str) -> None:
    names = [row["name"] for row in store.sources.all()]
    if source not in names:
        raise build_unknown_error("source", source, names)


def _soon(store: Store, source: str) -> None:
    if store.daemon() is None:
        print_progress(f"{source} is due; no daemon runs: `seedwatch run` or `seedwatch once {source}` asks it")
    else:
        print_progress(f"{source} is due; the daemon asks it within seconds, unless its host wants to be left alone")
