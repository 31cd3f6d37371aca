"""The command `reextract`; it must not read a page itself."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import click

from monitor.commands.completion import complete_names
from monitor.commands.console import (
    CommandOptions,
    as_json,
    build_unknown_error,
    count_progress,
    print_json,
    print_progress,
)


@click.command("reextract")
@click.argument("source", required=False, shell_complete=complete_names("sources"))
@click.option(
    "--since",
    type=click.DateTime(("%Y-%m-%d",)),
    metavar="DATE",
    help="Leave alone what was fetched before (YYYY-MM-DD, UTC).",
)
@as_json
@click.pass_obj
def reextract_command(where: CommandOptions, source: str | None, since: datetime | None, json_: bool) -> None:
    """Read kept pages again with the present extractor.

    [store] captures = true keeps them. Each is read once by each version of the extractor, those of SOURCE only where
    one is named. A text that comes out otherwise becomes a revision marked `extractor`, which alerts nobody of an edit;
    a piece that was missed, or matches only now, alerts marked as delayed. A run that was stopped goes on where it was.
    """
    from monitor.pipeline.archive.reextract import reextract_captures
    from monitor.pipeline.ingest.workers import Workers
    from monitor.pipeline.readers import PRELOADED
    from monitor.pipeline.resolve_config import resolve_watch

    config = where.load()
    if source is not None and source not in config.sources:
        raise build_unknown_error("source", source, config.sources)
    begin = None if since is None else since.replace(tzinfo=UTC)
    counts: Counter[str] = Counter()
    alerts = 0
    preload = ("monitor.pipeline.archive.capture_reading", *PRELOADED)
    with Workers(config.workers.count, preload=preload) as workers, where.store() as store:
        found = reextract_captures(store, resolve_watch(config), workers, datetime.now(UTC), source=source, since=begin)
        for _, settled in count_progress(found, "pages"):
            counts[str(settled.outcome)] += 1
            alerts += settled.alerts
    if json_:
        print_json({"pages": counts.total(), "outcomes": dict(counts), "alerts": alerts})
    else:
        said = ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
        click.echo(f"{said}; {alerts} alert{'' if alerts == 1 else 's'}" if counts else "no kept page is left to read")
    if not counts and not config.store.captures:
        print_progress("[store] captures = true keeps the pages that are fetched from then on")
