"""The command line: each command parses its words, calls one function and prints; heavy imports are lazy.

Data goes to stdout, the rest to stderr. Exit codes: 0 good, 1 failed, 2 usage, 74 database gone, 78 configuration.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import __version__
from monitor.commands.agents.agents import agent_command, agents_group
from monitor.commands.alerts import alerts_group, send_test_command
from monitor.commands.archive import articles_group, export_command, matches_command, search_command
from monitor.commands.backup import backup_command, restore_command
from monitor.commands.completion import complete_names
from monitor.commands.console import (
    CommandOptions,
    Commands,
    as_json,
    build_unknown_error,
    fail_command,
    print_json,
    print_json_line,
    print_progress,
)
from monitor.commands.explain import explain_command
from monitor.commands.first_hour.init import init_command
from monitor.commands.first_hour.seeds import seeds_group
from monitor.commands.output.log_format import set_up_logging
from monitor.commands.reextract import reextract_command
from monitor.commands.sources import sources_group
from monitor.commands.stories import stories_group
from monitor.commands.topics import backtest_command, learn_command, mark_command, rules_group, topics_group
from monitor.errors import SeedwatchError
from monitor.process_limits import forgo_collector

if TYPE_CHECKING:  # it brings pydantic along
    from monitor.config.schema import Config

_SHOWN = 20  # faults of a backfilled file that are told one by one


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="seedwatch")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Configuration [default: config.toml here]."
)
@click.option("--db", type=click.Path(path_type=Path, dir_okay=False), help="Database, instead of [store] path.")
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", show_default=True
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json: one object a line.",
)
@click.pass_context
def main(ctx: click.Context, config: Path | None, db: Path | None, log_level: str, log_format: str) -> None:
    """Drop a few articles into seeds/ and get a news monitor whose alerts are never lost."""
    ctx.obj = CommandOptions(config=config, database=db)
    set_up_logging(log_level, log_format)


@main.command("run")
@click.option("--pages", is_flag=True, help="Serve the Datasette pages too, as a process of their own.")
@click.option(
    "--health-port", type=click.IntRange(0, 65535), help="Port for /readyz and /metrics, instead of [health] port."
)
@click.pass_obj
def run_command(where: CommandOptions, pages: bool, health_port: int | None) -> None:
    """Run the daemon until SIGTERM or Ctrl-C.

    SIGHUP reloads the configuration and the profiles; a broken one is refused and the old one stays.
    """
    from monitor.daemon.stop_signal import leave_early

    signal.signal(signal.SIGTERM, leave_early)  # loading the code and learning from the seeds take seconds, too
    from monitor.commands.live.version_floors import CheckVerdict, check_floors

    below = [check for check in check_floors() if check.verdict is CheckVerdict.FAIL]
    if below:
        raise SeedwatchError("\n".join(f"{check.name}: {check.detail}: {check.cure}" for check in below))
    from monitor.commands.live.quick_import import import_daemon

    config: Config | None = None

    def begin() -> None:
        nonlocal config
        from monitor.commands.output.start_lines import describe_start

        config = where.load()
        for line in describe_start(config, pages=pages):
            print_progress(line)

    daemon = import_daemon(begin)
    assert config is not None  # noqa: S101  loading the daemon has begun with it
    daemon.run_daemon(
        where.path(), where.database, config, pages=pages, announce=print_progress, health_port=health_port
    )


@main.command("once")
@click.argument("sources", nargs=-1, shell_complete=complete_names("sources"))
@as_json
@click.pass_obj
def once_command(where: CommandOptions, sources: tuple[str, ...], json_: bool) -> None:
    """Poll SOURCES once, now; exit 1 when one of them failed.

    Without SOURCES all enabled ones are polled. What is due for delivery goes out, too.
    """
    known = where.load().sources
    if missing := [name for name in sources if name not in known]:
        raise build_unknown_error("source", missing[0], known)
    if not known:
        print_progress("no outlet to poll: `seedwatch init https://outlet.example/` adds one")
    from monitor.commands.live.quick_import import import_daemon

    done = import_daemon().poll_once(where.path(), where.database, sources, print_progress)
    if json_:
        print_json({"ok": done.ok, "failed": done.failed, "seen": done.seen, "stored": done.stored})
    else:
        click.echo(f"{done.ok} ok, {done.failed} error, {done.stored} new")
    sys.exit(1 if done.failed else 0)


@main.command("backfill")
@click.argument("what", metavar="SOURCE|FILE", shell_complete=complete_names("sources"))
@click.option(
    "--since",
    type=click.DateTime(("%Y-%m-%d",)),
    metavar="DATE",
    help="With a SOURCE: leave alone what is older or undated (YYYY-MM-DD, UTC).",
)
@click.option("--nl", is_flag=True, help="Print a JSON line per document, in input order.")
@click.option("--full", is_flag=True, help="With --nl: add the extracted fields.")
@click.option(
    "--db", type=click.Path(path_type=Path, dir_okay=False), help="Database to fill, instead of [store] path."
)
@click.pass_obj
def backfill_command(
    where: CommandOptions, what: str, since: datetime | None, nl: bool, full: bool, db: Path | None
) -> None:
    """Put the past through the line; nothing alerts.

    FILE is NDJSON (id or url, title, snippet or lead, text, published_at, source, language: all but one may be
    missing; .gz too), a folder of saved pages with an index.jsonl ("page", "url"), or a WARC. Exit 1 where a part
    of it could not be read; the rest is stored all the same.

    Of a SOURCE the links that its sitemaps list as old, kept until now without being fetched, become due: the
    daemon, or `seedwatch once SOURCE`, fetches them at the usual pace. Prints how many. A FILE of the same name
    goes first.
    """
    if full and not nl:
        raise click.UsageError("--full adds to the lines of --nl: give both")
    file = Path(what)
    if not file.exists():
        if nl:
            raise click.UsageError(f"{what}: there is no such file, and --nl prints the documents of a file")
        return _revive(where, what, since, db)
    if since is not None:
        raise click.UsageError("--since is for a SOURCE: a FILE is taken whole")
    from monitor.commands.console import count_progress
    from monitor.pipeline.archive.backfill import backfill_documents
    from monitor.pipeline.archive.documents import holds_pages, read_documents
    from monitor.pipeline.ingest.workers import Workers
    from monitor.pipeline.readers import PRELOADED, PRELOADED_FOR_TEXTS
    from monitor.pipeline.resolve_config import resolve_learned
    from monitor.storage import Store

    config = where.load(db)
    wanted = resolve_learned(config)  # what nobody has learned yet learns from what is stored now
    now = datetime.now(UTC)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    preload = ("monitor.pipeline.archive.document_reading", *PRELOADED) if holds_pages(file) else PRELOADED_FOR_TEXTS
    with Workers(config.workers.count, preload=preload) as workers, Store(Path(config.store.path)) as store:
        found = backfill_documents(store, wanted, workers, read_documents(file, now), now, full=full)
        for document_, fields in count_progress(found, "documents"):
            counts[fields["outcome"]] += 1
            if document_.fault is not None:
                faults.append(document_.fault)
            if nl:
                print_json_line(fields)
    for fault in faults[:_SHOWN]:
        print_progress(fault)
    if len(faults) > _SHOWN:
        print_progress(f"… and {len(faults) - _SHOWN} more")
    print_progress(", ".join(f"{number} {outcome}" for outcome, number in counts.most_common()) or "no documents")
    sys.exit(1 if faults else 0)


def _revive(where: CommandOptions, source: str, since: datetime | None, db: Path | None) -> None:
    config = where.load(db)
    if source not in config.sources:
        raise build_unknown_error("file or source", source, config.sources)
    begin = None if since is None else since.replace(tzinfo=UTC)
    with replace(where, database=db or where.database).store() as store, store.write():
        revived = store.links.requeue_archived(source, datetime.now(UTC), begin)
    click.echo(f"{revived} archived link{'' if revived == 1 else 's'} of {source} due")
    if not config.sources[source].enabled:
        print_progress(f"{source} is disabled, the daemon leaves it alone: `seedwatch once {source}` fetches them")


@main.command("status")
@click.option(
    "--levels", is_flag=True, help="Service levels of the last seven days: recall, misses, losses, repeats, delay."
)
@as_json
@click.pass_obj
@forgo_collector()
def status_command(where: CommandOptions, levels: bool, json_: bool) -> None:
    """What is wrong, what came in, how sources and channels stand."""
    from monitor.commands.output.documents import print_status
    from monitor.commands.output.levels import print_levels
    from monitor.commands.reports.status import build_status
    from monitor.storage.service_levels import measure_levels

    config = where.load()
    with where.store(config) as store:
        if levels:
            return print_levels(measure_levels(store.db, datetime.now(UTC)), as_document=json_)
        found = build_status(store, datetime.now(UTC), config.topics)
    print_json(found) if json_ else print_status(found)
    return None


main.add_command(init_command)
main.add_command(explain_command)
main.add_command(reextract_command)
main.add_command(backup_command)
main.add_command(restore_command)
main.add_command(alerts_group)
main.add_command(send_test_command)
main.add_command(learn_command)
main.add_command(agent_command)
main.add_command(agents_group)
main.add_command(sources_group)
main.add_command(stories_group)
main.add_command(rules_group)
main.add_command(backtest_command)
main.add_command(mark_command)
main.add_command(seeds_group)
main.add_command(topics_group)
main.add_command(matches_command)
main.add_command(search_command)
main.add_command(export_command)
main.add_command(articles_group)


@main.command("doctor")
@click.option("--live", is_flag=True, help="Ask every address of SOURCES, or of all enabled ones, once.")
@click.argument("sources", nargs=-1, shell_complete=complete_names("sources"))
@as_json
@click.pass_obj
@forgo_collector()
def doctor_command(where: CommandOptions, live: bool, sources: tuple[str, ...], json_: bool) -> None:
    """Look for what is wrong here; exit 1 where something is.

    The outlets' hosts are connected to and asked for nothing.

    With --live the outlets are asked instead: what each configured address answers now, what is read there, compared
    with its last answer on record, and how one page of each source reads. Nothing is stored.
    """
    if live:
        return _look_at(where, sources, json_=json_)
    if sources:
        raise click.UsageError("SOURCES go with --live")
    from monitor.commands.doctor import examine_setup, is_healthy
    from monitor.commands.output.documents import print_checks

    checks = examine_setup(where.config, database=where.database, now=datetime.now(UTC))
    if json_:
        print_json([asdict(check) for check in checks])
    else:
        print_checks([asdict(check) for check in checks])
    sys.exit(0 if is_healthy(checks) else 1)


def _look_at(where: CommandOptions, sources: tuple[str, ...], *, json_: bool) -> None:
    from monitor.commands.live.live_check import look_at_sources
    from monitor.commands.output.live_check import print_looks
    from monitor.storage import Store

    config = where.load()
    if missing := [name for name in sources if name not in config.sources]:
        raise build_unknown_error("source", missing[0], config.sources)
    logging.getLogger().setLevel(logging.WARNING)  # what was asked stands in the report
    with Store(Path(config.store.path)) if Path(config.store.path).is_file() else nullcontext() as store:
        looks = look_at_sources(config, sources, store, print_progress)
    if json_:
        print_json([{**asdict(look), "healthy": look.healthy} for look in looks])
    else:
        print_looks(looks)
    sys.exit(0 if all(look.healthy for look in looks) else 1)


@main.command("ui")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, instead of [pages] port; 0 takes a free one.")
@click.pass_obj
def ui_command(where: CommandOptions, port: int | None) -> None:
    """Serve the Datasette pages on this machine until Ctrl-C."""
    from monitor.daemon.pages_process import start_pages

    config = where.load()
    if port is not None:
        config = config.model_copy(update={"pages": config.pages.model_copy(update={"port": port})})
    with where.store():  # brings the tables up to date after an upgrade: the pages only read
        pass
    with start_pages(config) as served, suppress(KeyboardInterrupt):
        print_progress(f"pages: {served.address} (Ctrl-C ends them)")
        code = served.wait()
        fail_command(f"the pages ended by themselves (code {code}); what Datasette said stands above")


@main.command("demo")
@as_json
@click.option("--hours", type=click.IntRange(1, 72), default=3, show_default=True, help="Simulated hours.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the simulated newsroom.")
@click.option("--serve/--no-serve", default=None, help="Keep the pages up afterwards [default: on a terminal].")
def demo_command(json_: bool, hours: int, seed: int, serve: bool | None) -> None:
    """Watch simulated outlets and get alerts, with no network.

    Prints what was published, found, stored and alerted by the ledgers of the outlets and of the receiver; exit 1
    when an alert was lost or repeated.
    """
    from monitor.commands import demo
    from monitor.commands.demo import run_demo

    logging.getLogger().setLevel(logging.CRITICAL)  # the outlets fail on purpose; the figures tell what was lost
    keep = not json_ and (sys.stdout.isatty() if serve is None else serve)
    result = run_demo(hours=hours, seed=seed, announce=_silent if json_ else print_progress, serve=keep)
    if json_:
        print_json_line({name: figure for name, figure in result.items() if name in demo.FIGURES})
    sys.exit(0 if result["lost"] == 0 and result["repeated"] == 0 else 1)


def _silent(_line: str) -> None:
    """What `--json` tells the person watching."""
